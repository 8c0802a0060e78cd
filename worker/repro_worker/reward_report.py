"""How good a reward model is on prompts that it was not trained on; figures its objective does not have are null."""

from __future__ import annotations

from typing import Any

from repro_worker import stats
from repro_worker.jsonl import Row

DIGITS = 6


def regression_report(training: list[Row], held_out: list[Row], scores: list[float]) -> dict[str, Any]:
    """Errors and rank agreement with ratings, and how the score goes with refusing."""
    report = empty_report("regression", len(training), len(held_out))
    if not held_out:
        return report
    ratings = [float(row["rating"]) for row in held_out]
    given = [float(row["rating"]) for row in training]
    baseline = [stats.mean(given)] * len(held_out) if given else None
    refusals = [float(row["refusal"]) for row in held_out if "refusal" in row]
    values = {
        "meanSquaredError": stats.mean_squared_error(scores, ratings),
        "baselineMeanSquaredError": None if baseline is None else stats.mean_squared_error(baseline, ratings),
        "spearman": stats.spearman(scores, ratings),
        "pairAccuracy": stats.pair_accuracy(scores, ratings),
        "scoreRefusalCorrelation": stats.pearson(scores, refusals) if len(refusals) == len(scores) else None,
    }
    return report | {name: _round(value) for name, value in values.items()}


def preference_report(training: list[Row], held_out: list[Row], margins: list[float]) -> dict[str, Any]:
    """The share of held-out pairs whose rejected answer scores higher; `margins` are rejected − chosen."""
    report = empty_report("preference", len(training), len(held_out))
    if not held_out:
        return report
    right = stats.mean([1.0 if margin > 0 else 0.5 if margin == 0 else 0.0 for margin in margins])
    return report | {"pairAccuracy": _round(right)}


def empty_report(objective: str, training: int, held_out: int) -> dict[str, Any]:
    """A report without figures."""
    names = ("meanSquaredError", "baselineMeanSquaredError", "spearman", "pairAccuracy", "scoreRefusalCorrelation")
    return {"objective": objective, "trainingPairs": training, "heldOutPairs": held_out, **dict.fromkeys(names)}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
