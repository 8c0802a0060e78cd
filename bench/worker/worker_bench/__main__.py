"""`make bench-worker`: prints one table in Markdown on stdout; progress goes to stderr.

Usage: python -m worker_bench FOLDER [PART ...], where FOLDER keeps the imported models and the tasks' folders.
Both sides compute with REPRO_THREADS threads, or one, as each of the pipeline's worker processes does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", os.environ.setdefault("REPRO_THREADS", "1"))
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from worker_bench.bench import PARTS, run


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
