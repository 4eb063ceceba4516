from __future__ import annotations

import pytest

from saltext.muster.catalogue.ravada.base_proofs import on_master
from saltext.muster.finding import NotAsked
from saltext.muster.parts import Base
from tests.support.planned import cluster, node

MASTER = node("rav1", role="master")


def ravada(*nodes, **bases):
    made = {name: Base(1, where) for name, where in bases.items()}
    return cluster("ravada", nodes or [MASTER, node("rav2", role="node")], bases=made)


def test_a_base_of_a_node_is_on_the_master():
    assert list(on_master(ravada(ubuntu=("rav1", "rav2"), new=(), local=("rav1",)))) == []
    found = list(on_master(ravada(ubuntu=("rav1", "rav2"), debian=("rav2",))))
    assert [item.where for item in found] == [("bases", "debian", "nodes")]
    assert found[0].message == "base debian is on rav2, and not on the master"
    assert "rav1" in found[0].remedy


def test_a_file_without_bases_is_not_asked():
    with pytest.raises(NotAsked, match="no base"):
        list(on_master(ravada()))


def test_a_file_of_the_other_nodes_alone_is_not_asked():
    with pytest.raises(NotAsked, match="master"):
        list(on_master(ravada(node("rav2", role="node"), ubuntu=("rav2",))))
