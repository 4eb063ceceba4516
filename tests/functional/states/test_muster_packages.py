"""In test mode only: installing is tried on the lab's nodes, never on this machine."""

from __future__ import annotations

import pytest

from saltext.muster import facts

STATE = "muster_packages.installed"


@pytest.fixture
def release():
    system = facts.collect(["os"])["os"]
    return f"{system['id']}-{system['version_id']}"


def test_what_is_installed_stays(minion, testmode, release):
    ret = minion.state(STATE, test=testmode, releases={release: ["tar"]})
    assert (ret["result"], ret["changes"]) == (True, {})


def test_what_is_missing_would_be_installed(minion, release):
    ret = minion.state(STATE, test=True, releases={release: ["tar", "muster-none"]})
    assert ret["result"] is None
    assert ret["changes"] == {"muster-none": {"old": "absent", "new": "installed"}}


def test_an_unknown_release_fails_with_those_that_are_known(minion, testmode):
    ret = minion.state(STATE, test=testmode, releases={"debian-4": ["tar"]})
    assert (ret["result"], ret["changes"]) == (False, {})
    assert "known: debian-4" in ret["comment"]


def test_an_option_in_a_names_place_is_refused(minion, testmode, release):
    ret = minion.state(STATE, test=testmode, releases={release: ["-oAPT::Get::x=y"]})
    assert (ret["result"], ret["changes"]) == (False, {})
    assert "no name of a package" in ret["comment"]
