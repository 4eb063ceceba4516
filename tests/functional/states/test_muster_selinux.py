from __future__ import annotations

import pytest

STATE = "muster_selinux.managed"
CONFIG = "# SELINUX= what\nSELINUX=enforcing\nSELINUXTYPE=targeted\n"


@pytest.mark.parametrize("mode", ["permissive", "disabled"])
def test_the_mode_is_configured_and_the_type_stays(converged, node, testmode, mode):
    node.write("/etc/selinux/config", CONFIG)
    changes = converged(STATE, mode=mode)["changes"]
    assert changes == {"configured": {"old": "enforcing", "new": mode}}
    if not testmode:
        wanted = CONFIG.replace("SELINUX=enforcing", f"SELINUX={mode}")
        assert node.read("/etc/selinux/config") == wanted


def test_nothing_to_do(converged, node):
    node.write("/etc/selinux/config", CONFIG)
    assert converged(STATE, mode="enforcing")["changes"] == {}


def test_not_installed_is_disabled(converged):
    assert converged(STATE, mode="disabled")["changes"] == {}


def test_not_installed_cannot_be_enforcing(fails):
    assert "install its policy" in fails(STATE, both=False, mode="enforcing")


def test_a_file_without_a_mode(converged, node, testmode):
    node.write("/etc/selinux/config", "SELINUXTYPE=targeted")
    converged(STATE, mode="disabled")
    wanted = "SELINUXTYPE=targeted\nSELINUX=disabled\n"
    assert testmode or node.read("/etc/selinux/config") == wanted


@pytest.mark.parametrize("mode", ["off", "", None, "disabled\nSELINUX=enforcing"])
def test_bad_modes(fails, mode):
    assert "enforcing, permissive, disabled" in fails(STATE, mode=mode)
