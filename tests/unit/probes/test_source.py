"""Reading must be bounded, must not hang, and must never leave a captured host's root."""

from __future__ import annotations

import os
import socket

import pytest

from saltext.muster.probes.source import Absent, Source, Unreadable, attempt, unknown


def test_a_file_is_read_with_bad_bytes_escaped(host):
    assert host({"/etc/x": b"a\xff\n"}).text("/etc/x") == "a\\xff\n"


@pytest.mark.parametrize("path", ["/etc/none", "/etc/x/below-a-file", "/none/none"])
def test_what_is_not_there_is_absent(host, path):
    source = host({"/etc/x": ""})
    with pytest.raises(Absent, match=path):
        source.text(path)
    assert source.text_or(path, "default") == "default"
    assert not source.exists(path)
    assert source.names(path) == []
    assert not source.executable(path)


@pytest.mark.parametrize("kind", ["folder", "fifo", "socket", "device", "loop"])
def test_what_is_no_regular_file_is_unreadable_at_once(host, tmp_path, kind):
    source = host()
    path = tmp_path / "root" / "x"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        # Bound by a short relative name: a socket's path has at most 107 bytes.
        with socket.socket(socket.AF_UNIX) as bound:
            here = os.getcwd()
            os.chdir(path.parent)
            try:
                bound.bind("x")
            finally:
                os.chdir(here)
    elif kind == "device":
        source = Source("/")
        with pytest.raises(Unreadable, match="not a regular file"):
            source.text("/dev/null")
        return
    else:
        path.symlink_to("x")
    with pytest.raises(Unreadable) as failure:
        source.text("/x")
    assert not isinstance(failure.value, Absent)


def test_a_large_file_is_refused_and_never_cut(host):
    source = host({"/a": "x" * 10, "/b": "x" * 11})
    assert source.text("/a", 10) == "x" * 10
    with pytest.raises(Unreadable, match="larger than 10 bytes"):
        source.text("/b", 10)
    assert source.head("/b", 10) == "x" * 10


def test_an_endless_file_ends():
    with pytest.raises(Unreadable):
        Source("/").text("/dev/zero")


@pytest.mark.parametrize(
    "target", ["/etc/secret", "../../../../../../etc/secret", "/../etc/secret", "//etc/./secret"]
)
def test_symlinks_stay_below_the_root(host, target):
    source = host({"/etc/secret": "inside"}, links={"/var/link": target})
    assert source.text("/var/link") == "inside"
    assert source.exists("/var/link")
    assert source.link("/var/link") == target


def test_symlinked_folders_stay_below_the_root(host):
    source = host(
        {"/usr/lib/modules/x": "inside", "/etc/hostname": "captured"},
        links={"/lib": "usr/lib", "/out": "/../../../.."},
    )
    assert source.text("/lib/modules/x") == "inside"
    assert source.names("/lib/modules") == ["x"]
    assert source.text("/out/etc/hostname") == "captured"


def test_a_long_chain_of_symlinks_does_not_lead_out(host, tmp_path):
    (tmp_path / "outside").write_text("secret")
    links = {f"/link{i}": f"link{i + 1}" for i in range(60)}
    links["/link60"] = str(tmp_path / "outside")
    source = host(links=links)
    with pytest.raises(Unreadable, match="too many symlinks"):
        source.text("/link0")
    with pytest.raises(Absent):  # within the limit: looked for below the root
        source.text("/link59")


def test_a_path_with_a_nul_is_unreadable(host):
    with pytest.raises(Unreadable, match="is no path"):
        host().text("/etc/\0x")
    assert not host().exists("/etc/\0x")
    with pytest.raises(Unreadable, match="is no path"):
        Source("/").text("/etc/\0x")


def test_executable_means_a_regular_file_with_the_bit(host, tmp_path):
    source = host({"/bin/yes": "", "/bin/no": "", "/bin/folder/": ""}, links={"/bin/to": "yes"})
    (tmp_path / "root/bin/yes").chmod(0o755)
    (tmp_path / "root/bin/no").chmod(0o644)
    found = {name: source.executable(f"/bin/{name}") for name in ("yes", "no", "folder", "to")}
    assert found == {"yes": True, "no": False, "folder": False, "to": True}


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("/etc/c.d/*.conf", ["/etc/c.d/1.conf", "/etc/c.d/2.conf"]),
        ("/etc/c.d/1.conf", ["/etc/c.d/1.conf"]),
        ("/etc/c.d/none.conf", []),
        ("/etc/*/1.conf", ["/etc/c.d/1.conf"]),
        ("/etc/c.d/.*", ["/etc/c.d/.hidden.conf"]),
        ("/etc/c.d/[12].conf", ["/etc/c.d/1.conf", "/etc/c.d/2.conf"]),
        ("/none/*.conf", []),
    ],
)
def test_glob(host, pattern, wanted):
    files = ("1.conf", "2.conf", ".hidden.conf", "other")
    assert host({f"/etc/c.d/{name}": "" for name in files}).glob(pattern) == wanted


def test_glob_is_bounded(host):
    source = host({f"/many/{number}": "" for number in range(501)})
    with pytest.raises(Unreadable, match="more than 500 files"):
        source.glob("/many/*")


def test_no_command_runs_for_a_captured_host(host):
    with pytest.raises(Unreadable, match="not run for a captured host"):
        host().run(["true"])
    assert host(run=" ".join).run(["rpm", "-qa"]) == "rpm -qa"


def test_attempt_keeps_the_reason_as_text(host):
    found = attempt(host().text, "/etc/\udcff")
    assert unknown(found)
    assert found["unknown"].startswith("/etc/\\xff: ")
    assert attempt(len, "abc") == 3
    assert not unknown({"unknown": "", "more": ""})


def test_a_programming_error_is_not_hidden():
    with pytest.raises(TypeError):
        attempt(len, 3)
