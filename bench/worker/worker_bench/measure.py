"""Times of pieces of work: the clock's, and the processor's, which other processes disturb less."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch

Result = TypeVar("Result")

_begun = time.monotonic()


@dataclass
class Spent:
    """Seconds of the clock and of the processor (this process and its ended children), and what was made in them."""

    seconds: float = 0.0
    cpu: float = 0.0
    amount: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(self.seconds + other.seconds, self.cpu + other.cpu, self.amount + other.amount)

    @property
    def rate(self) -> float:
        """The amount a second."""
        return self.amount / self.seconds

    @property
    def cpu_rate(self) -> float:
        """The amount a second of processor time."""
        return self.amount / self.cpu


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@contextmanager
def spending(spent: Spent) -> Iterator[None]:
    """Add what the body takes to `spent`."""
    clock, processor = time.perf_counter(), _processor()
    yield
    spent.seconds += time.perf_counter() - clock
    spent.cpu += _processor() - processor


@contextmanager
def plainly() -> Iterator[None]:
    """Without the deterministic kernels that the worker asks for: the plain ways don't pay for them."""
    asked = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(False)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(asked)


def timed(work: Callable[[], Result]) -> tuple[Result, Spent]:
    """What a piece of work gives, and what it took."""
    spent = Spent()
    with spending(spent):
        result = work()
    return result, spent


def middle(values: Sequence[Spent]) -> Spent:
    """The one with the median rate by the clock."""
    return sorted(values, key=lambda one: one.rate)[(len(values) - 1) // 2]


def median_ratio(ours: Sequence[Spent], theirs: Sequence[Spent], by: Callable[[Spent], float]) -> float:
    """The median over the turns of our rate over theirs in the same turn."""
    return statistics.median(by(one) / by(other) for one, other in zip(ours, theirs, strict=True))


def compared(ours: Sequence[Spent], theirs: Sequence[Spent]) -> dict[str, float]:
    """What a line of the table tells of turns in which both sides worked."""
    return {
        "ours": middle(ours).rate,
        "theirs": middle(theirs).rate,
        "ratio": median_ratio(ours, theirs, lambda one: one.rate),
        "cpu_ratio": median_ratio(ours, theirs, lambda one: one.cpu_rate),
    }


def say(text: str) -> None:
    """Progress, with the time since the start."""
    print(f"[{time.monotonic() - _begun:4.0f} s] {text}", file=sys.stderr, flush=True)
