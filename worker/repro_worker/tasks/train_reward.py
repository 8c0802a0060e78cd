"""train-reward: learns a score of answers, from ratings or from compared answers, and reports it on held-out prompts.

Of two compared answers the rejected one scores higher where the score is harm, the chosen one where it is help.
"""

from __future__ import annotations

import time

from repro_worker.jsonl import write_json
from repro_worker.progress import Progress
from repro_worker.reward_data import read_pairs, split_by_prompt
from repro_worker.reward_fit import fit, report_of, truncated
from repro_worker.task import Task


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Train, write the model and its report."""
    objective = task.params.choice("objective", ("regression", "preference"))
    higher = task.params.choice("higher", ("rejected", "chosen"), "rejected")
    share = task.params.number("heldOutShare")
    if share > 0.9:
        raise task.params.error("heldOutShare", f"is {share}", "Use a share between 0 and 0.9.")
    rows = read_pairs(task.input("pairs"), objective)
    training, held_out = split_by_prompt(rows, share, task.params.integer("seed"))
    started = time.monotonic()
    fitted = fit(task, training, objective, progress)
    rate = fitted.tokens / (time.monotonic() - started)
    tested = [fitted.scorer.encode(row) for row in held_out]
    report = report_of(objective, training, held_out, fitted.scorer.scores(tested), higher)
    report["truncatedPairs"] = truncated([*fitted.rows, *tested])
    fitted.scorer.model.save(task.output("reward"))
    fitted.scorer.tokenizer.save_pretrained(task.output("reward"))
    write_json(task.output("report"), report)
    return {"tokens": fitted.tokens, "tokensPerSecond": round(rate, 2)}
