"""benchmark: multiple-choice benchmarks through lm-evaluation-harness, whose numbers and standard errors are passed
on.

Local files are run as tasks of our own names (benchmark_tasks.py). With `official: true` the harness's own tasks and
data are used, which needs the network.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from repro_worker import determinism, hub
from repro_worker.benchmark_tasks import DEFINITIONS, FIELDS, NAMES, definition_hash, render
from repro_worker.digests import text_digest
from repro_worker.errors import WorkerError
from repro_worker.jsonl import Row, read_rows, write_rows
from repro_worker.lora import saved_adapter
from repro_worker.models import DTYPES, context_length, load_base
from repro_worker.progress import Progress
from repro_worker.task import Task
from repro_worker.tokens import adds_beginning

OFFICIAL = {"boolq": "super_glue/boolq", "piqa": "piqa", "openbookqa": "openbookqa"}
"""Official tasks and their folders in the harness: looking through all of its tasks takes half a minute."""


def needs_network(task: Task) -> bool:
    """Whether the harness's own data sets are asked for."""
    return task.params.values.get("official") is True


def run(task: Task, progress: Progress) -> dict[str, float]:
    """Evaluate the given benchmarks and write a row for each metric."""
    determinism.start(0)
    official = task.params.flag("official", False)
    model, tokenizer = load_base(task.input("model"), task.params.choice("dtype", tuple(DTYPES)))
    max_length = task.params.integer("maxTokens", context_length(model), least=16)
    keys = list(OFFICIAL) if official else [key for key in DEFINITIONS if key in task.inputs]
    if not keys:
        remedy = f"Wire at least one of: {', '.join(DEFINITIONS)}."
        raise WorkerError("there is no benchmark to run", where="task.json", remedy=remedy)
    started, rows = time.monotonic(), []
    from repro_worker.counting_lm import CountingLM

    with saved_adapter(model, task.inputs.get("adapter")) as adapted, hub.caches(task.scratch, network=official):
        lm = CountingLM(
            pretrained=adapted,
            tokenizer=tokenizer,
            batch_size=task.params.integer("batchSize", least=1),
            max_length=min(max_length, context_length(model)),
            add_bos_token=adds_beginning(tokenizer),
        )
        for number, key in enumerate(keys, start=1):
            rows += _evaluate(task, key, lm, official)
            progress.report(number, len(keys), "items")
    write_rows(task.output("results"), rows)
    seconds = time.monotonic() - started
    return {"benchmarks": len(keys), "truncatedRequests": lm.truncated_requests, "evaluationSeconds": round(seconds, 3)}


def _evaluate(task: Task, key: str, lm: Any, official: bool) -> list[Row]:
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    name, folder = (key, str(_harness() / OFFICIAL[key])) if official else _prepare(task, key)
    try:
        answer = simple_evaluate(
            model=lm,
            tasks=[name],
            num_fewshot=task.params.integer("shots"),
            limit=task.params.integer("limit") or None,
            task_manager=TaskManager(include_path=folder, include_defaults=False),
            log_samples=False,
            bootstrap_iters=1000,
        )
    except (ConnectionError, OSError) as error:
        if not official or isinstance(error, PermissionError):
            raise
        remedy = "Run this where the Hugging Face hub can be reached, or use local files."
        raise WorkerError(f"the data of {name} could not be had: {error}", where=name, remedy=remedy) from error
    return _rows(answer, name, _hash(answer, name) if official else definition_hash(key))


def _harness() -> Path:
    """Where the harness keeps its tasks."""
    import lm_eval.tasks

    return Path(lm_eval.tasks.__file__).parent


def _prepare(task: Task, key: str) -> tuple[str, str]:
    """Check the items and render the harness's task."""
    path = task.input(key)
    if len(read_rows(path, {"id": str, **FIELDS[key]}, unique="id")) < 2:
        remedy = "Give at least two items: a standard error needs them."
        raise WorkerError("there are too few items", where=path.name, remedy=remedy)
    folder = Path(task.scratch) / f"tasks-{NAMES[key]}"
    folder.mkdir(parents=True, exist_ok=True)
    return render(key, path, task.scratch / "datasets", folder), str(folder)


def _hash(answer: dict[str, Any], name: str) -> str:
    config = {key: value for key, value in answer["configs"][name].items() if not callable(value)}
    return text_digest(repr(sorted(config.items(), key=str)))


def _rows(answer: dict[str, Any], name: str, task_hash: str) -> list[Row]:
    values = answer["results"][name]
    rows = []
    for metric in ("acc", "acc_norm"):
        value, error = values.get(f"{metric},none"), values.get(f"{metric}_stderr,none")
        if value is None:
            continue
        if not isinstance(error, int | float) or not math.isfinite(value) or not math.isfinite(error):
            message = f"{name} gave {metric} {value} with standard error {error}"
            raise WorkerError(message, where=name, remedy="Give more items, or look at the items for empty choices.")
        rows.append(
            {
                "task": name,
                "metric": metric,
                "value": round(float(value), 8),
                "standardError": round(float(error), 8),
                "n": answer["n-samples"][name]["effective"],
                "shots": answer["n-shot"][name],
                "version": str(answer["versions"][name]),
                "taskHash": task_hash,
            }
        )
    return rows
