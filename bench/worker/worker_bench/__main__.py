"""`make bench-worker`: prints one table in Markdown on stdout; progress goes to stderr.

Usage: python -m worker_bench FOLDER [PART ...], where FOLDER keeps the imported models and the tasks' folders.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

THREADS = os.environ.setdefault("REPRO_THREADS", str(os.cpu_count() or 1))
os.environ.setdefault("OMP_NUM_THREADS", THREADS)
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from worker_bench.bench import PARTS, run  # noqa: E402 - settings before libraries


def main() -> int:
    """Measure the parts that are named, or all."""
    wanted = sys.argv[2:] or list(PARTS)
    if len(sys.argv) < 2 or not set(wanted) <= set(PARTS):
        print(f"usage: python -m worker_bench FOLDER [{' | '.join(PARTS)} ...]", file=sys.stderr)
        return 2
    missed = run(Path(sys.argv[1]), wanted)
    print(f"\n{'All goals are met.' if not missed else 'Missed: ' + '; '.join(missed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
