"""NetworkManager and netplan on real nodes: from a plain interface to a bridge, and back."""

from __future__ import annotations

import json
import time

import pytest

from lab import layer, node
from lab.recipes import NODES

CLUSTER = "/etc/muster/clusters/network.yaml"
BACKENDS = ("net2", "net3")
FOLDERS = ("/etc/NetworkManager", "/etc/netplan", "/etc/sysctl.d", "/etc/iproute2")

#: Every file of the backend: what it is, whose, since when, and its content.
_FILES = (
    'find "$@" -type f -printf "%p %m %U %G %T@ " -exec sha256sum {} \\; 2>/dev/null | sort; true'
)


def out(lab, name, *argv):
    done = lab.exec(name, *argv)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(lab, name):
    return out(lab, name, "sh", "-c", _FILES, "sh", *FOLDERS)


def running(lab, name):
    """Return addresses, routes and links as they are, without what counts time or links."""
    found = json.loads(out(lab, name, "ip", "-json", "address", "show"))
    links = {
        each["ifname"]: (
            each.get("master", ""),
            each["address"],
            each["mtu"],
            "UP" in each["flags"],
            sorted(f"{a['local']}/{a['prefixlen']}" for a in each["addr_info"]),
        )
        for each in found
    }
    routes = json.loads(out(lab, name, "ip", "-json", "route", "show", "table", "main"))
    return links, sorted(json.dumps(each, sort_keys=True) for each in routes)


def answers(lab, name):
    """Return whether the minion answers its master."""
    return f"{name}.example.com" in lab.salt_json("--timeout=5", f"{name}.example.com", "test.ping")


def until(what, test, seconds=60):
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, what
        time.sleep(0.5)


def reboot(lab, name):
    lab.exec(name, "systemctl", "reboot")
    # The node that goes down must not be taken for the one that comes up.
    time.sleep(2)
    node.wait_running(NODES[name])
    until(f"{name} answers after its boot", lambda: answers(lab, name), 90)


def plan(lab, old="", new=""):
    """Give the master the lab's cluster file, with one text in it replaced and less patience."""
    text = next(path for path in layer.sources() if path.name == "network.yaml").read_text()
    assert old in text
    lab.put(
        "master",
        CLUSTER,
        text.replace(old, new).replace("confirm: 60", "confirm: 15") if old else text,
    )


def state(lab, name, *words):
    """Apply the network's state and return what it says."""
    found = lab.salt_json(
        "--timeout=120", f"{name}.example.com", "state.apply", "muster.network", *words
    )
    states = found[f"{name}.example.com"]
    return next(row for row in states.values() if row["__id__"] == "The network is as wanted")


@pytest.fixture(params=BACKENDS)
def plain(lab, request):
    """A node with its address on eth0, by its own backend's files, freshly booted."""
    name = request.param
    plan(lab)
    for folder in ("/etc/netplan", "/etc/NetworkManager/system-connections"):
        lab.exec(name, "sh", "-c", f"rm -f {folder}/*")
    lab.exec(name, "rm", "-f", "/etc/NetworkManager/dispatcher.d/pre-up.d/muster-bridges")
    for path, text in layer.network(NODES[name]).items():
        lab.put(name, f"/{path}", text)
        lab.exec(name, "chmod", "600", f"/{path}")
    reboot(lab, name)
    yield name
    plan(lab)


def test_the_address_moves_to_the_bridge_and_stays_there(lab, plain):
    told = state(lab, plain, "test=True")
    assert told["result"] is None
    assert set(told["changes"]) == {"devices", "addresses", "routes", "files"}
    done = state(lab, plain)
    assert done["result"] is True, done["comment"]
    assert done["changes"] == told["changes"]
    links, routes = running(lab, plain)
    assert links["eth0"][0] == "vmbr0"
    assert links["eth0"][1] == links["vmbr0"][1], "the bridge has its port's hardware address"
    assert f"{NODES[plain].address}/24" in links["vmbr0"][4]
    assert [json.loads(r)["gateway"] for r in routes if json.loads(r)["dst"] == "default"] == [
        "10.77.0.1"
    ]
    before = files(lab, plain)
    again = state(lab, plain)
    assert (again["result"], again["changes"]) == (True, {})
    assert files(lab, plain) == before
    reboot(lab, plain)
    after = state(lab, plain, "test=True")
    assert (after["result"], after["changes"]) == (True, {}), "it is so after a boot too"


def test_a_gateway_that_does_not_answer_puts_all_back(lab, plain):
    before = files(lab, plain), running(lab, plain)
    plan(lab, "gateway: 10.77.0.1", "gateway: 10.77.0.99")
    done = state(lab, plain)
    assert done["result"] is False
    assert "10.77.0.99" in done["comment"]
    assert answers(lab, plain)
    assert files(lab, plain) == before[0]
    assert running(lab, plain) == before[1]


def test_a_boot_before_the_change_is_confirmed_puts_all_back(lab, plain):
    before = files(lab, plain), running(lab, plain)
    plan(lab, "gateway: 10.77.0.1", "gateway: 10.77.0.99")
    lab.salt("--async", f"{plain}.example.com", "state.apply", "muster.network")
    there = ("test", "-d", "/sys/class/net/vmbr0")
    until("the change is made", lambda: lab.exec(plain, *there).returncode == 0)
    assert files(lab, plain) != before[0]
    reboot(lab, plain)
    assert files(lab, plain) == before[0]
    assert running(lab, plain) == before[1]
    last = lab.salt_json(f"{plain}.example.com", "muster_trial.status")[f"{plain}.example.com"]
    assert last["pending"] is None
    assert last["last"]["outcome"] == "undone"
