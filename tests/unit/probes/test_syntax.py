"""The probes run on Python 3.6, which is not at hand: what can be seen of that in their source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from saltext.muster import probes

FILES = sorted(Path(probes.__file__).parent.glob("*.py"))

#: Standard library modules that the probes may use: all are there in 3.6.
MODULES = {
    "argparse", "base64", "copy", "errno", "fnmatch", "hashlib", "json", "math", "os", "re",
    "select", "signal", "socket", "stat", "subprocess", "sys", "threading", "time",
}  # fmt: skip

#: What annotations may be made of: 3.6 evaluates them when a function is defined.
TYPING = {
    "Any", "Callable", "Dict", "List", "Optional", "Sequence", "Set", "Tuple", "TypeVar", "Union",
}  # fmt: skip
BUILTINS = {"dict", "frozenset", "list", "set", "tuple", "type"}

#: Newer than 3.6.
NEWER_NAMES = {
    "removeprefix", "removesuffix", "fromisoformat", "isascii", "prod", "isqrt", "time_ns",
    "monotonic_ns", "perf_counter_ns", "with_stem", "is_relative_to", "readlink_path", "breakpoint",
}  # fmt: skip
NEWER_KEYWORDS = {"capture_output", "text", "missing_ok", "dirs_exist_ok", "strict"}


def annotations(function):
    """Return all nodes of the function's annotations."""
    given = [each.annotation for each in ast.walk(function.args) if isinstance(each, ast.arg)]
    roots = [root for root in (*given, function.returns) if root is not None]
    return [part for root in roots for part in ast.walk(root)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_python_3_6_can_read_it(path):
    for node in ast.walk(ast.parse(path.read_text(), feature_version=(3, 6))):
        assert not isinstance(node, (ast.NamedExpr, ast.AnnAssign, ast.Match)), node.lineno
        if isinstance(node, ast.arguments):
            assert not node.posonlyargs
        elif isinstance(node, ast.Subscript):
            assert getattr(node.value, "id", "") not in BUILTINS, node.lineno
        elif isinstance(node, ast.FunctionDef):
            assert node.returns is not None, node.lineno
            assert not any(isinstance(part, ast.BinOp) for part in annotations(node)), node.lineno
        elif isinstance(node, ast.Attribute):
            assert node.attr not in NEWER_NAMES, node.lineno
        elif isinstance(node, ast.keyword):
            assert node.arg not in NEWER_KEYWORDS, node.value.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_imports_nothing_but_its_neighbours_and_a_little_python(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= MODULES
        elif isinstance(node, ast.ImportFrom) and node.module == "typing":
            assert {alias.name for alias in node.names} <= TYPING
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 1


def test_the_check_sees_what_it_is_for():
    with pytest.raises(SyntaxError):
        ast.parse("if (x := 1): pass", feature_version=(3, 6))
    (function,) = ast.parse("def f(a: list[int]) -> int | None: pass").body
    kinds = {type(part) for part in annotations(function)}
    assert {ast.Subscript, ast.BinOp} <= kinds
    assert len(FILES) > 15
