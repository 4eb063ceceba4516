"""The external pillar in Salt's own Pillar, in processes of their own."""

from __future__ import annotations

import hashlib

import pytest

from saltext.muster import digest

from ...unit.master.support import VALID

NODE = "node1.example.com"
LAYOUTS = ["checkout", "synced", "installed", "synced_beside_another_extension"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_wherever_the_library_comes_from(bare_master, layout):
    getattr(bare_master, layout)()
    bare_master.write(VALID)
    worker = bare_master.worker()
    plan = worker.pillar(NODE)["muster"]
    assert plan["id"] == NODE
    assert plan["digest"] == digest.of_plan(plan)
    # another platform is first loaded long after Salt took its folders off sys.path
    bare_master.write(
        "version: 1\nname: r\nplatform: ravada\nadmin: [10.77.0.0/24]\n"
        "nodes: {rav1.example.com: {address: 10.77.0.21}}\n",
        "ravada.yaml",
    )
    assert worker.pillar("rav1.example.com")["muster"]["platform"] == "ravada"
    assert worker.pillar("nobody") == {}
    bare_master.write("version: 1\nname: 7\n", "ravada.yaml")
    assert len(worker.pillar("rav1.example.com")["_errors"]) == 3


def test_a_node_gets_nothing_of_another(master):
    master.write(VALID)
    compiled = master.worker().pillar(NODE)
    assert set(compiled) == {"muster"}
    assert "node2" not in str(compiled)


def test_a_broken_file_is_a_top_level_error_without_values(master):
    master.write(VALID.replace("10.77.0.12", "10.77.0.11"))
    compiled = master.worker().pillar(NODE)
    assert set(compiled) == {"_errors"}
    (text,) = compiled["_errors"]
    path = master.folder / "clusters" / "demo.yaml"
    assert text == (
        f"muster: {path}:13:23: nodes['node2.example.com'].address: the address is there twice;"
        " see salt-run muster.validate"
    )


def test_the_option_pillar_cache_is_an_error(master):
    master.write(VALID)
    compiled = master.worker(pillar_cache=True).pillar(NODE)
    assert "pillar_cache" in compiled["_errors"][0]


def test_two_workers_see_the_same_change_at_their_next_compile(master):
    master.write(VALID)
    one, two = master.worker(), master.worker()
    for last in range(20, 30):
        master.write(VALID.replace("10.77.0.11", f"10.77.0.{last}"))
        for worker in (one, two) if last % 2 else (two, one):
            plan = worker.pillar(NODE)["muster"]
            assert plan["components"]["hosts"]["address"] == f"10.77.0.{last}"


def test_two_workers_agree_whom_a_broken_file_concerns(master):
    """Only one of them has seen the last valid version."""
    master.write(VALID)
    one, two = master.worker(), master.worker()
    assert "muster" in one.pillar(NODE)
    assert "muster" in two.pillar(NODE)
    master.write(VALID.replace("node2.example.com:", "node3.example.com:"))
    assert "muster" in one.pillar("node3.example.com")
    master.write("version: [")
    for worker in (one, two, master.worker()):
        assert "_errors" in worker.pillar("node3.example.com")
        assert worker.pillar("node2.example.com") == {}


def test_a_restarted_master_reads_no_yaml(master):
    """The sidecar alone is enough: a library without its YAML reader still gives the plan."""
    master.opts.pop("module_dirs")
    master.opts.pop("pillar_dirs")
    master.synced()
    master.write(VALID)
    first = master.worker().pillar(NODE)["muster"]
    import_hook = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'saltext.muster.master.loading':\n"
        "            raise AssertionError('YAML was read again')\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    site = master.folder / "hook"
    site.mkdir()
    (site / "sitecustomize.py").write_text(import_hook)
    master.environment["PYTHONPATH"] = str(site)
    second = master.worker().pillar(NODE)["muster"]
    assert {**second, "now": 0} == {**first, "now": 0}
    master.write(VALID + "# changed\n")
    assert "YAML was read again" in str(master.worker().pillar(NODE)["_errors"])


def test_a_killed_worker_leaves_nothing_half_done(master):
    """Killed anywhere between reading a large file and having kept what it gave."""
    nodes = "".join(
        f"  n{n}.example.com: {{address: 10.{n >> 8}.{n & 255}.9}}\n" for n in range(9000)
    )
    text = VALID[: VALID.index("networks:")] + "nodes:\n" + nodes
    for number, after in enumerate((0.5, 0.7, 0.9, 1.1)):
        master.write(f"{text}# {number}\n")
        master.doomed_worker().kill(after)
        for file in (master.folder / "cache").rglob("*.json"):
            data = file.read_bytes()
            told = data[:64].decode() if file.name.startswith("cluster-") else file.stem[-64:]
            body = data[65:] if file.name.startswith("cluster-") else data
            assert hashlib.sha256(body).hexdigest() == told
        assert "muster" in master.worker().pillar("n1.example.com")


def test_salt_refuses_a_pillar_with_errors(master):
    """What ``state.apply`` asks before it does anything; a nested ``_errors`` it would ignore."""
    from salt.modules import state

    master.write("version: [")
    compiled = master.worker().pillar(NODE)
    assert state._get_pillar_errors({}, compiled) == compiled["_errors"]
