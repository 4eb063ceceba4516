from __future__ import annotations

import hashlib
import json

import pytest

STATE = "muster_hosts.managed"
HOSTS = [
    {"address": "10.77.0.11", "names": ["node1.example.com", "node1"]},
    {"address": "10.77.0.12", "names": ["node2.example.com", "node2"]},
]
OWN, OTHER = ({"address": host["address"], "hostnames": host["names"]} for host in HOSTS)
INSTALLER = "127.0.0.1\tlocalhost\n127.0.1.1\tnode1.example.com\tnode1\n\n::1 localhost ip6\n"
WANTED = "127.0.0.1\tlocalhost\n\n::1 localhost ip6\n10.77.0.11 node1.example.com node1\n"


def shared(data):
    text = data if isinstance(data, str) else json.dumps(data)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text, {"digest": digest, "source": f"salt://muster-shared/hosts-{digest}.json"}


def put(folder, plan, text):
    file = folder / plan["source"].removeprefix("salt://")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_debians_installer(converged, node, testmode):
    node.write("/etc/hosts", INSTALLER)
    assert set(converged(STATE, **OWN)["changes"]) == {"address", "loopback"}
    assert testmode or node.read("/etc/hosts") == WANTED


@pytest.mark.parametrize(
    ("text", "noted"), [("manage_etc_hosts: true\n", True), ("manage_etc_hosts: false\n", False)]
)
def test_a_cloud_init_that_will_undo_it_is_named(converged, node, testmode, text, noted):
    node.write("/usr/bin/cloud-init", mode=0o755)
    node.write("/etc/cloud/cloud.cfg", text)
    comment = converged(STATE, **OWN)["comment"]
    assert ("manage_etc_hosts: false" in comment) is (noted and not testmode)


def test_no_file(converged, node, testmode):
    converged(STATE, **OWN)
    wanted = "127.0.0.1 localhost\n10.77.0.11 node1.example.com node1\n"
    assert testmode or node.read("/etc/hosts") == wanted


def test_what_ganeti_wrote_stays_byte_for_byte(converged, minion, node):
    text, plan = shared(HOSTS)
    put(minion.files, plan, text)
    written = (
        "10.77.0.12\tnode2.example.com\tnode2\n# foreign\n127.0.0.1 localhost\n"
        "10.77.0.11\tnode1.example.com\tnode1"
    )
    node.write("/etc/hosts", written)
    assert converged(STATE, **OWN, shared=plan)["changes"] == {}
    assert node.read("/etc/hosts") == written


def test_the_clusters_list_comes_from_the_master(converged, minion, node, testmode):
    text, plan = shared(HOSTS)
    put(minion.files, plan, text)
    node.write("/etc/hosts", INSTALLER)
    assert set(converged(STATE, **OWN, shared=plan)["changes"]) == {
        "address",
        "loopback",
        "cluster",
    }
    assert testmode or node.read("/etc/hosts").endswith("10.77.0.12 node2.example.com node2\n")


def test_every_node_of_a_cluster_gets_the_same_bytes(minion, node, testmode):
    text, plan = shared(HOSTS)
    put(minion.files, plan, text)
    results = set()
    for own in (OWN, OTHER):
        node.write("/etc/hosts", INSTALLER)
        assert minion.state(STATE, test=testmode, **own, shared=plan, root=node.root)["changes"]
        results.add(node.read("/etc/hosts"))
    assert len(results) == 1


def test_a_cached_copy_is_not_fetched_again(converged, minion):
    text, plan = shared(HOSTS[:1])
    put(minion.cache / "files/base", plan, text)
    converged(STATE, **OWN, shared=plan)
    assert "cp" not in minion.modules.loaded_modules


def test_a_spoilt_cached_copy_is_fetched_again(converged, minion):
    text, plan = shared(HOSTS[:1])
    put(minion.cache / "files/base", plan, "[]")
    put(minion.files, plan, text)
    converged(STATE, **OWN, shared=plan)


def test_a_list_that_is_not_on_the_master(fails):
    _, plan = shared(HOSTS[:1])
    assert "salt-run fileserver" in fails(STATE, **OWN, shared=plan)


def test_a_list_that_is_not_what_the_plan_was_made_with(fails, minion):
    _, plan = shared(HOSTS[:1])
    put(minion.files, plan, "[]")
    assert f"wanted {plan['digest']}" in fails(STATE, **OWN, shared=plan)


@pytest.mark.parametrize("data", ["{", "null", '"x"', "[{}]", '[{"address": "1", "names": 2}]'])
def test_a_list_that_is_none(fails, minion, data):
    text, plan = shared(data)
    put(minion.files, plan, text)
    assert "shared" in fails(STATE, **OWN, shared=plan)


@pytest.mark.parametrize(
    "plan",
    [
        {"digest": "x", "source": "salt://muster-shared/hosts-x.json"},
        {"digest": "0" * 64, "source": "salt://muster-shared/../../etc/shadow"},
        {"digest": "0" * 64, "source": f"https://example.com/hosts-{'0' * 64}.json"},
        {"digest": "1" * 64, "source": f"salt://muster-shared/hosts-{'0' * 64}.json"},
        {"digest": "0" * 64},
        {"source": None},
    ],
)
def test_a_source_that_no_plan_has(fails, plan):
    assert "muster-shared" in fails(STATE, **OWN, shared=plan)


@pytest.mark.parametrize(
    "changed",
    [
        {"address": "127.0.1.1"},
        {"address": "x"},
        {"hostnames": []},
        {"hostnames": ["a\n6.6.6.6 b"]},
    ],
)
def test_bad_arguments(fails, changed):
    assert "muster_hosts: " in fails(STATE, **{**OWN, **changed})
