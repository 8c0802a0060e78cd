"""A task folder: what task.json says, checked, with its paths made absolute.

task.json is checked twice: by hand here (shape, files that exist, paths that stay inside the folder), and its `params`
against schemas/<task>.json where that file exists. Those schemas are generated from the TypeScript stages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from repro_worker.errors import WorkerError
from repro_worker.jsonl import refuse_constant
from repro_worker.params import Params

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"


@dataclass(frozen=True)
class Task:
    """One checked task; all paths are absolute, and symlinks in them are kept as they are."""

    name: str
    folder: Path
    params: Params
    inputs: dict[str, Path]
    outputs: dict[str, Path]
    allow: tuple[Path, ...]

    @property
    def state(self) -> Path:
        """The folder for checkpoints; it survives a killed attempt."""
        return self.folder / "state"

    @property
    def scratch(self) -> Path:
        """A folder for files that nobody keeps; emptied when the task ends."""
        return self.folder / "scratch"

    def input(self, name: str) -> Path:
        """The path of an input that the task can't do without."""
        if name not in self.inputs:
            raise _error(f'the input "{name}" is missing', f'Declare "{name}" in the stage\'s inputs.')
        return self.inputs[name]

    def output(self, name: str) -> Path:
        """The path of a declared output; its parent folder exists."""
        if name not in self.outputs:
            raise _error(f'the output "{name}" is not declared', f'Declare "{name}" in the stage\'s outputs.')
        self.outputs[name].parent.mkdir(parents=True, exist_ok=True)
        return self.outputs[name]


def read_task(folder: Path) -> Task:
    """Read and check `folder`/task.json."""
    folder = folder.absolute()
    value = _load(folder / "task.json")
    if value.get("version") != 1:
        raise _error(f"version is {value.get('version')!r}", "This worker reads version 1 only.")
    name = value.get("task")
    if name not in known_tasks():
        raise _error(f"task is {name!r}", f"Known tasks: {', '.join(known_tasks())}.")
    params = value.get("params")
    if not isinstance(params, dict):
        raise _error("params is not an object", "Write params as a JSON object.")
    check_schema(name, params)
    inputs = _paths(value, "inputs", folder)
    for key, path in inputs.items():
        if not path.exists():
            raise _error(f'the input "{key}" does not exist ({path})', "Put the file there before starting the task.")
    allow = value.get("allow", [])
    if not isinstance(allow, list) or not all(isinstance(item, str) for item in allow):
        raise _error("allow is not a list of paths", "Write it as a list of strings.")
    outputs = _paths(value, "outputs", folder)
    return Task(name, folder, Params(params), inputs, outputs, tuple(Path(item) for item in allow))


def known_tasks() -> list[str]:
    """Names of the modules of `tasks`: looked up and not listed, so that a new task changes no other task's code."""
    names = (path.stem for path in (Path(__file__).parent / "tasks").glob("[a-z]*.py"))
    return sorted(name.replace("_", "-") for name in names)


def check_schema(name: str, params: dict[str, Any], schemas: Path = SCHEMAS) -> None:
    """Check params against the task's JSON Schema, where there is one."""
    path = schemas / f"{name}.json"
    if not path.exists():
        return
    schema = json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(params))
    if error is not None:
        place = ".".join(["params", *(str(part) for part in error.absolute_path)])
        raise _error(f"{place}: {error.message}", f"Compare with worker/schemas/{name}.json.")


def _load(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse_constant)
    except FileNotFoundError as error:
        raise WorkerError("there is no task.json", where=str(path), remedy="Give the folder of a task.") from error
    except ValueError as error:
        raise WorkerError(f"not valid JSON: {error}", where=str(path), remedy="Write it again.") from error
    if not isinstance(value, dict):
        raise _error("it is not a JSON object", "Write it again.")
    return value


def _paths(value: dict[str, Any], key: str, folder: Path) -> dict[str, Path]:
    entries = value.get(key, {})
    if not isinstance(entries, dict) or not all(isinstance(item, str) for item in entries.values()):
        raise _error(f"{key} is not an object of paths", f"Write {key} as name → path inside the task's folder.")
    for name, item in entries.items():
        if Path(item).is_absolute() or ".." in Path(item).parts:
            raise _error(f"{key}.{name} leads out of the task's folder ({item})", "Use a path inside the folder.")
    return {name: folder / item for name, item in entries.items()}


def _error(message: str, remedy: str) -> WorkerError:
    return WorkerError(message, where="task.json", remedy=remedy)
