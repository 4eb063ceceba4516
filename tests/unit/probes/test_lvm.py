"""lvm.conf's samples are those of Ganeti's tutorial; the rest is written from documentation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _lvmconf, lvm
from saltext.muster.probes.source import Absent, Unreadable, unknown

SAMPLE = """
# This is an example configuration file.
config { checks = 1 }
devices {
    dir = "/dev"
    scan = [ "/dev" ]
    # filter = [ "a|.*/|" ]
    filter = ["r|/dev/cdrom|",
          "r|/dev/drbd[0-9]+|" ]    # not DRBD
    preferred_names = [ ]
    types = [ "fd", 16 ]
}
log { verbose=0 }
"""


def test_groups_and_filters(host):
    def run(argv):
        assert argv[0] == "vgs"
        return "  xenvg|21474836480|1024|2|3\n  system|99|0|1|1\n"

    found = lvm.read(host({"/etc/lvm/lvm.conf": SAMPLE}, run=run))
    assert found == {
        "installed": True,
        "groups": {
            "xenvg": {"size": 21474836480, "free": 1024, "pvs": 2, "lvs": 3},
            "system": {"size": 99, "free": 0, "pvs": 1, "lvs": 1},
        },
        "filters": {"filter": ["r|/dev/cdrom|", "r|/dev/drbd[0-9]+|"], "global_filter": []},
        "devices_file": {"setting": "", "there": False, "devices": []},
    }


def test_without_lvm_there_is_no_group(host):
    def run(argv):
        raise Absent("vgs is not installed")

    found = lvm.read(host({"/etc/": ""}, run=run))
    assert (found["installed"], found["groups"]) == (False, {})


def test_what_fails_is_unknown(host):
    def run(argv):
        raise Unreadable("vgs: exit status 5")

    found = lvm.read(host({"/etc/lvm/lvm.conf/": ""}, run=run))
    assert found["groups"] == {"unknown": "vgs: exit status 5"}
    assert unknown(found["filters"])
    assert unknown(lvm.read(host(run=lambda argv: "xenvg|a lot|1|2|3"))["groups"])


def test_the_local_file_and_the_devices_file(host):
    files = {
        "/etc/lvm/lvm.conf": SAMPLE + 'devices { devicesfile = "../x/my.devices" }\n',
        "/etc/lvm/lvmlocal.conf": "devices { filter = 'r|.*|'\n use_devicesfile = 1 }\n",
        "/etc/lvm/devices/my.devices": "# DEVNAME=/dev/no\nVERSION=1\n"
        "IDTYPE=sys_wwid IDNAME=x DEVNAME=/dev/sda2 PVID=y PART=2\n",
    }
    found = lvm.read(host(files))
    assert found["filters"]["filter"] == ["r|.*|"]
    assert found["devices_file"] == {"setting": "1", "there": True, "devices": ["/dev/sda2"]}


def test_too_many_patterns_are_unknown(host):
    text = "devices { filter = [" + '"r|x|",' * 201 + "] }"
    assert unknown(lvm.read(host({"/etc/lvm/lvm.conf": text}))["filters"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("a = 1", {"a": ["1"]}),
        ("a/b = 1", {"a/b": ["1"]}),
        ("a { b { c = 'x' } d = 2 }", {"a/b/c": ["x"], "a/d": ["2"]}),
        ('a = "q\\"\\\\q"', {"a": ['q"\\q']}),
        ("a = [1, 2\n,3]\nb = 4", {"a": ["1", "2", "3"], "b": ["4"]}),
        ("a = [] b = 1", {"a": [], "b": ["1"]}),
        ("a = 1 # b = 2\n", {"a": ["1"]}),
        ("a = 1\na = 2", {"a": ["2"]}),
        ('a = "open\nb = 2', {"a": ["open"], "b": ["2"]}),
        ("} } a = 1", {"a": ["1"]}),
    ],
)
def test_syntax(text, found):
    assert _lvmconf.parse(text) == found


@given(st.text() | st.text(alphabet="{}[]=,\"'#\\ \nab"))
def test_no_text_makes_a_parser_raise(text):
    assert isinstance(_lvmconf.parse(text), dict)
    assert isinstance(_lvmconf.parse_devices(text), list)
    lvm.parse_groups(text)
