"""xend's expression matches exactly the wanted addresses."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster.cluster import Network
from saltext.muster.master import loading
from saltext.muster.patterns import LENGTH, Unsupported
from saltext.muster.planning import addresses
from saltext.muster.planning.addressing import relocation
from saltext.muster.probes import _sxp
from tests.support import plans
from tests.support.addresses import cluster, node

THREE = [f"192.168.3.{end}" for end in (11, 12, 13)]


def matched(expression, text):
    """Say whether xend lets ``text`` in: one of the words matches from its beginning."""
    return any(re.match(word, text) for word in expression.split(" "))


@pytest.mark.parametrize(
    ("wanted", "expression"),
    [
        (["192.168.3.11"], r"^192\.168\.3\.11$"),
        (THREE, r"^192\.168\.3\.1[1-3]$"),
        (["10.0.0.1", "10.0.0.10"], r"^10\.0\.0\.10?$"),
        (["10.0.0.1", "10.0.0.100"], r"^10\.0\.0\.1(00)?$"),
        (["10.0.0.1", "10.0.1.1"], r"^10\.0\.[01]\.1$"),
        (["10.0.0.1", "10.0.1.2"], r"^10\.0\.(0\.1|1\.2)$"),
        (["9.0.0.1", "10.0.0.1"], r"^(10|9)\.0\.0\.1$"),
    ],
)
def test_it_is_as_a_person_would_write_it(wanted, expression):
    assert relocation.expression(wanted) == expression
    assert relocation.counterexample(expression, wanted) is None


def test_the_hosts_of_a_whole_24_are_short():
    wanted = [f"192.168.3.{end}" for end in range(1, 255)]
    expression = relocation.expression(wanted)
    assert len(expression) < 80
    assert relocation.counterexample(expression, wanted) is None
    assert relocation.counterexample(expression, wanted[:-1])


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (r"^192\.168\.3\.[0-9]+$", False),
        (r"^192\.168\.3\.1[12]$", True),
        (r"^192.168\.3\.1[123]$", False),
        (r"192\.168\.3\.1[123]", False),
        (r"^192\.168\.3\.1[123]$ ^localhost$", False),
        (r"^192\.168\.3\.1[123]?$", False),
        (r"^192\.168\.3\.1[123](\s|$)", False),
        (r"^$|^192\.168\.3\.1[123]$", False),
        ("", False),
    ],
)
def test_what_is_not_exact_has_a_counterexample(expression, text):
    """text says whether the expression lacks it; else it matches it and should not."""
    found = relocation.counterexample(expression, THREE)
    assert found is not None
    assert matched(expression, found) is not text
    assert (found in THREE) is text


def test_what_is_not_understood_is_not_called_proved():
    with pytest.raises(Unsupported):
        relocation.counterexample(r"(?=1)1\.2\.3\.4", ["1.2.3.4"])


@pytest.mark.parametrize("wanted", [[], ["2001:db8::1"], ["1.2.3.4", "2001:db8::1"], ["here"]])
def test_only_ipv4_addresses_have_an_expression(wanted):
    with pytest.raises(ValueError):
        relocation.expression(wanted)


OCTET = st.integers(0, 255)
NEAR = st.builds(lambda a, b: f"10.0.{a}.{b}", st.integers(0, 3), OCTET)
FAR = st.builds(lambda *octets: ".".join(map(str, octets)), OCTET, OCTET, OCTET, OCTET)


@settings(max_examples=60)
@given(st.sets(st.one_of(NEAR, FAR), min_size=1, max_size=40))
def test_it_matches_the_wanted_ones_and_no_other_near_them(wanted):
    expression = relocation.expression(wanted)
    assert all(len(word) <= LENGTH for word in expression.split(" "))
    near = {f"10.0.{third}.{last}" for third in range(4) for last in range(256)}
    changed = {text[:end] + char + text[end:] for text in wanted for end in (0, 3, len(text))
               for char in "1.x"}  # fmt: skip
    for text in near | changed | {text[:-1] for text in wanted} | {"", "localhost"} | wanted:
        assert matched(expression, text) is (text in wanted), text
    assert relocation.counterexample(expression, wanted) is None


@settings(max_examples=40)
@given(st.sets(NEAR, min_size=2, max_size=6))
def test_one_too_few_and_one_too_many_are_both_found(wanted):
    one = min(wanted)
    assert relocation.counterexample(relocation.expression(wanted - {one}), wanted) == one
    assert relocation.counterexample(relocation.expression(wanted), wanted - {one}) == one


NETWORKS = st.builds(
    lambda start, length: IPv4Network((start, length), strict=False),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


@settings(max_examples=60)
@given(NETWORKS, st.randoms(use_true_random=False))
def test_a_network_s_expression_matches_its_addresses_and_nothing_else(network, chance):
    """Proved over all texts, and tried by Python's own re, which xend uses."""
    expression = relocation.expression(network)
    assert relocation.counterexample(expression, network) is None
    assert len(expression) <= LENGTH
    for address in (*_around(network), *(IPv4Address(chance.randrange(2**32)) for _ in range(50))):
        assert matched(expression, str(address)) is (address in network), address
        assert not matched(expression, f"{address}0.example.com")
        assert not matched(expression, f"0{address}")


def _around(network):
    """Return addresses within a network, at its ends, and beside it."""
    first, last = int(network[0]), int(network[-1])
    numbers = {first - 1, first, last, last + 1, first - 256, last + 256}
    numbers |= {random.Random(first).randint(first, last) for _ in range(20)}
    return [IPv4Address(each) for each in numbers if 0 <= each < 2**32]


@pytest.mark.parametrize(
    ("expression", "cidr"),
    [
        (r"^192\.168\.3\.[0-9]+$", "192.168.3.0/24"),
        (r"^192\.168\.3\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-6])$", "192.168.3.64/26"),
        (r"^192\.168\.3\.(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-6])$", "192.168.3.0/24"),
        (r"^192\.168\.3\.", "192.168.3.0/24"),
        ("", "0.0.0.0/0"),
    ],
)
def test_a_network_s_inexact_expression_has_a_counterexample(expression, cidr):
    network = IPv4Network(cidr)
    found = relocation.counterexample(expression, network)
    assert found is not None
    try:
        inside = IPv4Address(found) in network
    except ValueError:
        inside = False
    assert matched(expression, found) is not inside


def test_many_scattered_addresses_take_several_words():
    wanted = [f"10.{a}.{(a * 37) % 256}.{(a * 91) % 256}" for a in range(200)]
    expression = relocation.expression(wanted)
    assert len(expression.split(" ")) > 1
    assert relocation.counterexample(expression, wanted) is None


@given(st.sets(NEAR, min_size=1, max_size=9))
def test_xends_file_gives_back_the_expression(wanted):
    expression = relocation.expression(wanted)
    assert _sxp.parse(relocation.sxp(expression)) == {relocation.SETTING: expression}


def test_the_line_is_as_the_document_writes_it():
    line = r"(xend-relocation-hosts-allow '^192\\.168\\.3\\.[0-9]+$')"
    assert relocation.sxp(r"^192\.168\.3\.[0-9]+$") == line


def test_instances_come_from_the_replication_network_else_from_the_nodes_own():
    nodes = [node(n, addresses={"second": f"192.168.3.{n}"}) for n in (1, 2)]
    plain = {"main": Network("10.0.0.0/24"), "second": Network("192.168.3.0/24")}
    assert relocation.addresses(cluster(nodes, plain)) == ("10.0.0.11", "10.0.0.12")
    told = {"secondary_cidr": "192.168.3.0/24"}
    assert relocation.addresses(cluster(nodes, plain, told)) == ("192.168.3.1", "192.168.3.2")
    roles = {**plain, "second": Network("192.168.3.0/24", role="replication")}
    assert relocation.addresses(cluster(nodes, roles)) == ("192.168.3.1", "192.168.3.2")


def test_the_plan_of_addresses_has_the_line_for_xend():
    path = plans.ROOT / "pillar" / "clusters" / "ganeti-xen.yaml"
    found = loading.load(str(path))
    tables = {table.name: table.rows for table in addresses.sheet(found).tables}
    line = relocation.sxp(relocation.expression(IPv4Network("192.168.3.0/24")))
    assert tables["xend-config.sxp"] == [{"line": line}]


def test_without_xen_or_ipv4_there_is_no_line_for_xend():
    found = loading.load(str(plans.ROOT / "pillar" / "clusters" / "ganeti-xen.yaml"))
    assert relocation.setting(replace(found, hypervisor="kvm")) == ""
    assert relocation.setting(replace(found, nodes={}, networks={})) == ""
