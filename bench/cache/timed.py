"""Runs a command and prints what it took as JSON: whole process, seconds, CPU seconds, peak memory in MiB.

Usage: timed.py LIMIT_SECONDS LOG COMMAND [ARGUMENT ...]. A command that goes on longer is stopped: then `seconds` is
null.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

limit, log, command = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
stopped = threading.Event()


def stop(group: int) -> None:
    """End the command and all that it started."""
    stopped.set()
    os.killpg(group, signal.SIGKILL)


with Path(log).open("wb") as output:
    begun = time.perf_counter()
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )
    timer = threading.Timer(limit, stop, [child.pid])
    timer.start()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun
    timer.cancel()

print(
    json.dumps(
        {
            "seconds": None if stopped.is_set() else seconds,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss / 1024,
            "code": os.waitstatus_to_exitcode(status),
        }
    )
)
