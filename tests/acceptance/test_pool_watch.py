"""A pool that fills: the beacon of a real minion, the bus of a real master, its reactor."""

from __future__ import annotations

import json
import time

import pytest

NODE = "rv1.example.com"
POOL, FOLDER = "small", "/srv/small"


@pytest.fixture(scope="module")
def pool(lab):
    """A small pool of libvirt on the node, which is watched."""
    made = (
        f"mkdir -p {FOLDER} && mount -t tmpfs -o size=64m tmpfs {FOLDER}"
        f" && virsh pool-define-as {POOL} dir --target {FOLDER} && virsh pool-start {POOL}"
    )
    done = lab.exec("rv1", "sh", "-c", made)
    assert done.returncode == 0, done.stderr
    done = lab.salt(NODE, "state.apply", "muster.pool_watch", "sync_mods=all")
    assert done.returncode == 0, done.stdout + done.stderr
    yield FOLDER
    gone = f"virsh pool-destroy {POOL}; virsh pool-undefine {POOL}; umount {FOLDER}"
    assert lab.exec("rv1", "sh", "-c", gone).returncode == 0


def warned(lab, wanted):
    """Wait until the master lists the level ("" = nothing) for the pool; return what it says."""
    for _ in range(60):
        done = lab.salt_run("--out=json", "muster.warnings")
        said = json.loads(done.stdout)
        rows = [row for sheet in said["sheets"] for row in sheet["tables"]["pools"]]
        levels = [row["level"] for row in rows if (row["node"], row["pool"]) == (NODE, POOL)]
        if levels == ([wanted] if wanted else []):
            return done.returncode, said
        time.sleep(3)
    raise AssertionError(f"wanted {wanted!r} of {POOL}, the master says {said}")


def fill(lab, megabytes):
    script = f"rm -f {FOLDER}/x; dd if=/dev/zero of={FOLDER}/x bs=1M count={megabytes} status=none"
    assert lab.exec("rv1", "sh", "-c", script).returncode == 0


def test_a_pool_that_fills_is_warned_about_until_it_has_room_again(lab, pool):
    fill(lab, 55)
    status, said = warned(lab, "warn")
    assert status == 0
    assert "has 14.1 % free" in str(said)
    fill(lab, 62)
    status, said = warned(lab, "fail")
    assert status == 2
    log = lab.exec("master", "cat", "/var/log/salt/master").stdout
    assert f"muster: the pool {POOL} of {NODE} has 14.1 % free" in log
    lab.exec("rv1", "rm", f"{FOLDER}/x")
    warned(lab, "")


def test_an_event_that_names_another_node_changes_nothing(lab, pool):
    """What a minion says of another is not believed: that one is asked itself."""
    forged = {"id": NODE, "pools": {POOL: {"level": "fail", "free": 0.0, "why": ""}}}
    send = "import salt.utils.event, salt.config\n"
    send += "opts = salt.config.master_config('/etc/salt/master')\n"
    send += "bus = salt.utils.event.get_master_event(opts, opts['sock_dir'], listen=False)\n"
    send += f"assert bus.fire_event({forged!r}, 'salt/beacon/{NODE}/muster_pools/')\n"
    python = lab.exec("master", "sh", "-c", "head -1 $(command -v salt-run)").stdout[2:].strip()
    assert lab.exec("master", python, "-c", send).returncode == 0
    done = lab.salt_run("muster.pool_filling", NODE)
    assert done.returncode == 0, done.stdout
    warned(lab, "")


def test_the_name_in_an_event_is_no_more_than_a_name(lab):
    for name in ("../../../etc/passwd", "*", "no.example.com", "{{ 1 }}"):
        done = lab.salt_run("muster.pool_filling", name)
        assert done.returncode == 2
        assert "is left" in done.stdout
