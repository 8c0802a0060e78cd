"""The cold worker: `python -m repro_worker.run FOLDER` carries out one task and exits with 0 or 1."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from repro_worker import quiet  # noqa: F401 - settings before libraries


def main() -> int:
    """Run the task in the folder named on the command line."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print("usage: python -m repro_worker.run FOLDER   (a folder with a task.json)", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1]).absolute()
    if not folder.is_dir():
        print(f"There is no folder {folder}. Give the folder of a task.", file=sys.stderr)
        return 2
    os.dup2(2, 1)
    from repro_worker.attempt import run_attempt

    return 0 if run_attempt(folder) else 1


if __name__ == "__main__":
    sys.exit(main())
