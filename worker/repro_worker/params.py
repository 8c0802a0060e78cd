"""Typed access to a task's params, so that a wrong one is an error that names it and not a KeyError."""

from __future__ import annotations

from typing import Any

from repro_worker.errors import WorkerError


class Params:
    """A view of one JSON object of params; `path` says where in task.json it stands."""

    def __init__(self, values: dict[str, Any], path: str = "params") -> None:
        self.values = values
        self.path = path

    def _get(self, name: str, default: Any) -> Any:
        if name in self.values:
            return self.values[name]
        if default is not None:
            return default
        raise self.error(name, "is missing", "Add it to the stage's params.")

    def error(self, name: str, what: str, remedy: str) -> WorkerError:
        """An input error about one param."""
        return WorkerError(f"{self.path}.{name} {what}", where="task.json", remedy=remedy)

    def integer(self, name: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number, `least` or more."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.error(name, f"is {value!r}", f"It should be a whole number of at least {least}.")
        return value

    def number(self, name: str, default: float | None = None, *, least: float = 0.0) -> float:
        """A real number, `least` or more."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= least:
            raise self.error(name, f"is {value!r}", f"It should be a number of at least {least}.")
        return float(value)

    def choice(self, name: str, options: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        value = self._get(name, default)
        if value not in options:
            raise self.error(name, f"is {value!r}", f"It should be one of: {', '.join(options)}.")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A string that is not empty."""
        value = self._get(name, default)
        if not isinstance(value, str) or not value:
            raise self.error(name, f"is {value!r}", "It should be a string that is not empty.")
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise self.error(name, f"is {value!r}", "It should be true or false.")
        return value

    def words(self, name: str) -> list[str]:
        """A list of strings that is not empty."""
        value = self._get(name, None)
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            raise self.error(name, f"is {value!r}", "It should be a list of strings with at least one in it.")
        return value

    def group(self, name: str) -> Params:
        """A nested object of params."""
        value = self._get(name, None)
        if not isinstance(value, dict):
            raise self.error(name, f"is {value!r}", "It should be an object.")
        return Params(value, f"{self.path}.{name}")
