from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster import files
from saltext.muster.errors import Refused


@pytest.fixture
def hosts(tmp_path):
    path = tmp_path / "hosts"
    path.write_text("old\n")
    return path


def names(path):
    return sorted(os.listdir(path.parent))


def test_an_absent_file_is_none(tmp_path):
    assert files.read(str(tmp_path / "none")) is None
    assert files.edit(str(tmp_path / "none"), lambda text: text) == [f"{tmp_path / 'none'} is new"]
    assert (tmp_path / "none").read_text() == ""


def test_the_old_content_is_kept(hosts):
    os.utime(hosts, ns=(1, 1_000_000_007))
    kept = files.write(str(hosts), "new\n")
    assert hosts.read_text() == "new\n"
    backup = hosts.parent / os.path.basename(kept)
    assert backup.read_text() == "old\n"
    assert backup.stat().st_mtime_ns == 1_000_000_007
    assert names(hosts) == ["hosts", backup.name]


def test_two_writes_leave_two_backups(hosts):
    kept = {files.write(str(hosts), "a"), files.write(str(hosts), "b")}
    assert len(kept) == 2
    assert all(os.path.exists(path) for path in kept)


def test_a_backup_is_not_asked_for(hosts):
    assert files.write(str(hosts), "new", backup=False) == ""
    assert names(hosts) == ["hosts"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o4755])
def test_mode_and_owner_stay(hosts, mode):
    if os.geteuid() == 0:
        os.chown(hosts, 12345, 23456)
    hosts.chmod(mode)
    owner = hosts.stat().st_uid, hosts.stat().st_gid
    kept = files.write(str(hosts), "new")
    for path in (str(hosts), kept):
        found = os.stat(path)
        assert stat.S_IMODE(found.st_mode) == mode
        assert (found.st_uid, found.st_gid) == owner


def test_a_new_file_gets_its_mode_whatever_the_umask(tmp_path):
    old = os.umask(0o077)
    try:
        files.write(str(tmp_path / "a/b/new"), "x", mode=0o640)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a/b/new").stat().st_mode) == 0o640


def test_extended_attributes_stay(hosts):
    """An SELinux label and an ACL are extended attributes of other name spaces."""
    os.setxattr(hosts, "user.muster", b"label")
    kept = files.write(str(hosts), "new")
    assert os.getxattr(hosts, "user.muster") == b"label"
    assert os.getxattr(kept, "user.muster") == b"label"


def test_an_acl_stays(hosts):
    # Version 2; user::rw-, user:1000:r--, group::r--, mask::r--, other::---.
    entries = [(1, 6, -1), (2, 4, 1000), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    os.setxattr(hosts, "system.posix_acl_access", acl)
    files.write(str(hosts), "new")
    assert os.getxattr(hosts, "system.posix_acl_access") == acl
    assert stat.S_IMODE(hosts.stat().st_mode) == 0o640


def test_a_symlink_is_followed_and_kept(tmp_path, hosts):
    link = tmp_path / "link"
    link.symlink_to("hosts")
    files.write(str(link), "new")
    assert os.readlink(link) == "hosts"
    assert hosts.read_text() == "new"


@settings(max_examples=20)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_text_stay(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "file"
    path.write_bytes(data)
    text = files.read(str(path))
    files.write(str(path), text + "x", backup=False)
    assert path.read_bytes() == data + b"x"


def test_a_fifo_hangs_nothing(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Refused, match="not a regular file"):
        files.read(str(tmp_path / "fifo"))
    with pytest.raises(Refused, match="no regular file"):
        files.write(str(tmp_path / "fifo"), "x")


def test_a_link_to_a_device_is_never_written_over(tmp_path):
    """A link to /dev/null is how systemd and modprobe mask a file."""
    (tmp_path / "masked").symlink_to("/dev/null")
    with pytest.raises(Refused, match="/dev/null"):
        files.write(str(tmp_path / "masked"), "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_folder_in_the_files_place(tmp_path):
    with pytest.raises(Refused, match="not a regular file"):
        files.read(str(tmp_path))
    with pytest.raises(Refused, match="no regular file"):
        files.write(str(tmp_path), "x")


def test_a_file_that_is_too_large(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(files.LIMIT + 1)
    with pytest.raises(Refused, match="more than"):
        files.read(str(tmp_path / "huge"))


def test_below_stays_below(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hosts").symlink_to("/etc/other")
    (tmp_path / "etc/up").symlink_to("../../../../outside")
    assert files.below(str(tmp_path), "/etc/hosts") == str(tmp_path / "etc/other")
    assert files.below(str(tmp_path), "/etc/up") == str(tmp_path / "outside")
    assert files.below(None, "/etc/hosts") == "/etc/hosts"
    assert files.below("/", "/etc/hosts") == "/etc/hosts"


def test_a_masked_file_is_not_for_writing(tmp_path):
    (tmp_path / "masked").symlink_to("/dev/null")
    for root, path in ((str(tmp_path), "/masked"), (None, str(tmp_path / "masked"))):
        with pytest.raises(Refused, match=r"/dev/null: somebody masked it"):
            files.below(root, path)


def test_edit_writes_only_what_differs(hosts):
    before = hosts.stat()
    assert files.edit(str(hosts), lambda text: text) == []
    assert (hosts.stat().st_ino, hosts.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    (note,) = files.edit(str(hosts), lambda text: text + "new\n")
    assert "backup in " in note
    assert hosts.read_text() == "old\nnew\n"


def test_a_change_by_somebody_else_is_not_lost(hosts):
    """Ganeti may rewrite /etc/hosts while it is being edited."""
    calls = []

    def change(text):
        if not calls:
            hosts.write_text("ganeti\n")
        calls.append(text)
        return text + "ours\n"

    files.edit(str(hosts), change)
    assert calls == ["old\n", "ganeti\n"]
    assert hosts.read_text() == "ganeti\nours\n"


def test_somebody_who_never_stops_is_reported(hosts):
    def change(text):
        hosts.write_text(text + "x")
        return text + "ours\n"

    with pytest.raises(Refused, match=r"somebody else.*run again"):
        files.edit(str(hosts), change)
    assert "ours" not in hosts.read_text()


def in_child(work):
    """Run ``work`` in a forked child and return its wait status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1]


def test_a_full_disk_leaves_the_old_file(hosts):
    """The kernel refuses to let the new file grow, as it does on a full disk (EFBIG)."""
    said = hosts.parent / "said"

    def work():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        said.touch()
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        try:
            files.write(str(hosts), "x" * 5001)
        except Refused as err:
            said.write_text(str(err))
            os._exit(0)

    assert os.waitstatus_to_exitcode(in_child(work)) == 0
    assert hosts.read_text() == "old\n"
    assert names(hosts) == ["hosts", "said"]
    assert "it is as it was; free space" in said.read_text()


@pytest.mark.parametrize("call", ["fchown", "fchmod", "fsync", "utime", "replace"])
def test_a_kill_in_the_middle_leaves_the_old_or_the_new_file(hosts, call):
    """SIGKILL before every step of the write; the next run cleans up behind it."""
    if call == "fchown":
        os.chown(hosts, 12345, 12345)
    for nth in (1, 2, 3):
        hosts.write_text("old\n")
        status = in_child(lambda nth=nth: _killed_at(call, nth, hosts))
        assert hosts.read_text() in ("old\n", "new" * 10_000)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or (nth > 1 and os.waitstatus_to_exitcode(status) == 0)
    for left in os.listdir(hosts.parent):
        if left.startswith(".hosts.muster-"):
            os.utime(hosts.parent / left, (0, 0))
    files.write(str(hosts), "later", backup=False)
    assert not [left for left in os.listdir(hosts.parent) if left.startswith(".")]


def _killed_at(call, nth, path):
    calls, real = [], getattr(os, call)

    def kill(*args, **kwargs):
        calls.append(args)
        if len(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    setattr(os, call, kill)
    files.write(str(path), "new" * 10_000)
    os._exit(0)


def test_what_a_running_neighbour_writes_is_left(hosts):
    (hosts.parent / ".hosts.muster-now").touch()
    files.write(str(hosts), "new", backup=False)
    assert ".hosts.muster-now" in names(hosts)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free space"),
        (errno.EDQUOT, "free space"),
        (errno.EBUSY, "mount point"),
        (errno.EPERM, "immutable"),
        (errno.EROFS, "read-only"),
    ],
)
def test_each_refusal_has_its_remedy(hosts, monkeypatch, number, remedy):
    """These errors need a full, busy or read-only file system: the lab has none of them."""

    def refuse(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(Refused, match=remedy):
        files.write(str(hosts), "new")
    assert hosts.read_text() == "old\n"
    assert names(hosts) == ["hosts"]
