"""One starting point for every source of chance, so that a task gives the same bytes on each run of one machine.

`start` puts the whole process into a known state: a warm worker calls it before each task and so forgets the last one.
The number of threads is part of that state, because sums over several threads may round differently.
"""

from __future__ import annotations

import hashlib
import os
import random

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import numpy
import torch

from repro_worker.errors import WorkerError


def derive_seed(seed: int, *parts: str | int) -> int:
    """A seed for one purpose (63 bits), so that drawing more for one thing never shifts another."""
    text = "/".join(str(part) for part in (seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def threads() -> int:
    """How many CPU threads a task may use: REPRO_THREADS, or one."""
    value = os.environ.get("REPRO_THREADS", "1")
    if not value.isdigit() or int(value) < 1:
        remedy = "Set it to a whole number of at least 1."
        raise WorkerError(f"REPRO_THREADS is {value!r}", where="environment", remedy=remedy)
    return int(value)


def start(seed: int) -> None:
    """Seed torch, NumPy and Python, fix the threads, and ask for deterministic algorithms.

    On a GPU some kernels have no deterministic form; there it warns on stderr and goes on.
    """
    torch.set_num_threads(threads())
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.benchmark = False
    seed_everything(derive_seed(seed, "start"))


def seed_everything(seed: int) -> None:
    """Set the global generators."""
    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def shuffled(count: int, seed: int, *parts: str | int) -> list[int]:
    """A permutation of range(count) that depends on the seed and the purpose only."""
    order = list(range(count))
    random.Random(derive_seed(seed, *parts)).shuffle(order)
    return order
