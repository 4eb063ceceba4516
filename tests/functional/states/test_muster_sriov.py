"""On files in place of cards: no test machine has cards with virtual functions."""

from __future__ import annotations

import os

import pytest

from saltext.muster.components import sriov
from tests.support.cards import NET, card, function

STATE = "muster_sriov.made"
WANTED = {"eno1": 4}
COUNT = f"{NET}/eno1/device/sriov_numvfs"


def test_a_card_gets_its_functions_now_and_at_boot(converged, node, testmode):
    card(node)
    changes = converged(STATE, functions=WANTED)["changes"]
    assert changes["functions"] == {"old": {"eno1": 0}, "new": {"eno1": 4}}
    assert changes["boot"]["old"] == "no unit"
    if not testmode:
        assert node.read(COUNT) == "4\n"
        assert node.read(sriov.UNIT) == sriov.unit_text(WANTED)
        assert os.readlink(node.path(sriov.ENABLED)) == sriov.UNIT


def test_functions_that_nobody_uses_are_made_anew(converged, node, testmode):
    card(node, current=2)
    function(node, 0)
    function(node, 1, driver="")
    changes = converged(STATE, functions=WANTED)["changes"]
    assert changes["functions"] == {"old": {"eno1": 2}, "new": {"eno1": 4}}
    assert testmode or node.read(COUNT) == "4\n"


@pytest.mark.parametrize(
    "use",
    [
        {"driver": "vfio-pci", "link": False},
        {"link": False},
        {"flags": "0x1003"},
        {"above": "upper_macvtap0"},
        {"above": "master"},
    ],
)
def test_functions_in_use_stay_and_are_pending(minion, node, use, testmode):
    card(node, current=2)
    function(node, 0)
    function(node, 1, **use)
    ret = minion.state(STATE, test=testmode, functions=WANTED, root=node.root)
    assert ret["result"] is (None if testmode else True)
    assert set(ret["changes"]) == {"boot"}
    assert "eno1's virtfn1" in str(ret.get("warnings", ret["comment"]))
    assert "drain the node first" in ret["comment"]
    assert node.read(COUNT) == "2\n"


def test_a_card_that_has_them_stays(converged, node, testmode):
    card(node, current=4)
    function(node, 0, driver="vfio-pci", link=False)
    assert set(converged(STATE, functions=WANTED)["changes"]) == {"boot"}


def test_a_unit_of_another_text_and_one_that_is_off_are_told(converged, node, testmode):
    card(node, current=4)
    node.write(sriov.UNIT, "[Unit]\n")
    old = converged(STATE, functions=WANTED)["changes"]["boot"]["old"]
    assert old == "muster-sriov.service, not enabled, of another text"


@pytest.mark.parametrize(
    ("functions", "message"),
    [
        ({"eno1": 9}, "eno1 can have 8 virtual functions, wanted 9"),
        ({"eno2": 1}, "there is no network card eno2"),
        ({"eno1": 9, "eno2": 1}, "wanted 9; there is no network card eno2"),
        ({}, "no mapping"),
        ({"a b": 1}, "no name of a network card"),
        ({"eno1; reboot": 1}, "no name of a network card"),
        ({"eno1": "4"}, "wanted 0 to 65535"),
        ({"eno1": True}, "wanted 0 to 65535"),
    ],
)
def test_what_cannot_be_is_refused(fails, node, functions, message):
    card(node)
    assert message in fails(STATE, functions=functions)
