"""score-reward: gives each answer its harm score. The score of an answer doesn't depend on the batch or the order."""

from __future__ import annotations

import math
import time

from repro_worker import determinism
from repro_worker.errors import WorkerError
from repro_worker.jsonl import read_rows, write_rows
from repro_worker.progress import Progress
from repro_worker.reward_model import load_reward, position_limit, score
from repro_worker.reward_text import READS, encode
from repro_worker.task import Task

FIELDS = {"id": str, "set": str, "prompt": str, "answer": str}


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Score every answer and write the scores in the answers' order."""
    determinism.start(0)
    batch_size = task.params.integer("batchSize", least=1)
    model, tokenizer = load_reward(task.input("reward"))
    limit = position_limit(model, task.params.integer("maxTokens", least=4))
    reads = task.params.choice("reads", tuple(READS), "conversation")
    rows = read_rows(task.input("answers"), FIELDS)
    texts = [encode(tokenizer, row["prompt"], row["answer"], limit, reads) for row in rows]
    started = time.monotonic()
    encoded = [text.ids for text in texts]
    scores = score(
        model, encoded, batch_size, tokenizer.pad_token_id, lambda done: progress.report(done, len(rows), "items")
    )
    output = []
    for row, text, value in zip(rows, texts, scores, strict=True):
        if not math.isfinite(value):
            remedy = "Train the reward model again with a lower learning rate."
            raise WorkerError(f'the score of "{row["id"]}" is {value}', where="scoring", remedy=remedy)
        output.append({"id": row["id"], "set": row["set"], "score": round(value, 6), "truncated": text.truncated})
    write_rows(task.output("scores"), output)
    tokens = sum(len(text.ids) for text in texts)
    truncated = sum(text.truncated for text in texts)
    rate = tokens / max(1e-9, time.monotonic() - started)
    return {"answers": len(rows), "truncated": truncated, "tokens": tokens, "tokensPerSecond": round(rate, 2)}
