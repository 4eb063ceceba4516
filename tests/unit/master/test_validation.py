"""What is wrong in a cluster file: each thing with its place, its words and its remedy."""

from __future__ import annotations

import json

import pytest

from saltext.muster.cluster import Cluster
from saltext.muster.parts import Physical

from . import support

NODE = "nodes['node1.example.com']"


def put(tree, path, value):
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = value


def problems_with(path, value):
    tree = support.data()
    put(tree, path, value)
    found = support.of(tree)
    assert found.cluster is None
    return {problem.where: problem for problem in found.problems}


N1 = ("nodes", "node1.example.com")

CASES = [
    # unknown keys
    (("colour",), "x", "colour", "unknown", "remove it; known: version, name"),
    (("tiers",), "test", "tiers", "unknown", "did you mean `tier`?"),
    ((*N1, "adress"), "x", f"{NODE}.adress", "unknown", "did you mean `address`?"),
    (("options", "minorcount"), 1, "options.minorcount", "unknown", "did you mean `minor_count`?"),
    (("networks", "main", "brigde"), "x", "networks.main.brigde", "unknown", "`bridge`"),
    (("waivers", 0, "until"), "x", "waivers[0].until", "unknown", "known: requirement, reason"),
    (("node3.example.com",), {}, "['node3.example.com']", "unknown", "indent it below"),
    # wrong types
    (("version",), 2, "version", "2 is no version that this muster reads", "write 1"),
    (("version",), "1", "version", "wanted a whole number, seen the text '1'", "without quotes"),
    (("version",), True, "version", "wanted a whole number, seen the truth value true", "without"),
    (("name",), 1000.0, "name", "wanted text, seen the number 1000.0", "quotes"),
    (("name",), None, "name", "wanted text, seen nothing", "behind the colon"),
    (("nodes",), None, "nodes", "wanted a mapping, seen nothing", "key: value"),
    (("nodes",), [], "nodes", "wanted a mapping, seen an empty list", "key: value"),
    (("nodes",), {}, "nodes", "wanted at least 1 of them, seen an empty mapping", "at least 1"),
    (N1, None, NODE, "wanted a mapping, seen nothing", "key: value"),
    (N1, "10.77.0.11", NODE, "wanted a mapping, seen the text '10.77.0.11'", "key: value"),
    ((*N1, "address"), 3232235777, f"{NODE}.address", "wanted text, seen the number", "quotes"),
    (("time", "sources"), "10.77.0.1", "time.sources", "wanted a list", "[first, second]"),
    (("time", "sources"), [], "time.sources", "wanted at least 1 of them", "at least 1"),
    (("time", "wait"), "60", "time.wait", "wanted a whole number, seen the text '60'", "without"),
    (("time", "wait"), 1.5, "time.wait", "wanted a whole number, seen the number 1.5", "without"),
    (("time", "wait"), -1, "time.wait", "wanted 0 or more, seen the number -1", "0 or more"),
    (("time", "wait"), 601, "time.wait", "wanted 600 or less", "600 or less"),
    (("options", "drbd"), "yes", "options.drbd", "wanted true or false, seen the text 'yes'", ""),
    (("options",), [], "options", "wanted a mapping, seen an empty list", "key: value"),
    (("tier",), "live", "tier", "wanted 'production', 'test' or 'heavy', seen", "write"),
    # names
    (("name",), "a b", "name", "is no short name", "letters, digits"),
    (("name",), "", "name", "is no short name", "letters, digits"),
    (("name",), "d\xe9mo", "name", "'d\\xe9mo' has characters outside ASCII", "a-z"),
    ((*N1, "fqdn"), "node_1.example.com", f"{NODE}.fqdn", "is no hostname", "labels of a-z"),
    ((*N1, "fqdn"), "-a.example.com", f"{NODE}.fqdn", "is no hostname", "labels of a-z"),
    ((*N1, "fqdn"), "a..b", f"{NODE}.fqdn", "is no hostname", "labels of a-z"),
    ((*N1, "fqdn"), "a.example.com.", f"{NODE}.fqdn", "is no hostname", "labels of a-z"),
    ((*N1, "fqdn"), "Node1.example.com", f"{NODE}.fqdn", "upper case", "lower case"),
    ((*N1, "fqdn"), "n\xf6de.example.com", f"{NODE}.fqdn", "is no hostname", "labels of a-z"),
    ((*N1, "fqdn"), "a" * 64 + ".example.com", f"{NODE}.fqdn", "longer than 64", "shorten"),
    ((*N1, "fqdn"), "a.1", f"{NODE}.fqdn", "its last label is a number", "write a name"),
    ((*N1, "fqdn"), "10.0.0.1", f"{NODE}.fqdn", "its last label is a number", "write a name"),
    ((*N1, "fqdn"), "localhost", f"{NODE}.fqdn", "name of the loopback interface", "own name"),
    ((*N1, "fqdn"), "node1", NODE, "GNT-011: Ganeti wants a fully qualified", "give the node"),
    ((*N1, "short"), "a.b", f"{NODE}.short", "is no short name", "without its domain"),
    (("nodes", "../x"), {"address": "10.77.0.9"}, "nodes['../x']", "is no minion id", "minion_id"),
    (("nodes", "a/b"), {"address": "10.77.0.9"}, "nodes['a/b']", "is no minion id", "minion_id"),
    (("nodes", ".a"), {"address": "10.77.0.9"}, "nodes['.a']", "is no minion id", "minion_id"),
    (("nodes", "a..b"), {"address": "10.77.0.9"}, "nodes['a..b']", "is no minion id", "minion_id"),
    (("nodes", "a\n"), {"address": "10.77.0.9"}, "nodes['a\\n']", "is no minion id", "minion_id"),
    (("nodes", "web_1"), {"address": "10.77.0.9"}, "nodes.web_1", "no fqdn is given", "fqdn:"),
    (("nodes", 7), {"address": "10.77.0.9"}, "nodes[7]", "wanted text, seen the number 7", "quote"),
    (("cluster", "name"), "Cluster!", "cluster.name", "is no hostname", "lower case"),
    (("hosts", 0, "names"), ["a b"], "hosts[0].names[0]", "is no hostname", "labels of a-z"),
    # interfaces
    (("networks", "main", "bridge"), "br\xfc", "networks.main.bridge", "outside ASCII", "a-z"),
    (("networks", "main", "bridge"), "\u0435th0", "networks.main.bridge", "outside ASCII", "a-z"),
    (("networks", "main", "bridge"), "b" * 16, "networks.main.bridge", "longer than 15", "shorten"),
    (("networks", "main", "bridge"), "a/b", "networks.main.bridge", "no name of an interface", ""),
    (("networks", "main", "bridge"), "b$(id)", "networks.main.bridge", "no name of an", ""),
    (("networks", "main", "bridge"), "..", "networks.main.bridge", "no name of an interface", ""),
    (("networks", "main", "bridge"), "eth0:1", "networks.main.bridge", "no name of an interf", ""),
    ((*N1, "interface"), "e th", f"{NODE}.interface", "no name of an interface", "a-z"),
    # addresses and networks
    ((*N1, "address"), "10.77.0.256", f"{NODE}.address", "is no IP address", "192.0.2.10"),
    ((*N1, "address"), "10.77.0.11/24", f"{NODE}.address", "is no IP address", "192.0.2.10"),
    ((*N1, "address"), "010.77.0.11", f"{NODE}.address", "is no IP address", "192.0.2.10"),
    ((*N1, "address"), "127.0.1.1", f"{NODE}.address", "no address of a host", "own"),
    ((*N1, "address"), "::1", f"{NODE}.address", "no address of a host", "own"),
    ((*N1, "address"), "::ffff:10.77.0.11", f"{NODE}.address", "no address of a host", "own"),
    ((*N1, "address"), "fe80::1%eth0", f"{NODE}.address", "no address of a host", "own"),
    ((*N1, "address"), "0.0.0.0", f"{NODE}.address", "no address of a host", "own"),
    ((*N1, "address"), "224.0.0.1", f"{NODE}.address", "no address of a host", "own"),
    ((*N1, "address"), "10.78.0.11", f"{NODE}.address", "not in the network 10.77.0.0/24", "cidr"),
    ((*N1, "address"), "2001:db8::1", f"{NODE}.address", "not in the network", "cidr"),
    ((*N1, "address"), "10.77.0.0", f"{NODE}.address", "first or last address", "another"),
    ((*N1, "address"), "10.77.0.255", f"{NODE}.address", "first or last address", "another"),
    ((*N1, "address"), "10.77.0.1", f"{NODE}.address", "the gateway of the network main", "own"),
    (("networks", "main", "cidr"), "10.77.0.1/24", "networks.main.cidr", "is no network", "own"),
    (("networks", "main", "gateway"), "10.78.0.1", "networks.main.gateway", "not in the netw", ""),
    (("networks", "main", "cidr"), "10.77.0.9/24", "networks.main.cidr", "is", "10.77.0.0/24: the"),
    (("networks", "main", "cidr"), "10.77.0.0", "networks.main.cidr", "no prefix length", "/24"),
    (("networks", "main", "role"), "Main", "networks.main.role", "wanted 'main', '", "'main'?"),
    (("networks", "main", "role"), "wan", "networks.main.role", "wanted 'main', '", "write 'main'"),
    (("hardware",), {"a": {"nics": {"e": "10G"}}}, "hardware.a.nics.e", "a number", "its unit"),
    (("hardware",), {"a": {"nics": {"e": 0}}}, "hardware.a.nics.e", "more than 0", "write more"),
    (("hardware",), {"a": {"nics": {"e": 1e9}}}, "hardware.a.nics.e", "10000 or less", "10000 or"),
    (("hardware",), {"a": None}, "hardware.a", "wanted a mapping, seen nothing", "or {} for none"),
    (("networks",), {"lan": {"cidr": "10.77.0.0/24"}}, "networks", "has no network main", "main"),
    # what there must be once
    (
        ("nodes", "node2.example.com", "address"),
        "10.77.0.11",
        "nodes['node2.example.com'].address",
        "the address 10.77.0.11 is also that of the node node1.example.com",
        "its own address",
    ),
    (
        ("cluster", "address"),
        "10.77.0.11",
        "cluster.address",
        "also that of the node node1.example.com",
        "its own address",
    ),
    (
        ("hosts", 0, "address"),
        "10.77.0.100",
        "hosts[0].address",
        "also that of the cluster itself",
        "its own address",
    ),
    (
        ("nodes", "node1.other.com"),
        {"address": "10.77.0.13"},
        "nodes['node1.other.com']",
        "the name node1 is also that of the node node1.example.com",
        "its own name",
    ),
    (
        ("hosts", 0, "names"),
        ["node2"],
        "hosts[0].names[0]",
        "the name node2 is also that of the node node2.example.com",
        "its own name",
    ),
    (("cluster", "name"), "node1.example.com", "cluster.name", "also that of the node", "its own"),
    # the platform
    (
        ("platform",),
        "ganety",
        "platform",
        "wanted one of ganeti, pvc, ravada",
        "did you mean ganeti?",
    ),
    (("platform",), "os", "platform", "wanted one of ganeti, pvc, ravada", "write one of"),
    (("hypervisor",), "lxd", "hypervisor", "wanted one of kvm, xen, seen the text 'lxd'", "kvm"),
    (("edition",), "2008", "edition", "wanted one of current, 2009", "mean 2009?"),
    (("network_type",), "routing", "network_type", "is not used by this platform", "remove it"),
    (
        ("options", "minor_count"),
        256,
        "options.minor_count",
        "GNT-039: wanted 1 to 255, seen 256",
        "write 128",
    ),
    (
        ("options", "minor_count"),
        0,
        "options.minor_count",
        "GNT-039: wanted 1 to 255, seen 0",
        "write 128",
    ),
    (("options", "usermode_helper"), "a b", "options.usermode_helper", "absolute path", "/bin/tr"),
    (("options", "usermode_helper"), "/a/../b", "options.usermode_helper", "absolute path", "/bin"),
    # roles, sites, further networks, pools
    ((*N1, "role"), "boss", f"{NODE}.role", "wanted one of node, master, seen", "write one of"),
    ((*N1, "role"), 7, f"{NODE}.role", "wanted text, seen the number 7", "quotes"),
    ((*N1, "site"), "a b", f"{NODE}.site", "is no short name", "letters"),
    ((*N1, "addresses"), {"lan": "10.78.0.1"}, f"{NODE}.addresses.lan", "no network 'lan'", "dec"),
    ((*N1, "addresses"), {"main": "10.77.0.9"}, f"{NODE}.addresses.main", "besides main", "`addr"),
    ((*N1, "addresses"), {"a/b": "10.78.0.1"}, f"{NODE}.addresses['a/b']", "no short name", "let"),
    ((*N1, "sriov"), {"ens1": -1}, f"{NODE}.sriov.ens1", "wanted 0 or more", "0 or more"),
    ((*N1, "sriov"), {"ens1": 1025}, f"{NODE}.sriov.ens1", "wanted 1024 or less", "1024"),
    ((*N1, "sriov"), {"ens1": "7"}, f"{NODE}.sriov.ens1", "wanted a whole number", "without quo"),
    ((*N1, "sriov"), {"e s": 7}, f"{NODE}.sriov['e s']", "no name of an interface", "a-z"),
    ((*N1, "lvm_devices"), ["/dev/a", "/dev/a"], f"{NODE}.lvm_devices", "is there twice", "once"),
    *(
        ((*N1, "lvm_devices"), [bad], f"{NODE}.lvm_devices[0]", "no device's path", "/dev/disk/by")
        for bad in (
            "sdb",
            "/dev",
            "/dev/../sdb",
            "/dev/a b",
            "/srv/x",
            "/dev/-f",
            "/dev//a",
            "/dev/a/",
        )
    ),
    ((*N1, "lvm_devices"), "/dev/sdb", f"{NODE}.lvm_devices", "wanted a list", "- "),
    (("networks", "main", "vlan"), 0, "networks.main.vlan", "wanted 1 or more", "1 or more"),
    (("networks", "main", "vlan"), 4095, "networks.main.vlan", "wanted 4094 or less", "4094"),
    (("networks", "main", "mtu"), 1279, "networks.main.mtu", "wanted 1280 or more", "1280"),
    (("networks", "main", "mtu"), 65536, "networks.main.mtu", "wanted 65535 or less", "65535"),
    (("networks", "main", "bond"), "b" * 16, "networks.main.bond", "longer than 15", "shorten"),
    (("provider",), "O V H", "provider", "is no short name", "letters"),
    (("admin",), ["10.0.0.1/8"], "admin[0]", "is no network", "own address"),
    (("admin",), "10.0.0.0/8", "admin", "wanted a list", "[first"),
    (("repositories",), ["\n"], "repositories[0]", "is empty or not one line", "one line"),
    (("pools",), [{"name": "a"}], "pools[0].type", "is missing", "type"),
    (("pools",), [{"name": "a", "type": "dir", "path": "x"}], "pools[0].path", "no folder", "abso"),
    (("pools",), [{"name": "a", "type": "dir", "path": "/a/../b"}], "pools[0].path", "no fol", "a"),
    (
        ("pools",),
        [{"name": "a", "type": t} for t in ("dir", "fs")],
        "pools[1].name",
        "also that of pools[0]",
        "n",
    ),
    # other platforms that the servers are for
    (("also",), ["nova"], "also[0]", "wanted one of pvc, ravada, vmmanager, seen", "write one of"),
    (("also",), ["ganeti"], "also[0]", "wanted one of pvc, ravada, vmmanager", "write one of"),
    (("also",), ["ravda"], "also[0]", "wanted one of", "did you mean ravada?"),
    (("also",), "pvc", "also", "wanted a list", "[first"),
    (("also",), ["pvc"], "also[0]", "XC-01: Ganeti runs under the full name", "choose one"),
    # waivers
    (("waivers", 0, "requirement"), "GNT-999", "waivers[0].requirement", "no requirement", "id"),
    (("waivers", 0, "reason"), " ", "waivers[0].reason", "is empty or not one line", "one line"),
    (("waivers", 0, "owner"), "a\nb", "waivers[0].owner", "is empty or not one line", "one line"),
    (("waivers", 0, "owner"), None, "waivers[0].owner", "wanted text, seen nothing", "its value"),
    (("waivers", 0, "reason"), "x" * 1001, "waivers[0].reason", "at most 1000 characters", "1000"),
    (("waivers", 0, "expires"), "soon", "waivers[0].expires", "'soon' is no date", "2027-06-30"),
    (("waivers", 0, "expires"), 2027, "waivers[0].expires", "is no date", "2027-06-30"),
    (("waivers", 0, "expires"), None, "waivers[0].expires", "is no date", "2027-06-30"),
    (("waivers", 0, "nodes"), [], "waivers[0].nodes", "wanted at least 1", "at least 1"),
    (("waivers", 0, "requirement"), "GNT-001", "waivers[0].requirement", "judged by nothing", "re"),
    (("waivers", 0, "requirement"), "gnt-34", "waivers[0].requirement", "no", "mean GNT-034?"),
    (("waivers", 0, "requirement"), "VMM-003", "waivers[0].requirement", "no requirement", "id"),
    (("waivers", 0, "nodes"), ["node9"], "waivers[0].nodes", "there is no node 'node9'", "nodes"),
]


@pytest.mark.parametrize(
    ("path", "value", "where", "message", "remedy"),
    CASES,
    ids=[f"{case[2]}: {ascii(case[1])[:30]}" for case in CASES],
)
def test_a_problem(path, value, where, message, remedy):
    found = problems_with(path, value)
    assert set(found) == {where}
    problem = found[where]
    assert message in problem.message
    assert remedy in problem.remedy
    assert problem.line >= 1
    assert problem.column >= 1
    assert problem.text().isprintable()


def test_a_required_key_that_is_misspelt_is_told_once():
    tree = support.data()
    tree["cluster"]["adress"] = tree["cluster"].pop("address")
    tree["waivers"][0]["resaon"] = tree["waivers"][0].pop("reason")
    found = {problem.where: problem.remedy for problem in support.of(tree).problems}
    assert found == {
        "cluster.adress": "did you mean `address`?",
        "waivers[0].resaon": "did you mean `reason`?",
    }


def test_a_misspelt_key_beside_the_right_one_hides_nothing_that_is_missing():
    tree = support.data()
    tree["cluster"] = {"nmae": "cluster.example.com"}
    assert {problem.where for problem in support.of(tree).problems} == {
        "cluster.nmae",
        "cluster.address",
    }


def test_counting_without_the_network_main_is_told_once():
    tree = support.data()
    tree["networks"] = {"upstream": {"cidr": "10.77.0.0/24", "offset": 10}}
    tree["nodes"] = {"node1.example.com": {}, "node2.example.com": {}}
    (problem,) = support.of(tree).problems
    assert (problem.where, problem.message) == ("networks", "has no network main")


@pytest.mark.parametrize("name", ["lna", "Lan"])
def test_a_misspelt_network_of_a_node_is_told_once(name):
    tree = support.data()
    tree["networks"]["lan"] = {"cidr": "10.78.0.0/24"}
    tree["nodes"]["node1.example.com"]["addresses"] = {"lan": "10.78.0.1"}
    tree["nodes"]["node2.example.com"]["addresses"] = {name: "10.78.0.2"}
    (problem,) = support.of(tree).problems
    assert problem.where == f"nodes['node2.example.com'].addresses.{name}"
    assert problem.remedy.endswith(("did you mean lan?", "or write one of: lan"))


@pytest.mark.parametrize(
    ("path", "value", "where", "message", "remedy"),
    CASES,
    ids=[f"{case[2]}: {ascii(case[1])[:30]}" for case in CASES],
)
def test_the_public_text_holds_no_value(path, value, where, message, remedy):
    problem = problems_with(path, value)[where]
    public = problem.public_text().removeprefix(f"{problem.file}:{problem.line}:{problem.column}: ")
    public = public.removeprefix(where)
    if isinstance(value, str) and len(value) > 3:
        assert value not in public
    assert not any(secret in public for secret in ("10.77", "10.78", "example.com", "GNT-999"))


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("version", "version"),
        ("name", "name"),
        ("platform", "platform"),
        ("nodes", "nodes"),
    ],
)
def test_missing_keys(key, where):
    tree = support.data()
    del tree[key]
    problems = support.of(tree).problems
    assert problems[0].where == where
    assert problems[0].message == "is missing"
    assert problems[0].remedy == f"add `{key}: ...`"


def test_the_problem_stands_where_it_is_said():
    text = support.VALID.replace("bridge: gnt-br", "bridge: br/0")
    (problem,) = support.of_text(text).problems
    line = text.splitlines()[problem.line - 1]
    assert line[problem.column - 1 :].startswith("bridge: br/0")


def test_all_problems_are_told_at_once():
    """What is wrong by itself does not hide what contradicts elsewhere."""
    tree = support.data()
    tree["colour"] = "blue"
    tree["time"]["wait"] = "long"
    tree["nodes"]["node1.example.com"]["address"] = "here"
    tree["nodes"]["node3.example.com"] = {"address": "10.77.0.12"}
    tree["hypervisor"] = "vmware"
    tree["options"]["minor_count"] = "many"
    tree["waivers"][0]["owner"] = ""
    tree["cluster"]["address"] = "10.99.0.1"
    assert {problem.where for problem in support.of(tree).problems} == {
        "colour",
        "time.wait",
        f"{NODE}.address",
        "nodes['node3.example.com'].address",
        "hypervisor",
        "options.minor_count",
        "waivers[0].owner",
        "cluster.address",
    }


def test_contradictions_are_told_without_a_platform():
    tree = support.data()
    tree["platform"] = "ganety"
    tree["nodes"]["node1.example.com"]["address"] = "10.77.0.12"
    assert {problem.where for problem in support.of(tree).problems} == {
        "platform",
        "nodes['node2.example.com'].address",
    }


@pytest.mark.parametrize("value", ["on", "1e3", "0123", "1_000", "2027-06-30", "1:30", "0x1f"])
def test_what_yaml_reads_as_something_else_than_text(value):
    text = support.VALID.replace("name: demo", f"name: {value}")
    found = support.of_text(text)
    if value == "1e3":  # YAML 1.1 wants a dot in a number
        assert found.cluster.name == value
        return
    (problem,) = found.problems
    assert problem.where == "name"
    assert problem.message.startswith("wanted text, seen the ")
    assert problem.remedy == "put it in quotes"


def test_a_date_that_does_not_exist():
    found = support.of_text(support.VALID.replace("2027-06-30", "2027-06-31"))
    (problem,) = found.problems
    assert problem.where == "waivers[0].expires"
    assert "no such timestamp" in problem.message


def test_an_expired_waiver_is_no_error():
    tree = support.data()
    tree["waivers"][0]["expires"] = "2001-01-01"
    assert support.of(tree).cluster


def test_the_same_waiver_twice():
    tree = support.data()
    tree["waivers"].append({**tree["waivers"][0], "nodes": ["node1.example.com"]})
    assert support.of(tree).cluster  # one for all, one for a node: of different scope
    tree["waivers"].append({**tree["waivers"][0], "nodes": ["node1.example.com"]})
    (problem,) = support.of(tree).problems
    assert problem.where == "waivers[2]"
    assert "waived by waivers[1] already" in problem.message


def test_a_platform_that_fails_is_a_problem_of_the_file(monkeypatch):
    from saltext.muster import platforms

    def fail(cluster):
        raise RuntimeError("10.77.0.11 is odd")

    monkeypatch.setattr(platforms.load("ganeti"), "check", fail)
    (problem,) = support.of(support.data()).problems
    assert problem.where == "platform"
    assert problem.message == "the module of this platform failed: RuntimeError: 10.77.0.11 is odd"
    assert "10.77" not in problem.public_text()


def test_ten_thousand_broken_nodes_give_bounded_problems():
    tree = support.data()
    tree["nodes"] = {f"n{i}.example.com": {"address": "x"} for i in range(10_000)}
    found = support.of(tree)
    assert len(found.problems) == 1000
    assert len(found.ids) == 10_000


def test_the_whole_of_the_new_keys_is_taken():
    tree = support.data()
    tree["networks"]["main"].update(bond="bond0", vlan=4094, mtu=65535)
    tree["networks"]["storage"] = {"cidr": "10.78.0.0/24", "vlan": 1, "mtu": 1280}
    node = tree["nodes"]["node1.example.com"]
    node.update(role="master", site="east", sriov={"ens1": 0, "ens2": 1024})
    node["addresses"] = {"storage": "10.78.0.1"}
    # The same name on two nodes is two disks.
    for each in tree["nodes"].values():
        each["lvm_devices"] = ["/dev/disk/by-path/pci-0000:00:05.0"]
    tree["nodes"]["node2.example.com"]["addresses"] = {"storage": "10.78.0.2"}
    tree.update(provider="hetzner", admin=["198.51.100.0/24"], repositories=["repo.example.com"])
    tree["pools"] = [
        {"name": "vms", "type": "dir", "path": "/srv/vms"},
        {"name": "z", "type": "zfs"},
    ]
    tree["also"] = ["ravada"]
    found = support.of(tree).cluster
    main, storage = found.networks["main"], found.networks["storage"]
    assert (main.bond, main.vlan, main.mtu, storage.vlan, storage.mtu) == (
        "bond0",
        4094,
        65535,
        1,
        1280,
    )
    node = found.nodes["node1.example.com"]
    assert (node.role, node.site) == ("master", "east")
    assert node.sriov == {"ens1": Physical(0), "ens2": Physical(1024)}
    assert node.addresses == {"storage": "10.78.0.1"}
    assert node.lvm_devices == ("/dev/disk/by-path/pci-0000:00:05.0",)
    assert [node.id for node in found.with_role("master")] == ["node1.example.com"]
    assert [(pool.name, pool.path) for pool in found.pools] == [("vms", "/srv/vms"), ("z", "")]
    assert (found.provider, found.also, found.admin) == (
        "hetzner",
        ("ravada",),
        ("198.51.100.0/24",),
    )
    kept = json.loads(json.dumps(found.to_data()))
    assert Cluster.from_data(kept, type(found.options)) == found


def test_an_address_in_another_network_must_be_in_it_and_nobody_elses():
    tree = support.data()
    tree["networks"]["storage"] = {"cidr": "10.78.0.0/24"}
    tree["nodes"]["node1.example.com"]["addresses"] = {"storage": "10.79.0.1"}
    tree["nodes"]["node2.example.com"]["addresses"] = {"storage": "10.78.0.2"}
    (problem,) = support.of(tree).problems
    assert "10.79.0.1 is not in the network 10.78.0.0/24" in problem.message
    for node in tree["nodes"].values():
        node["addresses"] = {"storage": "10.78.0.1"}
    (problem,) = support.of(tree).problems
    assert "the address 10.78.0.1 is also that of the node node1.example.com" in problem.message


def test_a_network_is_on_all_nodes_or_on_none():
    tree = support.data()
    tree["networks"]["storage"] = {"cidr": "10.78.0.0/24"}
    assert support.of(tree).cluster
    tree["nodes"]["node2.example.com"]["addresses"] = {"storage": "10.78.0.2"}
    (problem,) = support.of(tree).problems
    assert problem.where == "nodes['node1.example.com']"
    assert "no address in the network storage, where node2.example.com has one" in problem.message


def test_what_is_judged_over_the_cluster_is_waived_for_all_of_it():
    tree = support.data()
    for id_ in ("GNT-010", "MST-004", "XC-03"):
        tree["waivers"][0]["requirement"] = id_
        assert support.of(tree).cluster
        tree["waivers"][0]["nodes"] = ["node1.example.com"]
        (problem,) = support.of(tree).problems
        assert problem.where == "waivers[0].nodes"
        assert f"{id_} is judged over the whole cluster" in problem.message
        del tree["waivers"][0]["nodes"]


def test_every_hard_conflict_is_told_and_a_waiver_of_it_counts():
    tree = support.data()
    tree.update(platform="vmmanager", options={}, also=["pvc"], admin=["198.51.100.0/24"])
    waiver = tree.pop("waivers")[0]
    problems = support.of(tree).problems
    assert [problem.message[:5] for problem in problems] == ["XC-03", "XC-05"]
    assert {problem.where for problem in problems} == {"also[0]"}
    assert "VMM-023" in problems[0].message and "PVC-025" in problems[0].message
    assert "choose one platform" in problems[0].remedy
    assert "10.77" not in problems[0].public_text()
    tree["waivers"] = [{**waiver, "requirement": id_} for id_ in ("VMM-023", "XC-05")]
    assert support.of(tree).cluster


def test_a_node_without_the_waiver_leaves_the_conflict():
    tree = support.data()
    tree.update(platform="vmmanager", options={}, also=["pvc"], admin=["198.51.100.0/24"])
    waiver = {**tree["waivers"][0], "requirement": "VMM-023", "nodes": ["node1.example.com"]}
    tree["waivers"] = [waiver, {**tree["waivers"][0], "requirement": "XC-05"}]
    (problem,) = support.of(tree).problems
    assert problem.message.startswith("XC-03")


def test_many_warnings_never_hide_what_refuses_a_file():
    """1500 nodes have a NIC that carries nothing, which warns; the last one's port is taken."""
    tree = support.data()
    tree["networks"]["main"] = {"cidr": "10.64.0.0/12", "bridge": "gnt-br", "interface": "eth0"}
    tree["cluster"]["address"] = "10.64.255.1"
    tree["hosts"], tree["waivers"] = [], []
    tree["nodes"] = {
        f"n{number}.example.com": {
            "address": f"10.65.{number // 200}.{number % 200 + 1}",
            "ports": {"spare0": f"switch {number}"},
        }
        for number in range(1500)
    }
    assert support.of(tree).cluster is not None
    tree["nodes"]["n1499.example.com"]["ports"] = {"eth0": "switch 7"}
    found = support.of(tree)
    assert found.cluster is None
    assert "is spare0's of n7.example.com already" in found.problems[0].message
