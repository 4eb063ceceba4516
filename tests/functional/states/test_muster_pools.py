"""The state with a virsh that keeps pools in a file: libvirt itself needs a node of its own, so
the real one is asked in tests/acceptance."""

from __future__ import annotations

import json
import sys

import pytest

from saltext.muster import digest, origins, platforms

STATE = "muster_pools.managed"

VIRSH = """#!{python}
import json, os, sys
store = {store!r}
arguments = [a for a in sys.argv[1:] if a not in ("-q", "-c", "qemu:///system", "--pool")]
command, rest = arguments[0], arguments[1:]
pools = json.load(open(store))
def name():
    return next(a for a in rest if not a.startswith("--"))
def pool():
    return pools[name()]
if os.path.exists(store + ".down"):
    sys.exit("error: failed to connect to the hypervisor")
if command == "pool-list":
    for each, found in pools.items():
        wanted = "--all" in rest or found["active"]
        if wanted and ("--autostart" not in rest or found["autostart"]):
            print(each + "   ")
elif command == "pool-dumpxml":
    print(pool()["xml"])
elif command == "pool-define":
    text = open(rest[0]).read()
    pools[text.split("<name>")[1].split("</name>")[0]] = dict(xml=text, active=0, autostart=0)
elif command == "pool-build":
    os.makedirs(pool()["xml"].split("<path>")[1].split("</path>")[0])
elif command in ("pool-start", "pool-destroy"):
    pool()["active"] = int(command == "pool-start")
elif command == "pool-autostart":
    pool()["autostart"] = int("--disable" not in rest)
elif command == "pool-undefine":
    del pools[name()]
elif command == "vol-list":
    folder = pool()["xml"].split("<path>")[1].split("</path>")[0]
    print("\\n".join(" %s %s/%s" % (each, folder, each) for each in os.listdir(folder)))
elif command != "pool-refresh":
    sys.exit("error: unknown command " + command)
json.dump(pools, open(store, "w"))
"""


def sealed(**plan):
    """Return a pillar with a plan as the master seals it."""
    return {"muster": {**plan, "digest": digest.of_plan(plan)}}


class Libvirt:
    """The pools of the virsh above, and what it was asked to make."""

    def __init__(self, folder):
        self.store = folder / "pools.json"
        self.set({})

    def set(self, pools):
        self.store.write_text(json.dumps(pools))

    @property
    def pools(self):
        return json.loads(self.store.read_text())


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """Keep what was there before in the test's folder, not in this machine's own."""
    place = tmp_path / "kept"
    place.mkdir()
    real = origins.kept
    monkeypatch.setattr(origins, "kept", lambda component, root=None: real(component, str(place)))
    return place / "var/lib/muster/origins/pools/journal.json"


@pytest.fixture
def libvirt(tmp_path, monkeypatch, kept):
    found = Libvirt(tmp_path)
    program = tmp_path / "bin" / "virsh"
    program.parent.mkdir()
    program.write_text(VIRSH.format(python=sys.executable, store=str(found.store)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    found.noted = lambda: json.loads(kept.read_text())["noted"]
    return found


@pytest.fixture
def wanted(tmp_path):
    folder = tmp_path / "srv" / "pool"
    return [{"name": "default", "type": "dir", "path": str(folder)}]


def there(path, active=1, autostart=1):
    xml = f"<pool type='dir'><name>default</name><target><path>{path}</path></target></pool>"
    return {"default": {"xml": xml, "active": active, "autostart": autostart}}


def test_an_absent_pool_is_made_with_its_folder(converged, libvirt, wanted, tmp_path, testmode):
    ret = converged(STATE, wanted=wanted, root=None)
    assert set(ret["changes"]) == {"defined"}
    assert testmode is not (tmp_path / "srv/pool").is_dir()
    if not testmode:
        assert (libvirt.pools["default"]["active"], libvirt.pools["default"]["autostart"]) == (1, 1)
        assert f"{tmp_path}/srv/pool is new" in ret["comment"]
        assert libvirt.noted()["pool default"] == "absent"


def test_an_old_folder_is_not_built(converged, libvirt, wanted, tmp_path, testmode):
    old = tmp_path / "srv/pool"
    old.mkdir(parents=True, mode=0o700)
    (old / "disk").write_text("data")
    before = (old.stat().st_mode, old.stat().st_mtime_ns)
    assert "is new" not in converged(STATE, wanted=wanted, root=None)["comment"]
    assert (old.stat().st_mode, old.stat().st_mtime_ns) == before
    assert testmode or f"folder {old}" not in libvirt.noted()


def test_a_stopped_pool_is_started(converged, libvirt, wanted, tmp_path):
    (tmp_path / "srv/pool").mkdir(parents=True)
    libvirt.set(there(wanted[0]["path"], active=0, autostart=0))
    changes = converged(STATE, wanted=wanted, root=None)["changes"]
    assert set(changes) == {"started", "autostart"}


def test_another_pool_of_the_name_is_not_touched(fails, libvirt, wanted):
    libvirt.set(there("/srv/other"))
    told = fails(STATE, wanted=wanted, root=None)
    assert "default (dir /srv/other)" in told
    assert wanted[0]["path"] in told
    assert libvirt.pools == there("/srv/other")


def test_a_stopped_pool_without_its_folder_is_not_made_anew(fails, libvirt, wanted):
    libvirt.set(there(wanted[0]["path"], active=0))
    told = fails(STATE, both=False, wanted=wanted, root=None)
    assert "mount its file system" in told


def test_libvirt_that_does_not_run_is_named(fails, libvirt, wanted):
    libvirt.store.with_name("pools.json.down").touch()
    told = fails(STATE, wanted=wanted, root=None)
    assert "libvirt's daemon does not run" in told
    assert "systemctl start" in told


def test_what_cannot_be_made_is_refused(fails, libvirt):
    told = fails(STATE, both=False, wanted=[{"name": "far", "type": "rbd"}], root=None)
    assert "makes no pool of type rbd" in told


def test_without_virsh_there_is_a_remedy(fails, wanted, monkeypatch, tmp_path, kept):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = fails(STATE, both=False, wanted=wanted, root=None)
    assert "install libvirt's clients" in told
    assert not kept.exists()


def test_an_images_pools_are_read_from_its_files(converged, node, wanted):
    pool = there(wanted[0]["path"])["default"]["xml"]
    node.write("/etc/libvirt/storage/default.xml", pool)
    node.link("/etc/libvirt/storage/autostart/default.xml", "/etc/libvirt/storage/default.xml")
    node.write("/run/libvirt/storage/default.xml", f"<poolstate>{pool}</poolstate>")
    assert converged(STATE, wanted=wanted)["changes"] == {}


def test_no_pool_is_made_in_an_image(fails, wanted):
    assert "only a node's own libvirt" in fails(STATE, both=False, wanted=wanted)


@pytest.mark.parametrize("wanted", [None, [{"name": "-x", "type": "dir", "path": "/x"}]])
def test_what_is_no_pool_is_refused(fails, libvirt, wanted):
    assert "muster_pools: pools" in fails(STATE, wanted=wanted, root=None)


def test_undo_takes_an_empty_pool_away_and_its_folders(minion, libvirt, wanted, tmp_path):
    assert minion.state(STATE, wanted=wanted)["result"]
    notes = minion.call("muster_pools.undo", libvirt.noted())
    assert "the pool default is gone" in notes
    assert libvirt.pools == {}
    assert not (tmp_path / "srv").exists()
    assert minion.call("muster_pools.undo", libvirt.noted()) == []


def test_undo_leaves_a_pool_with_volumes(minion, libvirt, wanted, tmp_path):
    assert minion.state(STATE, wanted=wanted)["result"]
    (tmp_path / "srv/pool/base.qcow2").write_text("data")
    with pytest.raises(Exception, match=r"stays, as it holds base\.qcow2"):
        minion.call("muster_pools.undo", libvirt.noted())
    assert "default" in libvirt.pools
    assert (tmp_path / "srv/pool/base.qcow2").read_text() == "data"


def test_undo_stops_what_was_stopped(minion, libvirt, wanted, tmp_path):
    (tmp_path / "srv/pool").mkdir(parents=True)
    libvirt.set(there(wanted[0]["path"], active=0, autostart=0))
    assert minion.state(STATE, wanted=wanted)["result"]
    minion.call("muster_pools.undo", libvirt.noted())
    assert libvirt.pools == there(wanted[0]["path"], active=0, autostart=0)


WAIVER = {"requirement": "MST-005", "reason": "why", "owner": "me", "expires": "2030-01-01"}


@pytest.mark.parametrize(
    "pillar",
    [
        sealed(
            version=1,
            library=digest.library(str(platforms.load("ravada").__file__)),
            platform="ravada",
            profile={"platform": "ravada", "hypervisor": "kvm", "edition": "current"},
            id="node1.example.com",
            now=1763690000.0,
            components={"pools": {"pools": []}},
            declared={},
            waivers=[WAIVER],
        )
    ],
    ids=["MST-005"],
)
def test_a_waived_pool_may_be_another(minion, libvirt, wanted, testmode):
    libvirt.set(there("/srv/other"))
    ret = minion.state(STATE, test=testmode, wanted=wanted)
    assert (ret["result"], ret["changes"]) == (True, {}), ret
    assert libvirt.pools == there("/srv/other")
