"""The lab's own promises, on fresh nodes: isolation, exit statuses, pinned keys, clean ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab import network, node, up
from lab.process import Process
from lab.recipes import MINIONS, NODES
from lab.run import LabError
from tests.lab.conftest import Lab, command

# Numbers of capabilities, from linux/capability.h.
DANGEROUS = {"CAP_SYS_MODULE": 16, "CAP_SYS_RAWIO": 17, "CAP_SYS_TIME": 25, "CAP_MKNOD": 27}


def sleeper() -> subprocess.Popen[bytes]:
    """Start a process that the lab did not start."""
    return subprocess.Popen(["sleep", "300"])


@pytest.mark.parametrize("name", NODES)
@pytest.mark.parametrize("how", ["the init", "a command"])
def test_no_node_may_touch_the_machine_below(booted: Lab, name: str, how: str) -> None:
    which = "1" if how == "the init" else "self"
    status = booted.exec(name, "cat", f"/proc/{which}/status").stdout
    fields = dict(line.split(":", 1) for line in status.splitlines())
    for field in ("CapBnd", "CapEff", "CapPrm"):
        held = int(fields[field], 16)
        assert [cap for cap, bit in DANGEROUS.items() if held >> bit & 1] == [], field


def test_a_node_cannot_set_the_clock(booted: Lab) -> None:
    # Back to the time that it is: harmless should it be allowed.
    done = booted.exec("node1", "sh", "-c", 'date --set="$(date)"')
    assert done.returncode != 0
    assert "not permitted" in done.stderr


def test_there_is_no_way_out(booted: Lab) -> None:
    assert booted.exec("node1", "ip", "route", "get", "192.0.2.1").returncode != 0
    assert booted.exec("node1", "ping", "-c1", "-W2", "10.77.0.13").returncode == 0


@pytest.mark.parametrize("status", [0, 1, 7, 255])
def test_exec_passes_the_exit_status(booted: Lab, status: int) -> None:
    assert booted.exec("node1", "sh", "-c", f"exit {status}").returncode == status
    assert command("exec", "node1", "sh", "-c", f"exit {status}").returncode == status


@pytest.mark.parametrize(
    "word", ["", "a b", "${HOME}", "$HOME", "$$", "%n", "100%", "\\n", "'", '"', "*", "--", "ä\nö"]
)
def test_exec_passes_words_as_they_are(booted: Lab, word: str) -> None:
    assert booted.exec("node1", "printf", "[%s]", word).stdout == f"[{word}]"


def test_exec_passes_streams_and_finds_system_programs(booted: Lab) -> None:
    done = booted.exec("node1", "sh", "-c", "cat; echo wrong >&2", stdin="right\n")
    assert (done.stdout, done.stderr) == ("right\n", "wrong\n")
    assert booted.exec("node1", "sysctl", "net.ipv4.ip_forward").returncode == 0


def test_exec_leaves_what_a_command_starts(booted: Lab) -> None:
    booted.exec("node1", "sh", "-c", "sleep 61 >/dev/null 2>&1 & echo $! >/root/pid")
    alive = booted.exec("node1", "sh", "-c", "kill $(cat /root/pid)")
    assert alive.returncode == 0, alive.stderr


def test_exec_says_what_is_wrong(booted: Lab) -> None:
    with pytest.raises(LabError, match=r"node9: no node of the lab; there are master, node1"):
        booted.exec("node9", "true")
    done = command("exec", "node9", "true")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert booted.exec("node1", "no-such-program").returncode != 0


def test_nodes_are_as_an_installer_leaves_them(booted: Lab) -> None:
    for minion in MINIONS:
        assert booted.exec(minion.name, "hostname").stdout == f"{minion.name}\n"
        hosts = booted.exec(minion.name, "cat", "/etc/hosts").stdout
        assert f"127.0.1.1\t{minion.id}\t{minion.name}\n" in hosts
        for package in ("drbd-utils", "socat"):
            assert booted.exec(minion.name, "dpkg", "-s", package).returncode != 0


def test_ganeti_nodes_have_their_address_on_a_real_bridge(booted: Lab) -> None:
    for name in ("node1", "node2", "node3"):
        links = booted.exec(name, "ip", "-json", "-details", "address", "show", "gnt-br").stdout
        (bridge,) = json.loads(links)
        assert bridge["linkinfo"]["info_kind"] == "bridge"
        assert NODES[name].address in [item["local"] for item in bridge["addr_info"]]
        port = booted.exec(name, "readlink", "/sys/class/net/eth0/master").stdout
        assert port.strip().endswith("/gnt-br")


def test_versions_are_the_pinned_ones(booted: Lab) -> None:
    wanted = {minion.id: minion.salt for minion in MINIONS}
    assert booted.salt_json("*", "test.version") == wanted


def test_keys_are_pinned_and_none_is_accepted_because_it_asks(booted: Lab) -> None:
    keys = json.loads(booted.salt_key("--list=all", "--out=json").stdout)
    assert sorted(keys["minions"]) == sorted(minion.id for minion in MINIONS)
    assert keys["minions_pre"] == keys["minions_rejected"] == keys["minions_denied"] == []
    seen = {booted.exec(m.name, "cat", "/etc/salt/pki/minion/minion.pub").stdout for m in MINIONS}
    assert len(seen) == len(MINIONS)
    # A stranger: a minion of another name, on a node of the lab.
    booted.exec("node1", "mkdir", "-p", "/root/stranger")
    booted.put("node1", "/root/stranger/minion", "master: 10.77.0.1\nid: stranger\n")
    argv = ("timeout", "30", "salt-call", "--config-dir=/root/stranger", "test.ping")
    done = booted.exec("node1", *argv, "pki_dir=/root/stranger/pki")
    keys = json.loads(booted.salt_key("--list=all", "--out=json").stdout)
    assert done.returncode != 0
    assert "stranger" not in keys["minions"]


def test_up_leaves_a_running_lab_alone(booted: Lab) -> None:
    before = {name: node.init(one) for name, one in NODES.items()}
    done = command("up")
    assert done.returncode == 0, done.stderr
    assert "up already" in done.stderr
    assert {name: node.init(one) for name, one in NODES.items()} == before


def test_a_node_may_reboot_and_keeps_its_files(booted: Lab) -> None:
    before = node.init(NODES["node3"])
    booted.put("node3", "/etc/kept", "kept\n")
    booted.exec("node3", "systemctl", "reboot")
    end = time.monotonic() + 60
    while before.alive() and time.monotonic() < end:
        time.sleep(0.2)
    node.wait_running(NODES["node3"])
    assert node.init(NODES["node3"]) != before
    assert booted.exec("node3", "cat", "/etc/kept").stdout == "kept\n"
    assert booted.exec("node3", "ping", "-c1", "-W2", "10.77.0.1").returncode == 0


def _nspawn_of(name: str) -> int:
    """Return the number of a node's systemd-nspawn, the parent of its init."""
    status = Path(f"/proc/{node.init(NODES[name]).pid}/status").read_text()
    (parent,) = (line.split()[1] for line in status.splitlines() if line.startswith("PPid:"))
    assert Path(f"/proc/{parent}/comm").read_text().strip() == "systemd-nspawn"
    return int(parent)


def test_up_after_a_crash_cleans_up(booted: Lab) -> None:
    inits = {name: node.init(one) for name, one in NODES.items()}
    os.kill(_nspawn_of("node1"), signal.SIGKILL)
    supervisor = node.supervisor(NODES["node2"])
    assert supervisor is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    status = command("status")
    assert status.returncode == 1
    assert status.stdout.count("lost") == 2
    done = command("up")
    assert done.returncode == 0, done.stderr
    assert not [name for name, process in inits.items() if process.alive()]
    assert sorted(booted.salt_json("*", "test.ping")) == sorted(m.id for m in MINIONS)
    assert command("status").returncode == 0


def test_down_ends_only_what_the_lab_started_and_leaves_nothing(booted: Lab) -> None:
    foreign = sleeper()
    recorded = node.folder(NODES["node1"]) / "process.json"
    real = json.loads(recorded.read_text())
    inits = [node.init(one) for one in NODES.values()]
    try:
        # The number is another process's now, as after a crash long ago.
        recorded.write_text(json.dumps(real | {"pid": foreign.pid}))
        up.down()
        assert foreign.poll() is None
        assert not any(process.alive() for process in inits)
    finally:
        foreign.kill()
        foreign.wait()
    left = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    names = [network.SWITCH, *(network.namespace(one) for one in NODES.values())]
    assert not set(names) & {line.split()[0] for line in left.splitlines()}
    assert not any(node.folder(one).exists() for one in NODES.values())
    assert [p for p in Path("/sys/fs/cgroup").glob("*/muster-*") if p.is_dir()] == []
    assert "muster-lab" not in Path("/proc/self/mountinfo").read_text()


def test_a_process_is_known_by_more_than_its_number() -> None:
    child = sleeper()
    try:
        process = Process.of(child.pid)
        assert process is not None
        assert process.alive()
        later = Process(process.pid, process.start + 1, process.boot)
        assert not later.alive()
        assert not later.kill(signal.SIGKILL)
        assert not Process(process.pid, process.start, "another boot").kill(signal.SIGKILL)
        assert child.poll() is None
        assert process.kill(signal.SIGKILL)
        child.wait()
        assert not process.alive()
        assert not process.kill(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()


def test_without_root_the_host_check_says_so_in_one_line() -> None:
    # Loaded first: root's own Python need not be readable for others.
    script = "import os, sys; sys.path.insert(0, sys.argv[1]); from lab.cli import main;"
    script += "os.setuid(65534); sys.exit(main(sys.argv[2:]))"
    for words in (["check-host"], ["up"], ["exec", "node1", "true"]):
        argv = [sys.executable, "-B", "-c", script, str(Path(up.__file__).parents[1]), *words]
        done = subprocess.run(argv, capture_output=True, text=True)
        assert done.returncode == 1, words
        assert done.stderr.count("\n") == 1, done.stderr
        assert "root" in done.stderr
        assert "make check" in done.stderr
