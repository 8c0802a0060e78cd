"""What this machine could do at best: measured matrix products and memory reads, and the least time that a piece of
generation or training takes by them.

Only the weights count: each pass of the model multiplies every row by every weight (2 operations a weight and row) and
reads every weight once. Attention, norms, caches and sampling are left out, so nothing reaches the roofline.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

ROWS, WIDTH, INNER = 1024, 1536, 576
"""A matrix product of this project's small model."""
READ_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Machine:
    """Operations a second of matrix products, and bytes a second read from memory, in one dtype."""

    operations: float
    bandwidth: float

    def seconds(self, operations: float, read: float) -> float:
        """The least time for so many operations that read so many bytes."""
        return max(operations / self.operations, read / self.bandwidth)


@dataclass(frozen=True)
class Weights:
    """Weights that every token passes, those of the output layer alone, and bytes a weight."""

    body: int
    head: int
    width: int


def measure_machine(dtype: torch.dtype, seconds: float = 1.0) -> Machine:
    """The best of repeated products and reads in about twice `seconds`."""
    left, right = torch.randn(ROWS, INNER).to(dtype), torch.randn(INNER, WIDTH).to(dtype)
    memory = torch.ones(READ_BYTES // 4)
    product = _best(lambda: left @ right, seconds)
    return Machine(2 * ROWS * INNER * WIDTH / product, READ_BYTES / _best(memory.sum, seconds))


def weights_of(model: PreTrainedModel) -> Weights:
    """The weights of a causal model that matrix products use (a tied output layer counts once, as output layer)."""
    head = model.get_output_embeddings().weight
    inputs = model.get_input_embeddings().weight
    matrices = sum(
        one.numel() for one in model.parameters() if one.dim() == 2 and one is not head and one is not inputs
    )
    return Weights(matrices, head.numel(), head.element_size())


def generation_seconds(
    machine: Machine, weights: Weights, batches: Sequence[Sequence[tuple[int, int]]], beams: int
) -> float:
    """The least time to answer: `batches` holds prompt tokens and produced tokens of each row of each batch."""
    total = 0.0
    for batch in batches:
        prompt = sum(tokens for tokens, _ in batch)
        operations = 2 * weights.body * prompt + 2 * weights.head * len(batch)
        total += machine.seconds(operations, (weights.body + weights.head) * weights.width)
        for step in range(1, max(tokens for _, tokens in batch)):
            rows = beams * sum(tokens > step for _, tokens in batch)
            every = weights.body + weights.head
            total += machine.seconds(2 * every * rows, every * weights.width)
    return total


def training_seconds(machine: Machine, weights: Weights, tokens: int, labels: int) -> float:
    """The least time to train an adapter: forwards, and backwards to the activations alone (the base is frozen)."""
    return 4 * (weights.body * tokens + weights.head * labels) / machine.operations


def _best(work: Callable[[], object], seconds: float) -> float:
    work()
    best, until = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until:
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best
