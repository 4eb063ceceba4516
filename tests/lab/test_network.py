"""A node's own way out changes over Salt itself, by ifupdown; whatever fails, it is put back."""

from __future__ import annotations

import json

import pytest

from lab import node as nodes
from lab.recipes import NODES
from lab.run import wait_for

NODE, ID, ADDRESS, GATEWAY = "net1", "net1.example.com", "10.77.0.31", "10.77.0.1"
CLUSTER = "/etc/muster/clusters/network.yaml"
FOLDER = "/var/lib/muster/trial"

#: A plan for the node that is not the master's.
BRIDGED = json.dumps(
    {
        "devices": [
            {"name": "eth0", "mtu": 1400},
            {
                "name": "vmbr0",
                "kind": "bridge",
                "ports": ["eth0"],
                "method": "static",
                "addresses": [f"{ADDRESS}/24"],
                "gateways": [GATEWAY],
            },
        ]
    }
)

#: As Debian's installer leaves a node; odd owners and times show that all of it comes back.
PLAIN = f"""
for link in vmbr0 eth0; do ifdown --force $link 2>/dev/null; ip link del vmbr0 2>/dev/null; done
rm -f /etc/network/interfaces.d/*
printf '%s\\n' 'source /etc/network/interfaces.d/*' '' 'auto lo' 'iface lo inet loopback' '' \
  '# The primary network interface' 'auto eth0' 'iface eth0 inet static' \
  '	address {ADDRESS}/24' '	gateway {GATEWAY}' >/etc/network/interfaces
chown 1:2 /etc/network/interfaces; chmod 0640 /etc/network/interfaces
touch -d '2020-01-01 00:00:00.123456789' /etc/network/interfaces
ip address flush dev eth0; ip link set dev eth0 addrgenmode eui64 up; ifup --force eth0
systemctl is-active --quiet salt-minion || systemctl restart salt-minion
ss -K -H -t -n "not src {ADDRESS} and dport >= :4505 and dport <= :4506" >/dev/null
"""
#: All that must be as before: files byte for byte, the running network, nothing left behind.
SEEN = """
for path in $(find /etc/network /etc/iproute2 /etc/sysctl.d | sort); do
  stat -c '%n %F %a %u %g' "$path"
  test -d "$path" || { stat -c %.Y "$path"; sha256sum <"$path"; }
done
ip -o link | sed 's/^[0-9]*: //; s/@[^:]*//'; ip -br -4 address; ip -4 route show table all; ip rule
cat /run/network/ifstate
find /etc/systemd/system -name 'muster*'
systemctl list-units --state=active,activating,failed --plain --no-legend 'muster*'
ls -A /var/lib/muster | grep -vx last-trial
"""


def out(lab, *argv, node=NODE):
    done = lab.exec(node, *argv)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def seen(lab):
    return lab.exec(NODE, "sh", "-c", SEEN).stdout


def state(answer):
    """The network's state of a run's answer."""
    states = answer.get(ID, {})
    assert isinstance(states, dict), answer
    (found,) = [value for key, value in states.items() if key.startswith("muster_network_")]
    return found


def apply(lab, *more):
    """Apply the network by the master; return its state."""
    answer = lab.salt_json("--timeout=60", f"{NODE}*", "state.apply", "muster.network", *more)
    return state(answer)


def begin(lab):
    """Start it without waiting for an answer; return the job's number."""
    started = lab.salt("--async", f"{NODE}*", "state.apply", "muster.network")
    assert started.returncode == 0, started.stdout
    return started.stdout.split()[-1]


def ended(lab, jid):
    """Wait for a job's answer; return the network's state."""
    found = {}

    def there():
        done = lab.salt_run("jobs.lookup_jid", jid, "--out=json")
        found.update(json.loads(done.stdout or "{}"))
        return bool(found)

    wait_for(f"the answer of job {jid}", there, seconds=90)
    return state(found)


def stage(lab, wanted):
    """Wait until the trial on the node is that far."""
    read = f"cat {FOLDER}/status.json 2>/dev/null || echo '{{}}'"

    def there():
        return json.loads(lab.exec(NODE, "sh", "-c", read).stdout or "{}").get("stage") == wanted

    wait_for(f"the stage {wanted}", there, seconds=40)


def nothing_on_trial(lab):
    gone = lambda: lab.exec(NODE, "test", "-e", FOLDER).returncode != 0  # noqa: E731
    wait_for("the end of the trial", gone, seconds=60)


def undone(lab):
    """Wait until nothing is on trial; return why the last one was put back."""
    nothing_on_trial(lab)
    return out(lab, "cat", "/var/lib/muster/last-trial/undone")


def reachable(lab):
    """See that the node answers its master, at most half a minute later."""
    answers = lambda: lab.salt_json("--timeout=5", f"{NODE}*", "test.ping") == {ID: True}  # noqa: E731
    wait_for(f"an answer of {NODE}", answers, seconds=30)
    return True


def reboot(lab, *how):
    """Reboot the node, and wait until it is up again; its files stay."""
    before = nodes.init(NODES[NODE]).pid
    lab.exec(NODE, "systemctl", "reboot", *how)

    def anew():
        above = nodes.supervisor(NODES[NODE])
        process = above.init_below() if above else None
        return process is not None and process.pid != before

    wait_for(f"another boot of {NODE}", anew, seconds=60)
    nodes.wait_running(NODES[NODE])


def plan(lab, *changes):
    """Write something else into the master's cluster file; it is still a valid one."""
    # Nothing else is at work: what is wrong need not be waited for as long.
    text = out(lab, "cat", CLUSTER, node="master").replace("confirm: 60", "confirm: 15")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    lab.put("master", CLUSTER, text)
    assert lab.salt_run("muster.validate").returncode == 0


@pytest.fixture
def plain(lab):
    """The node as an installer leaves it; the cluster file is put back in the end."""
    text = out(lab, "cat", CLUSTER, node="master")
    nothing_on_trial(lab)
    lab.exec(NODE, "sh", "-c", PLAIN)
    reachable(lab)
    yield seen(lab)
    lab.put("master", CLUSTER, text)
    out(lab, "systemctl", "start", "salt-master", node="master")


@pytest.fixture(scope="module", autouse=True)
def _as_the_demo_left_it(lab):
    yield
    reachable(lab)
    assert apply(lab)["result"] is True


GATEWAY_AWAY = (f"gateway: {GATEWAY}", "gateway: 10.77.0.254")


def test_an_address_moves_from_a_card_to_a_bridge(lab, plain):
    told = apply(lab, "test=True")
    assert told["result"] is None
    assert seen(lab) == plain
    done = apply(lab)
    assert done["result"] is True, done["comment"]
    assert f"answered a fresh sign-in from {ADDRESS}" in done["comment"]
    assert done["changes"] == told["changes"]
    assert set(done["changes"]) == {"devices", "addresses", "routes", "files"}
    assert reachable(lab)
    for again in (apply(lab, "test=True"), apply(lab)):
        assert (again["result"], again["changes"]) == (True, {})


def test_the_bridge_is_as_ganeti_wants_it_also_after_a_boot(lab, plain):
    assert apply(lab)["result"] is True
    card = out(lab, "cat", "/sys/class/net/eth0/address")
    text = out(lab, "cat", "/etc/network/interfaces")
    assert "eth0" not in text
    assert "# The primary network interface\n" in text
    reboot(lab)
    assert reachable(lab)
    assert f"{ADDRESS}/24" in out(lab, "ip", "-br", "-4", "address", "show", "vmbr0")
    assert "inet " not in out(lab, "ip", "address", "show", "eth0")
    assert f"default via {GATEWAY} dev vmbr0" in out(lab, "ip", "route")
    words = out(lab, "brctl", "show", "vmbr0").splitlines()[1].split()
    assert (words[2], words[3]) == ("no", "eth0")
    assert out(lab, "cat", "/sys/class/net/vmbr0/address") == card
    assert out(lab, "cat", "/sys/class/net/vmbr0/bridge/forward_delay") == "0\n"
    again = apply(lab)
    assert (again["result"], again["changes"]) == (True, {})


WRONG = {
    "a gateway that is not there": (
        [GATEWAY_AWAY],
        "the gateway 10.77.0.254 on vmbr0 did not answer",
    ),
    "an address that parses, of another network": (
        [("cidr: 10.77.0.0/24", "cidr: 10.76.0.0/14"), (ADDRESS, "10.78.0.31")],
        "sign in from 10.78.0.31",
    ),
    "a VLAN that cannot be made": (
        [("interface: eth0", "interface: eth0\n    vlan: 77")],
        "ip link add link eth0 name eth0.77 type vlan id 77 failed: Error: Unknown device type",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_plan_is_put_back(lab, plain, case):
    changes, words = WRONG[case]
    plan(lab, *changes)
    done = apply(lab)
    assert (done["result"], done["changes"]) == (False, {})
    assert words in done["comment"]
    assert "put back: the files and the running state" in done["comment"]
    assert reachable(lab)
    assert seen(lab) == plain


#: The cluster file's change to instances that are routed by a table of their own.
ROUTED = (
    ("    bridge: vmbr0\n", ""),
    (
        "options:\n",
        "tables: {guests: 100}\noptions:\n  network_mode: routed\n  link_table: guests\n",
    ),
)
RULE = "1000:\tfrom 10.77.0.0/24 lookup guests"
#: What a plan of bridges tells nothing of, and somebody set by hand.
FOREIGN = """
ip rule add priority 1000 from 10.77.0.7 table guests protocol static
ip rule add not fwmark 0x7/0xff priority 1200 suppress_prefixlength 0 table main
ip -6 rule add priority 1100 from 2001:db8:7::/64 table guests
ip route add 198.51.100.0/24 dev eth0 metric 7 table guests
"""
#: The running network in all.
RUNNING = """
ip rule; ip -6 rule; ip -br addr; ip route show table all
ip -6 route show table all; ip -d -o link | sed 's/ gc_timer.*//; s/^[0-9]*: //'
"""


def running(lab):
    """Return lines of all that is seen, once the kernel has asked for its IPv6 addresses."""
    settled = lambda: out(lab, "ip", "-6", "address", "show", "tentative") == ""  # noqa: E731
    wait_for("the end of the questions for IPv6 addresses", settled, seconds=20)
    return seen(lab).splitlines() + out(lab, "sh", "-c", RUNNING).splitlines()


@pytest.fixture
def routed(lab, plain):
    """The node prepared for routed instances; the cluster file is as it was then."""
    text = out(lab, "cat", CLUSTER, node="master")
    plan(lab, *ROUTED)
    done = apply(lab)
    assert done["result"] is True, done["comment"]
    assert RULE in out(lab, "ip", "rule").splitlines()
    lab.put("master", CLUSTER, text)
    yield
    lab.exec(
        NODE, "sh", "-c", "while ip rule del priority 1000; do :; done; ip rule del priority 1200"
    )
    lab.exec(NODE, "sh", "-c", "ip -6 rule del priority 1100; ip route flush table 100")


def test_a_node_of_routed_instances_becomes_one_of_bridged_ones_in_one_run(lab, routed):
    plan(lab)
    done = apply(lab)
    assert done["result"] is True, done["comment"]
    assert reachable(lab)
    assert f"{ADDRESS}/24" in out(lab, "ip", "-br", "-4", "address", "show", "vmbr0")
    # What files said beside the address went with it.
    assert out(lab, "ip", "rule").count("1000:") == 1
    assert f"default via {GATEWAY} dev vmbr0" in out(lab, "ip", "route", "show", "table", "100")
    again = apply(lab)
    assert (again["result"], again["changes"]) == (True, {})


FAILURES = {
    "it is not confirmed": ("", [GATEWAY_AWAY], "10.77.0.254 on vmbr0 did not answer"),
    "ifup fails in its end": (
        "/etc/network/if-up.d/fails",
        [],
        "ifup --force vmbr0 failed",
    ),
    "ifup fails in its beginning": (
        "/etc/network/if-pre-up.d/fails",
        [],
        "ifup --force vmbr0 failed",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_rules_and_routes_of_tables_are_put_back(lab, routed, failure):
    hook, changes, words = FAILURES[failure]
    out(lab, "sh", "-ec", FOREIGN)
    before = running(lab)
    plan(lab, *changes)
    if hook:
        lab.put(NODE, hook, "#!/bin/sh\ntest $IFACE != vmbr0\n")
        out(lab, "chmod", "755", hook)
    try:
        done = apply(lab)
    finally:
        lab.exec(NODE, "rm", "-f", hook or "/nothing")
    assert (done["result"], done["changes"]) == (False, {})
    assert words in done["comment"]
    assert reachable(lab)
    assert running(lab) == before


def test_a_plan_that_leaves_no_way_to_the_master_is_not_even_tried(lab, plain):
    gone = ("    gateway: 10.77.0.1\n", "")
    plan(lab, ("10.77.0.0/24", "10.78.0.0/24"), ("10.77.0.103", "10.78.0.103"), gone,
         *((f"10.77.0.{each}", f"10.78.0.{each}") for each in (31, 32, 33)))  # fmt: skip
    for done in (apply(lab, "test=True"), apply(lab)):
        assert (done["result"], done["changes"]) == (False, {})
        assert (
            f"the master {GATEWAY} is reached by eth0, and by the plan nothing" in done["comment"]
        )
        assert "put back" not in done["comment"]
    assert seen(lab) == plain


def test_an_address_that_another_host_has_is_refused_before_anything_is_touched(lab, plain):
    """Whoever mistypes an address often hits a neighbour's."""
    mac = out(lab, "cat", "/sys/class/net/eth0/address", node="master").strip()
    out(lab, "ip", "address", "add", "10.77.0.41/24", "dev", "eth0", node="master")
    try:
        plan(lab, (ADDRESS, "10.77.0.41"))
        for done in (apply(lab, "test=True"), apply(lab)):
            assert (done["result"], done["changes"]) == (False, {})
            assert "10.77.0.41, which vmbr0 is to get, is in use" in done["comment"]
            assert f"{mac} answers for it on eth0" in done["comment"]
            assert "put back" not in done["comment"]
    finally:
        lab.exec("master", "ip", "address", "del", "10.77.0.41/24", "dev", "eth0")
    assert seen(lab) == plain


FLOATING, ANOTHER = "10.77.0.103/24", "10.77.0.34"


def addresses(lab, link):
    return out(lab, "ip", "-br", "-4", "address", "show", link).split()[2:]


def test_an_address_changes_and_what_no_file_gave_stays(lab, plain):
    assert apply(lab)["result"] is True
    out(lab, "ip", "address", "add", FLOATING, "dev", "vmbr0")
    plan(lab, (ADDRESS, ANOTHER))
    told = apply(lab, "test=True")
    assert told["changes"]["addresses"] == {
        "old": {"vmbr0": [f"{ADDRESS}/24"]},
        "new": {"vmbr0": [f"{ANOTHER}/24"]},
    }
    done = apply(lab)
    assert (done["result"], done["changes"]) == (True, told["changes"]), done["comment"]
    assert f"answered a fresh sign-in from {ANOTHER}" in done["comment"]
    assert reachable(lab)
    # The node's own is the first: it is what it talks from.
    assert addresses(lab, "vmbr0") == [f"{ANOTHER}/24", FLOATING]
    assert ADDRESS not in out(lab, "ss", "-H", "-t", "-n", "state", "established")
    assert (apply(lab)["result"], apply(lab)["changes"]) == (True, {})


def test_a_change_of_address_that_is_not_confirmed_is_put_back(lab, plain):
    assert apply(lab)["result"] is True
    out(lab, "ip", "address", "add", FLOATING, "dev", "vmbr0")
    before = seen(lab)
    plan(lab, (ADDRESS, ANOTHER), GATEWAY_AWAY)
    done = apply(lab)
    assert (done["result"], done["changes"]) == (False, {})
    assert "the gateway 10.77.0.254 on vmbr0 did not answer" in done["comment"]
    assert reachable(lab)
    assert addresses(lab, "vmbr0") == [f"{ADDRESS}/24", FLOATING]
    assert seen(lab) == before


@pytest.mark.parametrize("when", ["while ifup runs", "before it is confirmed"])
def test_the_minion_is_killed(lab, plain, when):
    """Whoever asked for the change is gone: it is undone at once, not at the deadline."""
    plan(lab, GATEWAY_AWAY)
    slow = "/etc/network/if-pre-up.d/slow"
    if when == "while ifup runs":
        lab.put(NODE, slow, "#!/bin/sh\ntest $IFACE = vmbr0 && sleep 8\nexit 0\n")
        out(lab, "chmod", "755", slow)
    try:
        begin(lab)
        stage(lab, "applying" if when == "while ifup runs" else "waiting")
        lab.exec(NODE, "systemctl", "kill", "--kill-who=all", "--signal=KILL", "salt-minion")
        assert "gone" in undone(lab)
    finally:
        lab.exec(NODE, "rm", "-f", slow)
    out(lab, "systemctl", "start", "salt-minion")
    assert reachable(lab)
    assert seen(lab) == plain


def test_the_node_reboots_before_it_is_confirmed(lab, plain):
    plan(lab, GATEWAY_AWAY)
    begin(lab)
    stage(lab, "waiting")
    reboot(lab, "-ff")
    assert reachable(lab)
    assert "the node was restarted before the change was kept" in undone(lab)
    assert seen(lab) == plain


def test_the_master_is_gone_meanwhile(lab, plain):
    jid = begin(lab)
    stage(lab, "applying")
    out(lab, "systemctl", "stop", "salt-master", node="master")
    reason = undone(lab)
    assert "10.77.0.1" in reason
    assert seen(lab) == plain
    out(lab, "systemctl", "start", "salt-master", node="master")
    assert reachable(lab)
    assert jid


def test_a_second_change_is_refused_while_one_is_pending(lab, plain):
    plan(lab, GATEWAY_AWAY)
    jid = begin(lab)
    stage(lab, "waiting")
    second = lab.exec(NODE, "salt-call", "muster_network.apply", BRIDGED)
    assert second.returncode != 0
    assert "another change is on trial: network, since" in second.stdout + second.stderr
    assert "10.77.0.254 on vmbr0 did not answer" in ended(lab, jid)["comment"]
    assert seen(lab) == plain


def test_a_full_disk_is_refused_before_anything_is_changed(lab, plain):
    out(lab, "mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", "/var/lib/muster")
    try:
        done = apply(lab)
    finally:
        lab.exec(NODE, "umount", "/var/lib/muster")
    assert (done["result"], done["changes"]) == (False, {})
    assert "No space left on device" in done["comment"]
    assert reachable(lab)
    assert seen(lab) == plain


def test_a_live_node_waits_for_consent(lab, plain):
    lab.exec(NODE, "mkdir", "-p", "/var/lib/ganeti")
    lab.put(NODE, "/var/lib/ganeti/ssconf_cluster_name", "cluster.example.com\n")
    try:
        told = json.loads(out(lab, "salt-call", "muster_network.diff", BRIDGED, "--out=json"))
        assert set(told["local"]) >= {"devices", "addresses", "files"}
        for entry in told["local"].values():
            assert "cluster.example.com" in entry["pending"]
            assert "muster_consent: true" in entry["pending"]
        assert out(lab, "salt-call", "muster_network.apply", BRIDGED, "--out=json")
        assert seen(lab) == plain
    finally:
        lab.exec(NODE, "rm", "-r", "/var/lib/ganeti")
