"""The external pillar's answers, over real files."""

from __future__ import annotations

import copy
import json
import logging
import os
import resource
import time

import pytest

from saltext.muster import digest
from saltext.muster.master import pillar, shared

from . import support

NODE = "node1.example.com"


class Master:
    """A master's cluster files and cache; each worker is a process of its own in real life."""

    def __init__(self, tmp_path):
        self.clusters = tmp_path / "clusters"
        self.cache = tmp_path / "cache"
        self.clusters.mkdir()
        self.cache.mkdir()

    def write(self, text, name="demo.yaml"):
        path = self.clusters / name
        path.write_text(text)
        return path

    def compile(self, minion_id=NODE, clusters=None, pillar_cache=False):
        clusters = str(self.clusters) if clusters is None else clusters
        return pillar.compile_(minion_id, clusters, str(self.cache), pillar_cache)

    def restart(self):
        pillar.store._STORES.clear()


@pytest.fixture
def master(tmp_path):
    master = Master(tmp_path)
    master.write(support.VALID)
    yield master
    master.restart()


def errors(answer):
    assert set(answer) == {"_errors"}
    assert all(text.startswith("muster: ") for text in answer["_errors"])
    return answer["_errors"]


def test_a_node_gets_its_plan(master):
    plan = master.compile()["muster"]
    assert plan["id"] == NODE
    assert plan["digest"] == digest.of_plan(plan)
    assert plan["now"] > 1_700_000_000
    json.dumps(plan)


def test_now_is_fresh_and_the_rest_is_not_touched_by_the_caller(master):
    first = master.compile()
    untouched = copy.deepcopy(first)
    for key in list(first["muster"]["components"]):
        first["muster"]["components"][key].clear()
    first["muster"]["waivers"].clear()
    first["muster"]["profile"].clear()
    second = master.compile()
    assert second["muster"]["now"] >= untouched["muster"].pop("now")
    del second["muster"]["now"]
    assert second == untouched


@pytest.mark.parametrize(
    "id_", ["nobody", "", "../demo", "node1", "NODE1.example.com", "*", "a\0b"]
)
def test_an_unknown_minion_gets_nothing_and_is_logged_once(master, caplog, id_):
    with caplog.at_level(logging.WARNING):
        assert master.compile(id_) == {}
        assert master.compile(id_) == {}
        (record,) = caplog.records
        assert ascii(id_) in record.getMessage()
        master.write(support.VALID + "# changed\n")
        assert master.compile(id_) == {}
        assert len(caplog.records) == 2


def test_no_id_reaches_a_path(master):
    (master.cache / "secret.json").write_text("{}")
    before = sorted(str(path) for path in master.cache.rglob("*"))
    for id_ in ("../secret", "../../etc/passwd", "/etc/passwd", "x" * 5000):
        assert master.compile(id_) == {}
    assert sorted(str(path) for path in master.cache.rglob("*"))[: len(before)] != []
    assert not list(master.cache.rglob("*passwd*"))


def test_a_broken_file_concerns_whom_it_names(master):
    master.write(support.VALID.replace("tier: test", "tier: 10.77.0.99"))
    (text,) = errors(master.compile())
    assert text.endswith(
        "demo.yaml:4:1: tier: wanted 'production', 'test' or 'heavy'; see salt-run muster.validate"
    )
    assert "10.77.0.99" not in text
    assert master.compile("nobody") == {}


def test_a_broken_file_concerns_whom_its_last_valid_load_named(master):
    assert "muster" in master.compile()
    master.write("version: [")
    assert "is not YAML" in errors(master.compile())[0]
    assert master.compile("nobody") == {}


def test_the_last_valid_load_is_known_after_a_restart(master):
    assert "muster" in master.compile()
    master.restart()
    master.write("version: [")
    assert "is not YAML" in errors(master.compile())[0]
    assert master.compile("nobody") == {}


def test_an_earlier_broken_version_is_forgotten(master):
    """Two workers, of which one has not seen it, must not disagree."""
    assert "muster" in master.compile()
    master.write(support.VALID.replace(f"{NODE}:", "typo.example.com:") + "x: 1\n")
    assert errors(master.compile("typo.example.com"))
    master.write(support.VALID + "x: 1\n")
    assert errors(master.compile(NODE))
    assert master.compile("typo.example.com") == {}


def test_a_broken_file_of_unknown_nodes_concerns_everybody_else(master):
    master.write("version: [", "new.yaml")
    assert "muster" in master.compile()
    assert "new.yaml" in errors(master.compile("nobody"))[0]


def test_a_broken_file_without_a_readable_node_concerns_everybody_else(master):
    master.write("version: 1\nnodes:\n", "new.yaml")
    assert "muster" in master.compile()
    assert errors(master.compile("nobody"))


def test_a_valid_plan_is_never_served_for_a_broken_file(master):
    assert "muster" in master.compile()
    path = master.write(support.VALID.replace("gnt-br", "gnt/br"))
    assert errors(master.compile())
    master.restart()
    assert errors(master.compile())
    path.unlink()
    assert master.compile() == {}


BAD = {
    "empty": "",
    "no YAML": "version: [",
    "unknown key": support.VALID + "colour: blue\n",
    "wrong type": support.VALID.replace("wait: 60", "wait: soon"),
    "same address": support.VALID.replace("10.77.0.12", "10.77.0.11"),
    "no hostname": support.VALID.replace("cluster.example.com", "Cluster!"),
    "no ASCII": support.VALID.replace("gnt-br", "gnt-br\xfc"),
    "alias bomb": "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "50 MB": "#" * 50_000_000,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_and_changes_nothing(master, name):
    master.compile()
    files = [path for path in master.cache.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    master.write(BAD[name])
    texts = errors(master.compile())
    assert all("demo.yaml" in text and "muster.validate" in text for text in texts)
    assert {path: path.read_bytes() for path in before} == before
    assert len([path for path in master.cache.rglob("*") if path.is_file()]) == len(before)
    master.write(support.VALID)
    assert "muster" in master.compile()


def test_a_repaired_file_is_seen_at_once(master):
    master.write("version: [")
    assert errors(master.compile())
    master.write(support.VALID)
    assert "muster" in master.compile()


def test_a_file_that_becomes_unreadable_and_comes_back(master):
    path = master.clusters / "demo.yaml"
    assert "muster" in master.compile()
    path.rename(master.clusters / "kept")
    path.symlink_to("nowhere")
    assert "symlink to nothing" in errors(master.compile())[0]
    assert master.compile("nobody") == {}
    path.unlink()
    (master.clusters / "kept").rename(path)
    assert "muster" in master.compile()


def test_every_change_is_seen_even_within_one_time_stamp(master):
    """Same size, same time stamps as far as the caller can set them, same inode."""
    path = master.clusters / "demo.yaml"
    for last in ("11", "13", "14", "15", "16", "17", "18"):
        with open(path, "r+") as file:
            file.write(support.VALID.replace("10.77.0.11", f"10.77.0.{last}"))
        os.utime(path, ns=(0, 0))
        plan = master.compile()["muster"]
        assert plan["components"]["hosts"]["address"] == f"10.77.0.{last}"


def test_an_old_file_is_not_read_again(master, monkeypatch):
    master.compile()
    monkeypatch.setattr(pillar.store, "RACY", -1)
    monkeypatch.setattr(pillar.source, "read", None)
    assert "muster" in master.compile()


def test_an_id_in_two_files(master):
    master.write(support.VALID.replace("name: demo", "name: other"), "other.yaml")
    (text,) = errors(master.compile())
    assert str(master.clusters / "demo.yaml") in text
    assert str(master.clusters / "other.yaml") in text
    assert "several cluster files" in text


def test_an_id_in_a_valid_and_a_broken_file(master):
    master.write(support.VALID.replace("tier: test", "tier: x"), "other.yaml")
    texts = errors(master.compile())
    assert "several cluster files" in texts[0]
    assert "other.yaml:4:1: tier" in texts[1]


def test_pillar_cache_is_an_error(master):
    (text,) = errors(master.compile(pillar_cache=True))
    assert "pillar_cache" in text


@pytest.mark.parametrize(
    ("clusters", "message"),
    [
        ("/nonexistent/clusters", "the folder of cluster files cannot be read"),
        ("clusters", "wanted an absolute path"),
        (["a.yaml"], "wanted an absolute path"),
        (7, "wanted a folder or a list of files"),
        (None, "wanted a folder or a list of files"),
        ([["a"]], "wanted a folder or a list of files"),
        ("/etc\0", "cannot be read"),
    ],
)
def test_bad_configuration(master, clusters, message):
    answer = pillar.compile_(NODE, clusters, str(master.cache), False)
    assert message in errors(answer)[0]


def test_a_list_of_files(master):
    listed = [str(master.clusters / "demo.yaml")] * 2
    assert "muster" in master.compile(clusters=listed)
    missing = str(master.clusters / "missing.yaml")
    assert "muster" in master.compile(clusters=[*listed, missing])
    assert "No such file" in errors(master.compile("nobody", clusters=[*listed, missing]))[0]


def test_which_files_of_a_folder_count(master):
    for name in (".hidden.yaml", ".#demo.yaml", "demo.yaml~", "notes.txt", "demo.yaml.bak"):
        master.write("version: [", name)
    assert master.compile("nobody") == {}
    other = support.VALID.replace("node", "host").replace("10.77", "10.78")
    master.write(other.replace("hosts:", "hosts:", 1).replace("\nhosts:\n", "\nnodes:\n"), "b.yml")
    assert "muster" in master.compile("host1.example.com")


def test_a_file_whose_name_is_no_text(master):
    master.write("version: [", "a\n\udcff.yaml")
    (text,) = errors(master.compile("nobody"))
    assert text.isprintable()
    assert "a\\n\\udcff.yaml:2:1" in text


def test_many_problems_are_told_in_part(master):
    master.write(
        "version: 1\nname: x\nplatform: ganeti\nnodes: {}\n"
        + "".join(f"key{number}: 1\n" for number in range(50))
    )
    texts = errors(master.compile())
    assert len(texts) == pillar.MOST + 1
    assert "and 31 more; see salt-run muster.validate" in texts[-1]


# The hosts list that all nodes share.


def listed(master):
    return sorted((master.cache / "muster" / "files" / shared.SHARED).iterdir())


def test_the_hosts_list(master):
    wanted = master.compile()["muster"]["components"]["hosts"]["shared"]
    (path,) = listed(master)
    assert wanted["source"] == f"salt://muster-shared/{path.name}"
    assert path.name == f"hosts-{wanted['digest']}.json"
    assert json.loads(path.read_bytes()) == [
        {"address": "10.77.0.2", "names": ["master.example.com", "master"]},
        {
            "address": "10.77.0.11",
            "id": "node1.example.com",
            "names": ["node1.example.com", "node1"],
        },
        {
            "address": "10.77.0.12",
            "id": "node2.example.com",
            "names": ["node2.example.com", "node2"],
        },
        {"address": "10.77.0.100", "names": ["cluster.example.com"]},
    ]


def test_modes_whatever_the_umask(master):
    old = os.umask(0o077)
    try:
        master.compile()
    finally:
        os.umask(old)
    folder = master.cache / "muster"
    modes = {
        str(path.relative_to(folder)): path.stat().st_mode & 0o777
        for path in (folder, *folder.rglob("*"))
    }
    assert modes.pop(".") == 0o700
    assert modes.pop("files") == modes.pop("files/muster-shared") == 0o755
    assert {mode for name, mode in modes.items() if "hosts-" in name} == {0o644}
    assert {mode for name, mode in modes.items() if "cluster-" in name} == {0o600}


def test_the_hosts_list_is_there_whenever_a_plan_names_it(master):
    master.compile()
    listed(master)[0].unlink()
    assert "muster" in master.compile()
    assert len(listed(master)) == 1


def test_a_plan_is_not_handed_out_without_its_hosts_list(master):
    (master.cache / "muster").write_text("in the way")
    assert "cannot be written" in errors(master.compile())[0]


def test_a_cut_hosts_list_is_written_again(master):
    master.compile()
    (path,) = listed(master)
    whole = path.read_bytes()
    path.write_bytes(whole[:10])
    master.compile()
    assert path.read_bytes() == whole


def test_no_room_for_the_hosts_list(master):
    """A real limit on what this process may write stands for a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        answer = master.compile()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be written: File too large" in errors(answer)[0]
    assert not [path for path in master.cache.rglob("*") if path.is_file()]
    assert "muster" in master.compile()


def test_litter_of_killed_writers_goes(master):
    master.compile()
    places = [master.cache / "muster", listed(master)[0].parent]
    for place in places:
        for name, age in ((".new-old", 0), (".new-young", time.time())):
            (place / name).write_text("half")
            os.utime(place / name, (age, age))
    master.write(support.VALID + "# changed\n")
    master.compile()
    for place in places:
        assert not (place / ".new-old").exists()
        assert (place / ".new-young").exists()


def test_old_hosts_lists_go_after_a_while(master):
    master.compile()
    (first,) = listed(master)
    foreign = first.with_name("notes.json")
    foreign.write_text("x")
    os.utime(foreign, (0, 0))
    master.write(support.VALID.replace("10.77.0.11", "10.77.0.13"))
    master.compile()
    assert len(listed(master)) == 3
    os.utime(first, (0, 0))
    master.write(support.VALID.replace("10.77.0.11", "10.77.0.14"))
    master.compile()
    assert first not in listed(master)
    assert foreign in listed(master)
    assert len(listed(master)) == 3
