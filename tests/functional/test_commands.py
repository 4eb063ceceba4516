"""Commands of probes: bounded in time and in output, with all that they start."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest

from saltext.muster.probes import _process
from saltext.muster.probes.source import LIMIT, Absent, Source, Unreadable


def shell(text, seconds=10.0, limit=LIMIT):
    return _process.output(["sh", "-c", text], seconds, limit)


def test_the_output_of_a_command_is_text():
    assert Source("/").run(["printf", "a\\377b"]) == "a\\xffb"
    assert shell("echo out; echo err >&2") == "out\n"


def test_a_command_runs_in_the_plain_locale_with_nothing_to_read():
    assert shell("echo $LC_ALL $HOME; cat") == "C\n"


def test_what_is_not_installed_is_absent():
    with pytest.raises(Absent, match="no-such-program is not installed"):
        Source("/").run(["no-such-program"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("echo why >&2; exit 3", "exit status 3: why"),
        ("echo out; exit 1", "exit status 1: out"),
        ("kill -9 $$", "exit status -9"),
    ],
)
def test_a_command_that_fails_says_so(text, told):
    with pytest.raises(Unreadable, match=told):
        shell(text)


def test_what_cannot_be_started_is_unreadable(tmp_path):
    (tmp_path / "file").write_text("")
    for argv in ([str(tmp_path / "file")], [str(tmp_path)], ["a\0b"]):
        with pytest.raises(Unreadable):
            _process.output(argv, 1.0, LIMIT)


def running(marker):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in path.read_bytes() and int(path.parent.name) != os.getpid():
                found.append(path)
        except OSError:
            continue
    return found


def gone(marker):
    for _ in range(50):
        if not running(marker):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    "text",
    [
        "sleep {0}",
        "sleep {0} & sleep {0} & wait",
        "trap '' TERM; sleep {0} & sleep {0}",
        "sleep {0} & exit 0",  # it ends, but its child holds the output
    ],
)
def test_a_command_that_hangs_is_killed_with_its_children(text):
    marker = f"60.{os.getpid()}{abs(hash(text)) % 10000:04}"
    began = time.monotonic()
    with pytest.raises(Unreadable, match=r"did not end within 0\.3 s"):
        shell(text.format(marker), 0.3)
    assert time.monotonic() - began < 5
    assert gone(marker)


def test_an_endless_printer_is_stopped_and_fills_no_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with pytest.raises(Unreadable, match=f"printed more than {LIMIT} bytes"):
        _process.output(["yes", "x" * 1000], 10.0, LIMIT)
    assert time.monotonic() - began < 5
    with pytest.raises(Unreadable, match="did not end within"):
        shell("yes >&2", 0.5)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_output_up_to_the_limit_is_whole():
    assert shell("printf 12345", limit=5) == "12345"
    with pytest.raises(Unreadable, match="more than 4 bytes"):
        shell("printf 12345", limit=4)


def test_no_command_outlasts_its_probes_deadline():
    source = Source("/").until(time.monotonic() + 0.2)
    began = time.monotonic()
    with pytest.raises(Unreadable, match="did not end within 0"):
        source.run(["sleep", "30"])
    with pytest.raises(Unreadable, match="no time was left"):
        source.run(["true"])
    with pytest.raises(Unreadable, match="no time was left"):
        source.connect("127.0.0.1", 1)
    assert time.monotonic() - began < 5


def test_nothing_is_left_open():
    before = len(os.listdir("/proc/self/fd"))
    for text in ("true", "exit 1", "yes", "sleep 9"):
        with pytest.raises(Unreadable):
            shell(text, 0.2)
            raise Unreadable("it went well")
    assert len(os.listdir("/proc/self/fd")) == before
