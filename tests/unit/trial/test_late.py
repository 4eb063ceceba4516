"""A process that comes when the trial has ended: the deadline's, most of all."""

from __future__ import annotations

from saltext.muster.trial import runner


def test_a_trial_that_ended_meanwhile_is_left_alone(tmp_path):
    assert runner.end(str(tmp_path), {"id": "1", "files": [], "seconds": 60}) == 0
    assert list(tmp_path.iterdir()) == []
