"""The way back, for any files, any order of writes, and whatever a journal says."""

from __future__ import annotations

import errno
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saltext.muster import files, origins
from saltext.muster.errors import Refused
from saltext.muster.origins import checks, journal, undoing
from saltext.muster.trial import runner

NAMES = ("a", "b", "new/c")
SLOW = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.sampled_from(["", "x\n", "y\n", "\udc80"])
WAYS = st.one_of(TEXTS, st.sampled_from([None, "link"]))


def opened(root, component="hosts"):
    return journal.opened(journal.place(component, str(root)))


def undo(root, component="hosts"):
    with opened(root, component) as found:
        told = undoing.bring_back(found)
    with opened(root, component) as found:
        undoing.forget(found)
    return told


def state(root):
    """All files below a folder, but for muster's own."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if not name.startswith("var"):
            status = path.lstat()
            meta = (status.st_mode, status.st_uid, status.st_gid)
            time = status.st_mtime_ns if path.is_file() and not path.is_symlink() else 0
            found[name] = (origins.seen(str(path)) if not path.is_dir() else "", *meta, time)
    return found


def change(root, name, way):
    path = str(root / name)
    if way is None:
        files.remove(path)
    elif way == "link":
        if os.path.isfile(path) and not os.path.islink(path):
            files.remove(path)
        files.link(path, "/nowhere")
    else:
        if os.path.islink(path):
            files.remove(path)
        files.write(path, way)


@SLOW
@given(
    before=st.dictionaries(st.sampled_from(("a", "b")), TEXTS),
    changes=st.lists(st.tuples(st.sampled_from(NAMES), WAYS), max_size=6),
)
def test_any_changes_are_taken_back(tmp_path_factory, before, changes):
    root = tmp_path_factory.mktemp("root")
    for number, (name, text) in enumerate(before.items()):
        (root / name).write_bytes(text.encode("utf-8", "surrogateescape"))
        (root / name).chmod(0o640)
        os.utime(root / name, ns=(1, 1_000_000_007 + number))
    was = state(root)
    with origins.kept("hosts", str(root)):
        for name, way in changes:
            change(root, name, way)
    _, problems = undo(root)
    assert problems == []
    assert state(root) == was
    assert journal.names(str(root)) == []
    assert undo(root) == ([], [])


@SLOW
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["version", "order", "noted", "files", "x"]), inner)
        ),
        max_leaves=9,
    )
)
def test_no_data_makes_the_check_fall_over(data):
    told = list(checks.problems(data, 1))
    if not told:
        assert data["files"] == []


ENTRY = {
    "path": "/etc/hosts",
    "was": "absent",
    "old": {"kind": "absent"},
    "copy": 1,
    "folders": [],
    "since": "20260101T000000.000000Z",
    "wrote": [],
    "foreign": False,
}


@pytest.mark.parametrize(
    "harm",
    [
        {"path": "../x"},
        {"path": "/etc/../root/x"},
        {"path": "/proc/sys/x"},
        {"path": "/etc//x"},
        {"path": "/etc/x\0"},
        {"folders": ["/"]},
        {"folders": ["/root"]},
        {"copy": -1},
        {"copy": "../../../etc/shadow"},
        {"old": {"kind": "file"}},
        {"old": {"kind": "fifo"}},
        {"was": "file " + "0" * 64},
        {"since": "x"},
        {"wrote": ["anything"]},
        {"foreign": 1},
        {"more": 1},
    ],
)
def test_what_muster_does_not_write_is_no_journal(harm):
    data = {"version": 1, "order": 1, "noted": {}, "files": [ENTRY]}
    assert list(checks.problems(data, 1)) == []
    assert list(checks.problems({**data, "files": [{**ENTRY, **harm}]}, 1))


def test_a_folder_that_became_a_link_leads_nowhere(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "outside").mkdir()
    with origins.kept("hosts", str(tmp_path)):
        files.write(str(tmp_path / "home/x"), "ours")
    os.rename(tmp_path / "home", tmp_path / "gone")
    (tmp_path / "home").symlink_to("outside")
    (tmp_path / "outside/x").write_text("ours")
    with opened(tmp_path) as found:
        assert "leads to another place" in undoing.diff(found)["/home/x"]["pending"]
        undoing.bring_back(found)
    assert (tmp_path / "outside/x").read_text() == "ours"


def test_a_damaged_copy_is_not_put_back(tmp_path):
    (tmp_path / "x").write_text("old")
    with origins.kept("hosts", str(tmp_path)):
        files.write(str(tmp_path / "x"), "ours")
    (tmp_path / "var/lib/muster/origins/hosts/old/1").write_text("other")
    with opened(tmp_path) as found:
        assert "is damaged" in undoing.diff(found)["/x"]["pending"]
    undo(tmp_path)
    assert (tmp_path / "x").read_text() == "ours"


@pytest.mark.parametrize("kind", ["link", "writable"])
def test_a_folder_that_others_may_write_to_is_not_trusted(tmp_path, kind):
    with origins.kept("hosts", str(tmp_path)):
        origins.note("x", "y")
    folder = tmp_path / "var/lib/muster/origins/hosts"
    if kind == "link":
        os.rename(folder, tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.chmod(0o777)
    with pytest.raises(Refused, match="cannot be trusted"):
        journal.read(journal.place("hosts", str(tmp_path)))


def test_on_a_full_disk_nothing_is_changed(tmp_path, monkeypatch):
    """A real full disk needs a mount; here the copy itself is what finds no room."""
    (tmp_path / "x").write_text("old")

    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(runner, "replace", full)
    with (
        origins.kept("hosts", str(tmp_path)),
        pytest.raises(Refused, match=r"could not be kept in .*nothing was changed; free space"),
    ):
        files.write(str(tmp_path / "x"), "new")
    assert (tmp_path / "x").read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["var", "x"]


def test_a_run_that_was_killed_before_its_write_is_no_other_hand(tmp_path):
    """The journal is first: it knows the text that never came."""
    path = tmp_path / "x"
    path.write_text("old")
    with origins.kept("hosts", str(tmp_path)):
        files.write(str(path), "one")
        origins.changing(str(path), origins.digest(b"two"))
    undo(tmp_path)
    assert path.read_text() == "old"


def test_backups_from_before_and_other_files_stay(tmp_path):
    path = tmp_path / "x"
    path.write_text("old")
    old = tmp_path / "x.muster-20200101T000000.000000Z"
    old.write_text("older")
    (tmp_path / "x.muster-notes").write_text("mine")
    with origins.kept("hosts", str(tmp_path)):
        kept = files.write(str(path), "new")
    undo(tmp_path)
    assert not os.path.exists(kept)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "var") == [
        "x",
        old.name,
        "x.muster-notes",
    ]


def test_the_journal_is_plain_json_with_paths_of_the_node(tmp_path):
    with origins.kept("hosts", str(tmp_path)):
        files.write(str(tmp_path / "etc/x"), "new")
    text = (tmp_path / "var/lib/muster/origins/hosts/journal.json").read_text()
    assert json.loads(text)["files"][0]["path"] == "/etc/x"
    assert str(tmp_path) not in text
