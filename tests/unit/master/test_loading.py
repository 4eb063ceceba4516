"""Cluster files that are good, and files that are no cluster files at all."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from saltext.muster.errors import InvalidClusterFile
from saltext.muster.master import loading, source, yamlfile

from . import support

EXAMPLES = sorted((Path(__file__).parents[3] / "pillar" / "clusters").glob("*.yaml"))


def only(found):
    (problem,) = found.problems
    assert found.cluster is None
    assert problem.file == support.PATH
    assert problem.remedy
    return problem


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_are_valid(path):
    assert loading.load(str(path)).nodes


def test_values_and_defaults():
    cluster = support.of_text(support.VALID).cluster
    assert (cluster.hypervisor, cluster.edition, cluster.network_type) == ("kvm", "current", None)
    node = cluster.nodes["node1.example.com"]
    assert (node.fqdn, node.short, node.address) == ("node1.example.com", "node1", "10.77.0.11")
    assert cluster.waivers[0].expires == "2027-06-30"
    assert cluster.options.minor_count == 128
    assert support.cluster(time=None, cluster=None, hosts=None).time_sources == ()


def test_names_may_differ_from_the_minion_id():
    tree = support.data()
    tree["nodes"] = {"web_1": {"address": "10.77.0.11", "fqdn": "n1.example.com", "short": "first"}}
    node = support.of(tree).cluster.nodes["web_1"]
    assert (node.fqdn, node.short) == ("n1.example.com", "first")


def test_addresses_are_kept_in_their_canonical_form():
    tree = support.data()
    tree["networks"]["main"] = {"cidr": "2001:db8::/64"}
    del tree["cluster"]
    tree["nodes"] = {"a.example.com": {"address": "2001:0DB8:0::0011"}}
    assert support.of(tree).cluster.nodes["a.example.com"].address == "2001:db8::11"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("- 1\n", 1, "wanted a mapping with version, name, platform, nodes; seen a list of 1"),
        ("just text\n", 1, "seen the text 'just text'"),
        ("version: [1\n", 2, "is not YAML: the [ of line 1 is not closed before this"),
        ("a: {b: 1\nc: 2\n", 2, "is not YAML: the { of line 1 is not closed before this"),
        ("a: b: c\n", 1, "is not YAML: a `key: value` cannot stand here"),
        ("a:\n    b: 1\n   c: 2\n", 3, "such as those from line 1 on"),
        ("\tversion: 1\n", 1, "is not YAML: a tab, where YAML wants spaces"),
        ("a:\r\n\tb: 1\r\n", 2, "is not YAML: a tab, where YAML wants spaces"),
        ("version: 1\nname demo\ntier: test\n", 2, "a line that is no `key: value`"),
        ("version: 1\nname: 'demo\ntier: test\n", 2, "a quote begins here that does not end"),
        ("nodes:\n  - a\n  b: 1\n", 3, "the list that begins in line 2"),
        ("a: %b\n", 1, "is not YAML: found character that cannot start any token"),
        ("version: 1\n---\nversion: 1\n", 2, "holds several documents"),
        ("version: 1\nname: \x00\n", 2, "holds a control character"),
        ("version: 1\nname: \x1b[31m\n", 2, "holds a control character"),
        (b"version: 1\nname: \xff\n", 2, "is not UTF-8"),
        ("version: 1\n".encode("utf-16"), 1, "is not UTF-8"),
        ("version: 1\nnodes: &n {}\n", 2, "anchors and aliases"),
        ("version: !!python/object/apply:os.system ['true']\n", 1, "tags (!) are not allowed"),
        ("{a: 1}: 2\n", 1, "a key is a mapping or a list"),
    ],
)
def test_files_that_cannot_be_read_as_data(text, line, message):
    found = support.of_text(text)
    assert found.cluster is None
    (problem,) = [problem for problem in found.problems if message in problem.message]
    assert problem.line == line
    assert problem.remedy


def test_a_key_that_is_there_twice():
    text = support.VALID.replace("tier: test\n", "tier: test\ntier: production\n")
    problem = only(support.of_text(text))
    assert problem.text() == (
        f"{support.PATH}:5:1: tier: the key is there twice, first in line 4;"
        " remedy: keep one of the two"
    )


def test_a_node_that_is_there_twice():
    text = support.VALID.replace("node2.example.com: {", "node1.example.com: {")
    problem = only(support.of_text(text))
    assert (problem.line, problem.where) == (13, "nodes['node1.example.com']")


def test_an_alias_bomb_is_refused_unexploded():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    found = support.of_text("\n".join(lines))
    assert found.cluster is None
    assert {p.message for p in found.problems if "anchor" in p.message} == {
        "anchors and aliases (& and *) are not allowed"
    }


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_deep_nesting_is_refused(opening):
    problem = only(support.of_text("nodes:\n  " + opening * 50_000))
    assert re.search("deeper than 20 levels|a key is a mapping", problem.message)


def test_faults_are_bounded():
    problem = only(support.of_text("a: &x 1\n" * (yamlfile.FAULTS + 1)))
    assert problem.message == f"has more than {yamlfile.FAULTS} faults"


@pytest.mark.parametrize("text", ["a: [" + "x," * 400, "x: 1\n" * 4000, "- \n" * 400])
def test_values_are_bounded(text, monkeypatch):
    """With a smaller bound than the real one, which takes seconds to reach."""
    monkeypatch.setattr(yamlfile, "VALUES", 300)
    problem = only(support.of_text(text))
    assert re.search("holds more than 300 keys|has more than 1000 faults", problem.message)


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 5000, "-0b1" + "0" * 9000])
def test_numbers_of_any_length(number):
    found = support.of_text(support.VALID.replace("wait: 60", f"wait: {number}"))
    assert [problem.where for problem in found.problems] == ["time.wait"]


# Files that cannot be read.


def refused(path):
    with pytest.raises(InvalidClusterFile) as raised:
        loading.load(str(path))
    (problem,) = raised.value.problems
    assert problem.file == source.shown(str(path))
    return problem


def test_a_file_that_is_not_there(tmp_path):
    assert refused(tmp_path / "x.yaml").message == "cannot be read: No such file or directory"


def test_a_symlink_to_nothing(tmp_path):
    (tmp_path / "x.yaml").symlink_to("nowhere")
    assert refused(tmp_path / "x.yaml").message == "cannot be read: it is a symlink to nothing"


def test_a_symlink_to_itself(tmp_path):
    (tmp_path / "x.yaml").symlink_to("x.yaml")
    assert "symbolic links" in refused(tmp_path / "x.yaml").message


def test_a_folder(tmp_path):
    (tmp_path / "x.yaml").mkdir()
    assert refused(tmp_path / "x.yaml").message == "is a folder, wanted a regular file"


def test_a_named_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "x.yaml")
    assert refused(tmp_path / "x.yaml").message == "is a named pipe, wanted a regular file"


def test_a_device():
    assert refused("/dev/zero").message == "is a device, wanted a regular file"


def test_a_path_with_a_zero_byte():
    assert "null byte" in refused("/etc/a\0.yaml").message


def test_an_unreadable_file(tmp_path):
    """Only another user is refused by the mode, so root takes another user's rights."""
    path = tmp_path / "x.yaml"
    path.write_text(support.VALID)
    path.chmod(0)
    if os.geteuid() == 0:
        for folder in (tmp_path, *tmp_path.parents[:-1]):
            folder.chmod(folder.stat().st_mode | 0o711)
        os.seteuid(65534)
    try:
        problem = refused(path)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
    assert problem.message == "cannot be read: Permission denied"
    assert "salt-master" in problem.remedy


def test_a_file_of_50_mb_is_not_read(tmp_path):
    path = tmp_path / "x.yaml"
    with open(path, "wb") as file:
        file.truncate(50_000_000)
    problem = refused(path)
    assert problem.message == f"has 50000000 bytes, wanted at most {source.LIMIT}"


def test_a_file_at_the_limit_is_read(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(support.VALID + "#" * (source.LIMIT - len(support.VALID)))
    assert loading.load(str(path)).name == "demo"
    path.write_text(support.VALID + "#" * (source.LIMIT - len(support.VALID) + 1))
    assert "wanted at most" in refused(path).message
