"""find-paraphrases: for each training text the evaluation text nearest to it by a sentence encoder, if near enough.

The likeness of two texts is the cosine of their vectors, which are of length 1: their dot product.
"""

from __future__ import annotations

import time

import torch

from repro_worker import determinism
from repro_worker.jsonl import Row, read_rows, write_rows
from repro_worker.models import device
from repro_worker.progress import Progress
from repro_worker.reward_model import from_encoder, position_limit
from repro_worker.sentence_vectors import embed, tokenised
from repro_worker.task import Task

FIELDS = {"id": str, "text": str}
CHUNK = 512
"""Training texts that are compared at once: bounds the memory that their cosines take."""


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Embed both sides and write the pairs whose cosine reaches the threshold, in the training texts' order."""
    determinism.start(0)
    threshold = task.params.number("threshold", least=0.0)
    batch_size = task.params.integer("batchSize", least=1)
    model, tokenizer = from_encoder(task.input("model"))
    model.to(device()).eval()
    limit = position_limit(model, task.params.integer("maxTokens", least=4))
    sides = [read_rows(task.input(name), FIELDS, unique="id") for name in ("training", "evaluation")]
    started = time.monotonic()
    rows = [tokenised(tokenizer, row["text"], limit) for side in sides for row in side]
    vectors = embed(model, rows, batch_size, tokenizer.pad_token_id, progress)[:, 0]
    training, evaluation = vectors[: len(sides[0])], vectors[len(sides[0]) :]
    found = _nearest(training, evaluation, sides[0], sides[1], threshold)
    write_rows(task.output("paraphrases"), found)
    tokens = sum(len(row) for row in rows)
    rate = tokens / max(1e-9, time.monotonic() - started)
    return {"texts": len(rows), "paraphrases": len(found), "tokens": tokens, "tokensPerSecond": round(rate, 2)}


def _nearest(
    training: torch.Tensor, evaluation: torch.Tensor, left: list[Row], right: list[Row], threshold: float
) -> list[Row]:
    found: list[Row] = []
    for at in range(0, len(training), CHUNK):
        best = (training[at : at + CHUNK] @ evaluation.T).max(dim=1)
        for place, (value, index) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True), start=at):
            similarity = round(min(value, 1.0), 4)
            if similarity >= threshold:
                pair = {"trainingId": left[place]["id"], "evaluationId": right[index]["id"], "similarity": similarity}
                found.append(pair)
    return found
