"""Saving: complete at once or not at all."""

from __future__ import annotations

import os
import stat

import pytest

from saltext.muster.errors import Refused
from saltext.muster.trial import runner, saving
from saltext.muster.trial.spec import New, Proof, Trial, Turn


def trial(files=None, **more):
    return Trial("network", files or {}, Turn(), Turn(), Proof(), **more)


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "muster" / "trial")


def test_a_saved_trial_is_open_private_and_names_its_job(folder):
    plan = saving.save(trial(data={"undo.ip": b"link"}), folder)
    assert runner.decision(folder) == runner.OPEN
    assert runner.noted(folder) == {"stage": "saved"}
    assert runner.alive(plan["owner"])
    assert runner.load(folder) == plan
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    with open(f"{folder}/data/undo.ip", "rb") as file:
        assert file.read() == b"link"


def test_a_second_trial_is_refused_and_leaves_nothing(tmp_path, folder):
    file = tmp_path / "file"
    file.write_text("old")
    saving.save(trial(), folder)
    with pytest.raises(Refused, match=r"another change is on trial: network, since .* by process"):
        saving.save(trial({str(file): New(b"new")}), folder)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "muster"]
    assert sorted(os.listdir(os.path.dirname(folder))) == ["origins", "trial"]


@pytest.mark.parametrize("what", ["folder", "fifo"])
def test_what_is_no_regular_file_is_refused(tmp_path, folder, what):
    path = tmp_path / "odd"
    path.mkdir() if what == "folder" else os.mkfifo(path)
    with pytest.raises(Refused, match="is no regular file; nothing was changed"):
        saving.save(trial({str(path): New(b"new")}), folder)
    assert os.listdir(os.path.dirname(folder)) == []


def test_a_file_where_the_folder_should_be_is_told(tmp_path, folder):
    (tmp_path / "muster").write_text("")
    with pytest.raises(Refused, match=r"could not be saved: .*; nothing was changed"):
        saving.save(trial(), folder)


def test_a_folder_that_takes_no_copy_beside_the_file_is_told(tmp_path, folder):
    """Whoever runs it: no name that long is taken, nor is there anything to clean away."""
    file = tmp_path / ("x" * 250)
    file.write_text("old")
    with pytest.raises(Refused, match=r"could not be saved: .*File name too long; nothing was"):
        saving.save(trial({str(file): New(b"new")}), folder)
    assert os.listdir(os.path.dirname(folder)) == []


def test_what_a_killed_job_left_is_removed_when_it_is_old(tmp_path, folder):
    left = tmp_path / "muster" / ".trial-left"
    left.mkdir(parents=True)
    fresh = tmp_path / "muster" / ".trial-fresh"
    fresh.mkdir()
    os.utime(left, (1, 1))
    saving.save(trial(), folder)
    assert (left.exists(), fresh.exists()) == (False, True)
