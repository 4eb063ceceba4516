"""One copy of the code serves sync, pip and tests: the wheel holds what the tree holds."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "_utils/saltext/muster": "saltext/muster",
    "_utils/saltext/muster_platforms": "saltext/muster_platforms",
    **{f"_{name}": f"saltext/muster/{name}" for name in (
        "beacons", "grains", "modules", "output", "pillar", "runners", "states")},
}  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy so that the tree stays clean."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            target = copy / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    done = subprocess.run([*command, "-w", str(copy / "dist"), str(copy)], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    (path,) = (copy / "dist").glob("*.whl")
    return path


def test_the_wheel_holds_just_the_tree(wheel):
    wanted = {
        f"{inside}/{file.relative_to(ROOT / folder)}": file.read_bytes()
        for folder, inside in FOLDERS.items()
        for file in (ROOT / folder).rglob("*.py")
    }
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert {name: archive.read(name) for name in names} == wanted


def test_salt_loads_the_installed_wheel(wheel, tmp_path):
    """pip install gives a Salt extension: modules, states and grains by the entry point."""
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    config = tmp_path / "minion"
    config.write_text(f"root_dir: {tmp_path}\nfile_client: local\nid: n1\n")
    call = [str(Path(sys.executable).parent / "salt-call"), "--local", "-c", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    for arguments, wanted in (
        (["muster.explain", "GNT-012"], "127.0.1.1"),
        (["grains.get", "muster:os:id"], ""),
        (["sys.list_state_functions", "muster_hosts"], "muster_hosts.managed"),
    ):
        done = subprocess.run(
            [*call, *arguments, "--out=json"], capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, done.stderr
        assert wanted in done.stdout
        assert '""' not in done.stdout


def test_no_init_file_where_salt_would_trip_over_it():
    assert not (ROOT / "salt" / "__init__.py").exists()
    assert not (ROOT / "_utils" / "saltext" / "__init__.py").exists()
    assert not (ROOT / "_utils" / "saltext" / "muster_platforms" / "__init__.py").exists()
    assert not list(ROOT.glob("_[a-z]*/__init__.py"))


def test_only_the_state_tree_is_served():
    """salt/ links to the loader folders and to nothing else, so that no pillar is served."""
    links = {
        path.name: os.readlink(path) for path in (ROOT / "salt").iterdir() if path.is_symlink()
    }
    names = ("beacons", "grains", "modules", "output", "pillar", "runners", "states", "utils")
    assert links == {f"_{name}": f"../_{name}" for name in names}
