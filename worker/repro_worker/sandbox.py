"""Strict mode: a task may read only what it declared.

With REPRO_STRICT=1 a Python audit hook looks at each `open` and each network connection. Reading is allowed inside
the task's folder, the targets of its inputs, its "allow" list, this code, the Python environment and the system's own
files (/proc, /sys, /dev, /etc, shared libraries). Anything else is refused with an error that names the path. A
library may swallow that error, so each refusal is also noted and fails the task at its end.

An audit hook sees Python's own opens, not those of native code; it keeps honest code honest and is no security
boundary.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from repro_worker.errors import UndeclaredInputError, WorkerError
from repro_worker.task import Task

SYSTEM_ROOTS = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64", "/System", "/Library")


class Policy:
    """Which folders and files may be read while one task runs."""

    def __init__(self, roots: list[str], network: bool = False) -> None:
        self.roots = tuple(sorted({os.path.realpath(root) for root in roots}))
        self.network = network
        self.refusals: list[str] = []

    def allows(self, path: str) -> bool:
        """Whether `path`, with symlinks resolved, lies under an allowed root."""
        real = os.path.realpath(path)
        return any(real == root or real.startswith(root.rstrip("/") + "/") for root in self.roots)

    def refuse(self, message: str) -> None:
        """Note a refusal and raise it."""
        self.refusals.append(message)
        raise UndeclaredInputError(message)


_current: Policy | None = None
_installed = False


def strict() -> bool:
    """Whether this process was asked to refuse undeclared reads."""
    return os.environ.get("REPRO_STRICT") == "1"


def enter(task: Task, *, network: bool = False) -> None:
    """Hold the process to `task`'s declared inputs from now on."""
    global _current, _installed
    if not strict():
        return
    _current = Policy([*_environment_roots(), *_task_roots(task)], network)
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True


def leave() -> list[str]:
    """Lift the hold; returns what was refused, also where a library swallowed the error."""
    global _current
    refusals = _current.refusals if _current is not None else []
    _current = None
    return refusals


def check(refusals: list[str]) -> None:
    """Fail if anything was refused."""
    if refusals:
        remedy = "Declare it as an input of the stage (or in task.json's allow list)."
        raise WorkerError(refusals[0], where="strict mode", remedy=remedy)


def _environment_roots() -> list[str]:
    code = Path(__file__).resolve().parent.parent
    return [str(code), sys.prefix, sys.base_prefix, *SYSTEM_ROOTS]


def _task_roots(task: Task) -> list[str]:
    roots = [task.folder, task.state, *task.inputs.values(), *task.outputs.values(), *task.allow]
    for path in task.inputs.values():
        if path.is_dir():
            roots += [child for child in path.rglob("*") if child.is_symlink()]
    return [str(root) for root in roots]


def _hook(event: str, args: tuple) -> None:
    policy = _current
    if policy is None:
        return
    if event == "open":
        _check_open(policy, args)
    elif event == "socket.connect" and not policy.network:
        policy.refuse(f"a network connection to {args[1]!r} was refused: this task declares no network source")


def _check_open(policy: Policy, args: tuple) -> None:
    path, _mode, flags = args
    writes_only = isinstance(flags, int) and flags & os.O_ACCMODE == os.O_WRONLY
    if not writes_only:
        _check_path(policy, path)


def _check_path(policy: Policy, path: object) -> None:
    if isinstance(path, int):
        return
    text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)
    if not policy.allows(text) and os.path.exists(text):  # noqa: PTH110 - Path would allocate on every open
        policy.refuse(f"reading {os.path.realpath(text)} was refused: declare it as an input")
