"""What a plan says of Xen is proved on the node before any of it reaches a file."""

from __future__ import annotations

import pytest

from saltext.muster.components.xen import wanted as wants
from saltext.muster.errors import InvalidArgument

MIGRATION = {
    "port": 8002,
    "hosts": r"^192\.168\.3\.[0-9]+$",
    "network": "192.168.3.0/24",
    "address": "192.168.3.11",
}
WANTED = {
    "memory": "1024M",
    "cpus": 1,
    "migration": MIGRATION,
    "consoles": False,
    "routed": False,
    "kernel": "vmlinuz-3-xenU",
    "initrd": "initrd-3-xenU",
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"memory": "", "cpus": 0, "migration": None, "consoles": True, "initrd": ""},
        {"memory": "2G", "kernel": "vmlinuz-2.6-xenU"},
    ],
)
def test_a_plan_s_words(changes):
    wants.check({**WANTED, **changes})


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"memory": "1024M quiet"}, "no size"),
        ({"memory": 1024}, "no size"),
        ({"cpus": True}, "cpus: True"),
        ({"cpus": -1}, "cpus: -1"),
        ({"consoles": "yes"}, "neither true nor false"),
        ({"kernel": "../etc/shadow"}, "no name"),
        ({"initrd": "initrd-3-xenU\n"}, "no name"),
        ({"migration": {"port": 8002}}, "no mapping"),
        ({"migration": {**MIGRATION, "port": 0}}, "migration.port"),
        ({"migration": {**MIGRATION, "network": "fd00::/64"}}, "none of IPv4"),
        ({"migration": {**MIGRATION, "hosts": "^a$')(vncpasswd '"}}, "no expression"),
        ({"migration": {**MIGRATION, "hosts": r"^192\.168\..*$"}}, "not proved"),
        ({"migration": {**MIGRATION, "hosts": r"^192\.168\.3\.12$"}}, "does not match"),
        ({"migration": {**MIGRATION, "hosts": "(" * 50}}, "not proved"),
        ({"extra": 1}, "no mapping"),
    ],
)
def test_anything_else_is_refused(changes, seen):
    with pytest.raises(InvalidArgument, match="muster_xen") as caught:
        wants.check({**WANTED, **changes})
    assert seen in str(caught.value)


@pytest.mark.parametrize("wanted", [None, [], {}, "x"])
def test_no_plan_is_refused(wanted):
    with pytest.raises(InvalidArgument, match="no mapping of consoles"):
        wants.check(wanted)
