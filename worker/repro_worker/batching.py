"""How rows become batches: seeded order for training, length order for inference, and padded tensors.

Within one training batch, rows are sorted by length before they are cut into micro-batches: the gradient is the same
sum, with less padding. `grouped` also brings rows of like length into one batch, which the seed alone decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from repro_worker.determinism import shuffled
from repro_worker.tokens import IGNORED

GROUP_BATCHES = 8
"""How many batches a length group spans: rows are sorted within it, so order stays mostly random."""

Batch = list[int]


def epoch_batches(lengths: Sequence[int], batch_size: int, seed: int, epoch: int, *, grouped: bool) -> list[Batch]:
    """The batches of one epoch as row numbers; each row is in exactly one of them."""
    order = shuffled(len(lengths), seed, "epoch", epoch)
    if grouped:
        span = batch_size * GROUP_BATCHES
        windows = [sorted(order[at : at + span], key=lambda row: lengths[row]) for at in range(0, len(order), span)]
        order = [row for window in windows for row in window]
    batches = [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
    if grouped:
        batches = [batches[at] for at in shuffled(len(batches), seed, "batches", epoch)]
    return batches


def micro_batches(batch: Batch, lengths: Sequence[int], size: int) -> list[Batch]:
    """Cut a batch into pieces of at most `size` rows of like length."""
    ordered = sorted(batch, key=lambda row: (lengths[row], row))
    return [ordered[at : at + size] for at in range(0, len(ordered), size)]


def by_length(lengths: Sequence[int], size: int, alike: float = 0.0) -> list[Batch]:
    """Batches for inference, longest first: memory runs out at once or not at all.

    A batch takes up to `size` rows that have at least the share `alike` of its longest row's length.
    """
    batches: list[Batch] = []
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        last = batches[-1] if batches else []
        if last and len(last) < size and lengths[row] >= alike * lengths[last[0]]:
            last.append(row)
        else:
            batches.append([row])
    return batches


def pad_right(rows: Sequence[Sequence[int]], filler: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, padded at the end (training, encoders)."""
    return _pad(rows, filler, left=False)


def pad_left(rows: Sequence[Sequence[int]], filler: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, padded at the start (generation)."""
    return _pad(rows, filler, left=True)


def pad_labels(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """Labels padded at the end with the ignored label."""
    return _pad(rows, IGNORED, left=False)[0]


def _pad(rows: Sequence[Sequence[int]], filler: int, *, left: bool) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(len(row) for row in rows)
    ids = torch.full((len(rows), width), filler, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for number, row in enumerate(rows):
        place = slice(width - len(row), width) if left else slice(0, len(row))
        ids[number, place] = torch.tensor(row, dtype=torch.long)
        mask[number, place] = 1
    return ids, mask
