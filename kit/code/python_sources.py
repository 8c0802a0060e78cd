"""The project's own modules and the data files beside them, read from disk without importing anything."""

import ast
import hashlib
import os
import sys

from python_tree import bound_names, strip_texts


class Unreadable(Exception):
    """The code can't be read: where, what is wrong, and what to do."""


def sha256(data):
    """SHA-256 of bytes or text, in hexadecimal."""
    return hashlib.sha256(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data).hexdigest()


class Module:
    """One source file: its dotted name, its path relative to the sources, and its tree."""

    def __init__(self, sources, name, path, keep_docstrings):
        with open(path, "rb") as handle:
            raw = handle.read()
        self.name = name
        self.path = os.path.relpath(path, sources.root).replace(os.sep, "/")
        self.package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
        self.content = sha256(raw)
        try:
            self.tree = ast.parse(raw, path)
        except (SyntaxError, ValueError) as error:
            place = "%s:%s" % (self.path, getattr(error, "lineno", None) or 1)
            version = "%d.%d" % sys.version_info[:2]
            what = "syntax error for Python %s: %s" % (version, getattr(error, "msg", error))
            raise Unreadable(place, what, "Mend it, or use a newer Python")
        if not keep_docstrings:
            strip_texts(self.tree)
        self.origins = dict(self._origins())

    def absolute(self, node):
        """The dotted name of the module that a `from … import` names."""
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        base = parts[: len(parts) - node.level + 1]
        return ".".join(base + ([node.module] if node.module else []))

    def _origins(self):
        """What names bound at the top of the module stand for: `dataclass` → `dataclasses.dataclass`."""
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.split(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (first, first)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield alias.asname or alias.name, self.absolute(node) + "." + alias.name
            else:
                for name in bound_names(node):
                    yield name, ""


class Sources:
    """The folder that holds the project's modules, with everything in it that was looked at."""

    def __init__(self, root):
        self.root = root
        self.folders = {}
        self._data = {}
        self._modules = {}

    def module(self, name, path, keep_docstrings):
        """A module, read once for all entry points."""
        key = name, keep_docstrings
        if key not in self._modules:
            self._modules[key] = Module(self, name, path, keep_docstrings)
        return self._modules[key]

    def find(self, dotted):
        """The file of a module; None if it isn't the project's own."""
        base = os.path.join(self.root, *dotted.split("."))
        for path in (os.path.join(base, "__init__.py"), base + ".py"):
            if os.path.isfile(path):
                return path
        return base if os.path.isdir(base) and "." not in dotted and self._holds_modules(base) else None

    @staticmethod
    def _holds_modules(folder):
        return any(name.endswith(".py") for name in os.listdir(folder))

    def listing(self, folder):
        """The names in a folder, caches and hidden files left out; remembered as looked at."""
        names = sorted(n for n in os.listdir(folder) if not n.startswith((".", "__pycache__")) and not n.endswith(".pyc"))
        relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
        self.folders["" if relative == "." else relative + "/"] = sha256("\n".join(names))
        return names

    def data_files(self, package):
        """The path, relative to the sources, of every file of a package that isn't Python."""
        if package not in self._data:
            top = os.path.join(self.root, package)
            self._data[package] = list(self._walk(top, package)) if os.path.isdir(top) else []
        return self._data[package]

    def _walk(self, folder, relative):
        names = self.listing(folder)
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isdir(path):
                yield from self._walk(path, relative + "/" + name)
            elif not name.endswith(".py"):
                yield relative + "/" + name


def data_only_folders(path, root):
    """The names of folders around a data file up to the nearest that holds Python modules."""
    folder = os.path.dirname(path)
    while folder and not Sources._holds_modules(os.path.join(root, folder)):
        yield os.path.basename(folder)
        folder = os.path.dirname(folder)


def all_modules(sources, package):
    """The dotted names of all modules of a package."""
    for folder, folders, files in os.walk(os.path.join(sources.root, package)):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__pycache__")))
        base = os.path.relpath(folder, sources.root).replace(os.sep, ".")
        for name in sorted(files):
            if name.endswith(".py"):
                yield base if name == "__init__.py" else base + "." + name[:-3]
