"""Prints as JSON which packages of a lock (argument 1) this environment lacks or has in another version."""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LINE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)\s*(?:;\s*([^\\]*))?")


def applies(marker: str | None) -> bool:
    """Whether a package is wanted on this machine; one whose marker can't be read is not asked for."""
    if not marker or not marker.strip():
        return True
    try:
        from packaging.markers import Marker
    except ImportError:
        return False
    return Marker(marker.strip()).evaluate()


def installed(name: str) -> str | None:
    """The version that is installed, if any."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def same(found: str | None, wanted: str) -> bool:
    """Versions agree when they do but for a local part, such as `+cpu`."""
    return found is not None and found.split("+")[0] == wanted.split("+")[0]


locked = [match for line in Path(sys.argv[1]).read_text().splitlines() if (match := LINE.match(line))]
wanted = [(match[1], match[2]) for match in locked if applies(match[3])]
wrong = [
    f"{name} {found or 'absent'}, not {number}" for name, number in wanted if not same(found := installed(name), number)
]
report = {"python": ".".join(map(str, sys.version_info[:3])), "count": len(wanted), "wrong": wrong}
print(json.dumps(report))
