from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import pools
from saltext.muster.components.pools import Pool
from saltext.muster.errors import InvalidArgument, Refused
from saltext.muster.probes import pools as probe

IMAGES = "/var/lib/libvirt/images"
DEFAULT = {"name": "default", "type": "dir", "path": IMAGES}


def here(kind="dir", path=IMAGES, source="", active=True, autostart=True):
    found = {"type": kind, "path": path, "source": source}
    return {**found, "active": active, "autostart": autostart}


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ({}, {"defined"}),
        ({"default": here()}, set()),
        ({"default": here(path=f"/{IMAGES}//")}, set()),
        ({"default": here(active=False)}, {"started"}),
        ({"default": here(active=False, autostart=False)}, {"started", "autostart"}),
        ({"other": here(path="/srv", active=False, autostart=False)}, {"defined"}),
    ],
)
def test_what_differs(there, wanted):
    found = pools.diff(there, pools.wanted([DEFAULT]))
    assert set(found) == wanted
    assert all("default" in entry["new"] for entry in found.values())


@pytest.mark.parametrize("seen", [here(path="/srv"), here(kind="fs"), here("logical", "/dev/vg")])
def test_another_pool_of_the_name_is_named_with_both(seen):
    (told,) = pools.clashes({"default": seen}, pools.wanted([DEFAULT]))
    assert f"default (dir {IMAGES})" in told
    assert f"default ({seen['type']} {seen['path']})" in told
    assert "virsh pool-undefine default" in told


def test_a_folder_that_another_pool_has_is_named():
    (told,) = pools.clashes({"images": here()}, pools.wanted([DEFAULT]))
    assert f"images (dir {IMAGES}) already" in told


def test_a_foreign_pool_is_nobodys():
    there = {"default": here(), "mine": here(path="/srv/mine")}
    assert pools.clashes(there, pools.wanted([DEFAULT])) == []
    assert pools.diff(there, pools.wanted([DEFAULT])) == {}


def test_what_is_not_declared_may_be_anything():
    volumes = pools.wanted([{"name": "vols", "type": "lvm"}])
    assert pools.clashes({"vols": here("logical", "/dev/vg1", "vg1")}, volumes) == []


@pytest.mark.parametrize(
    ("declared", "seen", "same"),
    [
        ("192.0.2.9:/pool", "192.0.2.9:/pool", True),
        ("[2001:db8::9]:/pool", "2001:db8::9:/pool", True),
        ("192.0.2.9:/pool", "192.0.2.8:/pool", False),
    ],
)
def test_an_export_is_told_from_another(declared, seen, same):
    wanted = [{"name": "nfs", "type": "nfs", "path": "/srv/nfs", "source": declared}]
    found = pools.clashes({"nfs": here("netfs", "/srv/nfs", seen)}, pools.wanted(wanted))
    assert (found == []) is same


NAMES = st.from_regex(pools._NAME, fullmatch=True)
FOLDERS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).map(lambda t: f"/{t}")


@given(NAMES, FOLDERS.filter(pools._is_folder))
def test_a_definition_says_what_was_declared_whatever_its_characters(name, path):
    (pool,) = pools.wanted([{"name": name, "type": "dir", "path": path}])
    root = ElementTree.fromstring(pools.definition(pool))
    assert (root.tag, root.get("type")) == ("pool", "dir")
    assert (root.findtext("name"), root.findtext("target/path")) == (name, pool.path)
    assert len(list(root.iter())) == 4


@given(NAMES, FOLDERS.filter(pools._is_folder).filter(lambda path: path == path.strip()))
def test_a_definition_is_read_back_as_the_same_pool(name, path):
    (pool,) = pools.wanted([{"name": name, "type": "dir", "path": path}])
    seen = probe.parse(pools.definition(pool))
    assert seen is not None
    there = {name: {**seen, "active": True, "autostart": True}}
    assert pools.clashes(there, [pool]) == []
    assert pools.diff(there, [pool]) == {}


@pytest.mark.parametrize(
    ("pool", "wanted"),
    [
        (Pool("n", "netfs", "/m", "192.0.2.9:/x"), "<host name='192.0.2.9'/><dir path='/x'/>"),
        (Pool("n", "netfs", "/m", "[2001:db8::9]:/x"), "<host name='2001:db8::9'/>"),
        (Pool("vols", "logical"), "<source><name>vols</name></source>"),
        (Pool("vols", "logical", "", "vg0"), "<source><name>vg0</name></source>"),
        (Pool("tank", "zfs", "", "tank/vms"), "<source><name>tank/vms</name></source>"),
    ],
)
def test_sources(pool, wanted):
    assert wanted in pools.definition(pool)


@pytest.mark.parametrize(
    ("pool", "missing"),
    [
        (Pool("a", "dir"), "needs path"),
        (Pool("a", "netfs"), "needs path and source"),
        (Pool("a", "netfs", "/srv"), "needs source"),
        (Pool("a", "rbd"), "no pool of type rbd"),
        (Pool("a", "iscsi", "/dev"), "virsh pool-define"),
    ],
)
def test_what_is_missing_is_said(pool, missing):
    with pytest.raises(Refused, match=missing):
        pools.definition(pool)


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "default",
        [3],
        [{}],
        [{"name": "-x", "type": "dir", "path": "/x"}],
        [{"name": "a b", "type": "dir", "path": "/x"}],
        [{"name": "a", "type": "dir'", "path": "/x"}],
        [{"name": "a", "type": "dir", "path": "x"}],
        [{"name": "a", "type": "dir", "path": "/x/../y"}],
        [{"name": "a", "type": "dir", "path": "/x\n"}],
        [{"name": "a", "type": "dir", "path": 3}],
        [{"name": "a", "type": "logical", "source": "vg;x"}],
        [{"name": "a", "type": "netfs", "source": "/x"}],
        [{"name": "a", "type": "netfs", "source": "-o:/x"}],
        [DEFAULT, DEFAULT],
    ],
)
def test_what_is_no_pool_is_refused(wanted):
    with pytest.raises(InvalidArgument, match="muster_pools: pools"):
        pools.wanted(wanted)


@given(st.text())
def test_no_name_looks_like_an_option(name):
    try:
        (pool,) = pools.wanted([{"name": name, "type": "dir", "path": "/x"}])
    except InvalidArgument:
        return
    assert not pool.name.startswith("-")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("virsh list : Timed out after 20 seconds", "did not answer within 20 s"),
        ("error: failed to connect to the hypervisor\nerror: no socket", "does not run"),
        ("error: Failed to start pool a\nerror: no mount", "Failed to start pool a error: no"),
    ],
)
def test_what_virsh_says_is_told_with_a_remedy(said, told):
    found = pools.fault(said, 20)
    assert told in found
    assert "then run again" in found
    assert "\n" not in found


def test_what_was_noted_is_checked_and_deepest_first():
    noted = {"folder /srv": "absent", "folder /srv/a b": "absent", "pool a": "absent"}
    pools.check_noted(noted)
    assert pools.noted_folders(noted) == ["/srv/a b", "/srv"]


@pytest.mark.parametrize(
    "noted",
    [None, {"x": ""}, {"pool ../x": ""}, {"folder x": ""}, {"folder /": ""}, {"folder /a/..": ""}],
)
def test_what_muster_never_noted_is_refused(noted):
    with pytest.raises(InvalidArgument, match="noted"):
        pools.check_noted(noted)


def test_parents_of_a_folder():
    assert pools.parents("/srv//a/b/") == ["/srv/a/b", "/srv/a", "/srv"]
