"""A firewall that is made of the rules: who gets through, and which rows it meets."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster import firewall, plan, platforms, ranges
from saltext.muster.facts import Facts
from saltext.muster.firewall import Question
from saltext.muster.planning.connecting.rules import Rules, rules
from saltext.muster.requirement import judge
from tests.support.planned import cluster
from tests.support.talking import (
    ADMIN,
    chains,
    examples,
    pvc,
    pvc_nodes,
)


@pytest.mark.parametrize("one", examples())
def test_a_firewall_by_the_plan_meets_the_platforms_rows(one):
    """What the plan opens is what the catalogue's own rows about the firewall ask of a node."""
    probes = {"qemu_ports": {"migration": [49152, 49215], "display": [5900, 65535]}}
    platform = platforms.load(one.platform)
    rows = [row for row in platform.REQUIREMENTS if row.probes[0] == "firewall"]
    rows = [row for row in rows if set(row.probes) <= {"firewall", "qemu_ports"}]
    # Who may log in is judged by `admin`, which one example leaves out.
    undeclared = {"RAV-028"} if not one.admin else set()
    for each in one.nodes.values():
        state = {
            "chains": chains(rules(one, each)),
            "uplink": "eno1",
            "ipv6": False,
            "services": {},
        }
        facts = Facts({"firewall": state, **probes})
        for row in rows:
            if row.id in undeclared:
                continue
            verdict = judge(row, facts, plan.plan(one, each.id), date(2026, 11, 21))
            assert verdict.status in ("pass", "skip"), verdict


NODES = st.integers(2, 6).flatmap(
    lambda count: st.lists(st.booleans(), min_size=count, max_size=count)
)


@settings(max_examples=25)
@given(NODES, st.sampled_from(["pvc", "ravada", "ganeti", "vmmanager"]), st.booleans())
def test_a_flow_between_two_nodes_gets_out_of_one_and_into_the_other(leading, platform, ring):
    """Every pair of nodes and every flow, against the evaluator of firewalls."""
    roles = platforms.load(platform).ROLES
    nodes = [
        dataclasses.replace(each, role=roles[-1] if lead else roles[0])
        for each, lead in zip(pvc_nodes(len(leading)), leading, strict=True)
    ]
    salt = (nodes[0].address,) if ring else ("192.0.2.9",)
    main = pvc([]).networks
    one = cluster(platform, nodes, networks=main, admin=ADMIN, salt_masters=salt)
    whole = Rules(one)
    filters = {each.id: chains(whole.of(each)) for each in nodes}
    for each in whole.flows:
        if each.protocol == "icmp":
            continue
        for source in nodes:
            for target in nodes:
                ends = (
                    each.source in whole.parties.of(source),
                    each.destination in (whole.parties.of(target)),
                )
                if all(ends) and source is not target:
                    _passes(one, each, filters, source, target)


def _passes(one, flow, filters, source, target):
    for way, at, peer in (("output", source, target), ("input", target, source)):
        asked = Question(way, flow.protocol, (flow.first, flow.last))
        answer = firewall.evaluate(filters[at.id], asked)
        address = one.address_in(peer, flow.network)
        assert ranges.both(answer.accepted, ranges.of([address], 4)), (flow, way, at.id, peer.id)


@pytest.mark.parametrize("one", examples())
def test_nobody_unknown_gets_in(one):
    """A stranger reaches only what is open to anybody, by the flows' own words."""
    whole = Rules(one)
    admin = ranges.of(one.admin, 4)
    others = (ranges.of([text], 4) for text in ("203.0.113.77", "198.18.0.77"))
    stranger = next(each for each in others if not ranges.both(each, admin))
    for each in one.nodes.values():
        own = whole.parties.of(each)
        open_to_all = [f for f in whole.flows if f.source == "any" and f.destination in own]
        for port in (22, 179, 1811, 2181, 5432, 6800, 7370, 11000, 16509, 16514, 49152):
            asked = Question("input", "tcp", (port, port), interface="eno1", port="")
            answer = firewall.evaluate(chains(whole.of(each)), asked)
            open_ = any(f.protocol == "tcp" and f.first <= port <= f.last for f in open_to_all)
            assert bool(ranges.both(answer.accepted, stranger)) == open_, (each.id, port)
