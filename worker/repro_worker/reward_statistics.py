"""How good a reward model is on held-out pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence


def mean_squared_error(scores: Sequence[float], ratings: Sequence[float]) -> float:
    """The mean of squared differences."""
    return sum((score - rating) ** 2 for score, rating in zip(scores, ratings, strict=True)) / len(scores)


def pearson(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's correlation; None where one side doesn't vary."""
    n = len(left)
    if n < 2:
        return None
    mean_left, mean_right = sum(left) / n, sum(right) / n
    shared = sum((x - mean_left) * (y - mean_right) for x, y in zip(left, right, strict=True))
    spread = math.sqrt(sum((x - mean_left) ** 2 for x in left) * sum((y - mean_right) ** 2 for y in right))
    return None if spread == 0 else shared / spread


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=lambda index: values[index])
    result = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for index in order[at : end + 1]:
            result[index] = (at + end) / 2 + 1
        at = end + 1
    return result


def spearman(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Spearman's rank correlation: Pearson's of the ranks, ties shared."""
    return pearson(ranks(left), ranks(right))


def ordered_share(scores: Sequence[float], ratings: Sequence[float]) -> float | None:
    """Among pairs of items that differ in rating, the share whose scores differ the same way; ties count a half."""
    right = total = 0.0
    for at, (score, rating) in enumerate(zip(scores, ratings, strict=True)):
        for other_score, other_rating in zip(scores[at + 1 :], ratings[at + 1 :], strict=True):
            if rating == other_rating:
                continue
            total += 1
            agreement = (score - other_score) * (rating - other_rating)
            right += 1.0 if agreement > 0 else 0.5 if agreement == 0 else 0.0
    return None if total == 0 else right / total
