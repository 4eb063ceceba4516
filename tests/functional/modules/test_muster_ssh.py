"""What is taken back besides files, with the real ssh-keygen."""

from __future__ import annotations

import subprocess

KEYS = "/root/.ssh/authorized_keys"
#: Keys that were made for these tests.
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlz7gM+IfGnOQ4t0NIcHepgEdOSsrWzFISAvQC3NIKk"
OTHER = KEY.replace("Plz7gM", "Plz7gN")
LINE = f'from="192.0.2.10",restrict,pty {KEY} muster:master:rvm.example.com\n'


def make(node, comment="made-by-muster"):
    path = node.path("/root/.ssh/id_ed25519")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return path


def test_muster_takes_back_what_is_no_file(minion, node):
    make(node)
    node.write(KEYS, f"{LINE}{OTHER} ops\n", 0o600)
    noted = {
        "authorized /root/.ssh/authorized_keys": "without the master's key",
        "pair /root/.ssh/id_ed25519": "absent",
        "folder /root/.ssh": "absent",
        "mode /root/.ssh/authorized_keys": "0644",
    }
    notes = minion.call("muster_ssh.undo", noted, root=node.root)
    assert node.read(KEYS) == f"{OTHER} ops\n"
    assert node.path(KEYS).stat().st_mode & 0o777 == 0o644
    assert [path.name for path in node.path("/root/.ssh").iterdir()] == ["authorized_keys"]
    assert any("removed /root/.ssh/id_ed25519" in note for note in notes)
    assert minion.call("muster_ssh.undo", noted, root=node.root) == []


def test_another_pair_than_muster_s_stays(minion, node):
    path = make(node, "root@rvm")
    notes = minion.call("muster_ssh.undo", {"pair /root/.ssh/id_ed25519": ""}, root=node.root)
    assert path.exists()
    assert "is not the pair that muster made" in notes[0]
