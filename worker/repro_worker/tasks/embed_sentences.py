"""embed-sentences: two vectors of each text by a sentence encoder, as whole ten-thousandths: last and middle layer."""

from __future__ import annotations

import time

from repro_worker import determinism
from repro_worker.jsonl import read_rows, write_rows
from repro_worker.models import device
from repro_worker.progress import Progress
from repro_worker.reward_model import from_encoder, position_limit
from repro_worker.sentence_vectors import checked_layer, embed, tokenised
from repro_worker.task import Task

FIELDS = {"id": str, "text": str}
UNITS = 10_000
"""Units of a vector's length: half a unit is far below what another processor's order of sums changes."""


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Write a row for each text, in the texts' order."""
    determinism.start(0)
    batch_size = task.params.integer("batchSize", least=1)
    model, tokenizer = from_encoder(task.input("model"))
    model.to(device()).eval()
    middle = checked_layer(model, task.params.integer("middleLayer", least=1))
    limit = position_limit(model, task.params.integer("maxTokens", least=4))
    texts = read_rows(task.input("sentences"), FIELDS, unique="id")
    started = time.monotonic()
    rows = [tokenised(tokenizer, row["text"], limit) for row in texts]
    vectors = embed(model, rows, batch_size, tokenizer.pad_token_id, progress, layers=(-1, middle))
    whole = (vectors * UNITS).round().int().tolist()
    written = (
        {"id": row["id"], "vector": last, "middle": middle} for row, (last, middle) in zip(texts, whole, strict=True)
    )
    write_rows(task.output("vectors"), written)
    tokens = sum(len(row) for row in rows)
    rate = tokens / max(1e-9, time.monotonic() - started)
    return {"texts": len(rows), "tokens": tokens, "tokensPerSecond": round(rate, 2)}
