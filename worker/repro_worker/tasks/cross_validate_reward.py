"""cross-validate-reward: the pair accuracy of a reward model on compared answers, each pair scored by a model that saw
no answer to its prompt.

Prompts are dealt into folds with the seed. The standard error is over prompts, whose pairs are not independent of each
other: for prompts i with n_i pairs of which r_i are right, √(Σ(r_i − a·n_i)² · P/(P − 1)) / Σn_i, where a is the
accuracy and P the number of prompts (the linearised error of a ratio, Cochran 1977).
"""

from __future__ import annotations

import math
from typing import Any

from repro_worker.errors import WorkerError
from repro_worker.jsonl import Row, read_rows, write_json
from repro_worker.progress import Progress
from repro_worker.reward_data import FIELDS, folds_by_prompt, read_pairs
from repro_worker.reward_fit import fit, margins, truncated
from repro_worker.task import Task

OVERLAP = {"trainingId": str, "kind": str}
DIGITS = 6


class FoldProgress(Progress):
    """Progress of one fold as a part of all."""

    def __init__(self, whole: Progress, fold: int, folds: int) -> None:
        super().__init__(whole.path.parent)
        self.fold, self.folds = fold, folds

    def report(self, step: int, total: int, unit: str, **numbers: float) -> None:
        """Count the steps of the folds before, as many each."""
        super().report(self.fold * total + step, self.folds * total, unit, **numbers)


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Train once a fold, score what the fold left out, and write the report."""
    count = task.params.integer("folds", least=2)
    higher = task.params.choice("higher", ("rejected", "chosen"), "rejected")
    pairs = read_pairs(task.input("pairs"), "preference")
    rights: dict[str, float] = {}
    by_fold, cut, tokens = [], 0, 0
    for number, (training, held_out) in enumerate(folds_by_prompt(pairs, count, task.params.integer("seed"))):
        fitted = fit(task, training, "preference", FoldProgress(progress, number, count))
        rows = [fitted.scorer.encode(row) for row in held_out]
        found = margins(fitted.scorer.scores(rows), higher)
        rights |= {row["id"]: _right(margin) for row, margin in zip(held_out, found, strict=True)}
        by_fold.append(round(math.fsum(rights[row["id"]] for row in held_out) / len(held_out), DIGITS))
        cut += truncated(rows)
        tokens += fitted.tokens
    report = {"folds": count, "byFold": by_fold, "truncatedPairs": cut, **_accuracy(pairs, rights), **_dropped(task)}
    write_json(task.output("report"), report)
    return {"tokens": tokens}


def _right(margin: float) -> float:
    return 1.0 if margin > 0 else 0.5 if margin == 0 else 0.0


def _accuracy(pairs: list[Row], rights: dict[str, float]) -> dict[str, Any]:
    by_prompt: dict[str, list[float]] = {}
    for row in pairs:
        by_prompt.setdefault(row["prompt"], []).append(rights[row["id"]])
    groups = list(by_prompt.values())
    accuracy = math.fsum(rights.values()) / len(pairs)
    squares = math.fsum((math.fsum(group) - accuracy * len(group)) ** 2 for group in groups)
    error = math.sqrt(squares * len(groups) / (len(groups) - 1)) / len(pairs)
    facts = {"pairs": len(pairs), "prompts": len(groups)}
    return facts | {"pairAccuracy": round(accuracy, DIGITS), "standardError": round(error, DIGITS)}


def _dropped(task: Task) -> dict[str, int]:
    """What was dropped before, because it resembles an evaluation prompt: pairs, and their prompts."""
    published = {row["id"]: row["prompt"] for row in read_rows(task.input("published"), FIELDS["preference"])}
    overlaps = read_rows(task.input("overlaps"), OVERLAP)
    ids = {row["trainingId"] for row in overlaps}
    if not ids <= published.keys():
        remedy = "Wire the pairs as they were before the drop, and the overlaps of that drop."
        raise WorkerError("an overlap is of a pair that is not there", where="overlaps", remedy=remedy)
    kinds = {kind: sum(row["kind"] == kind for row in overlaps) for kind in ("exact", "near", "paraphrase")}
    prompts = len({published[name] for name in ids})
    return {"droppedPairs": len(ids), "droppedPrompts": prompts, **kinds}
