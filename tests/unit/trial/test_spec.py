"""A change on trial as plain data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.errors import InvalidArgument
from saltext.muster.trial.spec import (
    Gateway,
    New,
    Proof,
    Step,
    Trial,
    Turn,
    from_data,
    to_data,
)

STEPS = st.builds(
    Step,
    st.lists(st.text("ab $%\n", min_size=1), min_size=1, max_size=3).map(tuple),
    st.booleans(),
    st.integers(1, 600),
)
TURNS = st.builds(Turn, *[st.lists(STEPS, max_size=2).map(tuple)] * 2)
PATHS = st.lists(st.text("ab.-", min_size=3), min_size=1, max_size=3).map(
    lambda p: "/x" + "/y/".join(p)
)
FILES = st.dictionaries(
    PATHS.filter(lambda path: not {"", ".", ".."} & set(path[1:].split("/"))),
    st.none() | st.builds(New, st.binary(), st.integers(0, 0o7777)),
    max_size=3,
)
PROOFS = st.builds(
    Proof,
    st.just(("vmbr0",)),
    st.ip_addresses().map(lambda a: (str(a),)),
    st.just((Gateway("2001:db8::1", "bond0.77"),)),
)
TRIALS = st.builds(
    Trial,
    st.just("network"),
    FILES,
    TURNS,
    TURNS,
    PROOFS,
    st.lists(STEPS, max_size=2).map(tuple),
    st.dictionaries(st.sampled_from(["undo.ip", "old.nft"]), st.binary()),
    st.integers(5, 600),
)


@given(TRIALS)
def test_a_trial_comes_back_from_its_data_and_from_json(trial):
    assert from_data(to_data(trial)) == trial
    assert from_data(json.loads(json.dumps(to_data(trial)))) == trial


def good():
    step = Step(("ip", "link"))
    trial = Trial("network", {"/etc/a": New(b"a")}, Turn((step,)), Turn(), Proof(("eth0",)))
    return json.loads(json.dumps(to_data(trial)))


@pytest.mark.parametrize(
    "where, value, words",
    [
        (("component",), "../x", "component: '../x' is no name"),
        (("seconds",), 4, "seconds: 4 is not 5 to 600"),
        (("seconds",), True, "seconds: True"),
        (("files",), {"etc/a": None}, "'etc/a' is no absolute path"),
        (("files",), {"/etc/../a": None}, "'/etc/../a' has an empty part"),
        (("files",), {"/etc//a": None}, "'/etc//a' has an empty part"),
        (("files",), {"/etc/a/": None}, "'/etc/a/' is no absolute path"),
        (("files",), {"/etc/a\0": None}, "is no absolute path"),
        (("files", "/etc/a", "data"), "a b", "its data is no base64"),
        (("files", "/etc/a", "mode"), "644", "'644' is no mode"),
        (("data",), {"../x": ""}, "wanted a plain file name"),
        (("data",), {".": ""}, "wanted a plain file name"),
        (("data",), [], "data: [] is no mapping"),
        (("apply",), None, "apply.before: None is no list of steps"),
        (("apply", "before", 0, "argv"), "ip link", "apply.before[0]: 'ip link' is no command"),
        (("apply", "before", 0, "argv"), [], "apply.before[0]: [] is no command"),
        (("apply", "before", 0, "argv"), ["a\0"], "is no command"),
        (("apply", "before", 0, "seconds"), 0, "wanted may_fail"),
        (("apply", "before", 0, "may_fail"), 1, "wanted may_fail"),
        (("boot",), {}, "boot: {} is no list of steps"),
        (("proof",), None, "proof: None is no mapping"),
        (("proof", "devices"), "eth0", "proof.devices: 'eth0' is no list"),
        (("proof", "devices"), ["-x"], "'-x' is no name of a network device"),
        (("proof", "devices"), [".."], "'..' is no name of a network device"),
        (("proof", "devices"), ["a" * 16], "is no name of a network device"),
        (("proof", "addresses"), ["192.0.2.1/24"], "'192.0.2.1/24' is no IP address"),
        (("proof", "gateways"), [{"address": "x", "device": "e/0"}], "'e/0' is no name"),
    ],
)
def test_hostile_data_is_refused(where, value, words):
    data = found = good()
    for key in where[:-1]:
        found = found[key]
    found[where[-1]] = value
    with pytest.raises(InvalidArgument) as caught:
        from_data(data)
    assert words in str(caught.value)


@pytest.mark.parametrize("data", [None, [], "x", {}])
def test_what_is_no_trial_is_refused(data):
    with pytest.raises(InvalidArgument, match="component: None is no name"):
        from_data(data)


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidArgument) as caught:
        from_data({**good(), "component": 1, "seconds": 0, "boot": None})
    assert all(word in str(caught.value) for word in ("component", "seconds", "boot"))
