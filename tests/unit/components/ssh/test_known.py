from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.ssh import known
from tests.unit.components.ssh.made import key

ROWS = [
    {"id": "rv1", "address": "10.0.0.1", "names": ["rv1.example.com", "rv1"]},
    {"id": "rv2", "address": "10.0.0.2", "names": ["rv2.example.com", "rv2"]},
    {"address": "10.0.0.9", "names": ["master.example.com", "master"]},
]
KEYS = {"rv1": [key(1), key(2, "ssh-rsa")], "rv2": [key(3)]}
NODES = known.hosts(ROWS, KEYS)
PINS = (
    f"rv1.example.com,rv1,10.0.0.1 {key(1).text}\n"
    f"rv1.example.com,rv1,10.0.0.1 {key(2, 'ssh-rsa').text}\n"
    f"rv2.example.com,rv2,10.0.0.2 {key(3).text}\n"
)
OLD = key(99).text


def hashed(name, salt=b"0123456789abcdefghij"):
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return "|1|" + "|".join(base64.b64encode(each).decode() for each in (salt, digest))


def test_every_node_is_pinned_by_its_names_and_its_address():
    assert known.wrong("", NODES) == ["rv1", "rv2"]
    assert known.edit("", NODES) == PINS
    assert known.wrong(PINS, NODES) == []


def test_a_name_that_two_hosts_have_pins_neither():
    rows = [*ROWS, {"address": "10.0.0.8", "names": ["rv1.example.net", "rv1"]}]
    assert known.hosts(rows, KEYS)[0].names == ("rv1.example.com", "10.0.0.1")


def test_a_node_whose_keys_did_not_come_keeps_its_pins():
    text = f"rv2,10.0.0.2 {OLD}\n"
    nodes = known.hosts(ROWS, {"rv1": KEYS["rv1"]})
    assert known.wrong(text, nodes) == ["rv1"]
    assert known.edit(text, nodes).startswith(text)


def test_a_reinstalled_nodes_old_pin_is_replaced():
    text = f"# mine\n{PINS}".replace(key(3).text, OLD)
    assert known.wrong(text, NODES) == ["rv2"]
    assert known.edit(text, NODES) == f"# mine\n{PINS}"


def test_a_type_that_the_node_no_longer_has_goes():
    text = PINS + f"rv2 {key(3, 'ssh-rsa').text}\n"
    assert known.wrong(text, NODES) == ["rv2"]
    assert known.edit(text, NODES) == PINS


def test_a_key_of_a_type_that_muster_does_not_carry_goes():
    text = PINS + "rv2 ssh-dss AAAAB3NzaC1kc3MAAACBAJ\n"
    assert known.edit(text, NODES) == PINS


def test_foreign_names_of_a_line_stay_on_it():
    text = f"{PINS}gate,RV2,10.0.0.77 {OLD} words\n"
    assert known.edit(text, NODES) == f"{PINS}gate,10.0.0.77 {OLD} words\n"


@pytest.mark.parametrize("name", ["rv2.example.com", "rv2", "10.0.0.2"])
def test_hashed_names_are_recognised(name):
    assert known.wrong(f"{PINS}{hashed(name)} {OLD}\n", NODES) == ["rv2"]
    assert known.edit(f"{PINS}{hashed(name)} {OLD}\n", NODES) == PINS


def test_right_hashed_names_count():
    text = "".join(f"{hashed(name)} {key(3).text}\n" for name in NODES[1].names)
    assert known.wrong(text, NODES[1:]) == []
    assert known.edit(text, NODES[1:]) == text


FOREIGN = [
    "",
    "# rv1 " + OLD,
    f"other.example.com {OLD}",
    f"{hashed('other.example.com')} {OLD}",
    "|1|broken|base64! " + OLD,
    f"*.example.com {OLD}",
    f"@revoked rv1 {OLD}",
    f"@cert-authority * {OLD}",
    f"[rv1]:2222 {OLD}",
    "rv1",
    "rv1 rubbish",
]


def test_foreign_lines_keep_their_bytes():
    text = "\n".join([*FOREIGN, ""])
    assert known.edit(text, NODES) == text + PINS


@pytest.mark.parametrize("text", ["", "# x", "# x\n"])
def test_a_file_ends_with_a_whole_line(text):
    assert known.edit(text, NODES) == (f"{text.strip()}\n" if text else "") + PINS


def test_the_port_of_ssh_may_be_told():
    assert known.wrong(f"{PINS}[rv2]:22 {OLD}\n", NODES) == ["rv2"]


def test_many_nodes_are_counted():
    assert known.told([f"n{i}" for i in range(9)]) == "n0, n1, n2, n3, n4 and 4 more"


names = st.sampled_from(["rv1", "RV1.example.com", "10.0.0.1", "rv2", "x", hashed("rv1"), "*.com"])
pins = st.builds(
    lambda names, key: f"{','.join(names)} {key}",
    st.lists(names, min_size=1, max_size=4),
    st.sampled_from([OLD, key(1).text, key(3).text, key(2, "ssh-rsa").text]),
)
texts = st.lists(st.one_of(pins, st.sampled_from(FOREIGN))).map("\n".join)


@given(texts)
def test_an_edit_pins_all_keeps_what_is_foreign_and_is_the_last(text):
    once = known.edit(text, NODES)
    assert known.wrong(once, NODES) == []
    assert known.edit(once, NODES) == once
    foreign = [line for line in text.split("\n") if line in FOREIGN and line]
    assert [line for line in once.split("\n") if line in FOREIGN and line] == foreign
