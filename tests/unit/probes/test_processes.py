"""_processes, sockets and services: what runs, listens and is enabled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _processes, services, sockets
from saltext.muster.probes.source import Unreadable, unknown

TAIL = " 0 -1 4194560 1 0 0 0 5 5 0 0 20 0 1 0 {} 100 10 18446744073709551615 1\n"


def stat(pid, name, parent=1, start=1234):
    return {f"/proc/{pid}/stat": f"{pid} ({name}) S {parent} {pid} {pid}" + TAIL.format(start)}


@pytest.mark.parametrize(
    "name", ["sshd", "(sd-pam)", "tmux: server", "a) S 1 (b", "kworker/0:0-events", ""]
)
def test_a_name_may_hold_anything(name):
    found = _processes.parse_stat(f"7 ({name}) S 1 7 7" + TAIL.format(99))
    assert found == {"name": name, "parent": 1, "start": 99}


@pytest.mark.parametrize("text", ["", "7 (a", "7 (a) S 1", "7 (a) S x" + " 0" * 30, "()" * 99])
def test_half_a_stat_is_none(text):
    assert _processes.parse_stat(text) is None


def test_processes_are_those_of_user_space(host):
    files = {**stat(1, "init", 0), **stat(2, "kthreadd", 0), **stat(9, "kswapd0", 2)}
    found = _processes.processes(host({**files, **stat(12, "sshd"), "/proc/13/": ""}))
    assert [each["name"] for each in found] == ["init", "sshd"]


def test_no_processes_is_not_an_answer(host):
    with pytest.raises(Unreadable):
        _processes.processes(host({"/proc/cpuinfo": ""}))


HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
REST = "00000000:00000000 00:00000000 00000000     0        0 {} 1 0 100 0 0 10 0\n"


def row(local, state="0A", peer="00000000:0000", inode=7):
    return f"   0: {local} {peer} {state} " + REST.format(inode)


@pytest.mark.parametrize(
    ("local", "protocol", "address", "port"),
    [
        ("00000000:0016", "tcp", "0.0.0.0", 22),
        ("0100007F:0CEA", "tcp", "127.0.0.1", 3306),
        ("0B0200C0:1F90", "tcp", "192.0.2.11", 8080),
        ("00000000000000000000000000000000:0050", "tcp6", "::", 80),
        ("00000000000000000000000001000000:0143", "tcp6", "::1", 323),
        ("0000000000000000FFFF00000100007F:0050", "tcp6", "::ffff:127.0.0.1", 80),
        ("B80D01200000000000000000010A0000:0050", "tcp6", "2001:db8::a01", 80),
    ],
)
def test_a_listening_socket(local, protocol, address, port):
    peer = "0" * (len(local) - 5) + ":0000"
    (found,) = sockets.parse(HEAD + row(local, peer=peer), protocol)
    assert found == {"protocol": "tcp", "address": address, "port": port, "inode": "7"}


@pytest.mark.parametrize(
    ("line", "protocol"),
    [
        (row("0B0200C0:0016", "01", "0A0200C0:D431"), "tcp"),
        (row("00000000:0016", "07"), "tcp"),
        (row("0B0200C0:0035", "07", "0A0200C0:D431"), "udp"),
        (row("0B0200C:0035"), "tcp"),
        (row("0B0200C0:35"), "tcp"),
        (HEAD, "tcp"),
    ],
)
def test_what_does_not_listen(line, protocol):
    assert sockets.parse(line, protocol) == []


def test_programs_are_found_by_their_files(host):
    files = {"/proc/net/tcp": HEAD + row("00000000:0016", inode=77), **stat(600, "sshd")}
    source = host({**files, **stat(601, "other")}, links={
        "/proc/600/fd/3": "socket:[77]", "/proc/600/fd/4": "/dev/null",
        "/proc/601/fd/3": "socket:[78]",
    })  # fmt: skip
    assert sockets.read(source)["listening"] == [
        {"protocol": "tcp", "address": "0.0.0.0", "port": 22, "programs": ["sshd"]}
    ]


def test_a_socket_of_nobody_seen_has_no_program(host):
    found = sockets.read(host({"/proc/net/tcp": HEAD + row("00000000:0016")}))["listening"]
    assert found[0]["programs"] == []


def test_no_table_is_not_nothing_listening(host):
    assert unknown(sockets.read(host({"/proc/cpuinfo": ""}))["listening"])


UNITS = "/usr/lib/systemd/system"
WANTS = "/etc/systemd/system/multi-user.target.wants"
GROUP = "/sys/fs/cgroup/system.slice"


def test_enabled_units(host):
    links = {f"{WANTS}/{unit}": f"{UNITS}/{unit}" for unit in ("a.service", "c.socket", "d.timer")}
    links[f"{WANTS}/getty@tty1.service"] = f"{UNITS}/getty@.service"
    links[f"{WANTS}/masked.service"] = f"{UNITS}/masked.service"
    links[f"{WANTS}/gone.service"] = f"{UNITS}/gone.service"
    links["/etc/systemd/system/masked.service"] = "/dev/null"
    names = ("a.service", "b.service", "c.socket", "d.timer", "getty@.service", "masked.service")
    source = host({f"{UNITS}/{name}": "[Unit]\n" for name in names}, links=links)
    assert services.read(source)["enabled"] == ["a.service", "c.socket", "getty@tty1.service"]


def test_running_units(host):
    source = host({
        f"{GROUP}/a.service/cgroup.events": "populated 1\n",
        f"{GROUP}/b.service/cgroup.events": "populated 0\n",
        f"{GROUP}/dev-hugepages.mount/": "",
        f"{GROUP}/system-getty.slice/getty@tty1.service/cgroup.events": "populated 1\n",
    })  # fmt: skip
    assert services.read(source)["running"] == ["a.service", "getty@tty1.service"]


def test_without_control_groups_nothing_is_said(host):
    assert unknown(services.read(host({"/proc/1/": ""}))["running"])


def test_programs_are_counted(host):
    files = {**stat(1, "init", 0), **stat(5, "nginx"), **stat(6, "nginx"), **stat(7, "[x]", 2)}
    assert services.read(host(files))["programs"] == {"init": 1, "nginx": 2}


def test_of_a_container_only_its_name_is_a_fact(host):
    text = '{"Config":{"Env":["MYSQL_PASSWORD=secret"]},"Name":"/vm_box","Driver":"overlay2"}'
    source = host({"/var/lib/docker/containers/ab/config.v2.json": text})
    found = services.read(source)
    assert found["containers"] == ["vm_box"]
    assert "secret" not in str(found)
    assert "environment" in source.left_out[0]["why"]


@given(st.text(), st.sampled_from(["tcp", "tcp6", "udp", "udp6"]))
def test_no_text_makes_a_parser_raise(text, protocol):
    sockets.parse(text, protocol)
    sockets.parse(row(text), protocol)
    _processes.parse_stat(text)
    services.container_name(text)
