"""The main job on real nodes: what `make demo` promises, seen from inside each node."""

from __future__ import annotations

import json

import pytest

GANETI = ("node1", "node2", "node3")
NODES = (*GANETI, "rav1")
ADDRESSES = {"node1": "10.77.0.11", "node2": "10.77.0.12", "node3": "10.77.0.13"}


def out(lab, node, *argv):
    done = lab.exec(node, *argv)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("node", NODES)
def test_hostname_prints_the_fqdn(lab, node):
    assert out(lab, node, "hostname") == f"{node}.example.com"
    assert out(lab, node, "cat", "/etc/hostname") == f"{node}.example.com"


@pytest.mark.parametrize("node", GANETI)
def test_every_node_knows_every_node_and_no_loopback_names_one(lab, node):
    for other, address in ADDRESSES.items():
        found = out(lab, node, "getent", "hosts", f"{other}.example.com")
        assert found.split() == [address, f"{other}.example.com", other]
    assert "127.0.1.1" not in out(lab, node, "cat", "/etc/hosts")


@pytest.mark.parametrize("node", GANETI)
def test_the_time_source_is_the_labs(lab, node):
    tracking = out(lab, node, "chronyc", "-c", "tracking").split(",")
    assert tracking[1] == "10.77.0.1"
    assert tracking[-1] == "Normal"


@pytest.mark.parametrize("node", GANETI)
def test_drbd_is_configured(lab, node):
    options = out(lab, node, "sh", "-c", "cat /etc/modprobe.d/*.conf")
    assert "options drbd" in options
    assert "minor_count=128" in options
    assert "usermode_helper=/bin/true" in options
    assert "drbd" in out(lab, node, "sh", "-c", "cat /etc/modules-load.d/*.conf").split()


def test_kvm_spice_resolves_on_ravada_only(lab):
    assert out(lab, "rav1", "readlink", "-e", "/usr/bin/kvm-spice").startswith("/usr/bin/")
    assert lab.exec("node1", "test", "-e", "/usr/bin/kvm-spice").returncode != 0


@pytest.mark.parametrize("node", GANETI)
def test_the_package_really_came_from_the_repository(lab, node):
    assert "install ok installed" in out(lab, node, "dpkg", "-s", "drbd-utils")


@pytest.mark.parametrize("node", NODES)
def test_a_second_apply_changes_nothing(lab, node):
    states = json.loads(out(lab, node, "salt-call", "state.apply", "--out=json"))["local"]
    assert len(states) > 5
    assert {name: state["changes"] for name, state in states.items() if state["changes"]} == {}
    assert all(state["result"] is True for state in states.values())


@pytest.mark.parametrize("node", GANETI)
def test_nothing_is_called_pass_that_was_not_seen(lab, node):
    """A container's kernel has no DRBD: those rows are waived, and say what they are."""
    report = json.loads(out(lab, node, "salt-call", "muster.check", "--out=json"))["local"]
    verdicts = {verdict["id"]: verdict for verdict in report["verdicts"]}
    for id_ in ("GNT-034", "GNT-035", "GNT-038", "GNT-042"):
        assert verdicts[id_]["status"] == "waived"
        assert verdicts[id_]["was"] in ("unknown", "pending", "fail")
        assert verdicts[id_]["waiver"]
    assert report["counts"].get("fail", 0) == report["counts"].get("unknown", 0) == 0


def test_the_runner_shows_one_table_and_exits_0(lab):
    done = lab.salt_run("muster.check")
    assert done.returncode == 0, done.stdout
    for node in NODES:
        assert f"{node}.example.com  cluster" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_broken_node_is_seen_told_and_mended(lab):
    """Break a node by hand; check fails with 2, test mode tells true, apply mends it."""
    lab.exec("node1", "sh", "-c", "echo '127.0.1.1 node1.example.com node1' >> /etc/hosts")
    check = lab.exec("node1", "salt-call", "--retcode-passthrough", "muster.check")
    assert check.returncode == 2
    assert "127.0.1.1 node1.example.com node1" in check.stdout
    assert lab.salt_run("muster.check").returncode == 2
    told = json.loads(out(lab, "node1", "salt-call", "state.apply", "test=True", "--out=json"))
    done = json.loads(out(lab, "node1", "salt-call", "state.apply", "--out=json"))
    changes = [
        {name: state["changes"] for name, state in run["local"].items() if state["changes"]}
        for run in (told, done)
    ]
    assert changes[0] == changes[1]
    assert (
        list(changes[0].values())
        == [{"loopback": {"old": "127.0.1.1 node1.example.com node1", "new": "absent"}}]
        or len(changes[0]) == 1
    )
    assert lab.exec("node1", "salt-call", "--retcode-passthrough", "muster.check").returncode == 0


@pytest.mark.parametrize("flag", [(), ("force=True",)])
def test_a_broken_cluster_file_stops_the_run_and_changes_nothing(lab, flag):
    file = "/etc/muster/clusters/demo.yaml"
    lab.exec("master", "cp", file, "/root/demo.yaml")
    try:
        lab.exec("master", "sed", "-i", "s/^platform: .*/platfrom: ganeti/", file)
        before = out(lab, "node1", "sha256sum", "/etc/hosts", "/etc/hostname")
        done = lab.exec("node1", "salt-call", "state.apply", *flag)
        assert done.returncode != 0
        assert "demo.yaml:" in done.stdout + done.stderr
        assert "muster.validate" in done.stdout + done.stderr
        assert out(lab, "node1", "sha256sum", "/etc/hosts", "/etc/hostname") == before
        shown = lab.salt_run("muster.validate")
        assert shown.returncode == 1
        assert "platfrom" in shown.stdout
        assert "platform" in shown.stdout
    finally:
        lab.exec("master", "cp", "/root/demo.yaml", file)
    assert lab.salt_run("muster.validate").returncode == 0


def test_an_unknown_minion_gets_no_plan_and_no_green(lab):
    file = "/etc/muster/clusters/ravada.yaml"
    lab.exec("master", "mv", file, "/root/ravada.yaml")
    try:
        done = lab.exec("rav1", "salt-call", "state.apply")
        assert done.returncode != 0
        assert "no plan for this minion id" in done.stdout
    finally:
        lab.exec("master", "mv", "/root/ravada.yaml", file)


def test_a_minion_that_runs_another_library_is_not_touched(lab):
    synced = "/var/cache/salt/minion/extmods/utils/saltext/muster/clock.py"
    lab.exec("node2", "sh", "-c", f"echo '# changed' >> {synced}")
    try:
        done = lab.exec("node2", "salt-call", "--retcode-passthrough", "muster.check")
        assert done.returncode == 2
        assert "runs library" in done.stdout
    finally:
        lab.exec("node2", "salt-call", "saltutil.sync_all")
    assert lab.exec("node2", "salt-call", "--retcode-passthrough", "muster.check").returncode == 0


def chrony_state(lab, *arguments):
    states = json.loads(out(lab, "node3", "salt-call", "state.apply", *arguments, "--out=json"))
    return next(s for s in states["local"].values() if s["__id__"].startswith("chrony follows"))


def test_a_live_node_is_disturbed_only_with_consent_for_one_run(lab):
    config = "/etc/chrony/chrony.conf"
    lab.exec("node3", "mkdir", "/var/lib/ganeti")
    lab.put("node3", "/var/lib/ganeti/ssconf_cluster_name", "cluster.example.com\n")
    lab.exec("node3", "sh", "-c", f"echo 'server 10.77.0.99 iburst' >> {config}")
    try:
        state = chrony_state(lab)
        assert (state["result"], state["changes"]) == (True, {})
        assert "pending" in state["warnings"][0]
        assert "ganeti" in state["warnings"][0]
        assert "\nserver 10.77.0.99" in out(lab, "node3", "cat", config)
        state = chrony_state(lab, 'pillar={"muster_consent": true}')
        assert list(state["changes"]) == ["sources"]
        assert "\nserver 10.77.0.99" not in out(lab, "node3", "cat", config)
    finally:
        lab.exec("node3", "rm", "-r", "/var/lib/ganeti")
    assert chrony_state(lab)["changes"] == {}


def test_a_plan_altered_on_the_command_line_is_refused(lab):
    done = lab.exec("node1", "salt-call", "state.apply", 'pillar={"muster": {"waivers": []}}')
    assert done.returncode != 0
    assert "not as the master computed it" in done.stdout


def test_a_minion_gets_its_own_plan_only(lab):
    pillar = out(lab, "rav1", "salt-call", "pillar.items", "unmask=True", "--out=json")
    assert "rav1.example.com" in pillar
    assert "node1" not in pillar
    assert len(json.dumps(json.loads(pillar), separators=(",", ":"))) < 6000


def test_what_the_master_keeps_is_private_but_for_the_shared_list(lab):
    folder = "/var/cache/salt/master/muster"
    modes = out(lab, "master", "find", folder, "-type", "f", "-printf", "%m %P\n").splitlines()
    assert modes
    for mode, path in (line.split() for line in modes):
        assert mode == ("644" if path.startswith("files/muster-shared/hosts-") else "600")


@pytest.mark.parametrize("node", NODES)
def test_the_grains_are_there_and_honest(lab, node):
    grains = json.loads(out(lab, node, "salt-call", "grains.get", "muster", "--out=json"))["local"]
    assert grains["os"]["id"] == "debian"
    assert set(grains) >= {"virtualization", "motherboard", "os"}
