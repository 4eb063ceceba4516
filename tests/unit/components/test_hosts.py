from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import hosts
from saltext.muster.errors import InvalidArgument
from saltext.muster.probes import hosts as probe

OWN = ("10.77.0.11", ["node1.example.com", "node1"])
LINE = "10.77.0.11 node1.example.com node1"
CLUSTER = [
    {"address": "10.77.0.11", "names": ["node1.example.com", "node1"]},
    {"address": "10.77.0.12", "names": ["node2.example.com", "node2"]},
    {"address": "10.77.0.10", "names": ["cluster.example.com"]},
]
BOTH = hosts.wanted(*OWN, CLUSTER)
ALONE = hosts.wanted(*OWN)


def diff(text, want=ALONE):
    return hosts.diff(probe.parse(text)[0], want)


@pytest.mark.parametrize(
    ("text", "keys", "wanted"),
    [
        ("", "address loopback", f"127.0.0.1 localhost\n{LINE}\n"),
        (f"127.0.0.1 localhost\n{LINE}\n", "", None),
        # Ganeti writes TABs, in its own order; aliases and comments are welcome
        ("10.77.0.11\tnode1.example.com\tnode1\n127.0.0.1\tlocalhost", "", None),
        ("127.0.0.1 localhost\n10.77.0.11 node1.example.com www node1 # me\n", "", None),
        ("127.0.0.1 localhost\r\n10.77.0.11 node1.example.com node1\r\n", "", None),
        # twice the same is right twice
        (f"127.0.0.1 localhost\n{LINE}\n{LINE}\n", "", None),
        # Debian's installer
        (
            "127.0.0.1\tlocalhost\n127.0.1.1\tnode1.example.com\tnode1\n::1\tip6-localhost\n",
            "address loopback",
            f"127.0.0.1\tlocalhost\n::1\tip6-localhost\n{LINE}\n",
        ),
        # after the right line it is as wrong
        (
            f"127.0.0.1 localhost\n{LINE}\n127.0.1.1 node1\n",
            "loopback",
            f"127.0.0.1 localhost\n{LINE}\n",
        ),
        # localhost is never dropped, other names and comments of the line stay
        (
            f"127.0.0.1 node1 localhost  # l\n::1 localhost NODE1 ip6\n{LINE}\n",
            "loopback",
            f"127.0.0.1 localhost  # l\n::1 localhost ip6\n{LINE}\n",
        ),
        (
            f"::ffff:127.0.0.1 node1\n{LINE}\n127.0.0.1 localhost\n",
            "loopback",
            f"{LINE}\n127.0.0.1 localhost\n",
        ),
        # the short name first: Ganeti's verify fails on it
        (
            "127.0.0.1 localhost\n10.77.0.11\tnode1 node1.example.com www # me\n",
            "address",
            "127.0.0.1 localhost\n10.77.0.11\tnode1.example.com node1 www # me\n",
        ),
        # in upper case, half of it, in two lines
        (
            "127.0.0.1 localhost\n10.77.0.11 Node1.Example.com node1\n",
            "address",
            f"127.0.0.1 localhost\n{LINE}\n",
        ),
        (
            "127.0.0.1 localhost\n10.77.0.11 node1.example.com\n10.77.0.11 node1\n",
            "address",
            f"127.0.0.1 localhost\n{LINE}\n",
        ),
        # somebody else's line for the address stays, ours is added
        (
            "127.0.0.1 localhost\n10.77.0.11 mail.example.com node1\n",
            "address",
            f"127.0.0.1 localhost\n10.77.0.11 mail.example.com\n{LINE}\n",
        ),
        # another address claims the name
        (
            f"127.0.0.1 localhost\n10.77.0.19 node1 old\n{LINE}",
            "address",
            f"127.0.0.1 localhost\n10.77.0.19 old\n{LINE}",
        ),
        # no line end at the end: only where we add is one added
        (
            "127.0.0.1 localhost\n# end",
            "address",
            f"127.0.0.1 localhost\n# end\n{LINE}\n",
        ),
        ("127.0.1.1 node1", "address loopback", f"127.0.0.1 localhost\n{LINE}\n"),
        # commented out is not there; odd lines are nobody's
        (
            f"127.0.0.1 localhost\n#{LINE}\n10.77.0.11\nnonsense node1\n",
            "address",
            f"127.0.0.1 localhost\n#{LINE}\n10.77.0.11\nnonsense node1\n{LINE}\n",
        ),
        ("127.0.0.1 localhost\r\n", "address", f"127.0.0.1 localhost\r\n{LINE}\r\n"),
        (f"127.0.1.1 localhost\n{LINE}\n", "loopback", None),
    ],
)
def test_diff_and_edit(text, keys, wanted):
    assert set(diff(text)) == set(keys.split())
    new = hosts.edit(text, ALONE)
    if wanted is not None or not keys:
        assert new == (text if wanted is None else wanted)
    assert diff(new) == {}


def test_the_clusters_names():
    found = diff(f"127.0.0.1 localhost\n{LINE}\n127.0.1.1 node2\n", BOTH)
    assert found == {
        "cluster": {
            "old": "2 missing or wrong: node2.example.com, cluster.example.com",
            "new": "2 other names of the cluster",
        }
    }


def test_every_node_of_a_cluster_gets_the_same_bytes():
    text = "127.0.0.1 localhost\n127.0.1.1 node2.example.com node2\n10.0.0.1 other\n"
    results = {
        hosts.edit(text, hosts.wanted(each["address"], each["names"], CLUSTER))
        for each in CLUSTER[:2]
    }
    assert len(results) == 1


def test_a_host_may_have_two_addresses():
    both = [{"address": "fd00:0:0::11", "names": OWN[1]}, {"address": OWN[0], "names": OWN[1]}]
    want = hosts.wanted(*OWN, both)
    new = hosts.edit("127.0.0.1 localhost\n", want)
    assert new == f"127.0.0.1 localhost\nfd00::11 node1.example.com node1\n{LINE}\n"
    assert diff(new, want) == {}
    assert diff(new.replace("fd00::11", "FD00:0::0011"), want) == {}


NAMES = st.sampled_from(
    ["node1.example.com", "node1", "NODE1", "node2.example.com", "node2", "cluster.example.com"]
    + ["localhost", "other", "mail.example.com", "ip6-localhost"]
)
ADDRESSES = st.sampled_from(
    ["10.77.0.11", "10.77.0.12", "10.77.0.10", "10.77.0.99", "127.0.0.1", "127.0.1.1", "::1"]
    + ["fe80::1", "::ffff:127.0.0.1", "0:0::1"]
)


@st.composite
def lines(draw):
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from(["", "# comment", "  ", "10.77.0.11", "nonsense node1", "#"]))
    if kind == 1:
        return draw(st.text(st.characters(exclude_characters="\n"), max_size=20))
    gap = draw(st.sampled_from([" ", "\t", "  "]))
    words = [draw(ADDRESSES), *draw(st.lists(NAMES, min_size=1, max_size=4))]
    return gap.join(words) + draw(st.sampled_from(["", " ", " # node1", "\r"]))


FILES = st.lists(lines(), max_size=8).map("\n".join)


@given(FILES, st.sampled_from([ALONE, BOTH]))
def test_an_edit_satisfies_the_diff_and_is_idempotent(text, want):
    new = hosts.edit(text, want)
    assert diff(new, want) == {}
    assert hosts.edit(new, want) == new
    assert bool(diff(text, want)) is (new != text)


@given(FILES, st.sampled_from([ALONE, BOTH]))
def test_foreign_lines_keep_bytes_and_order(text, want):
    numbers = {e["line"] for e in probe.parse(text)[0] if want.claimed(e["names"])}
    foreign = [raw for n, raw in enumerate(text.split("\n"), 1) if n not in numbers and raw.strip()]
    left = iter(hosts.edit(text, want).split("\n"))
    assert all(any(raw == line for line in left) for raw in foreign)


@given(FILES)
def test_foreign_names_keep_their_addresses(text):
    def pairs(content):
        return {
            (e["address"], name)
            for e in probe.parse(content)[0]
            for name in e["names"]
            if not BOTH.claimed([name])
        }

    assert pairs(hosts.edit(text, BOTH)) - pairs(text) <= {("127.0.0.1", "localhost")}
    assert pairs(text) <= pairs(hosts.edit(text, BOTH))


def test_ten_thousand_hosts_stay_fast_and_small():
    cluster = [
        {"address": f"10.{n >> 8}.{n & 255}.7", "names": [f"n{n}.example.com", f"n{n}"]}
        for n in range(1, 10_001)
    ]
    started = time.process_time()
    want = hosts.wanted("10.0.5.7", ["n5.example.com", "n5"], cluster)
    worst = "".join(f"{r.address} {r.names[1]} {r.names[0]}\n" for r in want.records)
    found = diff(worst, want)
    new = hosts.edit(worst, want)
    assert diff(new, want) == {}
    # Linear it takes 0.25 s here; quadratic it would take minutes.
    assert time.process_time() - started < 5
    assert found["cluster"]["old"].startswith("9999 missing or wrong: n1.example.com, ")
    assert len(str(found)) < 600


@pytest.mark.parametrize(
    ("address", "names", "said"),
    [
        ("127.0.1.1", OWN[1], "address: 127.0.1.1"),
        ("10.0.0.1\n6.6.6.6", OWN[1], "address: "),
        (None, OWN[1], "address: None"),
        (OWN[0], [], "names: []"),
        (OWN[0], "node1", "names: 'node1'"),
        (OWN[0], None, "names: None"),
        (OWN[0], ["node1 evil"], "names: 'node1 evil'"),
        (OWN[0], ["node1\n6.6.6.6 bank.example"], "names: "),
        (OWN[0], ["node1#"], "names: "),
        (OWN[0], ["localhost"], "'localhost' is every host's"),
        (OWN[0], [["node1"]], "names: ['node1']"),
    ],
)
def test_bad_arguments(address, names, said):
    with pytest.raises(InvalidArgument, match="muster_hosts: ") as found:
        hosts.wanted(address, names)
    assert said in str(found.value)


@pytest.mark.parametrize("shared", [None, {}, "x", [1], [{}], [{"address": "10.0.0.1"}]])
def test_a_bad_shared_list(shared):
    with pytest.raises(InvalidArgument, match="shared"):
        hosts.wanted(*OWN, shared)
