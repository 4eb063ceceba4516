from __future__ import annotations

import importlib.util
import shutil
import sys
import threading
from pathlib import Path

import pytest

import saltext.muster

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
LIBRARY = ROOT / "_utils" / "saltext" / "muster"


def load(path=ROOT / "_grains" / "muster.py"):
    spec = importlib.util.spec_from_file_location("grain_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy(target):
    """Copy what the grain needs of the library to ``target``."""
    shutil.copytree(LIBRARY / "probes", target / "probes")
    shutil.copy(LIBRARY / "__init__.py", target)


@pytest.fixture
def captured(tmp_path):
    """captured(part of a cpuinfo's name) makes a root of it, with AlmaLinux's files."""

    def make(part):
        root = tmp_path / "root"
        shutil.copytree(DATA / "almalinux-9.3", root)
        (root / "proc").mkdir()
        (path,) = (DATA / "cpuinfo").glob(f"*{part}*")
        shutil.copy(path, root / "proc" / "cpuinfo")
        return str(root)

    return make


@pytest.mark.parametrize(
    ("part", "extension", "kind"),
    [
        ("x86_64-8cpu", "vmx", "unknown"),
        ("x86_64-4cpu", "svm", "unknown"),
        ("x86_64-2cpu", "none", "virtual"),
        ("aarch64", "unknown", "unknown"),
        ("armv6", "unknown", "unknown"),
        ("ppc64le", "unknown", "unknown"),
        ("s390x-z13", "sie", "unknown"),
        ("sparc", "unknown", "unknown"),
    ],
)
def test_captured_hosts(captured, part, extension, kind):
    found = load()._collect(str(LIBRARY), captured(part))
    assert found["virtualization"]["extension"] == extension
    assert found["motherboard"]["kind"] == kind
    assert found["os"]["version_id"] == "9.3"
    assert found["version"] == saltext.muster.__version__


def leaves(value):
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    return [value]


def test_what_is_unknown_is_that_word(tmp_path):
    found = load()._collect(str(LIBRARY), str(tmp_path))
    assert found["virtualization"]["flags"]["vmx"] == "unknown"
    assert found["os"]["id"] == "unknown"
    assert found["motherboard"]["bmc"] == "unknown"
    assert set(leaves(found["virtualization"])) == {"unknown"}


def test_nothing_is_left_in_sys_modules_and_nothing_replaced(captured):
    before = dict(sys.modules)
    load()._collect(str(LIBRARY), captured("x86_64-8cpu"))
    assert dict(sys.modules) == before


def test_threads_do_not_disturb_each_other(captured):
    root, grain, found = captured("x86_64-8cpu"), load(), []
    before = set(sys.modules)
    threads = [
        threading.Thread(target=lambda: found.append(grain._collect(str(LIBRARY), root)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(each == found[0] for each in found)
    assert found[0]["virtualization"]["extension"] == "vmx"
    assert set(sys.modules) == before


@pytest.mark.parametrize(
    ("grains", "library"),
    [
        ("grains", "utils/saltext/muster"),  # synced
        ("_grains", "_utils/saltext/muster"),  # a checkout
        ("muster/grains", "muster"),  # a wheel
    ],
)
def test_the_library_is_found_in_every_layout(tmp_path, grains, library):
    (tmp_path / grains).mkdir(parents=True)
    shutil.copy(ROOT / "_grains" / "muster.py", tmp_path / grains)
    (tmp_path / library).mkdir(parents=True, exist_ok=True)
    copy(tmp_path / library)
    assert load(tmp_path / grains / "muster.py")._library() == str(tmp_path / library)


def test_without_the_library_all_is_unknown(tmp_path):
    shutil.copy(ROOT / "_grains" / "muster.py", tmp_path)
    assert load(tmp_path / "muster.py").muster() == {
        "muster": {
            "virtualization": "unknown", "motherboard": "unknown", "os": "unknown",
            "version": "unknown",
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["def read(:\n", "raise SystemError\n", "", b"\0\xff", "import x\n"]
)
def test_one_broken_probe_does_not_take_the_others_down(captured, tmp_path, text):
    library = tmp_path / "library"
    library.mkdir()
    copy(library)
    (library / "probes" / "motherboard.py").write_bytes(
        text if isinstance(text, bytes) else text.encode()
    )
    before = set(sys.modules)
    found = load()._collect(str(library), captured("x86_64-4cpu"))
    assert found["motherboard"] == "unknown"
    assert found["virtualization"]["extension"] == "svm"
    assert set(sys.modules) == before


def test_a_changed_library_is_seen_at_the_next_call(captured, tmp_path):
    library, root, grain = tmp_path / "library", captured("x86_64-4cpu"), load()
    library.mkdir()
    copy(library)
    assert grain._collect(str(library), root)["os"]["id"] == "almalinux"
    path = library / "probes" / "os.py"
    path.write_text("def read(source):\n    return {'id': 'changed, with another length'}\n")
    assert grain._collect(str(library), root)["os"]["id"] == "changed, with another length"
