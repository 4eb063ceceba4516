"""Kept changes: their own way back, and what must be so for it."""

from __future__ import annotations

import json
import os

import pytest

from saltext.muster.errors import Refused
from saltext.muster.trial import keeping, runner, saving, spec
from saltext.muster.trial.spec import New, Proof, Step, Trial, Turn
from tests.functional.trial.test_runner import files_of

THERE, BACK = Step(("true", "there")), Step(("true", "back"))
BOOT = (Step(("systemctl", "disable", "x.service")), Step(("netplan", "generate")))


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "muster/trial")


@pytest.fixture
def kept(folder):
    return os.path.join(os.path.dirname(folder), saving.KEPT)


@pytest.fixture
def etc(tmp_path):
    """Files as they are before: an odd mode and time, and one that is to go."""
    etc = tmp_path / "etc"
    etc.mkdir()
    for name in ("replaced", "removed"):
        (etc / name).write_text(f"{name}\n")
        (etc / name).chmod(0o604)
        os.utime(etc / name, ns=(1, 1_500_000_000_123_456_789))
    return etc


def keep(folder, files, order=7):
    """Run a change as its unit does, and keep it."""
    trial = Trial(
        component="network",
        files={str(path): new for path, new in files.items()},
        apply=Turn((THERE,)),
        undo=Turn((), (BACK,)),
        proof=Proof(devices=("eth0",)),
        boot=BOOT,
        data={"undo.ip": b"x"},
        seconds=33,
    )
    plan = saving.save(trial, folder, order)
    for number, entry in enumerate(plan["files"]):
        runner._put_new(folder, number, entry)
    runner.decide(folder, runner.KEPT, "seen")
    assert runner._finish(folder, plan) == 0


@pytest.fixture
def changed(folder, etc):
    before = files_of(etc)
    new = New(b"new\n")
    keep(folder, {etc / "replaced": new, etc / "removed": None, etc / "made/deep": new})
    assert files_of(etc) != before
    return before


def test_a_kept_change_stays_with_its_old_files(changed, folder, kept):
    assert keeping.names(kept) == ["000007-network"]
    last = os.path.join(os.path.dirname(folder), "last-trial")
    assert runner.decision(last) == runner.KEPT
    assert os.readlink(last) == f"{kept}/000007-network"
    assert oct(os.stat(kept).st_mode)[-3:] == "700"


def test_one_that_was_put_back_is_not_kept(folder, kept, etc):
    plan = saving.save(Trial("network", {}, Turn(), Turn(), Proof()), folder)
    runner.decide(folder, runner.UNDONE, "not wanted")
    runner._finish(folder, plan)
    assert keeping.names(kept) == []


def test_the_way_back_is_a_trial_of_its_own(changed, folder, kept, etc):
    trial = keeping.trial("000007-network", kept)
    assert trial.files == {
        str(etc / "replaced"): New(b"replaced\n", 0o604),
        str(etc / "removed"): New(b"removed\n", 0o604),
        str(etc / "made/deep"): None,
    }
    assert (trial.apply, trial.undo) == (Turn((), (BACK,)), Turn((THERE,)))
    assert trial.boot == (Step(("systemctl", "enable", "x.service")), BOOT[1])
    assert (trial.data, trial.seconds, trial.proof) == ({"undo.ip": b"x"}, 33, Proof())
    assert spec.from_data(spec.to_data(trial)) == trial
    plan = saving.save(trial, folder, 8)
    for number, entry in enumerate(plan["files"]):
        runner._put_new(folder, number, entry)
    runner.decide(folder, runner.KEPT)
    runner._finish(folder, plan)
    assert keeping.names(kept) == ["000007-network"], "the way back is no change of its own"
    keeping.settle("000007-network", kept)
    assert files_of(etc) == changed
    assert keeping.names(kept) == []


def test_changes_of_one_file_go_back_one_after_the_other(folder, kept, etc):
    before = files_of(etc)
    keep(folder, {etc / "replaced": New(b"one")}, 1)
    keep(folder, {etc / "replaced": New(b"two")}, 2)
    assert "pending" in keeping.diff("000001-network", kept)[str(etc / "replaced")]
    for name in reversed(keeping.names(kept)):
        assert not any("pending" in each for each in keeping.diff(name, kept).values())
        keeping.settle(name, kept)
    assert files_of(etc) == before


def test_a_file_that_another_hand_changed_leaves_all_as_it_is(changed, kept, etc):
    (etc / "replaced").write_text("mine\n")
    told = keeping.diff("000007-network", kept)
    assert {each["old"] for path, each in told.items() if path.endswith("replaced")} == {
        "changed since"
    }
    for each in told.values():
        assert f"{etc}/replaced changed by another hand" in each["pending"]
        assert f"{kept}/000007-network/old" in each["pending"]


@pytest.mark.parametrize(
    "harm",
    [
        {"files": [{"path": "/etc/../x"}]},
        {"files": "x"},
        {"undo": {"before": [], "after": [{"argv": []}]}},
        {"component": "../x"},
        {"seconds": 10**9},
        "no json",
        0o666,
    ],
)
def test_one_that_cannot_be_trusted_is_refused(changed, kept, harm):
    path = f"{kept}/000007-network/trial.json"
    with open(path) as file:
        plan = json.load(file)
    if isinstance(harm, int):
        os.chmod(path, harm)
    else:
        with open(path, "w") as file:
            file.write(harm if isinstance(harm, str) else json.dumps({**plan, **harm}))
    with pytest.raises(Refused, match=f"{path}.* cannot be trusted"):
        keeping.trial("000007-network", kept)


def test_muster_s_own_folder_goes_when_nothing_is_kept(changed, folder, kept):
    keeping.forget("000007-network", kept)
    keeping.clean(os.path.dirname(folder))
    assert not os.path.exists(os.path.dirname(folder))


def test_a_change_on_trial_is_not_cleaned_away(folder):
    saving.save(Trial("network", {}, Turn(), Turn(), Proof()), folder)
    with pytest.raises(Refused, match="on trial"):
        keeping.clean(os.path.dirname(folder))
    assert os.path.exists(folder)
