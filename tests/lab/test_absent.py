"""What muster did on fresh nodes is taken back: everything is as it was, byte for byte."""

from __future__ import annotations

import pytest

#: What a plan installs is there before, as packages stay and bring files of their own.
PACKAGES = {"net1": ("socat", "rsync", "drbd-utils"), "rav1": ("nftables", "rsync", "socat")}
INSTALL = "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install"

#: Left out: what Salt itself writes of its own jobs, counters of the kernel, the running command.
#: An address of IPv6 has its routes only when no other host is known to have it.
SEEN = r"""
cd /
for try in $(seq 100); do
    [ -z "$(ip -6 address show tentative)" ] && break
    sleep 0.1
done
shown() { find etc root boot -xdev -path etc/salt/minion.d/_schedule.conf -prune -o "$@"; }
shown -type d -printf '%p %m %U %G\n' | sort
shown -type l -printf '%p %l\n' | sort
shown -type f -printf '%p %m %U %G %T@\n' | sort
shown -type f -print0 | sort -z | xargs -0 sha256sum
stat -c '%n %F %N' usr/bin/kvm-spice 2>&1
hostname
ip -br link; ip -br addr; ip -4 route show table all; ip -6 route show table all
ip rule; ip -6 rule; nft -s list ruleset 2>&1 | sed 's, expires [0-9a-z]*,,'
systemctl list-unit-files --no-legend --plain | grep -v '^run-' | sort
systemctl list-units --no-legend --plain --state=active,failed --type=service,timer,socket |
  awk '!/^(run-|user|muster-trial|systemd-hostnamed)/ {print $1, $2, $3, $4}' | sort
systemctl list-units --all --no-legend --plain 'muster*' | sort
sysctl -a 2>/dev/null | grep '^net\.' | grep -vE 'neigh\.|conntrack|random' | sort
ls -A /var/lib/muster 2>&1
"""
IDENTITY, CLUSTERS = "/var/lib/ganeti", "/etc/muster/clusters"


def out(lab, node, script):
    done = lab.exec(node, "sh", "-c", script)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def seen(lab, node):
    return lab.exec(node, "sh", "-c", SEEN).stdout.splitlines()


def run(lab, node, *arguments):
    """Run state.apply by the master; return the states."""
    (states,) = lab.salt_json("--timeout=120", f"{node}*", "state.apply", *arguments).values()
    assert isinstance(states, dict), states
    return sorted(states.values(), key=lambda state: state["__run_num__"])


def differing(before, after):
    return sorted(set(before) ^ set(after))


def warned(states):
    return [each for state in states for each in state.get("warnings", ())]


@pytest.fixture(scope="module")
def nodes(booted):
    for done in (booted.salt("*", "saltutil.sync_all"), booted.salt_run("saltutil.sync_all")):
        assert done.returncode == 0, done.stdout + done.stderr
    for node, names in PACKAGES.items():
        out(booted, node, f"{INSTALL} {' '.join(names)} >/dev/null")
    return booted


@pytest.fixture
def applied(request, nodes):
    """A node that a plan was applied to, and how it was before."""
    node = request.param
    before = seen(nodes, node)
    states = run(nodes, node)
    assert all(state["result"] for state in states), states
    assert differing(before, seen(nodes, node))
    return node, before


ON = pytest.mark.parametrize("applied", ["net1", "rav1"], indirect=True)


@ON
def test_everything_is_as_it_was(nodes, applied):
    """net1's address went to a bridge and back; rav1 had muster's firewall."""
    node, before = applied
    with_muster = seen(nodes, node)
    would = run(nodes, node, "muster.absent", "test=True")
    assert {state["result"] for state in would} == {None, True}
    assert differing(with_muster, seen(nodes, node)) == []
    states = run(nodes, node, "muster.absent")
    assert all(state["result"] for state in states), states
    assert differing(before, seen(nodes, node)) == []
    again = run(nodes, node, "muster.absent")
    assert [(s["result"], s["changes"]) for s in again] == [(True, {})]


@pytest.mark.parametrize("applied", ["rav1"], indirect=True)
def test_others_lines_consent_and_a_plan_that_is_gone(nodes, applied):
    """One way through all of it: a cluster that runs, a line of its own, no cluster file."""
    node, before = applied
    out(nodes, node, "echo 10.77.0.100 cluster >>/etc/hosts")
    out(nodes, node, f"mkdir {IDENTITY} && echo c.example.com >{IDENTITY}/ssconf_cluster_name")
    out(nodes, "master", f"mv {CLUSTERS} {CLUSTERS}-gone && mkdir {CLUSTERS}")
    try:
        states = run(nodes, node, "muster.absent")
        assert {str(state["changes"]) for state in states} == {"{}"}
        assert all("c.example.com" in each or "another hand" in each for each in warned(states))
        states = run(nodes, node, "muster.absent", 'pillar={"muster_consent": true}')
        assert all(state["result"] for state in states), states
        (warning,) = warned(states)
        assert "/etc/hosts has been changed by another hand" in warning
        assert "/var/lib/muster/origins/hosts/old/1 is what it was" in warning
    finally:
        out(nodes, node, f"rm -r {IDENTITY}")
        out(nodes, "master", f"rmdir {CLUSTERS} && mv {CLUSTERS}-gone {CLUSTERS}")
    out(nodes, node, "cp --preserve=all /var/lib/muster/origins/hosts/old/1 /etc/hosts")
    run(nodes, node, "muster.absent")
    assert differing(before, seen(nodes, node)) == []


#: As if the old network did not lead to the master any more.
CUT = """
import glob, json
(path,) = glob.glob("/var/lib/muster/origins/kept-trials/*-network/trial.json")
plan = json.load(open(path))
cut = {"argv": ["ip", "route", "add", "blackhole", "10.77.0.1"], "may_fail": False, "seconds": 9}
plan["undo"]["after"].append(cut)
plan["apply"]["before"].insert(0, {**cut, "argv": ["ip", "route", "del", *cut["argv"][3:]]})
plan["seconds"] = 10
json.dump(plan, open(path, "w"))
"""


@pytest.mark.parametrize("applied", ["net1"], indirect=True)
def test_a_way_back_that_loses_the_node_is_not_gone(nodes, applied):
    node, _ = applied
    assert nodes.exec(node, "python3", "-c", CUT).returncode == 0
    with_muster = seen(nodes, node)
    (kept,) = nodes.salt_json(f"{node}*", "muster_origins.kept").values()
    (name,) = [each for each in kept if each.endswith("-network")]
    said = nodes.salt("--timeout=120", f"{node}*", "muster_origins.apply", name).stdout
    assert "not confirmed within 10 s: the master 10.77.0.1:4506 is not reached" in said
    assert "put back: the files and the running state" in said
    assert differing(with_muster, seen(nodes, node)) == []
