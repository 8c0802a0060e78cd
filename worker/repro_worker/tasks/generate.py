"""generate: answers prompts with a base model, or with an adapter on it, under a declared decoding.

Answers come out in the order of the prompts, whatever the batch size; in float32 a greedy answer doesn't depend on it.
"""

from __future__ import annotations

import time

from repro_worker import determinism
from repro_worker.batching import by_length
from repro_worker.decoding import Answer, Decoder, shared_prefix
from repro_worker.errors import WorkerError
from repro_worker.jsonl import Row, read_rows, write_rows
from repro_worker.lora import saved_adapter
from repro_worker.models import DTYPES, context_length, load_base
from repro_worker.packed_products import packed_products
from repro_worker.params import Params
from repro_worker.progress import Progress
from repro_worker.task import Task
from repro_worker.template import alpaca_prompt
from repro_worker.tokens import prompt_ids

FIELDS = {"id": str, "set": str, "topic": str, "prompt": str, "unsafe": bool}


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Answer every prompt and write the answers."""
    determinism.start(0)
    beams, max_new_tokens = _decoding(task.params.group("decoding"))
    batch_size = task.params.integer("batchSize", least=1)
    model, tokenizer = load_base(task.input("model"), task.params.choice("dtype", tuple(DTYPES)))
    rows = read_rows(task.input("prompts"), FIELDS)
    prompts = [prompt_ids(tokenizer, alpaca_prompt(row["prompt"])) for row in rows]
    _check_lengths(rows, prompts, context_length(model) - max_new_tokens)
    answers: list[Answer | None] = [None] * len(rows)
    started, tokens, done = time.monotonic(), 0, 0
    with saved_adapter(model, task.inputs.get("adapter")) as adapted, packed_products(adapted):
        decoder = Decoder(adapted, tokenizer, beams, max_new_tokens, shared_prefix(prompts))
        for batch in by_length([len(prompt) for prompt in prompts], batch_size):
            for row, answer in zip(batch, decoder.answer([prompts[row] for row in batch]), strict=True):
                answers[row] = answer
                tokens += answer.tokens
            done += len(batch)
            rate = tokens / (time.monotonic() - started)
            progress.report(done, len(rows), "prompts", tokensPerSecond=rate)
    write_rows(task.output("answers"), [_output(row, answer) for row, answer in zip(rows, answers, strict=True)])
    rate = tokens / max(1e-9, time.monotonic() - started)
    return {"prompts": len(rows), "tokens": tokens, "tokensPerSecond": round(rate, 2)}


def _decoding(decoding: Params) -> tuple[int, int]:
    strategy = decoding.choice("strategy", ("greedy", "beam"))
    beams = decoding.integer("beams", 1, least=1)
    if strategy == "greedy" and beams != 1:
        raise decoding.error("beams", f"is {beams} with greedy decoding", 'Use 1, or the strategy "beam".')
    if strategy == "beam" and beams < 2:
        raise decoding.error("beams", f"is {beams} with beam search", 'Use 2 or more, or the strategy "greedy".')
    return beams, decoding.integer("maxNewTokens", least=1)


def _check_lengths(rows: list[Row], prompts: list[list[int]], room: int) -> None:
    """Refuse a prompt that doesn't fit with its answer: cutting it would answer another question."""
    for row, prompt in zip(rows, prompts, strict=True):
        if len(prompt) > room:
            message = f'the prompt "{row["id"]}" has {len(prompt)} tokens and only {max(0, room)} fit before the answer'
            raise WorkerError(message, where="prompts", remedy="Shorten or drop it, or lower decoding.maxNewTokens.")


def _output(row: Row, answer: Answer) -> Row:
    kept = {name: row[name] for name in FIELDS}
    return {**kept, "answer": answer.text, "tokens": answer.tokens, "finished": answer.finished}
