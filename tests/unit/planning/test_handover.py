from __future__ import annotations

import pytest

from saltext.muster.master import loading
from saltext.muster.planning import topics
from tests.support import plans

CLUSTERS = plans.ROOT / "pillar" / "clusters"


def told(cluster, cards=None):
    found = topics.sheet("handover", cluster, cards=cards).to_data()["tables"]
    return [(row["where"], row["what"]) for row in found["steps"]], found["besides"]


def cluster(name, change=lambda text: text):
    text = change((CLUSTERS / f"{name}.yaml").read_text())
    loaded = loading.from_bytes("x.yaml", text.encode())
    assert loaded.cluster, [problem.text() for problem in loaded.problems]
    return loaded.cluster


def test_ravada_is_told_each_node_and_then_its_bases():
    found, besides = told(cluster("ravada-class"), {"rav2.example.com": ["52:54:00:12:34:56"]})
    master, forms = "master.example.com", "Admin Tools, Nodes"
    assert [where for where, _ in found[:6]] == [master, forms, master] * 2
    check = "Check connection; Save"
    assert [what for where, what in found if where == forms] == [
        f"New Node: Backend KVM; Name rav1; Address 10.78.0.21; {check}",
        f"New Node: Backend KVM; Name rav2; Address 10.78.0.22; {check}",
    ]
    assert "salt-run muster.wake lists it" in found[2][1]
    assert found[5][1].endswith("the address is 52:54:00:12:34:56")
    assert found[-1][1] == "ubuntu, tab Base: enable rav1, rav2"
    assert [row["row"] for row in besides] == ["RAV-004", "RAV-006", "RAV-042"]


def test_the_cluster_files_card_wins_over_what_a_node_told():
    def change(text):
        return text.replace("address: 10.78.0.21", 'address: 10.78.0.21, mac: "02:00:00:00:00:01"')

    found, _ = told(cluster("ravada-class", change), {"rav1.example.com": ["52:54:00:12:34:56"]})
    assert found[2][1].endswith("the address is 02:00:00:00:00:01")


INIT = "gnt-cluster init --enabled-hypervisors="


def test_ganetis_commands_are_those_that_its_own_test_runs():
    """tests/acceptance/test_ganeti.py runs the same on real nodes."""
    loaded = loading.from_bytes("g", (plans.ROOT / "lab/clusters/ganeti.yaml").read_bytes())
    found, _ = told(loaded.cluster)
    commands = [what for _, what in found if what.startswith("gnt-")]
    assert commands[0].startswith(
        f"{INIT}kvm -H kvm:kernel_path= --enabled-disk-templates=diskless,file"
        " --master-netdev=gnt-br --nic-parameters=mode=bridged,link=gnt-br "
    )
    assert commands[1] == "gnt-node add -s 10.78.0.42 --no-ssh-key-check gnt2.example.com"
    assert commands[-1] == "gnt-cluster verify --error-codes"
    assert "/etc/ganeti/file-storage-paths" in found[0][1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ganeti", ["kvm", "--enabled-disk-templates=plain,drbd", "--vg-name=xenvg"]),
        ("ganeti-xen", ["xen-pvm", "--secondary-ip=192.168.3.1", "link=xen-br0"]),
    ],
)
def test_ganetis_command_follows_the_cluster_file(name, words):
    found, _ = told(cluster(name))
    init = next(what for _, what in found if what.startswith(INIT))
    assert all(word in init for word in words)


def test_nodes_with_a_replication_address_are_added_with_it():
    found, _ = told(cluster("ganeti-xen"))
    added = [what for _, what in found if what.startswith("gnt-node add")]
    assert added[0] == "gnt-node add -s 192.168.3.2 --no-ssh-key-check node2.example.com"


def test_a_platform_without_steps_of_its_own_has_the_catalogues():
    found = topics.sheet("handover", cluster("pvc")).to_data()["tables"]
    assert set(found) == {"besides"}
    assert "PVC-026" in [row["row"] for row in found["besides"]]
