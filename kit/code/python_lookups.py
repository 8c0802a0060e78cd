"""Looking names and modules up while the program runs: where the sources don't say which, everything counts."""

import ast
import re

from python_tree import IMPORTS

# Builtins that see names as texts. As attributes these mean something else: `model.eval()`.
BUILTINS = {"globals", "locals", "vars", "eval", "exec"}
# Whoever reads one of these may see everything that a module or class holds.
WHOLE = {"__dict__", "__subclasses__", "getmembers", "getmembers_static", "walk_packages", "iter_modules"}
# Functions that find by a text, with the places of the arguments that say what; all of them where none is given.
BY_TEXT = {"getattr": (1,), "attrgetter": None, "methodcaller": (0,), "import_module": (0,), "__import__": (0,)}
IMPORTERS = {"import_module", "__import__"}
# Names by which code finds the folder that it lies in.
OWN_PLACE = {"__file__", "__path__", "resources", "get_data", "getfile"}
# A module's function of one of these names answers for names that nobody defined.
MODULE_HOOKS = {"__getattr__", "__dir__"}


def spelled(node):
    """The name that a reference ends in."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def is_told(call):
    """Whether a call of one of `BY_TEXT` says by a literal what it looks for."""
    places = BY_TEXT[spelled(call.func)]
    told = call.args if places is None else [call.args[n] for n in places if n < len(call.args)]
    if spelled(call.func) in ("import_module", "__import__"):
        told = told or [k.value for k in call.keywords if k.arg == "name"]
    return bool(told) and all(isinstance(argument, ast.Constant) for argument in told)


def joins_computed(part):
    """Whether a part of a tree puts a path together from a name that isn't written out: `HERE / task.name`."""
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
        return not is_literal_ending(part.right)
    joins = isinstance(part, ast.Call) and spelled(part.func) in ("joinpath", "join", "with_name", "get_data")
    return joins and not all(is_literal_ending(argument) for argument in part.args)


def is_literal_ending(node):
    """Whether a text is written out, or at least its end is."""
    last = node.values[-1] if isinstance(node, ast.JoinedStr) and node.values else node
    return isinstance(last, ast.Constant) and isinstance(last.value, str)


class LookUps:
    """What one statement looks up: `everything` the modules loaded hold, any module (`modules`), or modules by name."""

    def __init__(self, parts):
        parts = list(parts)
        told = {
            id(part.func)
            for part in parts
            if isinstance(part, ast.Call) and spelled(part.func) in BY_TEXT and is_told(part)
        }
        self.named = [imported(part) for part in parts if isinstance(part, ast.Call) and id(part.func) in told]
        untold = {spelled(part) for part in parts if id(part) not in told} & set(BY_TEXT)
        renamed = {
            a.name for part in parts if isinstance(part, IMPORTS) for a in part.names if a.asname and a.name in BY_TEXT
        }
        self.modules = bool((untold | renamed) & IMPORTERS)
        self.everything = bool(untold or renamed) or any(sees_all(part) for part in parts)


def sees_all(part):
    if isinstance(part, ast.Attribute) and part.attr in BUILTINS:
        return isinstance(part.value, ast.Name) and part.value.id in ("builtins", "__builtins__")
    return spelled(part) in WHOLE or (isinstance(part, ast.Name) and part.id in BUILTINS)


def imported(call):
    """The name of the module that a call imports, with the dots before it; None where it looks up something else."""
    if spelled(call.func) not in IMPORTERS:
        return None
    first = call.args[0] if call.args else next(k.value for k in call.keywords if k.arg == "name")
    return first.value if isinstance(first.value, str) else None


def fields(value):
    """The identifiers between braces: `"{0.LIMIT}".format(config)` reads LIMIT."""
    return (name for place in re.findall(r"\{([^{}]*)\}", value) for name in re.findall(r"[^\W\d]\w*", place))
