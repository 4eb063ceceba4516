from __future__ import annotations

import pytest

from saltext.muster.components.network import sysctl
from saltext.muster.components.network.wanted import Device, Wanted
from saltext.muster.errors import Refused

FORWARD = "net.ipv4.ip_forward"
WANTED = Wanted((Device("bond0.7", accept_ra=2),), sysctls={FORWARD: "1"})


def test_the_path_of_a_name_with_a_dotted_link():
    name = "net.ipv6.conf.bond0/7.accept_ra"
    assert sysctl.path(name) == "/proc/sys/net/ipv6/conf/bond0.7/accept_ra"


def test_what_a_link_takes_of_routers_is_set_with_ifupdown_alone():
    assert sysctl.values(WANTED, ifupdown=False) == {FORWARD: "1"}
    taken = {"net.ipv6.conf.bond0/7.accept_ra": "2"}
    assert sysctl.values(WANTED, ifupdown=True) == {FORWARD: "1", **taken}


def test_forwarding_is_set_after_what_it_would_drop():
    values = {"net.ipv6.conf.all.forwarding": "1", "net.ipv6.conf.eth0.accept_ra": "2"}
    argv = [step.argv[-1] for step in sysctl.steps(values)]
    assert argv == ["net.ipv6.conf.eth0.accept_ra=2", "net.ipv6.conf.all.forwarding=1"]


def test_a_setting_that_was_not_there_is_not_put_back():
    assert sysctl.steps({"net.ipv6.conf.br0.proxy_ndp": None}, may_fail=True) == ()


def test_the_file_is_written_once():
    edited = sysctl.edit(WANTED, {})
    assert edited == {sysctl.PATH: f"{sysctl.HEADER}{FORWARD} = 1\n"}
    assert sysctl.edit(WANTED, edited) == {}


def test_the_file_goes_when_nothing_is_wanted():
    assert sysctl.edit(Wanted(()), {sysctl.PATH: "x\n"}) == {sysctl.PATH: None}
    assert sysctl.edit(Wanted(()), {}) == {}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/etc/sysctl.conf", "net.ipv4.ip_forward=0"),
        ("/etc/sysctl.d/99-x.conf", "-net/ipv4/ip_forward = 0"),
        ("/usr/lib/sysctl.d/99-x.conf", "net.ipv4.ip_forward = 0"),
    ],
)
def test_a_file_that_would_win_at_boot_is_refused_by_its_line(path, line):
    with pytest.raises(Refused, match=f"{path}:2 sets {FORWARD} to '0', wanted 1"):
        sysctl.edit(WANTED, {path: f"# {line}\n{line}\n"})


def test_a_file_that_another_one_of_its_name_replaces_is_none():
    shipped = {"/usr/lib/sysctl.d/99-x.conf": f"{FORWARD} = 0\n"}
    masked = {**shipped, "/etc/sysctl.d/99-x.conf": ""}
    assert list(sysctl.edit(WANTED, masked)) == [sysctl.PATH]
    local = {**shipped, "/usr/local/lib/sysctl.d/99-x.conf": f"{FORWARD} = 0\n"}
    with pytest.raises(Refused, match=r"/usr/local/lib/sysctl.d/99-x\.conf:1 sets"):
        sysctl.edit(WANTED, local)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/etc/sysctl.d/10-x.conf", "net.ipv4.ip_forward = 0"),
        ("/etc/sysctl.d/99-x.conf", "net.ipv4.ip_forward = 1"),
        ("/etc/sysctl.d/99-x.conf", "; net.ipv4.ip_forward = 0"),
        ("/etc/network/interfaces", "net.ipv4.ip_forward = 0"),
    ],
)
def test_other_lines_stay(path, line):
    assert list(sysctl.edit(WANTED, {path: f"{line}\n"})) == [sysctl.PATH]
