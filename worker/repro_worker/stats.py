"""Small statistics for reward models' reports; undefined ones are None, never NaN."""

from __future__ import annotations

import math
from collections.abc import Sequence


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def mean_squared_error(scores: Sequence[float], targets: Sequence[float]) -> float:
    """The mean of squared differences."""
    return mean([(score - target) ** 2 for score, target in zip(scores, targets, strict=True)])


def pearson(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's correlation; None where one side doesn't vary."""
    if len(left) < 2:
        return None
    a, b = mean(left), mean(right)
    both = math.fsum((x - a) * (y - b) for x, y in zip(left, right, strict=True))
    spread = math.sqrt(math.fsum((x - a) ** 2 for x in left)) * math.sqrt(math.fsum((y - b) ** 2 for y in right))
    return both / spread if spread > 0 else None


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    result = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            result[place] = (start + end) / 2 + 1
        start = end + 1
    return result


def spearman(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Spearman's rank correlation with ties: Pearson's correlation of shared ranks."""
    return pearson(ranks(left), ranks(right))


def pair_accuracy(scores: Sequence[float], targets: Sequence[float]) -> float | None:
    """The share of pairs with different targets that the scores order likewise; equal scores count half."""
    right, total = 0.0, 0
    for i in range(len(scores)):
        for j in range(i):
            if targets[i] != targets[j]:
                total += 1
                agree = (scores[i] - scores[j]) * (targets[i] - targets[j])
                right += 1.0 if agree > 0 else 0.5 if agree == 0 else 0.0
    return right / total if total else None
