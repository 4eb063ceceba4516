"""The file muster-collect: one plain file, the same from the same probes."""

from __future__ import annotations

import ast
import json
import sys

import pytest

from saltext.muster import collector, facts
from saltext.muster.probes import _command


def test_the_same_library_gives_the_same_file():
    text = collector.script()
    assert text == collector.script()
    assert text.isascii()
    assert f'LIBRARY = "{collector.digest()}"' in text


def test_python_3_6_can_read_it_and_it_imports_the_standard_library_alone():
    tree = ast.parse(collector.script(), feature_version=(3, 6))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
             for alias in node.names]  # fmt: skip
    assert names == ["sys", "importlib", "importlib.machinery"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_python_2_gets_as_far_as_being_told():
    """All before the check of the version is syntax that Python 2 has too."""
    head = collector.script().partition("import importlib")[0]
    assert "sys.exit(" in head
    assert 'f"' not in head
    assert "print" not in head.partition('"""\n\n')[2]


def test_every_probe_is_in_it_word_for_word():
    tree = ast.parse(collector.script())
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            found[node.targets[0].slice.value] = node.value.value
    texts = collector._texts()
    assert found == {
        "muster_probes" if name == "__init__" else f"muster_probes.{name}": text
        for name, text in texts.items()
    }
    assert set(facts.names()) <= set(texts)


@pytest.mark.parametrize("text", ["x = '''a'''\n", 'x = "\u20ac"\n', "x = 1", "'\\"])
def test_a_text_that_no_raw_literal_can_hold_is_held_too(text):
    (node,) = ast.parse(collector._embedded("x", text)).body
    assert node.value.value == text


def test_a_wrong_option_is_told_in_one_line(tmp_path, capsys):
    def run(*arguments):
        return _command.main(list(arguments), facts.names(), facts.load, "")

    for arguments, told in (
        (["--probe", "nonsense"], "no probe 'nonsense'"),
        (["--probe", "os", "--root", "/none/there"], "no folder"),
        (["--probe", "os", "--target", "a"] * 51, "at most 50"),
        (["--probe", "os", "--output", str(tmp_path)], "Is a directory"),
    ):
        assert run(*arguments) == 2
        text = capsys.readouterr()
        assert text.out == ""
        assert told in text.err
        assert text.err.count("\n") == 1
    assert run("--probe", "os", "--root", str(tmp_path)) == 0
    held = json.loads(capsys.readouterr().out)
    assert (held["node"], set(held["facts"])) == ("", {"os"})
    assert held["python"] == sys.version.split()[0]


def test_a_file_that_it_writes_is_the_owners_alone(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("older and longer" * 1000)
    path.chmod(0o644)
    arguments = ["--probe", "os", "--root", str(tmp_path), "--output", str(path)]
    assert _command.main(arguments, facts.names(), facts.load, "") == 0
    assert path.stat().st_mode & 0o777 == 0o600
    json.loads(path.read_text())
    new = tmp_path / "new.json"
    assert _command.main([*arguments[:-1], str(new)], facts.names(), facts.load, "") == 0
    assert new.stat().st_mode & 0o777 == 0o600


def test_a_device_that_it_writes_to_keeps_its_mode(monkeypatch):
    def refuse(*args):
        raise AssertionError("the mode of a device would have been changed")

    monkeypatch.setattr(_command.os, "fchmod", refuse)
    assert _command.printed("/dev/null", "text") is None
