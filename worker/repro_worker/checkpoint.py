"""Checkpoints of a training under way, so that a killed task goes on where it was and ends with the same bytes.

A checkpoint is one safetensors file whose header also holds the facts (step, loss history) as JSON, so that one
rename makes it whole. It carries the digest of the work it belongs to; one of other work is passed over.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from repro_worker.files import write_atomically

Tensors = dict[str, torch.Tensor]


def interval_seconds() -> float:
    """Seconds between checkpoints: REPRO_CHECKPOINT_SECONDS, or 20. It never changes a result."""
    return float(os.environ.get("REPRO_CHECKPOINT_SECONDS", "20"))


@dataclass(frozen=True)
class Checkpoint:
    """Tensors and JSON facts as they stood after a step."""

    tensors: Tensors
    facts: dict[str, Any]


class CheckpointFile:
    """The checkpoint of one piece of work in a task's state folder."""

    def __init__(self, folder: Path, work: str) -> None:
        self.path = folder / "checkpoint.safetensors"
        self.work = work
        self._last = time.monotonic()

    def due(self) -> bool:
        """Whether enough time has passed since the last one."""
        return time.monotonic() - self._last >= interval_seconds()

    def save(self, tensors: Tensors, facts: dict[str, Any]) -> None:
        """Write a checkpoint in place of the last one."""
        metadata = {"work": self.work, "facts": json.dumps(facts)}
        write_atomically(self.path, lambda path: save_file(tensors, path, metadata=metadata))
        self._last = time.monotonic()

    def load(self) -> Checkpoint | None:
        """The last checkpoint of this very work, if there is one that can be read."""
        if not self.path.exists():
            return None
        try:
            with safe_open(self.path, framework="pt") as handle:
                metadata = handle.metadata() or {}
                if metadata.get("work") != self.work:
                    return None
                tensors = {name: handle.get_tensor(name).clone() for name in handle.keys()}  # noqa: SIM118
                return Checkpoint(tensors, json.loads(metadata["facts"]))
        except (SafetensorError, ValueError, KeyError):
            return None

    def remove(self) -> None:
        """Forget the checkpoint: the work is done."""
        self.path.unlink(missing_ok=True)
