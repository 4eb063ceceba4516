"""Platforms are found beside the library and wherever else a platform is laid down."""

from __future__ import annotations

import os
import sys

import pytest

from saltext.muster import platforms
from saltext.muster.errors import NoSuchPlatform

NEW = '''
"""A platform from outside."""
HYPERVISORS = ("kvm",)
'''


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A folder on sys.path with a platform in it, as another distribution installs it."""
    folder = tmp_path / "saltext" / "muster_platforms"
    folder.mkdir(parents=True)
    (folder / "outsider.py").write_text(NEW)
    (folder / "broken.py").write_text("1/0\n")
    (folder / "_helper.py").write_text("")
    monkeypatch.setattr(platforms, "_FOLDERS", dict(platforms._FOLDERS))
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in ("outsider", "broken"):
        sys.modules.pop(f"{platforms.PACKAGE}.{name}", None)


def test_our_own():
    assert {"ganeti", "pvc", "ravada", "vmmanager"} <= set(platforms.names())
    assert platforms.names() == tuple(sorted(platforms.names()))
    assert platforms.load("ganeti").HYPERVISORS[0] == "kvm"
    assert platforms.load("ganeti") is platforms.load("ganeti")


def test_what_every_platform_has():
    for name in ("ganeti", "pvc", "ravada", "vmmanager"):
        module = platforms.load(name)
        assert module.HYPERVISORS
        assert module.EDITIONS
        assert module.ROLES
        assert module.REQUIREMENTS
        assert module.COMPARISONS
        assert module.RULES
        assert module.Options()
        assert callable(module.check)
        assert callable(module.components)
        assert callable(module.declared)


def test_one_from_outside(outside):
    assert "outsider" in platforms.names()
    assert platforms.load("outsider").HYPERVISORS == ("kvm",)
    assert "_helper" not in platforms.names()


def test_a_folder_is_remembered_when_sys_path_no_longer_leads_to_it(outside):
    """Salt has its extension folders on sys.path only while it imports one of its modules."""
    assert "outsider" in platforms.names()
    for path in [str(outside), *(path for path in sys.path if path.endswith("_utils"))]:
        sys.path.remove(path)
    assert {"ganeti", "outsider"} <= set(platforms.names())
    assert platforms.load("outsider").HYPERVISORS == ("kvm",)


def test_a_broken_one_fails_each_time(outside):
    for _time in range(2):
        with pytest.raises(ZeroDivisionError):
            platforms.load("broken")


@pytest.mark.parametrize("name", ["", "nobody", "../os", "os.path", "ganeti.x", "_helper", "a b"])
def test_no_such_platform(name):
    with pytest.raises(NoSuchPlatform) as raised:
        platforms.load(name)
    assert "ganeti, pvc, ravada, vmmanager" in str(raised.value)


def test_the_namespace_package_has_no_init():
    """With one, a platform from outside would not be found."""
    for folder in platforms._FOLDERS:
        assert not os.path.exists(f"{folder}/__init__.py")
