"""One attempt at a task, the same for the warm server and the cold command: read, run, write result.json."""

from __future__ import annotations

import importlib
import shutil
import time
import traceback
from pathlib import Path

from repro_worker import determinism, machine, quiet, result, sandbox
from repro_worker.progress import Progress
from repro_worker.task import Task, read_task


def run_attempt(folder: Path) -> bool:
    """Carry out the task in `folder`; True when it went well. Nothing is raised but the process's own end."""
    started = time.time()
    try:
        outcome = _run(folder, started)
    except Exception as error:
        traceback.print_exc()
        outcome = result.failed(error)
    result.write_result(folder, outcome)
    return outcome["status"] == "done"


def _run(folder: Path, started: float) -> result.Result:
    task = read_task(folder)
    (folder / "result.json").unlink(missing_ok=True)
    for needed in (task.state, task.scratch, folder / "outputs"):
        needed.mkdir(parents=True, exist_ok=True)
    module = importlib.import_module(f"repro_worker.tasks.{task.name.replace('-', '_')}")
    machine.reset_peak_memory()
    seed = task.params.values.get("seed", 0)
    determinism.start(seed if isinstance(seed, int) else 0)
    metrics = _strictly(task, module)
    metrics["seconds"] = round(time.time() - started, 3)
    metrics["peakMemoryBytes"] = machine.peak_memory_bytes()
    seeds = {"seed": task.params.integer("seed")} if "seed" in task.params.values else {}
    return result.done(metrics, seeds, machine.versions(), machine.describe())


def _strictly(task: Task, module: object) -> dict[str, float]:
    try:
        sandbox.enter(task, network=getattr(module, "needs_network", _never)(task))
        with quiet.scratch_home(task.scratch):
            return module.run(task, Progress(task.folder))
    finally:
        refusals = sandbox.leave()
        shutil.rmtree(task.scratch, ignore_errors=True)
        sandbox.check(refusals)


def _never(_task: Task) -> bool:
    return False
