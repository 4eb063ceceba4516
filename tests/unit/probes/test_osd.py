"""ceph.conf's syntax is written from Ceph's documentation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import osd
from saltext.muster.probes.source import Absent, unknown

OSDS = {"/var/lib/ceph/osd/ceph-12/": "", "/var/lib/ceph/osd/ceph-2/": ""}
CONF = "/etc/ceph/ceph.conf"


def test_what_the_file_says(host):
    text = "[osd]\nosd memory target = 4G ; much\n[osd.12]\nosd_memory_target = 939524096\n"
    found = osd.read(host({**OSDS, CONF: text}))
    assert found == {
        "osds": [2, 12],
        "targets": {
            "2": {"bytes": 4 << 30, "from": f"{CONF} [osd]"},
            "12": {"bytes": 939524096, "from": f"{CONF} [osd.12]"},
        },
    }


def test_the_first_osd_is_asked_where_the_file_says_nothing(host):
    asked = []

    def run(argv):
        asked.append(argv)
        return '{"osd_memory_target": "1073741824"}'

    found = osd.read(host(OSDS, run=run))["targets"]
    assert found == {key: {"bytes": 1 << 30, "from": "asked osd.2"} for key in ("2", "12")}
    assert asked == [["ceph", "daemon", "osd.2", "config", "get", "osd_memory_target"]]


def test_what_fails_is_unknown(host):
    def run(argv):
        raise Absent("ceph is not installed")

    assert unknown(osd.read(host())["osds"])
    assert unknown(osd.read(host(OSDS, run=run))["targets"]["2"])
    assert unknown(osd.read(host({CONF: "osd_memory_target = x"}))["targets"]["12"])
    assert unknown(osd.read(host({CONF: ""}, run=lambda argv: "{"))["targets"]["2"])


def test_other_names_are_no_osds(host):
    files = {"/var/lib/ceph/osd/ceph-x/": "", "/var/lib/ceph/osd/README": ""}
    assert osd.read(host(files)) == {"osds": [], "targets": {}}


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("939524096", 939524096),
        ("896M", 939524096),
        ("4_G", 4 << 30),
        ("1Gi", 1 << 30),
        ("2 GiB", 2 << 30),
        ("1k", 1024),
        ("7B", 7),
        ("", None),
        ("-1", None),
        ("1.5G", None),
        ("4X", None),
        ("9" * 30, None),
    ],
)
def test_sizes(text, size):
    assert osd.parse_size(text) == size


@given(st.text() | st.text(alphabet="[]=#;osd_ 1G\n"))
def test_no_text_makes_a_parser_raise(text):
    osd.parse_conf(text)
    osd.parse_size(text)
    osd.parse_asked(text)


def test_deep_json_is_no_answer():
    assert osd.parse_asked("[" * 100000) is None
