"""What zpool prints is written from its manual page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import zfs
from saltext.muster.probes.source import Absent, unknown

LISTED = "tank\t1000\t400\tONLINE\nold\t-\t-\tFAULTED\n"


def absent(argv):
    raise Absent("zpool is not installed")


def test_imported_pools(host):
    found = zfs.read(host({"/sys/module/zfs/version": "2.1.11-1\n"}, run=lambda argv: LISTED))
    assert found == {
        "loaded": True,
        "available": True,
        "version": "2.1.11-1",
        "pools": {
            "tank": {"size": 1000, "free": 400, "health": "ONLINE"},
            "old": {"size": None, "free": None, "health": "FAULTED"},
        },
    }


def test_without_the_module_there_is_no_pool_and_nothing_is_run(host):
    files = {
        "/sys/module/loop/": "",
        "/proc/sys/kernel/osrelease": "6.1.0\n",
        "/lib/modules/6.1.0/modules.dep": "extra/zfs.ko.xz: extra/spl.ko.xz\n",
    }
    found = zfs.read(host(files))
    assert (found["loaded"], found["available"], found["pools"]) == (False, True, {})
    assert unknown(found["version"])


def test_what_fails_is_unknown(host):
    found = zfs.read(host())
    assert unknown(found["loaded"]) and unknown(found["pools"]) and unknown(found["available"])
    assert unknown(zfs.read(host({"/sys/module/zfs/": ""}, run=absent))["pools"])
    assert unknown(zfs.read(host(run=lambda argv: "tank 1 2 3\n"))["pools"])


@given(st.text() | st.text(alphabet="a1\t\n-"))
def test_no_text_makes_the_parser_raise(text):
    zfs.parse_pools(text)
