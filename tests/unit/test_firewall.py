"""The evaluator of firewall rules, against a simulator of single packets."""

from __future__ import annotations

import ipaddress
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster import firewall, ranges
from saltext.muster.firewall import Question, TooComplex, evaluate
from saltext.muster.probes import _iptables

ANYWHERE = ranges.everything(4)


def base(rules, policy="accept", hook="input", family="inet", name="input", priority=0, **more):
    chain = {"family": family, "table": "t", "name": name, "hook": hook, "type": "filter"}
    return {**chain, "priority": priority, "policy": policy, "devices": [], "rules": rules, **more}


def sub(name, rules, family="inet"):
    return {"family": family, "table": "t", "name": name, "hook": "", "rules": rules}


def rule(then, *matches, to=""):
    found = {"if": [_match(*match) for match in matches], "then": then}
    return {**found, "to": to} if to else found


def _match(on, values, inverted=False):
    found = {"on": on, "in": list(values) if isinstance(values, (list, tuple)) else [values]}
    return {**found, "not": True} if inverted else found


def asked(low, high=None, protocol="tcp", **more):
    more = {"interface": "eno1", "port": "", "own": "192.0.2.11", **more}
    return Question(more.pop("way", "input"), protocol, (low, high or low), **more)


def accepted(chains, question):
    return ranges.shown(evaluate(chains, question).accepted, question.version)


def test_without_rules_everything_is_accepted():
    answer = evaluate([], asked(22))
    assert (answer.accepted, answer.refused, answer.doubts) == (ANYWHERE, (), ())


def test_the_policy_decides_what_no_rule_does():
    assert accepted([base([], "drop")], asked(22)) == "nowhere"
    assert accepted([base([])], asked(22)) == "anywhere"


def test_every_base_chain_must_accept():
    accept = base([rule("accept")], "drop")
    refuse = base([rule("drop", ("dport", "22"))], name="other", priority=10)
    assert accepted([accept, refuse], asked(22)) == "nowhere"
    assert accepted([accept, refuse], asked(23)) == "anywhere"
    early = base([rule("drop", ("saddr", "10.0.0.0/8"))], hook="prerouting", priority=-300)
    assert evaluate([accept, early], asked(23)).refused == ranges.of(["10.0.0.0/8"], 4)


def test_forwarding_and_output_do_not_count_on_the_way_in():
    chains = [base([], "drop", hook=hook) for hook in ("forward", "output", "postrouting")]
    assert accepted(chains, asked(22)) == "anywhere"
    assert accepted(chains, asked(22, way="output")) == "nowhere"


@pytest.mark.parametrize(
    "ports, open_", [(("22",), True), (("21-22",), True), (("23",), False), (("?",), None)]
)
def test_ports(ports, open_):
    answer = evaluate([base([rule("accept", ("dport", ports))], "drop")], asked(22))
    assert answer.accepted == (ANYWHERE if open_ else ())
    assert answer.refused == (ANYWHERE if open_ is False else ())


@pytest.mark.parametrize(
    "ports, good",
    [("5900-6900", True), ("5901-6900", False), ("5900-6899", False), ("1-65535", True)],
)
def test_a_range_is_open_only_as_a_whole(ports, good):
    chains = [base([rule("accept", ("proto", "tcp"), ("dport", ports))], "drop")]
    assert (accepted(chains, asked(5900, 6900)) == "anywhere") is good


def test_a_range_may_be_opened_by_several_rules():
    parts = [rule("accept", ("dport", part)) for part in ("5900-6000", "6001", "6002-6900")]
    assert accepted([base(parts, "drop")], asked(5900, 6900)) == "anywhere"
    assert accepted([base(parts[::2], "drop")], asked(5900, 6900)) == "nowhere"


@pytest.mark.parametrize(
    "match, open_",
    [
        (("state", ["established", "related"]), False), (("state", "new"), True),
        (("state", ["established"], True), True), (("state", "invalid"), False),
        (("status", "dnat"), False), (("iif", "lo"), False), (("iif", ["lo"], True), True),
        (("iif", "eno1"), True), (("iif", "en*"), True), (("iif", "eno2"), False),
        (("oif", "eno1"), False), (("proto", "udp"), False), (("proto", ["udp", "tcp"]), True),
        (("family", "ip"), True), (("family", "ip6"), False), (("opening", "yes"), True),
        (("opening", "no"), False), (("pkttype", ["broadcast", "multicast"]), False),
        (("pkttype", "unicast"), True), (("reverse path", "missing"), False),
        (("daddr type", "local"), True), (("daddr type", "broadcast"), False),
        (("saddr type", "unicast"), True), (("saddr type", "local"), False),
        (("daddr", "192.0.2.0/24"), True), (("daddr", "192.0.2.12"), False),
        (("daddr", "0.0.0.0/0"), True), (("daddr", "nonsense"), None), (("saddr", "what"), None),
        (("sport", "1024-65535"), True), (("sport", "53"), False), (("sport", "40000"), None),
        (("other", "limit"), None), (("something new", "x"), None),
    ],
)  # fmt: skip
def test_matches_of_a_packet_that_opens_a_connection(match, open_):
    answer = evaluate([base([rule("accept", match)], "drop")], asked(22))
    assert answer.accepted == (ANYWHERE if open_ else ())
    assert answer.refused == (ANYWHERE if open_ is False else ())
    assert bool(answer.doubts) is (open_ is None)


@pytest.mark.parametrize("match", [("iif", "eno1"), ("daddr", "192.0.2.11")])
def test_what_is_not_known_of_the_node_is_no_guess(match):
    question = asked(22, interface=None, own=None)
    assert evaluate([base([rule("accept", match)], "drop")], question).doubts
    loopback = base([rule("accept", ("iif", "lo"))], "drop")
    assert evaluate([loopback], question).refused == ANYWHERE


def test_an_untracked_packet_may_not_be_new():
    loose = base([rule("untrack")], hook="prerouting", name="raw", priority=-300)
    new, either = (
        base([rule("accept", ("state", states))], "drop")
        for states in ("new", ["new", "untracked"])
    )
    assert evaluate([new], asked(22)).accepted == ANYWHERE
    assert evaluate([loose, new], asked(22)).doubts
    assert evaluate([loose, either], asked(22)).accepted == ANYWHERE


def test_a_rule_before_decides_whatever_follows():
    odd = rule("drop", ("other", "limit"))
    surely = rule("accept", ("saddr", "192.0.2.0/24"))
    answer = evaluate([base([surely, odd], "accept")], asked(22))
    assert ranges.shown(answer.accepted, 4) == "192.0.2.0/24"
    assert answer.doubts == ("limit in t input",)
    assert evaluate([base([rule("accept", ("other", "limit"))])], asked(22)).accepted == ANYWHERE


def test_jumps_return_and_gotos_do_not():
    inner = sub("inner", [rule("return", ("saddr", "10.0.0.0/8")), rule("accept")])
    after = rule("drop")
    jumping = base([rule("jump", to="inner"), after])
    going = base([rule("goto", to="inner"), after])
    assert evaluate([jumping, inner], asked(22)).refused == ranges.of(["10.0.0.0/8"], 4)
    assert accepted([going, inner], asked(22)) == "anywhere"
    deep = sub("deep", [rule("goto", to="inner"), after])
    assert (
        accepted([base([rule("jump", to="deep")], "accept"), deep, inner], asked(22)) == "anywhere"
    )


def test_a_missing_chain_and_a_rewritten_packet_are_in_doubt():
    assert evaluate([base([rule("jump", to="nowhere")])], asked(22)).doubts
    chain = base([rule("rewrite", ("dport", "22"))], hook="prerouting")
    assert evaluate([chain], asked(22)).doubts
    assert evaluate([chain], asked(23)).accepted == ANYWHERE


def test_rules_without_an_end_are_given_up():
    loop = [sub("a", [rule("jump", to="b")]), sub("b", [rule("jump", to="a")])]
    with pytest.raises(TooComplex):
        evaluate([base([rule("jump", to="a")]), *loop], asked(22))
    wide = [sub(f"c{n}", [rule("jump", to=f"c{n + 1}")] * 4) for n in range(30)]
    with pytest.raises(TooComplex):
        evaluate([base([rule("jump", to="c0")]), *wide], asked(22))


def test_ipv6_is_judged_by_its_own_rules():
    chains = [
        base([rule("accept", ("saddr", ["192.0.2.0/24", "2001:db8::/32"]))], "drop"),
        base([rule("drop")], family="ip"),
    ]
    assert accepted(chains, asked(22, version=6, own="2001:db8::1")) == "2001:db8::/32"
    assert accepted(chains, asked(22)) == "nowhere"


@pytest.mark.parametrize(
    "more, refused, doubt",
    [
        ({"port": ""}, False, False),
        ({"port": "eno1"}, True, False),
        ({"port": None}, False, True),
    ],
)
def test_a_bridge_s_chains_count_where_packets_come_through_it(more, refused, doubt):
    chains = [base([rule("drop", ("iif", "eno1"))], family="bridge")]
    answer = evaluate(chains, asked(22, interface="vmbr0", **more))
    assert bool(answer.refused) is refused
    assert bool(answer.doubts) is doubt


@pytest.mark.parametrize("devices, status", [(["eno1"], "no"), (["eno2"], "yes"), ([], "doubt")])
def test_the_chains_of_a_device(devices, status):
    chains = [base([rule("drop")], family="netdev", hook="ingress", devices=devices)]
    answer = evaluate(chains, asked(22))
    found = "doubt" if answer.doubts else "yes" if answer.accepted else "no"
    assert found == status


def test_the_rules_that_ravada_s_document_shows():
    text = """*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -p udp -m udp --dport 7 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 7 -j ACCEPT
-A INPUT -p udp -m udp --dport 9 -j ACCEPT
COMMIT
"""
    outward = text.replace("INPUT DROP", "INPUT ACCEPT").replace("OUTPUT ACCEPT", "OUTPUT DROP")
    for way, rules in (("input", text), ("output", outward.replace("-A INPUT", "-A OUTPUT"))):
        chains = _iptables.parse(rules, "ip")
        for protocol, port in (("udp", 7), ("tcp", 7), ("udp", 9)):
            answer = evaluate(chains, asked(port, protocol=protocol, way=way))
            assert answer.accepted == ANYWHERE
        assert evaluate(chains, asked(9, way=way)).refused == ANYWHERE


# A small world: 16 addresses, 6 ports, and matches nobody understands.

NETS = ["0.0.0.0/0", "10.0.0.0/29", "10.0.0.0/30", "10.0.0.8/29", "10.0.0.5", "10.0.0.3-10.0.0.9"]
PEERS = [f"10.0.0.{n}" for n in range(16)]
PORTS = range(1, 7)

MATCHES = st.one_of(
    st.tuples(st.just("saddr"), st.lists(st.sampled_from(NETS), max_size=2), st.booleans()),
    st.tuples(st.just("dport"), st.lists(st.sampled_from(["1", "2-3", "4", "5-6"]), max_size=2),
              st.booleans()),
    st.tuples(st.just("state"), st.lists(st.sampled_from(["new", "established"]), max_size=2),
              st.booleans()),
    st.tuples(st.just("proto"), st.lists(st.sampled_from(["tcp", "udp"]), max_size=2),
              st.booleans()),
    st.tuples(st.just("iif"), st.lists(st.sampled_from(["lo", "eno1", "vnet*"]), max_size=2),
              st.booleans()),
)  # fmt: skip
ODD = st.tuples(st.just("other"), st.just(["limit"]), st.booleans())


def rules_of(matches, targets):
    ends = st.sampled_from(["accept", "drop", "return"])
    plain = st.builds(lambda end, found: rule(end, *found), ends, st.lists(matches, max_size=2))
    if not targets:
        return st.lists(plain, max_size=4)
    jumps = st.builds(
        lambda kind, to, found: rule(kind, *found, to=to),
        st.sampled_from(["jump", "goto"]), st.sampled_from(targets), st.lists(matches, max_size=2),
    )  # fmt: skip
    return st.lists(plain | jumps, max_size=4)


@st.composite
def rulesets(draw, matches):
    chains = [sub("b", draw(rules_of(matches, []))), sub("a", draw(rules_of(matches, ["b"])))]
    for number in range(draw(st.integers(1, 2))):
        policy = draw(st.sampled_from(["accept", "drop"]))
        rules = draw(rules_of(matches, ["a", "b"]))
        chains.append(base(rules, policy, name=f"base{number}", priority=number))
    return chains


def simulate(chains, peer, port, world):
    """Return what happens to one packet, world telling of each odd match whether it holds."""
    number, named = int(ipaddress.ip_address(peer)), {chain["name"]: chain for chain in chains}

    def holds(match):
        if match["on"] == "saddr":
            good = any(low <= number <= high for low, high in ranges.of(match["in"], 4))
        elif match["on"] == "dport":
            pairs = [(text.split("-") * 2)[:2] for text in match["in"]]
            good = any(int(low) <= port <= int(high) for low, high in pairs)
        elif match["on"] == "other":
            good = world[id(match)]
        else:
            good = {"state": "new", "proto": "tcp", "iif": "eno1"}[match["on"]] in match["in"]
        return good is not match.get("not", False)

    def run(chain):
        for each in chain["rules"]:
            if not all(holds(match) for match in each["if"]):
                continue
            if each["then"] in ("accept", "drop"):
                return each["then"]
            if each["then"] == "return":
                return None
            found = run(named[each["to"]])
            if found or each["then"] == "goto":
                return found
        return None

    bases = [chain for chain in chains if chain["hook"]]
    return all((run(chain) or chain["policy"]) == "accept" for chain in bases)


def outcomes(chains, peer, port):
    odd = [
        id(match)
        for chain in chains
        for each in chain["rules"]
        for match in each["if"]
        if match["on"] == "other"
    ]
    worlds = itertools.product([True, False], repeat=len(odd))
    return {simulate(chains, peer, port, dict(zip(odd, world, strict=True))) for world in worlds}


def has(answer, peer):
    number = int(ipaddress.ip_address(peer))
    inside = [any(a <= number <= b for a, b in each) for each in (answer.accepted, answer.refused)]
    return {(True, False): {True}, (False, True): {False}}.get(tuple(inside), {True, False})


@settings(max_examples=150)
@given(rulesets(MATCHES))
def test_it_decides_as_the_simulator_does(chains):
    for port in PORTS:
        answer = evaluate(chains, asked(port))
        assert not answer.doubts
        for peer in PEERS:
            assert has(answer, peer) == outcomes(chains, peer, port), (peer, port)


@settings(max_examples=150)
@given(rulesets(MATCHES | ODD))
def test_what_it_calls_certain_holds_whatever_the_odd_matches_do(chains):
    odd = sum(m["on"] == "other" for c in chains for r in c["rules"] for m in r["if"])
    if odd > 5:
        return
    for port in (1, 3, 6):
        answer = evaluate(chains, asked(port))
        for peer in PEERS[::3]:
            assert outcomes(chains, peer, port) <= has(answer, peer), (peer, port)


@settings(max_examples=100)
@given(rulesets(MATCHES), st.lists(MATCHES, max_size=2), st.integers(0, 4))
def test_a_drop_more_never_widens_and_an_accept_more_never_narrows(chains, matches, place):
    for then in ("drop", "accept"):
        *others, last = chains
        rules = list(last["rules"])
        rules.insert(place, rule(then, *matches))
        changed = [*others, {**last, "rules": rules}]
        for low, high in ((1, 1), (2, 5)):
            before, after = evaluate(chains, asked(low, high)), evaluate(changed, asked(low, high))
            small, large = (after, before) if then == "drop" else (before, after)
            assert not ranges.without(small.accepted, large.accepted)


@settings(max_examples=100)
@given(rulesets(MATCHES | ODD), st.integers(1, 6), st.integers(0, 5))
def test_a_range_is_what_its_ports_are(chains, low, more):
    whole = evaluate(chains, asked(low, low + more))
    single = [evaluate(chains, asked(port)) for port in range(low, low + more + 1)]
    accepted_, refused = ANYWHERE, ()
    for each in single:
        accepted_ = ranges.both(accepted_, each.accepted)
        refused = ranges.union(refused, each.refused)
    assert (whole.accepted, whole.refused) == (accepted_, refused)
    runs = [answer.ports for answer in firewall.by_ports(chains, asked(low, low + more))]
    assert (runs[0][0], runs[-1][1]) == (low, low + more)
    assert all(one[1] + 1 == two[0] for one, two in itertools.pairwise(runs))
