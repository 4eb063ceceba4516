"""The script of a trial: the decision, the files there and back, commands."""

from __future__ import annotations

import ast
import multiprocessing
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saltext.muster.trial import runner, saving
from saltext.muster.trial.spec import New, Proof, Step, Trial, Turn

SPAWN = multiprocessing.get_context("fork")


def trial(files=None, before=(), after=(), undo=(), **more):
    turn = Turn(tuple(before), tuple(after))
    return Trial("network", files or {}, turn, Turn(tuple(undo)), Proof(), **more)


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "muster" / "trial")


def files_of(path):
    """Every file and link below a folder as finely as it is to come back."""
    found = {}
    for each in sorted(path.rglob("*")):
        seen = each.lstat()
        content = os.readlink(each) if each.is_symlink() else each.is_file() and each.read_bytes()
        times = 0 if each.is_dir() and not each.is_symlink() else seen.st_mtime_ns
        found[str(each)] = (content, seen.st_mode, seen.st_uid, seen.st_gid, times)
    return found


def back(folder, plan):
    """End the trial by the code that its unit runs when its process is over."""
    runner.decide(folder, runner.UNDONE, "not wanted")
    runner._undo(folder, plan, commands=True)


@pytest.mark.parametrize("count", [16])
def test_of_many_that_decide_at_once_exactly_one_wins(folder, count):
    """Timer, job, runner and boot may all be about to decide."""
    for _ in range(10):
        saving.save(trial(), folder)
        gate, answers = SPAWN.Barrier(count), SPAWN.Queue()

        def decide(number, gate=gate, answers=answers):
            outcome = (runner.KEPT, runner.UNDONE)[number % 2]
            gate.wait()
            answers.put((runner.decide(folder, outcome, f"by {number}"), outcome, number))

        workers = [SPAWN.Process(target=decide, args=(number,)) for number in range(count)]
        for worker in workers:
            worker.start()
        found = [answers.get(timeout=60) for _ in workers]
        for worker in workers:
            worker.join()
        ((_, outcome, number),) = [answer for answer in found if answer[0]]
        assert runner.decision(folder) == outcome
        assert runner.reason(folder) == f"by {number}"
        subprocess.run(["rm", "-r", folder], check=True)


CONTENTS = st.none() | st.binary(max_size=40)


@given(
    old=st.lists(CONTENTS, min_size=4, max_size=4),
    new=st.lists(CONTENTS, min_size=4, max_size=4),
    stop=st.integers(0, 4),
    mode=st.sampled_from([0o600, 0o644, 0o4755]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_whatever_was_written_comes_back_byte_for_byte(tmp_path_factory, old, new, stop, mode):
    """Also when only some of the files were replaced before the node went down."""
    base = tmp_path_factory.mktemp("files")
    root, folder = base / "etc", str(base / "muster" / "trial")
    paths = [root / "a", root / "b", root / "deep" / "c", root / "deep" / "er" / "d"]
    root.mkdir()
    for path, data in zip(paths, old, strict=True):
        if data is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(mode)
            os.utime(path, ns=(10**9 + 1, 10**18 + 123456789))
    before = files_of(root)
    wanted = {
        str(path): None if data is None else New(data)
        for path, data in zip(paths, new, strict=True)
    }
    plan = saving.save(trial(wanted), folder)
    for number, entry in enumerate(plan["files"][:stop]):
        runner._put_new(folder, number, entry)
        found = paths[number].read_bytes() if paths[number].exists() else None
        assert found == new[number]
    back(folder, plan)
    reserves = [runner.reserve(entry["target"]) for entry in plan["files"]]
    assert {path: seen for path, seen in files_of(root).items() if path not in reserves} == before
    assert runner.noted(folder)["left"] == []


def test_a_new_file_keeps_the_mode_and_owner_of_the_old_one_and_links_are_followed(
    tmp_path, folder
):
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    file.chmod(0o604)
    link.symlink_to("file")
    plan = saving.save(trial({str(link): New(b"new", 0o777)}), folder)
    assert runner._apply(folder, plan, lambda steps: "", lambda: False) == ""
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o604)
    assert link.is_symlink()


def test_the_first_command_that_fails_ends_the_change_and_all_are_tried_on_the_way_back(
    tmp_path, folder
):
    marks = [Step(("touch", str(tmp_path / name))) for name in "abcd"]
    fails = Step(("sh", "-c", "echo sorry >&2; exit 7"))
    tolerated = Step(("false",), may_fail=True)
    plan = saving.save(
        trial(after=[marks[0], tolerated, fails, marks[1]], undo=[fails, tolerated, marks[2]]),
        folder,
    )
    assert runner.run(folder, plan) == 1
    assert runner.decision(folder) == runner.UNDONE
    assert runner.reason(folder) == "sh -c echo sorry >&2; exit 7 failed: sorry"
    back(folder, plan)
    assert sorted(p.name for p in tmp_path.iterdir() if len(p.name) == 1) == ["a", "c"]
    assert runner.noted(folder)["back"] == ["sh -c echo sorry >&2; exit 7 failed: sorry"]


def test_a_job_that_is_gone_ends_the_change_before_its_first_command(tmp_path, folder):
    plan = saving.save(trial(before=[Step(("touch", str(tmp_path / "a")))]), folder)
    assert runner.run(folder, {**plan, "owner": [2**22 - 3, "1"]}) == 0
    assert runner.reason(folder) == "the job that made the change is gone"
    assert not (tmp_path / "a").exists()


def test_a_process_is_known_by_its_number_and_start():
    own = [os.getpid(), runner.started(os.getpid())]
    assert runner.alive(own)
    assert not runner.alive([own[0], "1"])
    child = subprocess.Popen(["sleep", "60"])
    owner = [child.pid, runner.started(child.pid)]
    assert runner.alive(owner)
    child.kill()
    child.wait()
    assert not runner.alive(owner)
    assert not runner.alive([child.pid, runner.started(child.pid)])


def test_commands_that_were_never_run_are_not_undone(tmp_path, folder):
    plan = saving.save(trial(undo=[Step(("touch", str(tmp_path / "a")))]), folder)
    back(folder, plan)
    assert not (tmp_path / "a").exists()


def test_the_boot_puts_files_back_only_after_a_restart(tmp_path, folder):
    file = tmp_path / "file"
    file.write_text("old")
    boot = [Step(("touch", str(tmp_path / "booted")))]
    plan = saving.save(trial({str(file): New(b"new")}, boot=boot), folder)
    runner._put_new(folder, 0, plan["files"][0])
    assert runner.boot(folder, plan) == 0
    assert file.read_text() == "new"
    # Nothing of the host's systemd may be asked for: the folder is moved away by the end alone.
    restarted = {**plan, "booted": "another start"}
    runner._recover(folder, restarted)
    assert file.read_text() == "old"


def test_a_file_that_cannot_come_back_is_told(tmp_path, folder):
    file = tmp_path / "etc" / "file"
    file.parent.mkdir()
    file.write_text("old")
    plan = saving.save(trial({str(file): New(b"new")}), folder)
    subprocess.run(["rm", "-r", str(file.parent)], check=True)
    file.parent.write_text("a file in the folder's place")
    back(folder, plan)
    assert runner.noted(folder)["left"] == [f"{file}: Not a directory"]


def test_the_state_has_room_whatever_is_noted(folder):
    plan = saving.save(trial(), folder)
    runner.note(folder, stage="undoing", back=["x" * 300] * 500, left=["y" * 300] * 500)
    assert os.path.getsize(os.path.join(folder, "status.json")) == runner.ROOM
    assert runner.noted(folder)["stage"] == "undoing"
    assert runner.noted(folder)["left"]
    assert plan["id"]


def test_a_change_that_the_timer_ends_tells_what_was_missed_last(folder, monkeypatch):
    plan = saving.save(trial(seconds=15), folder)
    monkeypatch.setattr(runner, "end", lambda *_: 0)  # its units are not there
    monkeypatch.chdir(folder)
    runner.miss(folder, "the gateway 192.0.2.1 on eth0 did not answer")
    assert runner.deadline(folder, plan) == 0
    assert runner.reason(folder) == (
        "not confirmed within 15 s: the gateway 192.0.2.1 on eth0 did not answer"
    )


def test_a_change_that_was_never_tried_to_prove_tells_the_time_alone(folder):
    saving.save(trial(seconds=15), folder)
    assert runner.late(folder, 15) == "not confirmed within 15 s"


def test_the_script_runs_by_itself_and_leaves_other_trials_alone(folder):
    plan = saving.save(trial(), folder)
    command = [sys.executable, "-I", "-B", f"{folder}/run.py"]
    assert subprocess.run([*command, "deadline", "another"]).returncode == 0
    assert runner.decision(folder) == runner.OPEN
    process = subprocess.Popen([*command, "run", plan["id"]])
    while runner.noted(folder).get("stage") != "waiting":
        time.sleep(0.01)
    assert process.poll() is None
    runner.decide(folder, runner.KEPT, "seen")
    assert process.wait(timeout=60) == 0
    assert runner.reason(folder) == "seen"


def test_a_trial_that_another_process_has_just_ended_is_left_alone(folder):
    plan = saving.save(trial(), folder)
    os.rename(folder, f"{folder}-ended")
    assert runner.end(folder, plan) == 0
    assert runner.decision(f"{folder}-ended") == runner.OPEN


def test_the_script_is_written_for_python_3_6():
    source = Path(runner.__file__).read_text()
    tree = ast.parse(source, feature_version=(3, 6))
    names = {
        name
        for item in ast.walk(tree)
        if isinstance(item, (ast.Import, ast.ImportFrom))
        for name in (
            [item.module] if isinstance(item, ast.ImportFrom) else [a.name for a in item.names]
        )
    }
    assert names <= set(sys.stdlib_module_names)
    assert "__future__" not in names  # annotations came with 3.7
