"""House rules that a machine can hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from saltext.muster import explanation

ROOT = Path(__file__).parents[2]
LOADER_FILES = sorted(
    path for folder in ("_modules", "_states", "_runners") for path in (ROOT / folder).glob("*.py")
)


def public_functions(path):
    tree = ast.parse(path.read_text())
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("path", LOADER_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_public_functions_are_documented(path):
    for function in public_functions(path):
        text = ast.get_docstring(function) or ""
        assert text.split("\n")[0].endswith("."), function.name
        for argument in (*function.args.args, *function.args.kwonlyargs):
            assert re.search(rf"^{argument.arg}$", text, re.M), f"{function.name}: {argument.arg}"
        if path.parent.name != "_states":
            assert "CLI Example:" in text, function.name


@pytest.mark.parametrize("row", explanation.every().values(), ids=lambda row: row.id)
def test_a_row_is_complete(row):
    assert re.fullmatch(r"[A-Z]{2,3}-\d{3}", row.id)
    assert all((row.source, row.place, row.text, row.remedy, row.by_hand, row.probes))
    assert row.minimum or row.recommended or row.id == "RAV-018"
    for probe in row.probes:
        file = ROOT / "_utils/saltext/muster/probes" / f"{probe}.py"
        assert file.exists() or probe == "skew"
    if row.component and row.component != "network":
        assert (ROOT / "salt/muster" / f"{row.component}.sls").exists()


def test_every_component_has_one_name_everywhere():
    for path in (ROOT / "_modules").glob("muster_*.py"):
        name = path.stem.removeprefix("muster_")
        assert (ROOT / "_states" / path.name).exists()
        assert (ROOT / "salt/muster" / f"{name}.sls").exists()
        assert (ROOT / "_utils/saltext/muster/components" / f"{name}.py").exists()


SLOW = r"unless|onlyif|creates|watch|watch_in|in salt\b"


def test_no_sls_makes_salt_load_all_its_modules():
    """Looking up a function that does not exist loads every module and costs a second."""
    for path in (ROOT / "salt").rglob("*.sls"):
        assert not re.search(rf"^\s*- ({SLOW})\b|' in salt", path.read_text(), re.M), path
