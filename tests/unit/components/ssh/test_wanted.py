from __future__ import annotations

import pytest

from saltext.muster.components.ssh import wanted
from saltext.muster.errors import InvalidArgument

MASTER = {"id": "rvm.example.com", "addresses": ["10.0.0.1", "10.0.0.1", "2001:DB8::1"]}


def test_a_masters_addresses_are_normal_and_told_once():
    assert wanted.master(MASTER) == ("rvm.example.com", ("10.0.0.1", "2001:db8::1"))


@pytest.mark.parametrize(
    "given",
    [
        None,
        "x",
        {},
        {**MASTER, "id": "*"},
        {**MASTER, "id": "a,b"},
        {**MASTER, "id": "a b"},
        {**MASTER, "id": "a\n"},
        {**MASTER, "id": None},
        {**MASTER, "addresses": []},
        {**MASTER, "addresses": "10.0.0.1"},
        {**MASTER, "addresses": ["10.0.0.1", '*",command="x']},
        {**MASTER, "addresses": ["10.0.0.0/8"]},
        {**MASTER, "addresses": ["127.0.0.1"]},
    ],
)
def test_a_strange_master_is_refused(given):
    with pytest.raises(InvalidArgument, match=r"master\."):
        wanted.master(given)


@pytest.mark.parametrize("words", [["x"], ["pty", 'from="*"'], [None], "agent-forwarding"])
def test_no_other_words_reach_authorized_keys(words):
    with pytest.raises(InvalidArgument, match="allowed"):
        wanted.check_words("allowed", words, wanted.ALLOWED)


@pytest.mark.parametrize("wait", [-1, 601, True, "30", None, 1.5])
def test_a_strange_wait(wait):
    with pytest.raises(InvalidArgument, match="wait"):
        wanted.check_wait(wait)


@pytest.mark.parametrize("login", [[], ["no"], ["yes\nMatch all"], "no", [None]])
def test_a_strange_root_login(login):
    with pytest.raises(InvalidArgument, match="root_login"):
        wanted.settings(login)


@pytest.mark.parametrize("client", ["x", "10.0.0.1,user=a", "127.0.0.1", "10.0.0.0/8"])
def test_a_strange_client(client):
    with pytest.raises(InvalidArgument, match="client"):
        wanted.check_client(client)


ROW = {"id": "rv1.example.com", "address": "10.0.0.2", "names": ["rv1.example.com", "rv1"]}


def test_the_own_row_is_left_out_and_hosts_without_an_id_stay():
    other = {"address": "10.0.0.9", "names": ["gate"]}
    assert wanted.rows([ROW, other], "rvm.example.com") == [ROW, other]
    assert wanted.rows([ROW, other], "rv1.example.com") == [other]


@pytest.mark.parametrize(
    "listed",
    [
        None,
        {},
        [None],
        [{**ROW, "address": "x"}],
        [{**ROW, "names": []}],
        [{**ROW, "names": ["rv1 ssh-rsa"]}],
        [{**ROW, "names": ["a,b"]}],
        [{**ROW, "id": "a,b"}],
        [{**ROW, "id": None}],
    ],
)
def test_a_strange_list_is_refused(listed):
    with pytest.raises(InvalidArgument, match="shared"):
        wanted.rows(listed, "rvm.example.com")


def test_types_of_keys():
    assert wanted.kinds([]) == wanted.TYPES
    assert wanted.kinds(["ssh-ed25519"]) == ("ssh-ed25519",)
    with pytest.raises(InvalidArgument, match="kinds"):
        wanted.kinds(["ssh-dss"])
