"""What platforms want of root's SSH."""

from __future__ import annotations

import pytest

from saltext.muster.plan import plan
from tests.support import proofs

FIRST, SECOND = "node1.example.com", "node2.example.com"


def wanted(example, node, changes=None):
    return plan(proofs.cluster(example, changes), node)["components"].get("ssh")


def with_master(example):
    return {f"nodes/{FIRST}/role": "master"} if example != "ravada-class" else {}


@pytest.mark.parametrize("example", ["ravada-class", "ganeti"])
def test_a_plan_holds_the_master_and_no_other_node(example):
    tree = proofs.cluster(example, with_master(example))
    (master,) = tree.with_role("master")
    for node in tree.nodes.values():
        found = plan(tree, node.id)["components"]["ssh"]
        if node is master:
            assert "master" not in found
            assert found["client"] == ""
        else:
            assert found["master"]["id"] == master.id
            assert found["client"] == found["master"]["addresses"][0] == master.address


def test_ravadas_master_pins_takes_any_key_and_may_keep_root_out():
    tree = proofs.cluster("ravada-class")
    (master,) = tree.with_role("master")
    found = plan(tree, master.id)["components"]["ssh"]
    assert found["kinds"] == []
    assert found["shared"] == plan(tree, master.id)["components"]["hosts"]["shared"]
    assert found["root_login"] == ["prohibit-password", "no"]


def test_ganetis_master_has_a_key_that_ganeti_does_not_replace_and_pins_nothing():
    found = wanted("ganeti", FIRST, with_master("ganeti"))
    assert found["kinds"] == ["ssh-ed25519"]
    assert found["shared"] is None
    node = wanted("ganeti", SECOND, with_master("ganeti"))
    assert (node["tells"], node["allowed"]) == (False, ["pty"])
    assert "yes" in node["root_login"]


def test_all_addresses_of_the_master_may_log_in():
    tree = proofs.cluster("ravada-class")
    (master,) = tree.with_role("master")
    node = next(node for node in tree.nodes.values() if node is not master)
    found = plan(tree, node.id)["components"]["ssh"]["master"]["addresses"]
    assert found == list(dict.fromkeys([master.address, *master.addresses.values()]))


def test_without_a_master_ravada_has_the_servers_settings_alone_and_ganeti_nothing():
    assert wanted("ganeti", FIRST) is None
    found = wanted("ravada", "rav1.example.com")
    assert found == {"root_login": ["prohibit-password"], "client": ""}
