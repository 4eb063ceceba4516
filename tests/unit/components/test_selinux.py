from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import selinux
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes import selinux as probe

CONFIG = """\
# This file controls the state of SELinux on the system.
# SELINUX= can take one of these three values:
SELINUX=enforcing
# SELINUXTYPE= can take one of these:
SELINUXTYPE=targeted


"""


def facts(configured, running, cmdline=""):
    return Facts({"selinux": {"configured": configured, "running": running, "cmdline": cmdline}})


@pytest.mark.parametrize(
    ("configured", "running", "mode", "keys", "pending"),
    [
        ("disabled", "disabled", "disabled", set(), set()),
        ("absent", "disabled", "disabled", set(), set()),
        ("enforcing", "enforcing", "disabled", {"configured", "running"}, {"running"}),
        ("disabled", "enforcing", "disabled", {"running"}, {"running"}),
        ("disabled", "permissive", "disabled", {"running"}, {"running"}),
        ("absent", "permissive", "disabled", {"running"}, {"running"}),
        ("enforcing", "permissive", "enforcing", {"running"}, set()),
        ("enforcing", "enforcing", "permissive", {"configured", "running"}, set()),
        ("enforcing", "disabled", "enforcing", {"running"}, {"running"}),
        ("absent", "disabled", "enforcing", {"configured", "running"}, {"running"}),
    ],
)
def test_diff(configured, running, mode, keys, pending):
    found = selinux.diff(facts(configured, running), mode)
    assert set(found) == keys
    assert {key for key, entry in found.items() if "pending" in entry} == pending
    assert all("reboot" in found[key]["pending"] for key in pending)
    assert set(selinux.diff(facts(configured, running), mode, live=False)) == keys - {"running"}


def test_the_kernels_command_line_is_named():
    found = selinux.diff(facts("enforcing", "disabled", "selinux=0"), "enforcing")
    assert "selinux=0 off the kernel's command line" in found["running"]["pending"]
    found = selinux.diff(facts("enforcing", "disabled", {"unknown": "x"}), "enforcing")
    assert "selinux=0" not in found["running"]["pending"]
    assert "security=selinux" in found["running"]["pending"]


def test_a_file_without_a_valid_line_differs():
    found = selinux.diff(facts({"unknown": "no valid SELINUX= line"}, "disabled"), "disabled")
    assert found == {"configured": {"old": "no valid SELINUX= line", "new": "disabled"}}


def test_an_unread_running_mode_is_no_guess():
    with pytest.raises(Unread):
        selinux.diff(facts("disabled", {"unknown": "no sysfs"}), "disabled")


def test_edit_keeps_type_and_comments():
    new = selinux.edit(CONFIG, "disabled")
    assert new == CONFIG.replace("SELINUX=enforcing", "SELINUX=disabled")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "SELINUX=disabled\n"),
        ("# x", "# x\nSELINUX=disabled\n"),
        ("SELINUX=\n", "SELINUX=disabled\n"),
        ("SELINUX=enforcing\r\nSELINUXTYPE=mls\r\n", "SELINUX=disabled\r\nSELINUXTYPE=mls\r\n"),
        ("SELINUX=enforcing\nSELINUX=permissive", "SELINUX=disabled\nSELINUX=disabled"),
        (" SELINUX=enforcing\n", " SELINUX=enforcing\nSELINUX=disabled\n"),
    ],
)
def test_edit(text, wanted):
    assert selinux.edit(text, "disabled") == wanted


LINES = st.lists(
    st.sampled_from(
        ["SELINUX=enforcing", "SELINUX= permissive ", "SELINUX='disabled'", "#SELINUX=x"]
        + ["SELINUXTYPE=targeted", "", " SELINUX=disabled", "SETLOCALDEFS=0", "SELINUX=enforcing\r"]
    )
)


@given(LINES, st.sampled_from(selinux.MODES))
def test_edit_satisfies_the_probe_and_keeps_the_rest(lines, mode):
    text = "\n".join(lines)
    new = selinux.edit(text, mode)
    assert probe.mode(new) == mode
    assert probe.policy(new) == probe.policy(text)
    assert selinux.edit(new, mode) == new
    others = [line for line in text.split("\n") if not line.startswith("SELINUX=") and line]
    assert [n for n in new.split("\n") if not n.startswith("SELINUX=") and n] == others


@pytest.mark.parametrize("mode", ["", "Enforcing", "disabled\n", None, False, "off"])
def test_bad_modes(mode):
    with pytest.raises(InvalidArgument, match="enforcing, permissive, disabled"):
        selinux.check(mode)
