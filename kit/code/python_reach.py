"""Everything that an entry point may reach: a set of top-level statements, grown until nothing is added."""

import ast
import os

from python_inert import QUIET_MODULES, can_wait
from python_lookups import MODULE_HOOKS, LookUps, fields, joins_computed
from python_sources import Unreadable, all_modules
from python_tree import IMPORTS, bound_names, is_program_part, names_in, walk_live


class Reach:
    """Everything that one entry point may reach, grown until nothing is added.

    Reaching goes by bare names over all modules loaded: too much may count, never too little.
    """

    def __init__(self, sources, entry, keep_docstrings=False):
        self.sources = sources
        self.keep_docstrings = keep_docstrings
        self.modules = {}
        self.used = set()
        self.strings = set()
        self.pending = {}
        self.fresh = []
        self.live = []
        self.seen = set()
        self.programs = set()
        self.everything = False
        self.computed_paths = False
        module, _, function = entry.partition(":")
        self.load(module)
        if module not in self.modules:
            what = "there is no such module under %s/" % os.path.basename(sources.root)
            raise Unreadable(entry, what, "Check the entry point")
        if function and function not in self.modules[module].origins:
            what = "%s defines no %s at its top level" % (self.modules[module].path, function)
            raise Unreadable(entry, what, "Check the entry point")
        self.use([function] if function else list(self.modules[module].origins))
        while self.fresh:
            self.reach(*self.fresh.pop())

    def load(self, dotted):
        """Loads a module and the packages around it, as an import does."""
        parts = dotted.split(".")
        for count in range(1, len(parts) + 1):
            name = ".".join(parts[:count])
            path = self.sources.find(name)
            if path is None:
                return
            if name not in self.modules and os.path.isfile(path):
                self.modules[name] = module = self.sources.module(name, path, self.keep_docstrings)
                for node in module.tree.body:
                    self.offer(module, node)

    def offer(self, module, node):
        """Takes a top-level statement in: to wait until one of its names is used, or to count at once."""
        if isinstance(node, IMPORTS):
            self.follow(module, node)
            for alias in node.names:
                # A package from outside may change others when it is imported: it counts even if nothing names it.
                if self.is_quiet(module, node, alias):
                    self.wait(self.bound(alias), (module, node, alias))
                else:
                    self.fresh.append((module, node, alias))
        elif can_wait(module, node) and not MODULE_HOOKS & set(bound_names(node)):
            for name in bound_names(node):
                self.wait(name, (module, node, None))
        else:
            self.fresh.append((module, node, None))

    def wait(self, name, item):
        if name in self.used or self.everything or name == "*":
            self.fresh.append(item)
        else:
            self.pending.setdefault(name, []).append(item)

    @staticmethod
    def bound(alias):
        return alias.asname or alias.name.split(".")[0]

    def is_quiet(self, module, node, alias):
        dotted = module.absolute(node) if isinstance(node, ast.ImportFrom) else alias.name
        return dotted in QUIET_MODULES or self.sources.find(dotted.split(".")[0]) is not None

    def follow(self, module, node):
        """Loads the modules that an import names."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                self.load(alias.name)
            else:
                self.load(module.absolute(node) + ("." + alias.name if alias.name != "*" else ""))
                if alias.name == "*":
                    target = self.modules.get(module.absolute(node))
                    self.use(list(target.origins) if target else [])

    def use(self, names):
        for name in names:
            if name not in self.used:
                self.used.add(name)
                self.fresh.extend(self.pending.pop(name, ()))

    def reach(self, module, node, alias):
        """Counts a statement (of an import, one name), and follows what it names."""
        if (id(node), id(alias)) in self.seen:
            return
        self.seen.add((id(node), id(alias)))
        self.live.append((module, node, alias))
        if alias is not None:
            self.use(alias.name.split("."))
            self.look_up(module, LookUps([node]))
            return
        parts = list(walk_live(node))
        for part in parts:
            self.use(names_in(part))
            self.computed_paths = self.computed_paths or joins_computed(part)
            if isinstance(part, IMPORTS):
                self.follow(module, part)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.strings.add(part.value)
                self.load_named(part.value)
        self.look_up(module, LookUps(parts))

    def load_named(self, value):
        """A text may name a module of the project: `repro_worker.tasks.finetune:run`, or a file: `tools/count.py`."""
        if len(value) > 200:
            return
        self.use(fields(value))
        if value.endswith(".py"):
            name = value.rpartition("/")[2]
            for dotted in self.all_loaded_packages():
                if os.path.basename(self.sources.find(dotted) or "") == name:
                    self.load_program(dotted)
            self.load_program(name[:-3])
        dotted = value.partition(":")[0]
        if all(p.isidentifier() for p in dotted.split(".")) and ("." in dotted or self.sources.find(dotted)):
            self.load_program(dotted)
            self.load_program(dotted + ".__main__")

    def load_program(self, dotted):
        """Loads a module that a text names: somebody may run it as a program, so what it does then counts too."""
        self.load(dotted)
        module = self.modules.get(dotted)
        if module is None or dotted in self.programs:
            return
        self.programs.add(dotted)
        for node in module.tree.body:
            if is_program_part(node):
                self.fresh.extend((module, statement, None) for statement in node.body)

    def all_loaded_packages(self):
        """The dotted names of all modules of the packages that are loaded."""
        packages = sorted({m.partition(".")[0] for m in self.modules})
        return [dotted for package in packages for dotted in all_modules(self.sources, package)]

    def look_up(self, module, found):
        """Names made at run time: from here on everything in the modules loaded counts."""
        for name in filter(None, found.named):
            dots = len(name) - len(name.lstrip("."))
            base = module.package.split(".")[: len(module.package.split(".")) - dots + 1] if dots else []
            self.load(".".join([*base, name.lstrip(".")]))
        if found.modules:
            for dotted in self.all_loaded_packages():
                self.load(dotted)
        if found.everything and not self.everything:
            self.everything = True
            self.use(list(self.pending))
