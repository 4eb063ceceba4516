"""Pools' files are as libvirt writes them; what df prints is POSIX's format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _tags, pools
from saltext.muster.probes.source import Unreadable, unknown

IMAGES = """<!--
WARNING: THIS IS AN AUTO-GENERATED FILE: <pool type='no'>
-->

<pool type='dir'>
  <name>images</name>
  <uuid>00000000-0000-4000-8000-000000000001</uuid>
  <source>
  </source>
  <target>
    <path>/srv/a &amp; b</path>
    <permissions><mode>0711</mode></permissions>
  </target>
</pool>
"""
VOLUMES = """<pool type="logical"><name>vols</name><source><device path='/dev/sdb'/>
<name>vg0</name><format type='lvm2'/></source><target><path>/dev/vg0</path></target></pool>"""
DF = """Filesystem     1-blocks      Used Available Capacity Mounted on
/dev/my disk  100000000  60000000  30000000      67% /srv/a & b
"""
FOLDER, STATE = "/etc/libvirt/storage", "/run/libvirt/storage"


def test_defined_and_started_pools(host):
    def run(argv):
        assert argv == ["df", "-P", "-B1", "/srv/a & b"]
        return DF

    files = {
        f"{FOLDER}/images.xml": IMAGES,
        f"{FOLDER}/vols.xml": VOLUMES,
        f"{STATE}/images.xml": f"<poolstate>{IMAGES}</poolstate>",
        f"{STATE}/made.xml": "<poolstate><pool type='rbd'><name>made</name></pool></poolstate>",
    }
    links = {f"{FOLDER}/autostart/images.xml": f"{FOLDER}/images.xml"}
    assert pools.read(host(files, links, run)) == {
        "pools": {
            "images": {
                "type": "dir",
                "path": "/srv/a & b",
                "source": "",
                "autostart": True,
                "active": True,
                "space": {"used": 60000000, "free": 30000000},
            },
            "vols": {
                "type": "logical",
                "path": "/dev/vg0",
                "source": "vg0",
                "autostart": False,
                "active": False,
                "space": None,
            },
            "made": {
                "type": "rbd",
                "path": "",
                "source": "",
                "autostart": False,
                "active": True,
                "space": None,
            },
        }
    }


NETFS = """<pool type='netfs'><name>far</name><source><host name='192.0.2.9'/>
<dir path='/exp/a'/><format type='auto'/></source><target><path>/mnt/far</path></target></pool>"""


def test_the_export_of_another_host_is_its_source():
    found = {"name": "far", "type": "netfs", "path": "/mnt/far", "source": "192.0.2.9:/exp/a"}
    assert pools.parse(NETFS) == found
    assert pools.parse(NETFS.replace("<host name='192.0.2.9'/>", ""))["source"] == ""


def test_without_libvirt_there_are_none(host):
    assert pools.read(host({"/etc/": ""})) == {"pools": {}}


def test_an_odd_pool_or_an_empty_root_is_unknown(host):
    assert unknown(pools.read(host())["pools"])
    assert unknown(pools.read(host({f"{FOLDER}/a.xml": "<network/>"}))["pools"])
    assert unknown(pools.read(host({f"{FOLDER}/a.xml": "x" * 70000}))["pools"])


def test_too_many_pools_are_unknown(host):
    files = {
        f"{FOLDER}/{number}.xml": f"<pool type='rbd'><name>{number}</name></pool>"
        for number in range(41)
    }
    assert unknown(pools.read(host(files))["pools"])


def test_space_and_activity_that_cannot_be_seen(host):
    def run(argv):
        raise Unreadable("df: No such file or directory")

    found = pools.read(host({f"{FOLDER}/images.xml": IMAGES}, run=run))["pools"]["images"]
    assert unknown(found["space"]) and unknown(found["active"])
    relative = IMAGES.replace("/srv", "--help")
    found = pools.read(host({f"{FOLDER}/images.xml": relative}, run=run))["pools"]["images"]
    assert "no absolute" in found["space"]["unknown"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("<a/>", [("a", {}, "")]),
        (
            "<a b='1' c=\"&lt;2\">x<d>y</d>z</a>",
            [("a", {"b": "1", "c": "<2"}, "x"), ("a/d", {}, "y")],
        ),
        ("<?xml v?><a><!-- <b> -->t</a>", [("a", {}, "t")]),
        ("<a>&#65;&#x42;&amp;&nope;&#xffffffff;</a>", [("a", {}, "AB&&nope;&#xffffffff;")]),
        ("</a></a><b>", [("b", {}, "")]),
        ("<a <b>", [("b", {}, "")]),
    ],
)  # fmt: skip
def test_tags(text, found):
    assert _tags.parse(text) == found


@given(st.text() | st.text(alphabet="<>/!-?ab ='\"&#;\n") | st.just("<!--" * 9000))
def test_no_text_makes_a_parser_raise(text):
    _tags.parse(text)
    pools.parse(text)
    pools.parse_df(text)
