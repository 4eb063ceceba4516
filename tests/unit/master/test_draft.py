"""A first cluster file from servers' bundles."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster import bundle, collector, facts, plan
from saltext.muster.cli.main import main
from saltext.muster.errors import MusterError
from saltext.muster.master import draft, loading, yamlfile
from saltext.muster.master.drafting.server import server
from saltext.muster.probes import _command
from tests.support import bundles, hosts

WHEN = "2026-11-20T00:00:00Z"


@lru_cache
def captured(profile):
    source = hosts.host(profile).source()
    held = _command.bundle(facts.names(), source, facts.load, collector.digest())
    return json.dumps({**held, "collected": WHEN, "node": "node1.example.com"})


def held(profile, number=1, changes=None):
    """Return the bundle of a profile's host, as if it were the node of that number."""
    text = captured(profile).replace("node1", f"node{number}")
    for prefix in ("192.0.2.1", "192.0.2.11", "10.0.1.", "10.0.2."):
        text = text.replace(f'"{prefix}1"', f'"{prefix}{number}"')
    found = json.loads(text)
    found["facts"] = hosts.changed(found["facts"], changes or {})
    return found


def several(profile, count=3, changes=None):
    """Return bundles of nodes that are alike; changes are those of the last."""
    found = [held(profile, number) for number in range(1, count + 1)]
    for each in found:
        each["facts"]["chrony"]["sources"][0]["name"] = "192.0.2.254"
        for route in each["facts"]["addresses"]["routes"]["ipv4"]:
            route["via"] = route["via"] and "192.0.2.254"
    found[-1]["facts"] = hosts.changed(found[-1]["facts"], changes or {})
    return found


def drafted(found, platform="ganeti", name="demo"):
    servers = [server(f"{number}.json", each) for number, each in enumerate(found)]
    times = [each["collected"] for each in found]
    return draft.draft(draft._distinct(servers), times, platform, name).text()


def loaded(text):
    return loading.from_bytes("draft.yaml", text.encode())


def cluster(text):
    """Return the cluster of a draft once who administers it is decided: no server tells that."""
    found = loaded(text.replace("admin: []", "admin: [198.51.100.0/24]"))
    assert found.problems == ()
    return found.cluster


def places(text):
    return [problem.where for problem in loaded(text).problems]


def decisions(text):
    return [line.strip() for line in text.split("\n") if "# TO DECIDE: " in line]


def decided(text, what):
    return any(what in line for line in decisions(text))


# what can be told is written, and the file is good once the rest is decided


@pytest.mark.parametrize("profile", ["ganeti", "ganeti-xen", "ravada"])
def test_a_draft_of_sound_servers_is_valid(profile):
    found = cluster(drafted(several(profile), profile.partition("-")[0]))
    assert [node.address for node in found.nodes.values()] == [
        f"192.0.2.1{number}" for number in (1, 2, 3)
    ]
    assert found.networks["main"].cidr == "192.0.2.0/24"
    assert found.networks["main"].gateway == "192.0.2.254"
    assert found.time_sources == ("192.0.2.254",)
    assert found.dns == ("192.0.2.53", "192.0.2.54")
    assert found.hypervisor == ("xen" if profile == "ganeti-xen" else "kvm")
    for id_ in found.nodes:
        assert plan.plan(found, id_)["id"] == id_


def test_a_draft_of_ganeti_is_valid_as_it_is():
    assert places(drafted(several("ganeti"))) == []


def test_what_is_decided_later_is_marked():
    text = drafted(several("ganeti"))
    for what in ("kvm or xen", "production, test or heavy", "SSH, Salt", "site and domain"):
        assert decided(text, what)


def test_bonds_vlans_bridges_and_virtual_functions_are_found():
    text = drafted(several("pvc-new"), "pvc")
    data = yaml.safe_load(text)
    assert data["networks"]["main"] == {
        "cidr": "192.0.2.0/24",
        "gateway": "192.0.2.254",
        "interface": "bond0.100",
        "bond": "bond0",
        "vlan": 100,
        "mtu": 1500,
    }
    assert list(data["networks"]) == ["main", "vlan101", "vlan102"]
    assert data["networks"]["vlan101"]["cidr"] == "10.0.1.0/24"
    assert data["bonds"] == {"bond0": {"nics": ["eno1", "eno2"], "mode": "802.3ad"}}
    node = data["nodes"]["node2.example.com"]
    assert node["addresses"] == {"vlan101": "10.0.1.2", "vlan102": "10.0.2.2"}
    assert node["sriov"]["ens1f0"]["vfs"] > 0
    assert decided(text, "role: additional, storage, cluster, replication")
    assert decided(text, "hypervisor or coordinator")
    assert "nodes" in places(text)  # PVC wants coordinators, and no server tells who is one
    # Nothing contradicts itself: all that is wrong is what PVC asks of the file.
    assert all(problem.message.startswith("PVC-") for problem in loaded(text).problems)


def test_a_bridge_is_told_with_the_end_below_it():
    main_ = cluster(drafted(several("ganeti"))).networks["main"]
    assert (main_.bridge, main_.interface) == ("xen-br0", "eno1")


def test_equal_servers_share_a_model_and_others_have_their_own():
    text = drafted(several("ganeti", changes={"memory/installed": 128 * 1024**3}))
    found = cluster(text)
    assert [node.hardware for node in found.nodes.values()] == ["model1", "model1", "model2"]
    first, second = found.hardware.values()
    assert (first.memory, second.memory) == (64 * 1024**3, 128 * 1024**3)
    assert first.cores == 24
    assert first.nics == {"eno1": 1, "eno2": 1}
    assert first.disks == (1000 * 10**9, 1000 * 10**9)  # those that do not carry the system


def test_xen_hides_cores_so_they_are_not_told():
    text = drafted(several("ganeti-xen"))
    assert "cores" not in yaml.safe_load(text)["hardware"]["model1"]
    assert decided(text, "not known: cores")


def test_lines_of_all_hosts_files_are_kept_but_those_of_the_nodes():
    found = cluster(drafted(several("ganeti")))
    assert [(host.address, host.names) for host in found.hosts] == [
        ("192.0.2.2", ("salt.example.com", "salt")),
        ("192.0.2.100", ("cluster.example.com",)),
    ]
    assert decided(drafted(several("ganeti")), "belongs under `cluster`")


def test_a_pool_of_all_servers_is_written_and_one_of_some_is_told():
    text = drafted(several("ravada"), "ravada")
    assert [pool.name for pool in cluster(text).pools] == ["default"]
    text = drafted(several("ravada", changes={"pools/pools": {}}), "ravada")
    assert cluster(text).pools == ()
    assert "# left out: the pool default: not alike on all servers" in text


def test_one_server_is_enough():
    found = cluster(drafted(several("ravada", 1), "ravada"))
    assert list(found.nodes) == ["node1.example.com"]


def test_the_same_bundles_give_the_same_text():
    assert drafted(several("pvc-new"), "pvc") == drafted(several("pvc-new"), "pvc")


# what differs


def main_address(text):
    return [{"link": "xen-br0", "address": text, "prefix": 24, "scope": "global", "dynamic": False}]


def test_a_server_in_another_network_is_told_and_refused():
    changes = {
        "addresses/addresses": main_address("198.51.100.13"),
        "addresses/routes/ipv4": [
            {"to": "default", "type": "unicast", "table": "main", "dev": "xen-br0"}
        ],
    }
    text = drafted(several("ganeti", changes=changes))
    assert decided(text, "node3.example.com by 198.51.100.0/24")
    assert places(text) == ["nodes['node3.example.com'].address"]


def test_another_end_of_a_server_is_written_at_the_node():
    found = several("ganeti")
    links = found[-1]["facts"]["links"]["links"]
    links["eno1"]["master"], links["eno2"]["master"] = "", "xen-br0"
    nodes = cluster(drafted(found)).nodes.values()
    assert [node.interface for node in nodes] == ["", "", "eno2"]


@pytest.mark.parametrize(
    "path, value, what",
    [
        ("links/links/xen-br0/mtu", 9000, "mtu differs: node3.example.com: 9000"),
        ("chrony/sources", [{"name": "203.0.113.9"}], "other sources, or none: node3"),
        ("chrony/sources", {"unknown": "why not"}, "other sources, or none: node3"),
        ("resolver/nameservers", ["203.0.113.9"], "other name servers, or none: node3"),
    ],
)
def test_what_a_server_tells_otherwise_is_told(path, value, what):
    text = drafted(several("ganeti", changes={path: value}))
    assert decided(text, what)
    cluster(text)


def test_a_network_of_some_servers_is_told_and_refused_for_the_others():
    found = several("pvc-new")
    rows = found[-1]["facts"]["addresses"]["addresses"]
    rows[:] = [row for row in rows if not row["address"].startswith("10.0.2.")]
    text = drafted(found, "pvc")
    assert decided(text, "no address here: node3.example.com")
    assert "nodes['node3.example.com']" in places(text)


def extra(found, number, address, link="eno2", **more):
    row = {"link": link, "address": address, "prefix": 24, "scope": "global", "dynamic": False}
    found[number]["facts"]["addresses"]["addresses"].append({**row, **more})


def test_networks_that_are_not_the_clusters_are_left_out_with_the_reason():
    found = several("ganeti")
    for number in range(3):
        links = found[number]["facts"]["links"]["links"]
        links["virbr0"] = {**links["xen-br0"], "kind": "bridge"}
        links["tap0"] = {**links["eno2"], "kind": "tap"}
        extra(found, number, "192.168.122.1", "virbr0")
        extra(found, number, f"10.8.0.{number + 1}", "tap0")
        extra(found, number, "10.9.0.1")
        extra(found, number, f"2001:db8::{number + 1}", dynamic=True, prefix=64)
    extra(found, 1, "10.7.0.1")
    text = drafted(found)
    assert list(cluster(text).networks) == ["main"]
    told = re.findall(r"# left out: (.*)", text)
    assert told == [
        "192.168.122.0/24: a bridge without a NIC (virbr0)",
        "10.9.0.0/24: all servers have the same address 10.9.0.1 in it",
        "2001:db8::/64: addresses that routers advertise",
        "10.7.0.0/24: only node2.example.com is in it",
    ]


def test_an_address_that_two_of_three_servers_have_stays_to_be_refused():
    found = several("ganeti")
    for number, last in enumerate((1, 1, 2)):
        extra(found, number, f"10.9.0.{last}")
    assert places(drafted(found)) == ["nodes['node2.example.com'].addresses.eno2"]


def test_a_second_address_in_the_main_network_is_told():
    found = several("ganeti")
    extra(found, 0, "192.0.2.100", "xen-br0")
    assert decided(drafted(found), "192.0.2.100 in main too: a floating or the cluster's address?")


def test_a_leased_address_is_told():
    found = several("ganeti")
    for row in found[0]["facts"]["addresses"]["addresses"]:
        row["dynamic"] = True
    assert decided(drafted(found), "it is leased (DHCP)")


# what is not known


def test_a_server_without_known_addresses_is_named_by_validation():
    text = drafted(several("ganeti", changes={"addresses": {"unknown": "no ip command"}}))
    assert decided(text, "not read: addresses: no ip command")
    assert decided(text, "no address of it is known")
    assert places(text) == ["nodes['node3.example.com'].address"]


def test_without_any_network_its_prefix_is_named_by_validation():
    found = several("ganeti")
    for each in found:
        for row in each["facts"]["addresses"]["addresses"]:
            row["prefix"] = 32
    text = drafted(found)
    assert decided(text, "its prefix: no server's address tells it")
    assert "networks.main.cidr" in places(text)


def test_without_a_platform_it_is_named_by_validation():
    text = drafted(several("ganeti"), "", "")
    assert decided(text, "one of ganeti, pvc, ravada, vmmanager")
    assert decided(text, "the cluster's name")
    assert places(text) == ["platform"]


def test_facts_that_were_not_collected_are_told():
    text = drafted([{**each, "facts": {}} for each in several("ganeti")])
    for what in ("links", "addresses", "cores", "memory", "disks", "time sources", "default route"):
        assert text.count(f"# TO DECIDE: not read: {what}: ") == 3
    assert decided(text, "time: {sources: [...]}")
    assert "hardware" not in yaml.safe_load(text)


def test_a_bond_of_another_mode_is_told():
    found = several("pvc-new")
    for each in found:
        each["facts"]["links"]["links"]["bond0"]["bond"]["mode"] = "balance-rr"
    assert decided(drafted(found, "pvc"), "mode: balance-rr is seen; 802.3ad or active-backup")


# names


@pytest.mark.parametrize(
    "called, entries, wanted",
    [
        ("node9.example.com", [], "node9.example.com"),
        ("node9", [], "node9"),
        (
            "node9",
            [{"address": "192.0.2.11", "names": ["node9", "node9.example.com"]}],
            "node9.example.com",
        ),
        ("node9", [{"address": "192.0.2.99", "names": ["node9.example.com"]}], "node9"),
        ("Node9.Example.com", [], "node9.example.com"),
        ("localhost", [], "server1"),
        ("no name!", [], "server1"),
        ("", [], "server1"),
        ("x" * 200, [], "server1"),
    ],
)
def test_a_node_is_called_as_it_calls_itself_where_that_can_be(called, entries, wanted):
    found = several("ravada", 1, {"hosts/entries": entries})
    text = drafted([{**found[0], "node": called}], "ravada")
    assert list(yaml.safe_load(text)["nodes"]) == [wanted]
    if called != wanted:
        assert called in text or "it calls itself" in text
    if "." not in wanted:
        assert decided(text, "its name: it calls itself") or decided(text, "its domain")


def test_the_same_server_twice_is_refused_with_both_files():
    found = [held("ganeti"), held("ganeti")]
    with pytest.raises(MusterError, match=r"0\.json and 1\.json are both of 'node1\.example\.com'"):
        drafted(found)


@pytest.mark.parametrize("name", ["a b", "a\nversion: 2", "-", "x" * 65, "né"])
def test_a_name_that_no_cluster_can_have_is_refused(name):
    with pytest.raises(MusterError, match="is no cluster's name"):
        drafted(several("ganeti", 1), name=name)


# bundles from anybody

_texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["a\nversion: 2", "# x", "*a", "&a b", "!!python/name:os", "{", "- ", "\u202e"]
    ),
    st.sampled_from(["192.0.2.77", "::1", "fe80::1%eth0", "10.0.0.0/8", "xen-br0", "eno1", "bond"]),
)
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_texts, inner, max_size=3)
    ),
    max_leaves=6,
)


def spots(data, path=()):
    """Return the paths of all values in a fact."""
    found = [path]
    if isinstance(data, (dict, list)):
        inner = data.items() if isinstance(data, dict) else enumerate(data)
        found += [spot for key, value in inner for spot in spots(value, (*path, key))]
    return found


READ = ("addresses", "chrony", "disks", "hosts", "ipmi", "links", "memory", "pools", "resolver")


@lru_cache
def everywhere():
    read = {key: json.loads(captured("pvc-new"))["facts"][key] for key in READ}
    return [spot for spot in spots(read) if spot]


@settings(max_examples=40)
@given(st.data())
def test_no_facts_break_a_draft_or_get_out_of_their_place(data):
    found = held("pvc-new", 1)
    for _ in range(data.draw(st.integers(1, 4))):
        *parents, last = data.draw(st.sampled_from(everywhere()))
        inner = found["facts"]
        try:
            for key in parents:
                inner = inner[key]
            inner[last] = data.draw(_values)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
    text = drafted([found, held("pvc-new", 2)], "pvc")
    assert all(" " <= char <= "~" or char == "\n" for char in text)
    tree, faults = yamlfile.parse(text)
    assert faults == []
    assert (tree["version"], tree["platform"]) == (1, "pvc")
    assert set(tree) <= {
        "version", "name", "platform", "tier", "networks", "bonds", "hardware", "time", "dns",
        "admin", "hosts", "pools", "nodes",
    }  # fmt: skip
    refused = [each for each in loaded(text).problems if not each.message.startswith("PVC-")]
    places = {re.split(r"[.[]", each.where)[0] for each in refused}
    assert places <= {"nodes", "networks", "bonds", "hosts"}


def test_a_comment_stays_in_its_line():
    found = several("pvc-new")
    for each in found:
        each["facts"]["links"]["links"]["bond0"]["bond"]["mode"] = "x\nversion: 2\u2028y\x85z"
    text = drafted(found, "pvc")
    assert decided(text, "mode: x?version: 2?y?z is seen")
    assert yaml.safe_load(text)["version"] == 1


def test_a_long_comment_is_cut():
    found = several("ganeti", changes={"links": {"unknown": "y" * 5000}})
    assert max(map(len, drafted(found).split("\n"))) < 450


# the command


def test_the_command_prints_a_file_that_validates(tmp_path, capsys):
    paths = [
        bundles.written(tmp_path, f"{number}.json", each)
        for number, each in enumerate(several("ganeti"))
    ]
    assert main(["draft", "--platform", "ganeti", "--name", "demo", *paths]) == 0
    text = capsys.readouterr().out
    assert text == drafted(several("ganeti"))
    path = tmp_path / "demo.yaml"
    path.write_text(text)
    assert main(["validate", str(path)]) == 0


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    path = bundles.written(tmp_path, "a.json", held("ganeti"))
    assert main(["draft", "--platform", "vsphere", path]) == 2
    assert "there is no platform 'vsphere'" in capsys.readouterr().err
    assert main(["draft", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
    assert main(["draft", path, path]) == 2
    assert "are both of" in capsys.readouterr().err


def test_a_bundle_is_read_as_one(tmp_path):
    path = bundles.written(tmp_path, "a.json", held("ganeti"))
    assert draft.of_files([path], "ganeti", "demo") == drafted([bundle.load(path)])
