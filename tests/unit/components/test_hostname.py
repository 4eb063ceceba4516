from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import hostname
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes import hostname as probe

NAME = "node1.example.com"


def facts(configured=NAME, running=NAME, **cloud):
    cloud = {"installed": False, "preserve_hostname": False, "manage_etc_hosts": False, **cloud}
    return Facts({"hostname": {"configured": configured, "running": running, "cloud_init": cloud}})


def test_nothing_differs():
    assert hostname.diff(facts(), NAME) == {}


def test_both_names_are_judged():
    assert hostname.diff(facts("node1", "(none)"), NAME) == {
        "configured": {"old": "node1", "new": NAME},
        "running": {"old": "(none)", "new": NAME},
    }


def test_upper_case_is_another_name():
    assert set(hostname.diff(facts("Node1.example.com"), NAME)) == {"configured"}


def test_the_running_name_of_an_image_is_nobodys():
    assert hostname.diff(facts(running={"unknown": "no kernel"}), NAME, live=False) == {}


def test_what_cannot_be_read_is_no_difference():
    with pytest.raises(Unread, match="no kernel"):
        hostname.diff(facts(running={"unknown": "no kernel"}), NAME)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "N\n"),
        ("old", "N\n"),
        ("old\n", "N\n"),
        ("old  \r\n", "N\n"),
        ("# mine\n\nold\n", "# mine\n\nN\n"),
        ("# mine", "# mine\nN\n"),
        ("\n", "\nN\n"),
        ("old\n# after\n", "N\n# after\n"),
    ],
)
def test_edit(text, wanted):
    assert hostname.edit(text, "N") == wanted


@given(st.text(alphabet="# \t\r\nabZ.", max_size=40))
def test_edit_satisfies_the_probe_and_keeps_the_rest(text):
    new = hostname.edit(text, NAME)
    assert probe.parse(new) == NAME
    assert hostname.edit(new, NAME) == new
    comments = [line for line in text.split("\n") if line.strip().startswith("#")]
    assert [line for line in new.split("\n") if line.strip().startswith("#")] == comments


@pytest.mark.parametrize("bad", ["localhost", "a\nb", "Node1", "a" * 65])
def test_bad_names(bad):
    with pytest.raises(InvalidArgument, match="muster_hostname: name: "):
        hostname.check(bad)


@pytest.mark.parametrize(
    ("cloud", "noted"),
    [
        ({"installed": False}, False),
        ({"installed": True}, True),
        ({"installed": True, "preserve_hostname": True}, False),
        ({"installed": True, "preserve_hostname": "no"}, True),
    ],
)
def test_cloud_init_is_named_with_a_remedy(cloud, noted):
    notes = hostname.cloud_note(facts(**cloud))
    assert bool(notes) is noted
    assert all("preserve_hostname: true" in note for note in notes)


def test_unread_cloud_init_is_no_note():
    data = {"configured": NAME, "running": NAME, "cloud_init": {"unknown": "x"}}
    assert hostname.cloud_note(Facts({"hostname": data})) == []
