"""Expressions as automata: they match what Python's own do, in bounded time."""

from __future__ import annotations

import re
import warnings
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster.patterns import LENGTH, Pattern, Unsupported, address_outside

EXPRESSION = st.text(alphabet="ab.*+?|()[]^${},12\\d-", max_size=10)
TEXT = st.text(alphabet="ab12.-d,", max_size=8)


@given(EXPRESSION, st.lists(TEXT, min_size=1, max_size=5))
@settings(max_examples=400)
def test_it_matches_what_python_matches(expression, texts):
    try:
        start, anywhere = Pattern(expression), Pattern(expression, anywhere=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            python = re.compile(expression)
    except (Unsupported, re.error):
        return
    for text in texts:
        assert start.matches(text) is bool(python.match(text)), text
        assert anywhere.matches(text) is bool(python.search(text)), text


@pytest.mark.parametrize(
    ("expression", "matching", "other"),
    [
        ("a{2}", "aa", "a"),
        ("a{2,}b", "aaaab", "ab"),
        ("^a{0,2}$", "aa", "aaa"),
        ("(?:a|bc)+$", "abcbca", "abcb"),
        (r"^[\d.]+$", "1.2", "1,2"),
        (r"^\w\s\D$", "a\tx", "a\t1"),
        ("^[]a-]$", "]", "b"),
        ("^[^]]$", "a", "]"),
        ("a??b", "ab", "cb"),
        (r"^\\\.\t$", "\\.\t", "\\xt"),
    ],
)
def test_syntax(expression, matching, other):
    assert Pattern(expression).matches(matching)
    assert not Pattern(expression).matches(other)


@pytest.mark.parametrize(
    "expression",
    [
        r"\b", r"(a)\1", "(?=a)", "(?P<x>a)", "a++", "*", "(", ")", "[a", "a{x}", "a{65}", "[b-a]",
        "[[:digit:]]", "a" * (LENGTH + 1), "(" * 60 + ")" * 60, "((a{50}){50}){50}", "\\", "a{1,",
        r"[\W]", "[a-\\d]",
    ],
)  # fmt: skip
def test_what_is_not_understood_says_so(expression):
    with pytest.raises(Unsupported):
        Pattern(expression)


@pytest.mark.parametrize("expression", ["(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)(.*)(.*)(.*)x"])
def test_what_python_would_not_end_with_is_decided(expression):
    assert not Pattern(expression).matches("a" * 3000)


@given(st.text(max_size=30))
def test_no_expression_makes_anything_else_be_raised(expression):
    try:
        address_outside(Pattern(expression), IPv4Network("192.0.2.0/24"))
    except Unsupported as err:
        assert str(err)


NETWORK = IPv4Network("192.168.3.0/24")


@pytest.mark.parametrize(
    ("expression", "outside"),
    [
        (r"^192\.168\.3\.[0-9]+$", ""),
        (r"192\.168\.3\.", ""),
        (r"^192\.168\.3\.1[0-9]$", ""),
        (r"^192.168.3.*", "192.168.30.0"),
        (r"^192\.168\.(3|4)\.\d{1,3}$", "192.168.4.0"),
        ("^localhost$", ""),
        (".*", "0.0.0.0"),
    ],
)
def test_addresses_outside_a_network(expression, outside):
    found = address_outside(Pattern(expression), NETWORK)
    assert found == outside
    if found:
        assert re.match(expression, found)
        assert IPv4Address(found) not in NETWORK


@pytest.mark.parametrize("prefix", range(16, 33))
def test_no_address_outside_is_missed(prefix):
    network = IPv4Network(("10.1.200.77", prefix), strict=False)
    low, high = network[0], network[-1]
    exact = f"^({str(low).replace('.', '[.]')}|{str(high).replace('.', '[.]')})$"
    assert address_outside(Pattern(exact), network) == ""
    after = str(high + 1)
    wider = f"^({str(low).replace('.', '[.]')}|{after.replace('.', '[.]')})$"
    assert address_outside(Pattern(wider), network) == after
