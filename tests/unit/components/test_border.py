from __future__ import annotations

import pytest

from saltext.muster.components import border
from saltext.muster.errors import InvalidArgument, Refused
from saltext.muster.facts import Unread


@pytest.mark.parametrize(
    "name",
    ["a", "node1", "node1.example.com", "1a.2b", "xn--bcher-kva.example", "a" * 63, "3com.com"],
)
def test_host_names(name):
    assert border.name_problem("name", name) == ""


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Node1",
        "node1.",
        ".node1",
        "a..b",
        "-a",
        "a-",
        "a_b",
        "a b",
        "node1\n",
        "node1\nevil",
        "a;reboot",
        "$(id)",
        "../etc",
        "a" * 64,
        "a." * 32 + "a",  # 65 bytes: Linux takes 64
        "10.0.0.1",
        "node.1",
        "bücher",
        "node¹",
        None,
        7,
        ["a"],
    ],
)
def test_no_host_names(name):
    assert border.name_problem("name", name).startswith("name: ")


def test_the_longest_host_name_has_64_bytes():
    assert border.name_problem("name", "a." * 31 + "aa") == ""
    assert border.name_problem("name", "a." * 31 + "aaa")
    assert border.name_problem("name", "a." * 31 + "aaa", border.DOMAIN) == ""


@pytest.mark.parametrize("address", ["10.77.0.11", "192.0.2.1", "2001:db8::1", "FD00::1"])
def test_addresses(address):
    assert border.address_problem("address", address) == ""


@pytest.mark.parametrize(
    "address",
    ["", "127.0.1.1", "::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "fe80::1%eth0", "10.0.0"]
    + ["10.0.0.256", "010.0.0.1", "10.0.0.1 evil", "10.0.0.1\n", "node1", None, 167772161],
)
def test_no_addresses(address):
    assert border.address_problem("address", address).startswith("address: ")


def test_a_root_is_an_absolute_folder(tmp_path):
    assert border.root_problem(None) == ""
    assert border.root_problem(str(tmp_path)) == ""
    (tmp_path / "file").touch()
    for bad in ("", "etc", 7, f"{tmp_path}/../x", str(tmp_path / "none"), str(tmp_path / "file")):
        assert border.root_problem(bad).startswith("root: ")


def test_all_problems_come_at_once_and_many_are_counted():
    with pytest.raises(InvalidArgument) as found:
        border.demand("muster_x", [f"p{n}" for n in range(9)])
    assert str(found.value).startswith("muster_x: p0; p1; p2; p3; p4; and 4 more; ")
    border.demand("muster_x", ["", ""])


class Invalid(Exception):
    pass


class No(Exception):
    pass


@pytest.mark.parametrize(
    ("raised", "wanted"),
    [
        (InvalidArgument("a"), Invalid),
        (Refused("b"), No),
        (Unread("c"), No),
        (PermissionError(13, "Permission denied", "/etc/x"), No),
    ],
)
def test_errors_are_translated(raised, wanted):
    @border.translated(Invalid, No)
    def work():
        raise raised

    with pytest.raises(wanted) as found:
        work()
    assert found.value.__cause__ is raised
    assert str(raised.args[-1]) in str(found.value) or raised.strerror in str(found.value)


def test_other_errors_are_bugs_and_stay():
    @border.translated(Invalid, No)
    def work():
        raise KeyError("x")

    with pytest.raises(KeyError):
        work()


def test_a_refusal_tells_what_was_done_before_it():
    with pytest.raises(Refused, match=r"^no; backup in /x$"), border.noting(["backup in /x"]):
        raise Refused("no")
