from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import drbd
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts
from saltext.muster.probes import _drbdconf, _modprobe

OPTIONS = {"minor_count": "128", "usermode_helper": "/bin/true"}
LINES = [{"option": k, "value": v, "file": drbd.OPTIONS, "line": 2} for k, v in OPTIONS.items()]
GOOD = {
    "loaded": True,
    "available": True,
    "parameters": OPTIONS,
    "configured": OPTIONS,
    "options": LINES,
    "boot": True,
    "blocked": "",
    "in_use": False,
    "resources": [],
}
RESOURCE = {"name": "r0", "file": "/etc/drbd.conf", "line": 1, "skip": False}


def facts(**changed):
    return Facts({"drbd": {**GOOD, **changed}})


def test_nothing_differs():
    assert drbd.diff_configured(facts(), OPTIONS) == {}
    assert drbd.diff_loaded(facts(), OPTIONS) == {}


def test_more_options_than_wanted_are_welcome():
    assert drbd.diff_configured(facts(), {"minor_count": "128"}) == {}


def test_options_and_boot():
    found = drbd.diff_configured(facts(configured={"minor_count": "32"}, boot=False), OPTIONS)
    assert found == {
        "options": {
            "old": "minor_count=32",
            "new": "minor_count=128 usermode_helper=/bin/true",
        },
        "boot": {"old": "not loaded at boot", "new": "drbd loaded at boot"},
    }


def test_a_module_that_somebody_forbids_is_pending():
    found = drbd.diff_configured(facts(blocked="/etc/modprobe.d/x.conf:1: blacklist drbd"), OPTIONS)
    assert "x.conf:1" in found["boot"]["old"]
    assert "by hand" in found["boot"]["pending"]


def test_a_module_that_is_not_loaded():
    found = drbd.diff_loaded(facts(loaded=False, parameters={"unknown": "not loaded"}), OPTIONS)
    assert set(found) == {"loaded", "running.minor_count", "running.usermode_helper"}
    assert all("pending" not in entry for entry in found.values())


def test_a_module_that_cannot_be_seen_is_not_called_loaded():
    """A waiver can then cover it: a container sees nothing of the kernel's modules."""
    found = drbd.diff_loaded(facts(loaded={"unknown": "no sysfs"}), OPTIONS)
    assert set(found) == {"loaded", "running.minor_count", "running.usermode_helper"}
    assert "no sysfs" in found["loaded"]["old"]


DEFAULTS = {"minor_count": "32", "usermode_helper": "/sbin/drbdadm"}


def test_a_module_that_was_loaded_with_its_defaults():
    """drbd-utils loads it at boot; a later modprobe with options exits 0 and changes nothing."""
    found = drbd.diff_loaded(facts(parameters=DEFAULTS), OPTIONS)
    assert found == {
        "running.minor_count": {"old": "32", "new": "128"},
        "running.usermode_helper": {"old": "/sbin/drbdadm", "new": "/bin/true"},
    }


@pytest.mark.parametrize(
    ("changed", "why", "said"),
    [
        ({"in_use": True}, "", "DRBD devices are in use"),
        ({"in_use": {"unknown": "no refcnt"}}, "", "no refcnt"),
        ({}, "3 guests run", "3 guests run"),
    ],
)
def test_a_reload_that_is_not_safe_is_pending(changed, why, said):
    found = drbd.diff_loaded(facts(parameters=DEFAULTS, **changed), OPTIONS, why=why)
    assert all(said in entry["pending"] for entry in found.values())
    assert all("muster_consent" in entry["pending"] for entry in found.values())


def test_what_the_running_module_lets_change_needs_no_reload():
    found = drbd.diff_loaded(
        facts(parameters=DEFAULTS, in_use=True), OPTIONS, writable=["usermode_helper"], why="x"
    )
    assert "pending" in found["running.minor_count"]
    assert "pending" not in found["running.usermode_helper"]


@pytest.mark.parametrize("value", [{}, {"minor_count": {"unknown": "EACCES"}}])
def test_a_parameter_that_is_not_to_be_seen_differs(value):
    found = drbd.diff_loaded(facts(parameters=value), {"minor_count": "128"})
    assert set(found) == {"running.minor_count"}


def test_unskipped_resources():
    found = drbd.diff_loaded(facts(resources=[RESOURCE]), OPTIONS)
    assert found == {"resources": {"old": ["r0 (/etc/drbd.conf)"], "new": "each resource skipped"}}
    skipped = {**RESOURCE, "skip": True}
    assert drbd.diff_loaded(facts(resources=[skipped]), OPTIONS) == {}


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"in_use": True}, ""), ({"in_use": {"unknown": "?"}}, ""), ({}, "ganeti cluster demo")],
)
def test_resources_of_a_node_in_use_are_left(changed, why):
    found = drbd.diff_loaded(facts(resources=[RESOURCE], **changed), OPTIONS, why=why)
    assert "drbdadm down" in found["resources"]["pending"]
    image = drbd.diff_loaded(facts(resources=[RESOURCE], **changed), OPTIONS, live=False, why=why)
    assert "pending" not in image["resources"]


def test_what_runs_in_an_image_is_nobodys():
    assert drbd.diff_loaded(facts(loaded={"unknown": "x"}), OPTIONS, live=False) == {}


def test_rivals_are_foreign_lines_with_another_value():
    rival = {"option": "minor_count", "value": "32", "file": "/etc/modprobe.d/z.conf", "line": 3}
    same = {**rival, "value": "128"}
    other = {**rival, "option": "disable_sendpage"}
    own = {**rival, "file": drbd.OPTIONS}
    assert drbd.rivals(facts(options=[rival, same, other, own]), OPTIONS) == [rival]


def test_the_own_file_is_read_back():
    text = drbd.options_text(OPTIONS)
    found = {e["option"]: e["value"] for e in _modprobe.parse_options(text, "drbd", "f")}
    assert found == OPTIONS


@pytest.mark.parametrize(
    ("text", "lines", "wanted"),
    [
        (
            "options drbd minor_count=32\n",
            [1],
            "# muster commented this out: options drbd minor_count=32\n",
        ),
        (
            "# x\noptions drbd minor-count=32 a=1\nblacklist y\n",
            [2, 2],
            "# x\n# muster commented this out: options drbd minor-count=32 a=1\n"
            "options drbd a=1\nblacklist y\n",
        ),
        (
            "options drbd \\\n minor_count=32 \\\n a=1\nend",
            [1],
            "# muster commented this out: options drbd \n"
            "# muster commented this out: minor_count=32 \n"
            "# muster commented this out: a=1\noptions drbd a=1\nend",
        ),
    ],
)
def test_taking_options_out_of_foreign_files(text, lines, wanted):
    assert drbd.without_options(text, lines, ["minor_count"]) == wanted


PIECES = st.lists(
    st.sampled_from(
        ["options drbd minor_count=32", "options drbd a=1 minor_count=4", "options drbd \\"]
        + [" minor_count=7", "# options drbd minor_count=1", "options kvm nested=1", ""]
        + ['options drbd b="x y" minor_count=9', "options drbd minor-count=3 \\", "blacklist z"]
    )
)


@given(PIECES)
def test_taking_options_out_leaves_the_others_in_force(pieces):
    text = "\n".join(pieces)
    before = _modprobe.parse_options(text, "drbd", "f")
    lines = [each["line"] for each in before if each["option"] == "minor_count"]
    new = drbd.without_options(text, lines, ["minor_count"])
    after = [(e["option"], e["value"]) for e in _modprobe.parse_options(new, "drbd", "f")]
    assert after == [(e["option"], e["value"]) for e in before if e["option"] != "minor_count"]
    assert _modprobe.parse_options(new, "kvm", "f") == [] or "options kvm" in text


RESOURCES = """\
# resource r9 {
global { usage-count no; }
common { protocol C; }
resource r0 { on alice { device /dev/drbd0; } }
resource "r 1" {
  startup { wfc-timeout 1; }
}
skip resource r2 { }
resource
  r3 { }
resource r4 { } resource r5 { }
"""


def test_skip():
    before, _ = _drbdconf.parse(RESOURCES)
    new = drbd.skip(RESOURCES, [each for each in before if not each["skip"]])
    after, _ = _drbdconf.parse(new)
    assert [each for each in after if not each["skip"]] == []
    for name in ("r0", "r 1", "r3", "r4", "r5"):
        assert f'skip "resource {name}" {{' in new
    assert "skip resource r2 { }\n" in new
    assert "# resource r9 {\n" in new
    assert new.count("skip") == 6
    assert new.count("\n") == RESOURCES.count("\n") - 1, "only r3's line end is inside the words"
    assert "wfc-timeout 1" in new


@given(
    st.lists(st.sampled_from(["resource a { }", 'resource "b c" {', "}", "skip resource d { }"]))
)
def test_skip_leaves_no_resource(pieces):
    text = "\n".join(pieces)
    found, _ = _drbdconf.parse(text)
    new = drbd.skip(text, [each for each in found if not each["skip"]])
    after, _ = _drbdconf.parse(new)
    assert all(each["skip"] for each in after)
    assert drbd.skip(new, [each for each in after if not each["skip"]]) == new


@pytest.mark.parametrize("count", ["1", "128", "255"])
def test_the_bounds_of_minor_count(count):
    drbd.check({"minor_count": count})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "no mapping"),
        (None, "no mapping"),
        ("minor_count=128", "no mapping"),
        ({"minor_count": "0"}, "from 1 to 255"),
        ({"minor_count": "256"}, "from 1 to 255"),
        ({"minor_count": "0x10"}, "from 1 to 255"),
        ({"minor_count": 128}, "no text"),
        ({"minor_count": "1\n2"}, "no text"),
        ({"usermode_helper": "/bin/true; reboot"}, "no text"),
        ({"usermode_helper": "/bin/../sbin/x"}, "'..'"),
        ({"usermode_helper": ""}, "no text"),
        ({"a b": "1"}, "no name of a module option"),
        ({"a\n": "1"}, "no name of a module option"),
        ({1: "1"}, "no name of a module option"),
    ],
)
def test_bad_options(options, said):
    with pytest.raises(InvalidArgument, match="muster_drbd: ") as found:
        drbd.check(options)
    assert said in str(found.value)
