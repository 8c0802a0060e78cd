"""Syntax trees as text that is the same under every version of Python from 3.9 on, and helpers to look through them."""

import ast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = FUNCTIONS + (ast.ClassDef,)
IMPORTS = (ast.Import, ast.ImportFrom)
UNSTABLE_FIELDS = {"kind", "type_comment", "ctx", "type_ignores"}


def merged(parts):
    """The parts of an f-string with neighbouring texts joined: versions of Python split them differently."""
    joined = []
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if joined and isinstance(joined[-1], str):
                joined[-1] += part.value
            elif part.value:
                joined.append(part.value)
        else:
            joined.append(part)
    return joined


def dump(node, out):
    """Appends the tree as text: type names and fields that hold something."""
    if isinstance(node, ast.AST):
        out.append("(" + type(node).__name__)
        for name in node._fields:
            value = getattr(node, name, None)
            if name in UNSTABLE_FIELDS or value == [] or (value is None and not isinstance(node, ast.Constant)):
                continue
            out.append(name)
            dump(merged(value) if isinstance(node, ast.JoinedStr) else value, out)
        out.append(")")
    elif isinstance(node, list):
        out.append("[")
        for item in node:
            dump(item, out)
        out.append("]")
    elif isinstance(node, int) and not isinstance(node, bool):
        out.append("int:" + hex(node))
    else:
        out.append(type(node).__name__ + ":" + ascii(node))


def text(node):
    """The tree as one line of text."""
    out = []
    dump(node, out)
    return " ".join(out)


def strip_texts(tree):
    """Removes docstrings and other texts that stand as statements."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                setattr(node, field, [s for s in body if not is_text(s)])


def is_text(statement):
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def bound_names(node):
    """The names that a top-level statement binds."""
    if isinstance(node, DEFINITIONS):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [t.id for t in targets if isinstance(t, ast.Name)]


def walk_live(node):
    """As `ast.walk`, without what never runs on import: `if TYPE_CHECKING` and `if __name__ == "__main__"`."""
    if isinstance(node, ast.If) and never_runs(node.test):
        children = node.orelse
    else:
        children = ast.iter_child_nodes(node)
    yield node
    for child in children:
        yield from walk_live(child)


def never_runs(test):
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING" or is_main(test)


def is_main(test):
    """Whether a condition is `__name__ == "__main__"`: that the module runs as a program."""
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name) or test.left.id != "__name__":
        return False
    values = [getattr(other, "value", None) for other in test.comparators]
    return [type(op) for op in test.ops] == [ast.Eq] and values == ["__main__"]


def is_program_part(node):
    return isinstance(node, ast.If) and is_main(node.test)


def identifiers(value):
    """The identifiers in a short text: names may be given as strings."""
    return (p for p in value.replace(".", " ").replace(":", " ").split() if p.isidentifier()) if len(value) < 200 else ()


def names_in(part):
    """The names that one node of a tree mentions."""
    if isinstance(part, ast.Name):
        return [part.id]
    if isinstance(part, ast.Attribute):
        return [part.attr]
    if isinstance(part, ast.alias):
        return part.name.split(".")
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return list(identifiers(part.value))
    return []
