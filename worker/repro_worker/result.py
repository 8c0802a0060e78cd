"""result.json: how a task ended. It is written last and atomically, so its presence means that the outputs are
whole.
"""

from __future__ import annotations

import json
import math
import traceback
from pathlib import Path
from typing import Any

from repro_worker.errors import UndeclaredInputError, WorkerError
from repro_worker.files import write_atomically

Result = dict[str, Any]

MEMORY_REMEDY = "Lower batchSize, microBatchSize or cutoffTokens, use bfloat16, or take a machine with more memory."


def done(metrics: dict[str, float], seeds: dict[str, int], versions: dict[str, str], machine: dict[str, Any]) -> Result:
    """The result of a task that went well; a metric that is not finite is an error."""
    for name, value in metrics.items():
        if not math.isfinite(value):
            remedy = "Look at the task's data and params: nothing is written in place of a number that is not one."
            raise WorkerError(f"the metric {name} is {value}", where="result", remedy=remedy)
    return {"status": "done", "metrics": metrics, "versions": versions, "machine": machine, "seeds": seeds}


def failed(error: BaseException) -> Result:
    """The result of a task that raised `error`."""
    if isinstance(error, WorkerError):
        return _failure(error.kind, error.message, error.where, error.remedy)
    if isinstance(error, UndeclaredInputError):
        return _failure("input", str(error), "strict mode", "Declare it as an input.")
    where = _last_own_line(error)
    if _out_of_memory(error):
        return _failure("memory", f"out of memory: {_first_line(error)}", where, MEMORY_REMEDY)
    if isinstance(error, OSError) and error.errno == 28:
        return _failure("input", "the disk is full", where, "Free some space and start the task again.")
    message = f"{type(error).__name__}: {_first_line(error)}"
    return _failure("internal", message, where, "This is a fault of the worker: its log (stderr) has the traceback.")


def write_result(folder: Path, result: Result) -> None:
    """Write result.json into the task's folder."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    write_atomically(folder / "result.json", lambda path: path.write_text(text, encoding="utf-8"))


def _failure(kind: str, message: str, where: str, remedy: str) -> Result:
    return {"status": "failed", "error": {"kind": kind, "message": message, "where": where, "remedy": remedy}}


def _out_of_memory(error: BaseException) -> bool:
    text = str(error)
    cpu_allocator = "not enough memory" in text or "can't allocate memory" in text
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or cpu_allocator


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:500]


def _last_own_line(error: BaseException) -> str:
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "repro_worker" in frame.filename]
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "worker"
