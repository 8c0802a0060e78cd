"""progress.jsonl: how far a running task has come, for people and for the executor that waits for it."""

from __future__ import annotations

import json
import time
from pathlib import Path

MIN_INTERVAL_SECONDS = 0.5


class Progress:
    """Appends lines to progress.jsonl, at most two a second but always the last step's."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "progress.jsonl"
        self._last = 0.0

    def report(self, step: int, total: int, unit: str, **numbers: float) -> None:
        """Say that `step` of `total` units are done; `numbers` are extra figures such as the loss."""
        now = time.time()
        if step < total and now - self._last < MIN_INTERVAL_SECONDS:
            return
        self._last = now
        finite = {name: round(value, 6) for name, value in numbers.items() if value == value and abs(value) < 1e300}
        line = {"time": round(now, 3), "step": step, "total": total, "unit": unit, **finite}
        with self.path.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line, allow_nan=False) + "\n")
