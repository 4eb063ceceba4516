"""The execution module of changes on trial, as far as no real node is needed."""

from __future__ import annotations

import pytest
from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster.trial import spec


def change():
    return spec.to_data(spec.Trial("network", {}, spec.Turn(), spec.Turn(), spec.Proof()))


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The host that runs the tests is never touched, whatever is wrong with the module."""
    monkeypatch.setattr(spec, "FOLDER", str(tmp_path / "trial"))
    monkeypatch.setattr(spec, "LAST", str(tmp_path / "last-trial"))


def test_without_a_master_no_change_is_begun(minion, places):
    with pytest.raises(CommandExecutionError, match="there is no master to sign in to"):
        minion.call("muster_trial.run", change())


def test_hostile_data_is_refused_before_anything_else(minion, places):
    with pytest.raises(SaltInvocationError, match=r"files: '\.\./x' is no absolute path"):
        minion.call("muster_trial.run", {**change(), "files": {"../x": None}})


def test_the_status_of_a_node_without_trials_is_empty(minion, places):
    assert minion.call("muster_trial.status") == {"pending": None, "last": None}
