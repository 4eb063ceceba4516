from __future__ import annotations

import os

import pytest

STATE = "muster_chrony.managed"
MAIN = "/etc/chrony/chrony.conf"
POOL = "pool 2.debian.pool.ntp.org iburst\n"
TEXT = f"# mine\nconfdir /etc/chrony/conf.d\n{POOL}sourcedir /run/chrony-dhcp\nmakestep 1 3\n"
WANTED = TEXT.replace(
    POOL, f"# muster commented this out: {POOL}server 10.77.0.1 iburst\n"
)  # fmt: skip
UNIT = "[Unit]\nDescription=time\n[Service]\nExecStart=/bin/true\n[Install]\n{}"
WANTS = "/etc/systemd/system/multi-user.target.wants"


def unit(node, name, alias="", enabled=True):
    install = f"WantedBy=multi-user.target\n{f'Alias={alias}' if alias else ''}\n"
    node.write(f"/usr/lib/systemd/system/{name}", UNIT.format(install))
    if enabled:
        node.link(f"{WANTS}/{name}", f"/usr/lib/systemd/system/{name}")
        if alias:
            node.link(f"/etc/systemd/system/{alias}", f"/usr/lib/systemd/system/{name}")


@pytest.fixture
def debian(node):
    unit(node, "chrony.service", "chronyd.service")
    node.write(MAIN, TEXT)
    return node


def test_debians_own_sources_give_way(converged, debian, testmode):
    changes = converged(STATE, sources=["10.77.0.1"])["changes"]
    assert changes == {"sources": {"old": ["2.debian.pool.ntp.org"], "new": ["10.77.0.1"]}}
    assert testmode or debian.read(MAIN) == WANTED


def test_redhats_names(converged, node, testmode):
    unit(node, "chronyd.service")
    node.write("/etc/chrony.conf", POOL)
    converged(STATE, sources=["ntp.example.com"])
    assert testmode or "server ntp.example.com iburst\n" in node.read("/etc/chrony.conf")


def test_a_source_with_options_stays(converged, debian):
    text = "server 10.77.0.1 key 7 minpoll 4\n"
    debian.write(MAIN, text)
    assert converged(STATE, sources=["10.77.0.1"])["changes"] == {}
    assert debian.read(MAIN) == text


def test_sources_of_included_files_stay_and_are_named(converged, debian, testmode):
    debian.write("/run/chrony-dhcp/eth0.sources", "server 192.168.1.1\n")
    comment = converged(STATE, sources=["10.77.0.1"])["comment"]
    assert debian.read("/run/chrony-dhcp/eth0.sources") == "server 192.168.1.1\n"
    assert testmode or "192.168.1.1 (/run/chrony-dhcp/eth0.sources)" in comment


def test_a_disabled_chrony_is_enabled(converged, node, testmode):
    unit(node, "chrony.service", "chronyd.service", enabled=False)
    node.write(MAIN, "server 10.77.0.1\n")
    assert set(converged(STATE, sources=["10.77.0.1"])["changes"]) == {"enabled"}
    assert testmode or os.path.lexists(node.path(f"{WANTS}/chrony.service"))


def test_a_masked_chrony_is_unmasked(converged, node, testmode):
    unit(node, "chrony.service", enabled=False)
    node.link("/etc/systemd/system/chrony.service", "/dev/null")
    node.write(MAIN, "server 10.77.0.1\n")
    changes = converged(STATE, sources=["10.77.0.1"])["changes"]
    assert changes == {"enabled": {"old": "masked", "new": "enabled"}}


def test_another_time_service_is_disabled(converged, debian, testmode):
    unit(debian, "systemd-timesyncd.service")
    debian.write(MAIN, "server 10.77.0.1\n")
    changes = converged(STATE, sources=["10.77.0.1"])["changes"]
    assert changes == {"other_services": {"old": ["systemd-timesyncd.service"], "new": []}}
    assert testmode or not os.path.lexists(debian.path(f"{WANTS}/systemd-timesyncd.service"))


def test_chrony_must_be_installed(fails):
    comment = fails(STATE, both=False, sources=["10.77.0.1"])
    assert "install the package chrony" in comment


def test_a_missing_main_file(fails, node):
    unit(node, "chrony.service")
    assert "chrony.conf is" in fails(STATE, both=False, sources=["10.77.0.1"])


@pytest.mark.parametrize(
    "wanted",
    [
        {"sources": []},
        {"sources": "10.77.0.1"},
        {"sources": ["x y"]},
        {"sources": ["a\nallow"]},
        {"sources": ["a"], "wait": -1},
        {"sources": ["a"], "wait": "60"},
    ],
)
def test_bad_arguments(fails, wanted):
    assert "muster_chrony: " in fails(STATE, **wanted)
