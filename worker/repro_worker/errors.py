"""The one error that tasks raise on purpose.

It carries what a person needs: what failed, where, and what to do next. Everything else that is raised is a fault of
the worker and is reported as kind "internal".
"""

from __future__ import annotations


class WorkerError(Exception):
    """A failure with a place and a remedy; `kind` is "input", "memory" or "internal" as in result.json."""

    def __init__(self, message: str, *, where: str, remedy: str, kind: str = "input") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy
        self.kind = kind


class UndeclaredInputError(PermissionError):
    """Strict mode refused a read; a PermissionError, so that libraries treat it as one."""
