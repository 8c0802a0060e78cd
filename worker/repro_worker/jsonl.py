"""JSON Lines: one object a line, UTF-8. Errors name the file and the line, and NaN is refused both ways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from repro_worker.errors import WorkerError

Row = dict[str, Any]


def refuse_constant(name: str) -> float:
    """For `json.loads(parse_constant=…)`: NaN and Infinity are not JSON."""
    raise ValueError(f"{name} is not a JSON number")


def _parse(line: str, where: str) -> Row:
    try:
        row = json.loads(line, parse_constant=refuse_constant)
    except ValueError as error:
        raise WorkerError(f"not valid JSON: {error}", where=where, remedy="Correct this line of the file.") from error
    if not isinstance(row, dict):
        raise WorkerError("the line is not a JSON object", where=where, remedy="Write one JSON object a line.")
    return row


def numbered_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield ("file:line", row) for each line that is not blank."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WorkerError(f"not UTF-8: {error}", where=str(path), remedy="Save the file as UTF-8.") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{path.name}:{number}"
            yield where, _parse(line, where)


def read_rows(path: Path, fields: dict[str, type | tuple[type, ...]], *, unique: str | None = None) -> list[Row]:
    """Read all rows and check that each has `fields` of the given types; `unique` names a field that may not repeat."""
    rows: list[Row] = []
    seen: dict[Any, str] = {}
    for where, row in numbered_rows(path):
        for name, kinds in fields.items():
            if name not in row:
                raise WorkerError(f'field "{name}" is missing', where=where, remedy=f'Give each row a "{name}".')
            if not isinstance(row[name], kinds) or (isinstance(row[name], bool) and not _allows_bool(kinds)):
                message = f'field "{name}" has the wrong type ({type(row[name]).__name__})'
                raise WorkerError(message, where=where, remedy=f"It should be {_names(kinds)}.")
        if unique is not None:
            if row[unique] in seen:
                message = f'{unique} "{row[unique]}" appears twice (also at {seen[row[unique]]})'
                raise WorkerError(message, where=where, remedy=f"Make each {unique} unique in the file.")
            seen[row[unique]] = where
        rows.append(row)
    return rows


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows in their own key order, so that equal rows are equal bytes."""
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write one JSON document with sorted keys."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _allows_bool(kinds: type | tuple[type, ...]) -> bool:
    return bool in (kinds if isinstance(kinds, tuple) else (kinds,))


def _names(kinds: type | tuple[type, ...]) -> str:
    return " or ".join(kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
