"""Learning-rate schedules: a linear warm-up, then constant, linear to zero, or a half cosine to zero."""

from __future__ import annotations

import math


def factor(kind: str, step: int, total: int, warmup: int) -> float:
    """What to multiply the learning rate by at `step` (counted from 0) of `total`."""
    if step < warmup:
        return (step + 1) / (warmup + 1)
    done = (step - warmup) / max(1, total - warmup)
    if kind == "linear":
        return 1.0 - done
    if kind == "cosine":
        return 0.5 * (1.0 + math.cos(math.pi * done))
    return 1.0
