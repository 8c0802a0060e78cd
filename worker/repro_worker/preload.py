"""Imports what nearly every task needs; the warm server does this before it says that it is ready.

A set-up script should run `python -m repro_worker.preload` once, without PYTHONDONTWRITEBYTECODE: it also imports
what only some tasks need, and so leaves compiled files behind that save about ten seconds at each later start.
"""

from __future__ import annotations

from repro_worker import quiet  # noqa: F401 - settings before libraries

# isort: split
import peft  # noqa: F401
import torch  # noqa: F401
import transformers  # noqa: F401

import repro_worker.attempt
import repro_worker.tasks.finetune
import repro_worker.tasks.generate
import repro_worker.tasks.score_reward
import repro_worker.tasks.train_reward

if __name__ == "__main__":
    import repro_worker.counting_lm
    import repro_worker.tasks.benchmark
    import repro_worker.tasks.import_model  # noqa: F401
