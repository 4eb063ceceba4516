import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import packages
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts, Unread

LISTS = {"debian-12": ["socat", "lvm2"], "almalinux-8": ["lvm2"]}


@pytest.mark.parametrize(
    ("id_", "version", "wanted"),
    [
        ("debian", "12", ["lvm2", "socat"]),
        ("almalinux", "8.10", ["lvm2"]),
        ("almalinux", "8", ["lvm2"]),
    ],
)
def test_a_release_has_its_names(id_, version, wanted):
    assert packages.names(Facts({"os": {"id": id_, "version_id": version}}), LISTS) == wanted


@pytest.mark.parametrize("version", ["1", "13", "", None, "12-x"])
def test_names_are_never_guessed(version):
    with pytest.raises(InvalidArgument, match="known: almalinux-8, debian-12"):
        packages.names(Facts({"os": {"id": "debian", "version_id": version}}), LISTS)


def facts(installed):
    system = {"id": "debian", "version_id": "12"}
    return Facts({"os": system, "packages": {"installed": installed}})


def test_what_is_missing_is_the_diff():
    assert packages.diff(facts({"lvm2": "2.03"}), LISTS) == {
        "socat": {"old": "absent", "new": "installed"}
    }
    assert packages.diff(facts({"lvm2": "2.03", "socat": "1", "more": "1"}), LISTS) == {}


def test_an_unread_database_is_no_diff():
    with pytest.raises(Unread, match="why"):
        packages.diff(facts({"unknown": "why"}), LISTS)


@pytest.mark.parametrize(
    "releases",
    [None, {}, [], "socat", {"debian-12": "socat"}, {"debian-12": ["-oAPT::x", "a b", "$(id)", 3]}],
)
def test_hostile_lists_are_refused(releases):
    with pytest.raises(InvalidArgument, match="releases"):
        packages.check(releases)


@given(st.text())
def test_no_name_looks_like_an_option(name):
    try:
        packages.check({"debian-12": [name]})
    except InvalidArgument:
        return
    assert name[0].isalnum()
    assert name.isascii()
    assert not set(name) & set(" \n;$`'\"/\\")
