"""``muster addresses``, ``capacity``, ``simulate``, ``ports``, ``place`` and ``validate``."""

from __future__ import annotations

import json

import pytest
import yaml

from saltext.muster.cli.main import main
from saltext.muster.master import loading
from saltext.muster.planning import topics
from tests.support import plans

CLUSTERS = plans.ROOT / "pillar" / "clusters"
RAVADA = CLUSTERS / "ravada-class.yaml"
#: Options of topics, with what they bring into the text and what they keep out of it.
OPTIONS = {
    "capacity": (
        ("--disk", "800 GB", "--more", "1 TB"),
        "disks of 800 GB add",
        "by disks of 400 GB",
    ),
    "simulate": (("--down", "1"), "one node down", "2 nodes down"),
    "ports": (("--node", "node1.example.com"), "node1.example.com", "and 2 more"),
}


def _cases():
    for path in plans.EXAMPLES:
        for topic in topics.TOPICS:
            if topic != "place" or path.stem.startswith("ravada"):
                yield pytest.param(path, topic, id=f"{path.stem}-{topic}")


@pytest.mark.parametrize(("path", "topic"), list(_cases()))
def test_every_example_has_every_sheet(path, topic, capsys):
    status = main([topic, str(path)])
    out = capsys.readouterr().out
    assert out.startswith(f"{topic} of cluster ")
    assert main([topic, str(path), "--json"]) == status
    data = json.loads(capsys.readouterr().out)
    assert (data["topic"], data["retcode"], data["format"]) == (topic, status, "muster-sheet")
    assert data["tables"] or data["notes"] or data["findings"]
    assert status == 0, out


@pytest.mark.parametrize("topic", sorted(OPTIONS))
def test_options_are_taken(topic, capsys):
    options, brought, kept_out = OPTIONS[topic]
    assert main([topic, str(CLUSTERS / "pvc.yaml")]) == 0
    without = capsys.readouterr().out
    assert main([topic, str(CLUSTERS / "pvc.yaml"), *options]) == 0
    found = capsys.readouterr().out
    assert brought in found
    assert found != without
    assert kept_out not in found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["capacity", "--disk", "400"], "write it like 400 GB"),
        (["simulate", "--down", "3"], "invalid choice"),
        (["place", "--starts", "many"], "invalid int value"),
        (["place", "--policy", "random"], "invalid choice"),
    ],
)
def test_bad_options_are_told_in_one_line(arguments, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, str(RAVADA)])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("topic", topics.TOPICS)
def test_a_file_that_is_not_valid_has_no_sheet(topic, tmp_path, capsys):
    path = tmp_path / "bad.yaml"
    path.write_text("version: 1\n")
    assert main([topic, str(path)]) == 2
    assert "nodes: is missing" in capsys.readouterr().err


def test_a_file_that_only_a_row_refuses_is_planned_to_see_why(tmp_path, capsys):
    tree = yaml.safe_load((CLUSTERS / "pvc.yaml").read_text())
    tree["options"]["georedundant"] = True
    (nodes,) = tree["nodes"].values()
    tree["nodes"] = {
        "node[1-2].example.com": {**nodes, "site": "east"},
        "node3.example.com": {**nodes, "site": "west"},
    }
    path = tmp_path / "two-sites.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    assert main(["simulate", str(path)]) == 2
    out = capsys.readouterr().out
    assert "the file is refused by PVC-090" in out
    assert "site east down (node1.example.com, node2.example.com): 1 of 3 coordinators" in out
    assert loading.from_bytes(str(path), path.read_bytes()).cluster is None
    tree["nodes"]["node3.example.com"]["addresses"] = {"storage": "10.0.2.1"}
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    assert main(["simulate", str(path)]) == 2
    assert "10.0.2.1 is also that of" in capsys.readouterr().err


def test_placing_as_ravada_does_is_for_ravada(capsys):
    assert main(["place", str(CLUSTERS / "pvc.yaml")]) == 2
    assert "place is for clusters of ravada: pvc-example is one of pvc" in capsys.readouterr().err


def test_an_unknown_node_or_base_is_told(capsys):
    assert main(["ports", str(RAVADA), "--node", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
    assert main(["place", str(RAVADA), "--base", "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_number_of_starts_that_is_none_is_told(count, capsys):
    assert main(["place", str(RAVADA), "--starts", str(count)]) == 2
    assert "wanted 1 to 10000 starts" in capsys.readouterr().err


def _changed(tmp_path, name, path, value):
    tree = yaml.safe_load((CLUSTERS / f"{name}.yaml").read_text())
    place = tree
    for part in path[:-1]:
        place = place.setdefault(part, {})
    place[path[-1]] = value
    file = tmp_path / "changed.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False))
    return str(file)


def test_validate_warns_and_still_says_valid(tmp_path, capsys):
    file = _changed(tmp_path, "vmmanager", ("nodes", "node1.example.com", "site"), "elsewhere")
    assert main(["validate", file]) == 0
    out = capsys.readouterr().out
    assert f"{file}: valid" in out
    assert "warning: " in out and "VMM-001" in out
    assert main(["validate", file, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["retcode"] == 0
    assert any("VMM-001" in text for text in found["files"]["warnings"])


def test_validate_refuses_what_may_not_change_on_a_live_cluster(tmp_path, capsys):
    old = str(CLUSTERS / "pvc.yaml")
    new = _changed(tmp_path, "pvc", ("ceph", "pools", "vms", "copies"), 2)
    assert main(["validate", new, "--since", old]) == 2
    assert "PVC-040" in capsys.readouterr().out
    assert main(["validate", old, "--since", old]) == 0


def test_validate_since_a_file_that_is_not_valid_tells_why(tmp_path, capsys):
    new, bad = str(CLUSTERS / "pvc.yaml"), tmp_path / "old.yaml"
    bad.write_text("version: 1\n")
    for old, told in ((str(tmp_path / "none.yaml"), "cannot be read"), (str(bad), "nodes: is mis")):
        assert main(["validate", new, "--since", old]) == 2
        assert f"{old}" in (out := capsys.readouterr().out)
        assert told in out


def test_validate_since_another_cluster_is_told(capsys):
    old, new = str(CLUSTERS / "ravada.yaml"), str(CLUSTERS / "pvc.yaml")
    assert main(["validate", new, "--since", old]) == 2
    assert "no valid file is of its cluster" in capsys.readouterr().out
