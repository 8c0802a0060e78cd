"""Settings that libraries read when they are imported; import this module before any of them.

Nothing goes over the network unless a task turns it on (hub.py), progress bars and chatter are off, and caches never
land in the home folder: `scratch_home` points them into a task's folder.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "GIT_PYTHON_REFRESH": "quiet",
}

for _name, _value in _SETTINGS.items():
    os.environ.setdefault(_name, _value)

logging.getLogger("lm_eval").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", category=FutureWarning)
warnings.filterwarnings("ignore", category=UserWarning, module="(torch|transformers|peft|lm_eval|datasets).*")


@contextmanager
def scratch_home(folder: Path) -> Iterator[None]:
    """Send temporary files to `folder` while a task runs."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
