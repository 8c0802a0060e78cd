"""Digests of the code that Python entry points reach, from the sources alone.

    python -I -S python_digest.py SOURCES package.module:function ...

SOURCES is the folder from which the project's own modules are imported. Nothing of the project is imported or run, and
no installed package is needed. For each entry point the syntax trees of the definitions that it may reach are hashed:
docstrings, comments and layout don't count, nor do functions, classes and constants whose name appears nowhere in
reached code. What can't be decided counts: decorated classes, base classes, calls made on import, and everything once
reached code looks names up at run time (`python_lookups.py`). The order of imports and of definitions doesn't count, but
where a module binds a name more than once. A module that a text names may be run as a program: what it does then counts.

Data files in the package (YAML, JSON, text) count if reached code names them, or a folder that they lie in; all of them
where it looks beside itself for a name that it computes.

Writes one JSON object to stdout: by entry point {"digest", "declarations", "contents"}, where contents holds the hash
of each file and folder looked at; or {"error": {"where", "what", "remedy"}}.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ast  # noqa: E402
from collections import Counter  # noqa: E402

from python_inert import can_wait  # noqa: E402
from python_lookups import OWN_PLACE  # noqa: E402
from python_reach import Reach  # noqa: E402
from python_sources import Sources, Unreadable, data_only_folders, sha256  # noqa: E402
from python_tree import DEFINITIONS, bound_names, never_runs, text  # noqa: E402

DOCSTRING_READS = {"__doc__", "getdoc"}
SOURCE_READS = {"getsource", "getsourcelines", "findsource"}


def label(node, alias):
    """The name under which a statement is listed."""
    if alias is not None:
        return "(imports)"
    if isinstance(node, DEFINITIONS):
        return node.name
    return ",".join(bound_names(node)) or "(statements)"


def statement_text(module, node, alias):
    """A statement as text; empty if none of it runs on import."""
    if alias is not None:
        base = module.absolute(node) if isinstance(node, ast.ImportFrom) else "-"
        return " ".join([base, alias.name, alias.asname or ""])
    if isinstance(node, ast.If) and never_runs(node.test):
        return " ".join(text(s) for s in node.orelse)
    return text(node)


def counted_data(reach):
    """The data files that reached code names: by name, by ending (`f"{task}.yaml"`), or by a folder around them.

    All of a package's where reached code looks beside itself for a name that it computes.
    """
    short = (s.rstrip("/") for s in reach.strings if len(s) < 200 and "\n" not in s)
    named = {s.rpartition("/")[2] for s in short} - {""}
    endings = tuple(n.lstrip("*") for n in named if n.startswith("*") or ("." in n and n[0] in "._-"))
    computed = reach.computed_paths and bool(reach.used & OWN_PLACE)
    for package in sorted({m.partition(".")[0] for m in reach.modules}):
        for path in reach.sources.data_files(package):
            name = os.path.basename(path)
            folders = set(data_only_folders(path, reach.sources.root))
            if computed or name in named or name.endswith(endings) or folders & named:
                yield path
    for name in reach.sources.listing(reach.sources.root):
        if name in named and not name.endswith(".py") and os.path.isfile(os.path.join(reach.sources.root, name)):
            yield name


def rebinding(live):
    """The paths of modules that bind a name more than once: which of them counts depends on the order of statements."""
    names = Counter(
        (m.path, name)
        for m, node, alias in live
        for name in ([alias.asname or alias.name] if alias else bound_names(node))
    )
    return {path for (path, _), count in names.items() if count > 1}


def digest(sources, entry):
    """The digest of one entry point, as the caller reads it."""
    reach = Reach(sources, entry)
    if reach.used & DOCSTRING_READS:
        reach = Reach(sources, entry, keep_docstrings=True)
    texts, order, rebound = {}, {}, rebinding(reach.live)
    for module, node, alias in sorted(reach.live, key=lambda item: (item[0].path, item[1].lineno, item[1].col_offset)):
        body = statement_text(module, node, alias)
        if not body:
            continue
        key = module.path + "#" + label(node, alias)
        texts.setdefault(key, []).append(body)
        if module.path in rebound or (alias is None and not can_wait(module, node)):
            order.setdefault(module.path, []).append(key if alias is None else body)
    declarations = {k: sha256("\n".join(sorted(v) if k.endswith("#(imports)") else v)) for k, v in texts.items()}
    contents = {m.path: m.content for m in reach.modules.values()}
    for path in counted_data(reach):
        with open(os.path.join(sources.root, path), "rb") as handle:
            contents[path] = declarations[path] = sha256(handle.read())
    if reach.used & SOURCE_READS:
        declarations.update({m.path: m.content for m in reach.modules.values()})
    whole = json.dumps([declarations, order], sort_keys=True)
    shown = {key: value[:8] for key, value in sorted(declarations.items())}
    return {"digest": sha256(whole), "declarations": shown, "contents": {**contents, **sources.folders}}


def main(root, entries):
    """Prints the digests of all entry points."""
    sys.setrecursionlimit(20000)
    try:
        sources = Sources(os.path.abspath(root))
        found = {entry: digest(sources, entry) for entry in entries}
    except Unreadable as error:
        found = {"error": dict(zip(("where", "what", "remedy"), error.args))}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
