"""A cache entry is complete or not there; what others made of another recipe stays until pruned."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import cache
from lab.run import LabError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"


def builder(text, calls=None):
    def build(tree: Path) -> None:
        assert list(tree.iterdir()) == []
        (tree / "content").write_text(text)
        if calls is not None:
            calls.append(text)

    return build


def test_an_entry_is_built_once():
    calls = []
    first = cache.entry("root", {"a": 1}, builder("x", calls))
    assert cache.entry("root", {"a": 1}, builder("y", calls)) == first
    assert (first / "content").read_text() == "x"
    assert calls == ["x"]


def test_the_place_of_an_entry_is_known_before_it_is_there():
    place = cache.place("root", {"a": 1})
    assert not place.exists()
    assert cache.entry("root", {"a": 1}, builder("x")) == place


def test_another_recipe_is_another_entry_and_the_older_stays_until_pruned():
    old = cache.entry("root", {"a": 1}, builder("x"))
    new = cache.entry("root", {"a": 2}, builder("y"))
    other = cache.entry("root-more", {"a": 1}, builder("z"))
    assert (old / "content").read_text() == "x"
    cache.prune([new, other])
    assert not old.exists()
    assert (new / "content").read_text() == "y"
    assert (other / "content").read_text() == "z"


def test_a_failed_build_leaves_no_entry(folder):
    def broken(tree: Path) -> None:
        (tree / "half").touch()
        raise LabError("no network")

    with pytest.raises(LabError, match="no network"):
        cache.entry("root", {}, broken)
    assert list(folder.glob("root-*")) == []
    tree = cache.entry("root", {}, builder("whole"))
    assert [path.name for path in tree.iterdir()] == ["content"]


def test_a_half_removed_entry_is_built_anew():
    tree = cache.entry("root", {}, builder("x"))
    (tree.parent / "done").unlink()
    assert (cache.entry("root", {}, builder("y")) / "content").read_text() == "y"


def test_a_tree_with_a_mount_in_it_is_never_removed():
    with pytest.raises(LabError, match=r"/proc is mounted in it; run 'umount -R /proc'"):
        cache.remove_tree(Path("/proc"))


def test_the_key_depends_on_content_not_on_order():
    assert cache.key_of({"a": 1, "b": [1]}) == cache.key_of({"b": [1], "a": 1})
    assert cache.key_of({"a": 1}) != cache.key_of({"a": "1"})
