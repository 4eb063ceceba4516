from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.ssh import keys
from tests.unit.components.ssh.made import key

ONE = key(1)
#: A key that was made for this test.
REAL = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlz7gM+IfGnOQ4t0NIcHepgEdOSsrWzFISAvQC3NIKk"


def test_a_real_key_with_its_comment():
    assert keys.parse(f"{REAL} root@master\n").text == REAL


@pytest.mark.parametrize("kind", keys.TYPES)
def test_every_type_that_is_carried(kind):
    one = key(1, kind)
    assert keys.received([one.text]) == [one]


@pytest.mark.parametrize(
    "item",
    [
        f'command="x" {ONE.text}',
        f"{ONE.text} a comment",
        f"{ONE.text}\n{key(2).text}",
        f"{ONE.text}\n",
        f" {ONE.text}",
        ONE.text.replace(" ", "  "),
        ONE.text.replace("ssh-ed25519", "ssh-rsa"),
        ONE.text.replace("ssh-ed25519", "ssh-dss"),
        ONE.text.replace("ssh-ed25519", "@cert-authority"),
        ONE.text[:-1] + "!",
        f"ssh-rsa {key(1, 'ssh-rsa').blob * 400}",
        "ssh-ed25519 AAAA",
        "ssh-ed25519",
        "",
        None,
        1,
        [ONE.text],
        {"ssh-ed25519": ONE.blob},
    ],
)
def test_what_is_no_key_alone_counts_as_not_sent(item):
    assert keys.received([item]) == []


@pytest.mark.parametrize("data", [None, "", ONE.text, {"a": ONE.text}, 1, (ONE.text,)])
def test_what_is_no_list_holds_no_keys(data):
    assert keys.received(data) == []


def test_one_key_of_a_type_in_one_order():
    rsa = key(3, "ssh-rsa")
    assert keys.received([rsa.text, ONE.text, key(2).text]) == [ONE, rsa]


def test_other_types_than_asked_for_are_left():
    assert keys.received([key(1, "ssh-rsa").text, ONE.text], ["ssh-ed25519"]) == [ONE]


def test_a_long_list_is_not_read_to_its_end():
    assert keys.received(["rubbish"] * 1000 + [ONE.text]) == []


def test_the_same_key_has_one_text_only():
    padded = base64.b64decode(ONE.blob) + b"x"
    text = base64.b64encode(padded).decode()
    assert text.endswith("A==")
    other = text.replace("A==", "B==")  # the same bytes, with a bit of the padding set
    assert base64.b64decode(other) == padded
    assert keys.received([f"ssh-ed25519 {text}"]) != keys.received([f"ssh-ed25519 {other}"]) == []


@given(st.recursive(st.none() | st.integers() | st.text() | st.binary(), st.lists, max_leaves=8))
def test_whatever_a_minion_sends_only_keys_come_out(data):
    for found in keys.received(data):
        assert found.kind in keys.TYPES
        assert "\n" not in found.text
