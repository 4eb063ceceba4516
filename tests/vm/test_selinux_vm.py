"""Debian's SELinux in Debian's kernel: booted permissive, set enforcing, then disabled across a
reboot. In this order: one machine is used."""

from __future__ import annotations

KIND = "selinux"
CONFIG = "/etc/selinux/config"
ENFORCE = "/sys/fs/selinux/enforce"


def mode(guest, wanted, *arguments):
    """The state that asks for a mode, as it came out."""
    argv = ("state.single", "muster_selinux.managed", "name=selinux", f"mode={wanted}", *arguments)
    states = guest.salt(*argv)
    assert isinstance(states, dict), states
    (found,) = states.values()
    return found


def seen(guest):
    """The configured mode, the file's label, and what the kernel says (1: enforcing)."""
    script = f"sed -n s/^SELINUX=//p {CONFIG}; stat -c %C {CONFIG}; cat {ENFORCE}"
    configured, label, enforce = guest.exec("sh", "-c", script).split()
    assert label == "system_u:object_r:selinux_config_t:s0"
    return configured, enforce


def test_a_machine_booted_permissive_with_labels(guest):
    assert seen(guest) == ("permissive", "0")
    # Neither the minion nor the agent is in a domain that may less than root.
    assert "initrc_t" in guest.exec("cat", "/proc/self/attr/current")


def test_test_mode_tells_and_changes_nothing(guest):
    state = mode(guest, "enforcing", "test=True")
    assert set(state["changes"]) == {"configured", "running"}
    assert seen(guest) == ("permissive", "0")


def test_enforcing_is_configured_and_runs(guest):
    state = mode(guest, "enforcing")
    assert state["result"] is True, state["comment"]
    change = {"old": "permissive", "new": "enforcing"}
    assert state["changes"] == {"configured": change, "running": change}
    assert seen(guest) == ("enforcing", "1")


def test_a_second_run_works_while_it_is_enforced_and_changes_nothing(guest):
    assert mode(guest, "enforcing")["changes"] == {}


def test_it_is_taken_back_as_it_was(guest):
    left = "find /etc/selinux /var/lib/muster 2>/dev/null | grep muster || true"
    states = guest.salt("state.apply", "muster.absent", "pillar={muster_consent: true}")
    assert isinstance(states, dict), states
    assert all(state["result"] for state in states.values()), states
    assert seen(guest) == ("permissive", "0")
    assert guest.exec("sh", "-c", left) == ""
    assert mode(guest, "enforcing")["result"] is True
    assert seen(guest) == ("enforcing", "1")


def test_disabled_is_configured_and_pending_until_the_reboot(guest):
    state = mode(guest, "disabled")
    assert state["result"] is True, state["comment"]
    assert state["changes"] == {"configured": {"old": "enforcing", "new": "disabled"}}
    assert "running (pending: SELinux is turned off by a reboot alone" in state["comment"]
    again = mode(guest, "disabled")
    assert again["changes"] == {}
    assert "running (pending: SELinux is turned off by a reboot alone" in again["comment"]
    assert seen(guest) == ("disabled", "1")


def test_after_the_reboot_it_is_disabled(guest):
    guest.reboot()
    assert guest.exec("getenforce").split() == ["Disabled"]
    state = mode(guest, "disabled")
    assert state["result"] is True, state["comment"]
    assert state["changes"] == {}
    assert "pending" not in state["comment"]
