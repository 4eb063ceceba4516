from __future__ import annotations

import os
import stat

import pytest

from saltext.muster import files, origins
from saltext.muster.errors import InvalidArgument, Refused
from saltext.muster.origins import journal


@pytest.fixture
def root(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hosts").write_text("old\n")
    return tmp_path


def read(root, component="hosts"):
    return journal.read(journal.place(component, str(root)))


def test_nothing_is_kept_outside(root):
    files.write(str(root / "etc/hosts"), "new\n")
    origins.note("x", "y")
    assert journal.names(str(root)) == []


def test_the_first_state_wins(root):
    path = root / "etc/hosts"
    path.chmod(0o640)
    os.utime(path, ns=(5, 7))
    with origins.kept("hosts", str(root)):
        files.write(str(path), "one\n")
        files.write(str(path), "two\n")
    (entry,) = read(root).files
    assert (entry.path, entry.was) == ("/etc/hosts", origins.digest(b"old\n"))
    assert (entry.old["mode"], entry.old["times"][1]) == (0o640, 7)
    assert origins.seen(str(path)) in entry.wrote
    assert not entry.foreign
    copy = root / "var/lib/muster/origins/hosts/old/1"
    assert copy.read_text() == "old\n"


def test_nobody_else_may_read_what_is_kept(root):
    """It may be a file like /etc/shadow."""
    with origins.kept("hosts", str(root)):
        files.write(str(root / "etc/hosts"), "new\n")
    top = root / "var/lib/muster/origins"
    for path in (top, *top.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted


def test_the_first_value_of_a_name_wins(root):
    with origins.kept("hosts", str(root)):
        origins.note("running", "a")
        origins.note("running", "b")
    assert read(root).noted == {"running": "a"}


def test_an_absent_file_a_link_and_a_removed_file(root):
    (root / "etc/gone").write_text("gone\n")
    with origins.kept("hosts", str(root)):
        files.write(str(root / "srv/a/new"), "new\n")
        files.link(str(root / "etc/link"), "/etc/hosts")
        files.remove(str(root / "etc/gone"))
    assert not (root / "etc/gone").exists()
    assert os.readlink(root / "etc/link") == "/etc/hosts"
    new, link, gone = read(root).files
    assert (new.was, new.folders) == ("absent", ["/srv", "/srv/a"])
    assert (link.was, link.wrote) == ("absent", ["link /etc/hosts"])
    assert (gone.was, gone.wrote) == (origins.digest(b"gone\n"), ["absent"])


def test_a_file_in_the_links_place_is_never_overwritten(root):
    with origins.kept("hosts", str(root)), pytest.raises(Refused, match="never overwritten"):
        files.link(str(root / "etc/hosts"), "/x")
    assert journal.names(str(root)) == []


def test_components_are_numbered_by_their_first_change(root):
    for component in ("ssh", "hosts", "drbd", "hosts"):
        with origins.kept(component, str(root)):
            origins.note("x", "y")
    assert {name: read(root, name).order for name in journal.names(str(root))} == {
        "ssh": 1,
        "hosts": 2,
        "drbd": 3,
    }


def test_a_name_that_leads_out_is_no_component(root):
    with pytest.raises(InvalidArgument), origins.kept("../x", str(root)):
        pass
