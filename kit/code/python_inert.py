"""Which definitions do nothing when their module is imported, and may therefore be left out while nobody names them."""

import ast

from python_tree import DEFINITIONS, FUNCTIONS, bound_names

# Decorators, base classes and calls that only shape the definition they stand at. Anything else may register it somewhere.
INERT = {
    "abc": {"ABC", "abstractmethod"},
    "builtins": {"property", "staticmethod", "classmethod", "object", "frozenset", "tuple"}
    | {"Exception", "RuntimeError", "ValueError", "TypeError", "KeyError"},
    "contextlib": {"contextmanager"},
    "dataclasses": {"dataclass", "field"},
    "enum": {"Enum", "IntEnum", "StrEnum"},
    "functools": {"cache", "lru_cache", "wraps"},
    "re": {"compile"},
    "torch": {"no_grad", "inference_mode"},
    "torch.nn": {"Module"},
    "torch.utils.data": {"Dataset"},
    "typing": {"NamedTuple", "Protocol", "TypedDict", "overload"},
}

# Modules of the standard library whose import changes nothing for others: counted only if a name of theirs is used.
QUIET_MODULES = set(
    "__future__ abc argparse ast base64 bisect collections collections.abc contextlib copy csv dataclasses datetime enum"
    " functools gzip hashlib heapq importlib importlib.metadata inspect io itertools json math operator os os.path"
    " pathlib platform random re shutil statistics string struct subprocess sys tempfile textwrap threading time"
    " traceback types typing unicodedata uuid".split()
)


def origin(module, node):
    """What an expression's name stands for: `dataclasses.dataclass`; None if that isn't plain."""
    if isinstance(node, ast.Call):
        return origin(module, node.func)
    if isinstance(node, ast.Subscript):
        return origin(module, node.value)
    if isinstance(node, ast.Attribute):
        base = origin(module, node.value)
        return base + "." + node.attr if base else None
    if isinstance(node, ast.Name):
        return module.origins.get(node.id, "builtins." + node.id)
    return None


def is_known(module, node):
    where, _, name = (origin(module, node) or "").rpartition(".")
    return name in INERT.get(where, ())


def is_inert(module, node):
    """Whether evaluating an expression changes nothing: no calls, but for those that only make a value."""
    return not any(
        (isinstance(part, ast.Call) and not is_known(module, part))
        or isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr))
        for part in ast.walk(node)
    )


def definition_is_inert(module, node):
    """Whether a definition does nothing on import but bind its name."""
    if not all(is_known(module, d) and is_inert(module, d) for d in node.decorator_list):
        return False
    if isinstance(node, FUNCTIONS):
        return all(is_inert(module, d) for d in node.args.defaults + [d for d in node.args.kw_defaults if d])
    if node.keywords or not all(is_known(module, b) for b in node.bases):
        return False
    return all(definition_is_inert(module, s) if isinstance(s, DEFINITIONS) else is_inert(module, s) for s in node.body)


def can_wait(module, node):
    """Whether a top-level statement only binds names, so that it counts from the moment when one of them is used."""
    if isinstance(node, DEFINITIONS):
        return definition_is_inert(module, node)
    names = bound_names(node)
    targets = getattr(node, "targets", [None])
    return bool(names) and len(names) == len(targets) and node.value is not None and is_inert(module, node.value)
