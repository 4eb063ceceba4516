"""The filter in LVM's configuration: DRBD is rejected first, and all else keeps its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.catalogue.predicates import storage
from saltext.muster.components.lvm import filters
from saltext.muster.errors import Refused
from saltext.muster.probes import _lvmconf

QUOTED = f'"{filters.REJECT}"'

#: Pieces of configurations, as people and distributions write them.
VALUES = st.sampled_from(
    [
        '"a|.*|"',
        "'r|x|'",
        '[ "a|.*|" ]',
        '["r|/dev/sr0|","a|.*|",]',
        "[\n\t# why\n\t'a|sd|' ]",
        "[]",
    ]
)
LINES = st.one_of(
    st.builds("global_filter = {}".format, VALUES),
    st.builds("filter={}".format, VALUES),
    st.sampled_from(
        [
            "# global_filter = [ 'a|.*|' ]",
            "# a brace { in a comment",
            'dir = "/dev" # }',
            "",
            "x = 1",
        ]
    ),
)
SECTIONS = st.builds(
    lambda name, lines: "\n".join([f"{name} {{", *lines, "}"]),
    st.sampled_from(["devices", "config", "log"]),
    st.lists(LINES, max_size=4),
)
TEXTS = st.lists(
    st.one_of(SECTIONS, st.builds("devices/global_filter = {}".format, VALUES)), max_size=4
).map("\n".join)


def scanned(text):
    values = _lvmconf.parse(text)
    return storage.first_scanned(
        {name: values.get(f"devices/{name}", []) for name in ("filter", "global_filter")}
    )


@given(TEXTS)
def test_drbd_is_left_out_and_every_other_setting_stays(text):
    new = filters.rejecting(text)
    assert scanned(new) == ""
    old = _lvmconf.parse(text)
    key = "devices/global_filter"
    assert _lvmconf.parse(new) == {**old, key: [filters.REJECT, *old.get(key, [])]}


@given(TEXTS)
def test_foreign_bytes_are_kept_in_their_order(text):
    """Nothing goes, but blanks within empty brackets: what is new is in between."""
    rest = iter(filters.rejecting(text))
    assert all(char in rest for char in text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", f"# Written by muster.\ndevices {{\n\tglobal_filter = [ {QUOTED} ]\n}}\n"),
        ("a { }", f"a {{ }}\ndevices {{\n\tglobal_filter = [ {QUOTED} ]\n}}\n"),
        ("devices { }", f"devices {{\n\tglobal_filter = [ {QUOTED} ]\n }}"),
        (
            "devices {\n # global_filter = []\n x=1\n}",
            f"devices {{\n # global_filter = []\n\tglobal_filter = [ {QUOTED} ]\n x=1\n}}",
        ),
        ('devices { global_filter="a|.*|" }', f'devices {{ global_filter=[ {QUOTED}, "a|.*|" ] }}'),
        ('devices/global_filter = [ "a|x|" ]\n', f'devices/global_filter = [ {QUOTED}, "a|x|" ]\n'),
    ],
)
def test_where_it_is_written(old, new):
    assert filters.rejecting(old) == new


def test_the_value_that_wins_is_the_one_that_is_changed():
    text = 'devices { global_filter=["a|1|"] }\ndevices { global_filter=["a|2|"] }'
    assert filters.rejecting(text) == text.replace('["a|2', f'[{QUOTED}, "a|2')


def test_a_file_that_is_cut_off_is_refused():
    with pytest.raises(Refused, match="by hand"):
        filters.rejecting("devices {\n global_filter = [ 'a|x|'")


def test_links_to_drbd_s_devices_are_rejected_too():
    """LVM takes a device when any of its names is accepted, by what comes first for that name."""
    rule = storage.Pattern(filters.REJECT[2:-1], anywhere=True)
    for name in ("/dev/drbd0", "/dev/drbd127", "/dev/drbd/by-res/r0/0", "/dev/drbd/by-disk/x/y"):
        assert rule.matches(name)
    assert not rule.matches("/dev/sda")
