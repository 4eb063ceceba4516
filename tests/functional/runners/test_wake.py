"""``salt-run muster.wake|handover|warnings`` on a real master's cache, without minions."""

from __future__ import annotations

import pytest
import salt.cache
import salt.config

from saltext.muster.components import magic_packet

from ...support import plans
from .support import salt_run

NODE, OTHER = "node1.example.com", "node2.example.com"
MAC = "52:54:00:12:34:56"


@pytest.fixture
def mine(config, tmp_path):
    """Put into the mine of nodes whose keys are accepted what they told."""

    def tell(**told):
        keys = tmp_path / "pki_dir" / "minions"
        keys.mkdir(parents=True)
        cache = salt.cache.factory(salt.config.master_config(str(config)))
        for name, cards in told.items():
            id_ = f"{name}.example.com"
            (keys / id_).write_text("x")
            cache.store(f"minions/{id_}", "data", {"grains": {"id": id_}, "pillar": {}})
            cache.store(f"minions/{id_}", "mine", {magic_packet.MINE: cards})
            cache.store("mine", id_, {magic_packet.MINE: cards})

    return tell


def test_the_cards_that_nodes_told_are_listed(config, mine):
    mine(node1={"eno1": MAC}, node2={"eno1": "ff:ff:ff:ff:ff:ff"})
    status, found = salt_run(config, "muster.wake")
    rows = found["sheets"][0]["tables"]["nodes"]
    assert {row["node"]: row["cards"] for row in rows} == {NODE: [MAC], OTHER: []}
    assert "multicast" in found["sheets"][0]["findings"][0]["message"]
    assert status == 0


def test_a_node_that_is_not_known_is_an_exit_status(config):
    status, found = salt_run(config, "muster.wake", "no.example.com")
    assert status == 2
    assert "no valid cluster file with a node 'no.example.com'" in found["text"]


def test_a_node_whose_card_is_not_known_is_an_exit_status(config):
    status, found = salt_run(config, "muster.wake", NODE)
    assert status == 2
    assert f"the card of {NODE} is not known" in found["text"]


def test_the_hand_over_has_the_clusters_own_values(config):
    path = str(plans.ROOT / "pillar" / "clusters" / "ravada-class.yaml")
    status, found = salt_run(config, "muster.handover", path)
    assert status == 0
    whats = [row["what"] for row in found["sheets"][0]["tables"]["steps"]]
    assert any("Name rav1; Address 10.78.0.21" in what for what in whats)


def test_where_nothing_was_told_no_pool_is_full(config):
    status, found = salt_run(config, "muster.warnings")
    assert (status, found["sheets"][0]["tables"]) == (0, {"pools": []})
    status, found = salt_run(config, "muster.pool_filling", "../x")
    assert status == 2
    assert "is no minion id" in found["text"]
