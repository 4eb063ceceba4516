from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import selinux
from saltext.muster.probes.source import unknown

CONFIG = """\
# SELINUX= can take one of these three values:
#     enforcing - SELinux security policy is enforced.
SELINUX=enforcing
# SELINUXTYPE= can take one of these two values:
SELINUXTYPE=targeted
"""


def read(host, config=None, **files):
    files = {f"/{name.replace('__', '/')}": text for name, text in files.items()}
    if config is not None:
        files["/etc/selinux/config"] = config
    return selinux.read(host(files))


def test_an_enforcing_host(host):
    files = {"sys__fs__selinux__enforce": "1", "proc__cmdline": "quiet\n"}
    assert read(host, CONFIG, **files) == {
        "installed": True,
        "configured": "enforcing",
        "type": "targeted",
        "running": "enforcing",
        "cmdline": "",
    }


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("SELINUX=disabled\n", "disabled"),
        ("SELINUX=Permissive\n", "permissive"),
        ("SELINUX=  \tdisabled  \n", "disabled"),
        ("SELINUX=disabled", "disabled"),
        ("SELINUX=disabled\r\n", "disabled"),
        # The first valid line wins; SELinux's library stops there.
        ("SELINUX=nonsense\nSELINUX=disabled\nSELINUX=enforcing\n", "disabled"),
        ("#SELINUX=enforcing\nSELINUX=permissive\n", "permissive"),
        ("SELINUXTYPE=targeted\nSELINUX=disabled\n", "disabled"),
    ],
)
def test_mode(text, mode):
    assert selinux.mode(text) == mode


@pytest.mark.parametrize(
    "text",
    ["", "SELINUX=\n", "SELINUX=nonsense\n", 'SELINUX="disabled"\n', " SELINUX=disabled\n",
     "selinux=disabled\n", "SELINUX =disabled\n", "SELINUXTYPE=disabled\n", "SELINUX=\nenforcing"],
)  # fmt: skip
def test_what_selinux_itself_would_not_understand_is_unknown(host, text):
    found = read(host, text)
    assert unknown(found["configured"])
    assert "SELINUX=" in found["configured"]["unknown"]


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("", ""),
        ("SELINUXTYPE=mls\nSELINUXTYPE=targeted\n", "targeted"),
        ("  selinuxtype= x \n", "x"),
    ],
)
def test_policy(text, policy):
    assert selinux.policy(text) == policy


def test_absent_is_an_answer(host):
    found = read(host, sys__fs__cgroup__x="")
    assert (found["installed"], found["configured"], found["type"]) == (False, "absent", "")
    assert found["running"] == "disabled", "a kernel without SELinux"


def test_an_unreadable_config_is_not_an_absent_one(host):
    found = selinux.read(host({"/etc/selinux/config/": ""}))
    assert unknown(found["configured"])
    assert unknown(found["type"])


def test_disabled_in_the_file_while_it_still_runs(host):
    found = read(host, "SELINUX=disabled\n", sys__fs__selinux__enforce="0")
    assert (found["configured"], found["running"]) == ("disabled", "permissive")


def test_an_image_has_no_running_mode(host):
    assert unknown(read(host, CONFIG)["running"])


def test_nonsense_in_sysfs_is_unknown(host):
    assert unknown(read(host, sys__fs__selinux__enforce="2")["running"])


@pytest.mark.parametrize(
    ("cmdline", "found"),
    [
        ("ro quiet", ""),
        ("ro selinux=0 quiet", "selinux=0"),
        ("enforcing=0", "enforcing=0"),
        ("selinux=0 selinux=1", ""),
        ("selinux=1 enforcing=0", "enforcing=0"),
        ("noselinux=0 xenforcing=0", ""),
    ],
)
def test_cmdline(host, cmdline, found):
    assert read(host, proc__cmdline=f"{cmdline}\n")["cmdline"] == found


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    assert selinux.mode(text) in ("", "enforcing", "permissive", "disabled")
    selinux.policy(text)


MODES = st.sampled_from(["enforcing", "permissive", "disabled"])
NOISE = st.lists(st.sampled_from(["# SELINUX=enforcing\n", "\n", "SELINUX=odd\n", "X=1\r\n"]))


@given(MODES, NOISE, st.text())
def test_what_is_rendered_is_read_back_whatever_follows(mode, before, after):
    assert selinux.mode("".join(before) + f"SELINUX={mode}\n" + after) == mode
