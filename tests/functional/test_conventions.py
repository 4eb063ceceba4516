"""House rules that a machine can hold."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from saltext.muster import explanation, platforms
from saltext.muster.requirement import Comparison, Requirement, Rule

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


ROWS = explanation.every()


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.id)
def test_a_row_is_complete(row):
    assert re.fullmatch(r"[A-Z]{3}-\d{3}|XC-\d{2}", row.id)
    assert all((row.source, row.place, row.text, row.kinds))
    assert set(row.kinds) <= {"check", "enforce", "plan", "topology", "advice", "fixture"}


#: Components that rows name and that are still to come.
PLANNED = {"firewall", "frr", "ndppd", "resolver", "sriov", "ssh", "storage"}


@pytest.mark.parametrize(
    "row", [row for row in ROWS.values() if isinstance(row, Requirement)], ids=lambda row: row.id
)
def test_a_judged_row_is_complete(row):
    assert row.remedy and row.by_hand and row.probes
    assert row.minimum or row.recommended
    for probe in row.probes:
        file = ROOT / "_utils/saltext/muster/probes" / f"{probe}.py"
        assert file.exists() or probe == "skew"
    if row.component and row.component not in PLANNED:
        assert (ROOT / "salt/muster" / f"{row.component}.sls").exists()


@pytest.mark.parametrize(
    "row", [row for row in ROWS.values() if isinstance(row, Comparison)], ids=lambda row: row.id
)
def test_a_compared_row_is_complete(row):
    assert row.remedy and row.by_hand and row.probes
    assert row.minimum or row.recommended
    for probe in row.probes:
        assert probe == "skew" or (ROOT / f"_utils/saltext/muster/probes/{probe}.py").exists()


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS.values() if isinstance(row, Rule) and row.part],
    ids=lambda row: row.id,
)
def test_what_covers_a_rule_is_there(row):
    module, _, function = row.part.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_no_row_is_missing_and_none_is_there_twice():
    """The documents' rows, as counted in them."""
    counts = {"VMM": 61, "NET": 34, "RAV": 42, "PVC": 109, "GNT": 62}
    expected = {
        f"{kind}-{number:03}" for kind, most in counts.items() for number in range(1, most + 1)
    }
    found = [row.id for name in platforms.names() for row in explanation.rows(name)]
    found = [id_ for id_ in found if id_[:3] in counts]
    assert sorted(expected - set(found)) == []
    assert sorted(found) == sorted(set(found))


#: Modules that components use, and that are none.
TOOLS = {"origins", "pool_levels", "reach", "sshd", "sshkeys", "trial", "wake"}


def test_every_component_has_one_name_everywhere():
    for path in (ROOT / "_modules").glob("muster_*.py"):
        name = path.stem.removeprefix("muster_")
        if name in TOOLS:
            continue
        assert (ROOT / "_states" / path.name).exists()
        assert (ROOT / "salt/muster" / f"{name}.sls").exists()
        library = ROOT / "_utils/saltext/muster/components"
        assert (library / f"{name}.py").exists() or (library / name / "__init__.py").exists()


SLOW = r"unless|onlyif|creates|watch|watch_in|in salt\b"


def test_no_sls_makes_salt_load_all_its_modules():
    """Looking up a function that does not exist loads every module and costs a second."""
    for path in (ROOT / "salt").rglob("*.sls"):
        assert not re.search(rf"^\s*- ({SLOW})\b|' in salt", path.read_text(), re.M), path


LOADED = """
import sys
from saltext.muster import platforms
for name in platforms.names():
    platforms.load(name)
print(*(name for name in sys.modules if name.startswith("saltext.muster.")))
"""
LIBRARY = Path(platforms.__file__).parent


def test_a_node_that_loads_its_rows_loads_no_planning():
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY.parents[1])}
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = done.stdout.split()
    assert "saltext.muster.requirement" in found
    heavy = ("saltext.muster.planning", "saltext.muster.master", "saltext.muster.cluster")
    assert [name for name in found if name.startswith(heavy)] == []


@pytest.mark.parametrize("folder", ["planning", "catalogue", "components", "probes"])
def test_what_is_computed_of_a_cluster_knows_nothing_of_the_master(folder):
    """Only ``master`` may need packages that Salt does not bring."""
    for path in sorted((LIBRARY / folder).rglob("*.py")):
        for item in ast.walk(ast.parse(path.read_text())):
            if isinstance(item, ast.ImportFrom):
                named = {f"{item.module}.{each.name}" for each in item.names}
                assert not any(name.startswith("saltext.muster.master") for name in named), path
