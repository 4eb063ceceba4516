"""How addresses go that files no longer give."""

from __future__ import annotations

import json

from saltext.muster.components.network import leaving, snapshot
from saltext.muster.components.network.wanted import Device, Wanted

DIFF = {
    "addresses": {
        "old": {"vmbr0": ["192.0.2.10/24", "192.0.2.9/24"], "eth0": ["192.0.2.8/24"]},
        "new": {"vmbr0": ["192.0.2.11/24"], "eth0": []},
    }
}
GOING = {"vmbr0": ["192.0.2.10/24"]}


def wanted(*addresses):
    return Wanted((Device("vmbr0", "bridge", method="static", addresses=addresses),))


def shown(*addresses):
    info = [
        {"family": "inet", "local": local, "prefixlen": length, "scope": "global"}
        for local, length in addresses
    ]
    return json.dumps([{"ifname": "vmbr0", "addr_info": info}])


def lines(plan, printed, going=GOING):
    found = leaving.data(going, plan, printed)
    return found[leaving.LEAVE].decode().splitlines()


def test_only_what_files_dropped_goes_this_way():
    assert leaving.gone(DIFF, ("192.0.2.10",)) == GOING
    assert leaving.gone({}, ("192.0.2.10",)) == {}


def test_what_the_node_has_no_more_is_told_without_prefix_lengths():
    assert leaving.lost(DIFF) == ["192.0.2.10", "192.0.2.8", "192.0.2.9"]
    assert leaving.lost({}) == []


def test_an_address_that_only_moves_is_not_lost():
    moved = {"addresses": {"old": {"eth0": ["192.0.2.1/24"]}, "new": {"vmbr0": ["192.0.2.1/24"]}}}
    assert leaving.lost(moved) == []


def test_the_new_address_is_the_first_of_its_network_and_others_come_back_behind_it():
    printed = shown(("192.0.2.10", 24), ("192.0.2.103", 24), ("192.0.2.100", 32))
    assert lines(wanted("192.0.2.11/24"), printed) == [
        "address add 192.0.2.11/32 dev vmbr0",
        "address del 192.0.2.10/24 dev vmbr0",
        "address del 192.0.2.103/24 dev vmbr0",
        "address replace 192.0.2.11/24 broadcast 192.0.2.255 dev vmbr0",
        "address add 192.0.2.103/24 scope global dev vmbr0",
        "address del 192.0.2.11/32 dev vmbr0",
    ]


def test_an_address_that_is_a_network_of_its_own_is_not_taken_off_again():
    plan = wanted("192.0.2.11/32")
    assert lines(plan, shown(("192.0.2.10", 32)), {"vmbr0": ["192.0.2.10/32"]}) == [
        "address del 192.0.2.10/32 dev vmbr0"
    ]


def test_addresses_of_ipv6_go_alone():
    printed = shown(("2001:db8::10", 64), ("2001:db8::103", 64))
    going = {"vmbr0": ["2001:db8::10/64"]}
    assert lines(wanted("2001:db8::11/64"), printed, going) == [
        "address del 2001:db8::10/64 dev vmbr0"
    ]


def test_where_nothing_goes_nothing_is_run():
    assert leaving.data({}, wanted(), "[]") == {}
    assert [turn for turn in leaving.turns({}) if turn] == [leaving.Turn(), leaving.Turn()]


def test_the_way_back_is_the_snapshot():
    apply, undo, boot = leaving.turns(GOING)
    assert [step.argv[-1] for step in apply.after] == [f"{leaving.DATA}/{leaving.LEAVE}"]
    assert (undo.after, boot) == (snapshot.STEPS, ())


def test_connections_end_when_the_job_has_ended():
    command = leaving.ended(["192.0.2.10", "2001:db8::10"], 4711)
    assert command[0] == "systemd-run"
    assert command[-4:] == (str(leaving.PATIENCE), "4711", "192.0.2.10", "2001:db8::10")
    assert [each[-1] for each in leaving.requests_ended(["192.0.2.10"], 4506)] == [
        "src 192.0.2.10 and dport = :4506"
    ]
