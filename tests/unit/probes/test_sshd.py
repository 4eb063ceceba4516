from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _sshfiles, sshd
from saltext.muster.probes.source import Absent, unknown

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIPlz7gM+IfGnOQ4t0NIcHepgEdOSsrWzFISAvQC3NIKk"
LINE = f"ssh-ed25519 {KEY} root@master\n"
SETTINGS = (
    "port 22\nport 2222\npermitrootlogin without-password\npubkeyauthentication yes\n"
    "authorizedkeysfile .ssh/authorized_keys /etc/ssh/keys/%u %h/more\nstrictmodes yes\n"
    "allowusers root\nallowusers admin\nauthenticationmethods any\nbanner none\n"
)


def printing(text):
    def run(argv):
        if text is None:
            raise Absent(f"{argv[0]} is not installed")
        return text

    return run


def test_settings():
    assert sshd.parse(SETTINGS) == {
        "port": ["22", "2222"],
        "permitrootlogin": "without-password",
        "pubkeyauthentication": "yes",
        "authorizedkeysfile": [".ssh/authorized_keys", "/etc/ssh/keys/%u", "%h/more"],
        "strictmodes": "yes",
        "allowusers": ["root", "admin"],
        "denyusers": [],
        "allowgroups": [],
        "denygroups": [],
        "authenticationmethods": "any",
    }


def test_the_settings_are_asked_for_root_from_the_first_target(host):
    source = host()
    source.targets, asked = ["192.0.2.10", "192.0.2.11"], []
    source._run = lambda argv: asked.append(argv) or SETTINGS
    assert sshd.read(source)["client"] == "192.0.2.10"
    assert asked == [["/usr/sbin/sshd", "-T", "-C", "user=root,host=192.0.2.10,addr=192.0.2.10"]]
    source.targets = ["a,user=b"]
    assert unknown(sshd.read(source)["effective"])


def test_without_a_server(host):
    found = sshd.read(host(run=printing(None)))
    assert "not installed" in found["effective"]["unknown"]
    assert found["root"]["authorized"] == []
    assert found["root"]["folder"] == ""
    assert unknown(found["root"]["password"])


def test_keys_are_read_where_the_server_looks(host, tmp_path):
    files = {
        "/etc/passwd": "root:x:0:0:root:/home/root:/bin/sh\n",
        "/home/root/.ssh/authorized_keys": LINE,
        "/etc/ssh/keys/root": f"# {LINE}",
        "/root/.ssh/authorized_keys": LINE,
    }
    source = host(files, run=printing(SETTINGS))
    os.chmod(tmp_path / "root/home/root/.ssh/authorized_keys", 0o640)
    found = sshd.read(source)["root"]["authorized"]
    assert [(each["path"], len(each["keys"])) for each in found] == [
        ("/home/root/.ssh/authorized_keys", 1),
        ("/etc/ssh/keys/root", 0),
    ]
    assert found[0]["mode"] == "0640"


def test_pairs_tell_no_private_key(host, tmp_path):
    files = {
        "/root/.ssh/id_rsa": "SECRET",
        "/root/.ssh/id_rsa.pub": LINE,
        "/root/.ssh/id_b.pub": LINE,
    }
    source = host({**files, "/etc/shadow": "root:$6$salt$SECRET:1::::::\n"}, run=printing(SETTINGS))
    os.chmod(tmp_path / "root/root/.ssh/id_rsa", 0o600)
    found = sshd.read(source)
    assert found["root"]["pairs"] == [
        {"name": "id_b.pub", "mode": ""},
        {"name": "id_rsa.pub", "mode": "0600"},
    ]
    assert found["root"]["password"] == "set"
    assert "SECRET" not in str(found)
    assert {each["what"] for each in source.left_out} == {"/root/.ssh/id_rsa", "/etc/shadow"}


def test_times(host, tmp_path):
    files = {
        "/etc/ssh/sshd_config": "", "/etc/ssh/sshd_config.d/a.conf": "", "/run/sshd.pid": "7",
        "/etc/ssh/sshd_config.d/a.conf~": "",
    }  # fmt: skip
    source, root = host(files, run=printing(SETTINGS)), tmp_path / "root"
    for path, when in (
        ("etc/ssh/sshd_config", 100), ("etc/ssh/sshd_config.d/a.conf", 300), ("run/sshd.pid", 200),
        ("etc/ssh/sshd_config.d/a.conf~", 900), ("etc/ssh/sshd_config.d", 250),
    ):  # fmt: skip
        os.utime(root / path, (when, when))
    found = sshd.read(source)["service"]
    assert (found["configured_at"], found["read_at"]) == (300, 200)
    os.utime(root / "etc/ssh/sshd_config.d", (400, 400))
    assert sshd.read(source)["service"]["configured_at"] == 400


def test_a_server_for_each_connection(host):
    files = {
        "/lib/systemd/system/ssh.socket": "[Socket]\n",
        "/lib/systemd/system/ssh.service": "[Unit]\n",
        "/sys/fs/cgroup/system.slice/": "",
    }  # fmt: skip
    links = {
        "/etc/systemd/system/sockets.target.wants/ssh.socket": "/lib/systemd/system/ssh.socket"
    }
    found = sshd.read(host(files, links, printing(SETTINGS)))["service"]
    assert (found["active"], found["per_connection"]) == (False, True)


@pytest.mark.parametrize(
    "line, options",
    [
        (LINE, []), (f"  {LINE}", []), (f"no-pty,from=\"a b\" {LINE}", ["no-pty", "from"]),
        (f'command="say \\"x\\" ssh-rsa {KEY}",restrict {LINE}', ["command", "restrict"]),
        (f"cert-authority {LINE}", ["cert-authority"]),
        (f"# {LINE}", None), (f"ssh-rsa {KEY}\n", None), ("ssh-ed25519\n", None),
        ("ssh-ed25519 AAAA\n", None), ("ssh-ed25519 " + "A" * 40 + "\n", None), ("", None),
    ],
)  # fmt: skip
def test_authorized_keys(line, options):
    found = _sshfiles.authorized_keys(line)
    assert [each["options"] for each in found] == ([] if options is None else [options])
    assert all(each["key"] == KEY for each in found)


def test_known_hosts():
    text = (
        f"# a\nnode2,192.0.2.12 {LINE}|1|c2FsdA==|ZGlnZXN0= {LINE}[node3]:22 {LINE}"
        f"@revoked node4 {LINE}@cert-authority * {LINE}node5 ssh-rsa {KEY}\nnode6\n"
    )
    assert _sshfiles.known_hosts(text) == [
        "node2", "192.0.2.12", "|1|c2FsdA==|ZGlnZXN0=", "[node3]:22",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "field, word",
    [
        ("", "empty"), ("*", "none"), ("!", "none"), ("!!", "none"), ("!*", "none"),
        ("!$6$a$b", "locked"), ("*$6$a$b", "locked"), ("$y$j9T$a$b", "set"),
        ("abJnggxhB/yWI", "set"),
    ],
)  # fmt: skip
def test_password(field, word):
    assert _sshfiles.password_of(f"a:b:c\nroot:{field}:20000:0:99999:7:::\n", "root") == word


def test_no_password_line():
    assert _sshfiles.password_of("toor::1\n", "root") == ""


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_parsers_never_raise(text):
    sshd.parse(text)
    _sshfiles.authorized_keys(text)
    _sshfiles.known_hosts(text)
    _sshfiles.password_of(text, "root")
    _sshfiles.home_of(text, "root")


@given(st.text(alphabet='abc=",\\ -', max_size=60))
def test_odd_options_never_raise(options):
    _sshfiles.authorized_keys(f"{options} {LINE}")
