"""The last guard: what looks like a secret is in no facts, whatever probe let it through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _secrets
from saltext.muster.probes._secrets import LEFT_OUT

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----"
HASH = "$6$rounds=5000$saltsalt$" + "Ab0./" * 17
CEPH = "AQD0m3VnAAAAABAAq1w2e3r4t5z6u7i8o9p0aA=="


def clean(facts):
    notes = []
    text = json.dumps(facts, ensure_ascii=False)
    return _secrets.without(facts, text, "p", lambda what, why: notes.append((what, why))), notes


@pytest.mark.parametrize(
    ("value", "wanted", "why"),
    [
        (f"a\n{KEY}\nb", "OPENSSH PRIVATE KEY-----" + LEFT_OUT + "-----END", "a private key"),
        ("-----BEGIN PRIVATE KEY-----\nabc", "PRIVATE KEY-----" + LEFT_OUT, "a private key"),
        ("http://me:hunter2@host/x", f"http://me:{LEFT_OUT}@host/x", "a password in a URL"),
        ("http://:hunter2@host", f"http://:{LEFT_OUT}@host", "a password in a URL"),
        (f"root:{HASH}:19000:0", f"$6${LEFT_OUT}:19000:0", "a password's hash"),
        ("root:$y$j9T$abcdefgh$ijklmnop:1", f"$y${LEFT_OUT}:1", "a password's hash"),
        (f"key = {CEPH}", f"key = {LEFT_OUT}", "a Ceph key"),
    ],
)
def test_a_secret_is_left_out_and_noted(value, wanted, why):
    found, notes = clean({"a": {"b": ["x", value]}})
    assert wanted in found["a"]["b"][1]
    assert notes == [("p.a.b", f"it holds {why}")]


def test_a_secret_in_a_key_of_a_mapping_is_left_out_too():
    found, notes = clean({"http://me:hunter2@host": "http://me:hunter2@host"})
    assert list(found) == [f"http://me:{LEFT_OUT}@host"]
    assert "hunter2" not in json.dumps([found, notes])


@pytest.mark.parametrize(
    "value",
    [
        "http://deb.debian.org/debian", "http://host:8080/path", "user@host:path", "ssh-rsa AAAA",
        "$releasever/$basearch", "http://mirror/$basearch/$releasever", "a $5 note and $6", "",
        "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(value):
    facts = {"a": value, "password": "set", "passwd": "1.0"}
    assert clean(facts) == (facts, [])


@given(st.text(), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8))
def test_the_password_of_a_url_never_comes_through(before, word):
    word = "Zq9" + "".join(char for char in word if char not in '@"\\/')
    found, notes = clean({"a": f"{before} https://me:{word}@host/ x"})
    assert word not in json.dumps(found, ensure_ascii=False) or word in before
    assert notes
