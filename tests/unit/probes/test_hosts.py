from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import hosts
from saltext.muster.probes.source import Source

from .conftest import DATA


def entry(line, address, *names):
    return {"line": line, "address": address, "names": list(names)}


def test_captured_almalinux():
    found = hosts.read(Source(str(DATA / "almalinux-9.3")))
    assert [each["address"] for each in found["entries"]] == ["127.0.0.1", "::1"]
    assert found["entries"][1]["names"][2:] == ["localhost6", "localhost6.localdomain6"]
    assert found["odd"] == []


@pytest.mark.parametrize(
    ("text", "entries", "odd"),
    [
        ("127.0.0.1\tlocalhost\n", [entry(1, "127.0.0.1", "localhost")], []),
        ("10.0.0.1 a b # c d\n", [entry(1, "10.0.0.1", "a", "b")], []),
        ("10.0.0.1 a#b\n", [entry(1, "10.0.0.1", "a")], []),
        ("# 10.0.0.1 a\n\n  \t\n", [], []),
        (
            "10.0.0.1 a\r\n10.0.0.2 b\r\n",
            [entry(1, "10.0.0.1", "a"), entry(2, "10.0.0.2", "b")],
            [],
        ),
        ("  10.0.0.1   a", [entry(1, "10.0.0.1", "a")], []),
        ("0:0:0:0:0:0:0:1 ip6-localhost\n", [entry(1, "::1", "ip6-localhost")], []),
        ("FE80:0::00A 1.example\n", [entry(1, "fe80::a", "1.example")], []),
        ("10.0.0.1\n10.0.0.1 # nothing\n", [], [1, 2]),
        ("10.0.0.256 a\nnode1 10.0.0.1\n", [], [1, 2]),
        ("010.0.0.1 a\n10.0.1 b\n0x7f.0.0.1 c\n", [], [1, 2, 3]),
        ("fe80::1%lo0 localhost\n", [], [1]),
        ("10.0.0.1\u00a0a\n", [], [1]),
        ("\ufeff127.0.0.1 localhost\n", [], [1]),
        ("10.0.0.1 a\x00b\n", [entry(1, "10.0.0.1", "a\x00b")], []),
        ("", [], []),
    ],
)
def test_parse(text, entries, odd):
    assert hosts.parse(text) == (entries, odd)


def test_no_file_is_an_empty_one(host):
    assert hosts.read(host()) == {"entries": [], "odd": []}


@given(st.text())
def test_no_text_makes_the_parser_raise(text):
    entries, odd = hosts.parse(text)
    numbers = [each["line"] for each in entries] + odd
    assert len(set(numbers)) == len(numbers)
    assert all(each["names"] for each in entries)


@given(st.text(st.characters(codec="ascii"), max_size=20))
def test_an_address_is_one_to_python_as_well(text):
    normal = hosts.normal(text)
    if normal:
        assert ipaddress.ip_address(text) == ipaddress.ip_address(normal)
        assert hosts.normal(normal) == normal


NAME = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,9}", fullmatch=True)
ENTRY = st.tuples(st.ip_addresses(), st.lists(NAME, min_size=1, max_size=4))
BLANK = st.sampled_from([" ", "\t", "  \t"])
END = st.sampled_from(["\n", "\r\n", " # foreign\n", "#x\n"])


@given(st.lists(st.tuples(ENTRY, BLANK, END)))
def test_what_is_rendered_is_read_back(lines):
    text = "".join(
        blank.join([str(address), *names]) + end for (address, names), blank, end in lines
    )
    entries, odd = hosts.parse(text)
    assert odd == []
    assert [(each["address"], each["names"]) for each in entries] == [
        (hosts.normal(str(address)), names) for (address, names), _, _ in lines
    ]
