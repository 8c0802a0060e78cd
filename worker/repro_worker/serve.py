"""The warm worker: reads tasks from standard input and carries them out one at a time, so that imports and the base
model are paid for once.

A line in is {"id": …, "folder": …}; a line out is {"id": …, "event": "done" | "failed"}. The first line out is
{"event": "ready"}, once the imports are done. Only these lines reach the real standard output: whatever libraries
print goes to standard error. It ends when its input ends, or at SIGTERM (a task under way keeps its checkpoint).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from repro_worker import quiet  # noqa: F401 - settings before libraries


def claim_stdout() -> TextIO:
    """Keep the real standard output for events and send file descriptor 1 to standard error."""
    real = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return real


def say(out: TextIO, event: dict[str, Any]) -> None:
    """Write one event line."""
    out.write(json.dumps(event) + "\n")
    out.flush()


def handle(line: str, out: TextIO) -> None:
    """Carry out the task that one input line names."""
    from repro_worker.attempt import run_attempt

    try:
        request = json.loads(line)
        identity, folder = request["id"], Path(request["folder"])
    except (ValueError, KeyError, TypeError):
        print(f'not a request: {line.strip()[:200]!r}; send {{"id": …, "folder": …}}', file=sys.stderr)
        return
    if not folder.is_absolute() or not folder.is_dir():
        print(f"there is no task folder {folder} (an absolute path is needed)", file=sys.stderr)
        say(out, {"id": identity, "event": "failed"})
        return
    say(out, {"id": identity, "event": "done" if run_attempt(folder) else "failed"})


def main() -> int:
    """Serve until the input ends."""
    out = claim_stdout()
    import repro_worker.preload  # noqa: F401 - the imports that every task needs

    say(out, {"event": "ready"})
    for line in sys.stdin:
        if line.strip():
            handle(line, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
