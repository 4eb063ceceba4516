from __future__ import annotations

import os
import stat

import pytest

NAME = "node1.example.com"
STATE = "muster_hostname.managed"


@pytest.mark.parametrize("text", [None, "", "node1\n", "Node1.Example.com\n", "# mine\nold  \n"])
def test_the_file_gets_the_name(converged, node, testmode, text):
    if text is not None:
        node.write("/etc/hostname", text)
    assert set(converged(STATE, name=NAME)["changes"]) == {"configured"}
    if not testmode:
        lines = node.read("/etc/hostname").splitlines()
        assert lines[-1] == NAME
        assert lines[:-1] == ([] if text != "# mine\nold  \n" else ["# mine"])


@pytest.mark.parametrize("text", [f"{NAME}\n", f"# mine\n\n{NAME}  \r\n", NAME])
def test_a_file_that_is_right_in_meaning_stays(converged, node, text):
    node.write("/etc/hostname", text)
    assert converged(STATE, name=NAME)["changes"] == {}
    assert node.read("/etc/hostname") == text


def test_owner_and_mode_stay_and_the_backup_is_named(converged, node, testmode):
    file = node.write("/etc/hostname", "old\n", mode=0o640)
    os.chown(file, 12, 34)
    comment = converged(STATE, name=NAME)["comment"]
    found = file.stat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o640, 12, 34)
    if not testmode:
        (backup,) = file.parent.glob("hostname.muster-*")
        assert backup.read_text() == "old\n"
        assert str(backup) in comment


def test_the_minion_id_stays(converged, node):
    files = [node.write("/etc/salt/minion_id", "other"), node.write("/etc/salt/minion", "id: x\n")]
    before = [(file.read_text(), file.stat().st_mtime_ns) for file in files]
    converged(STATE, name=NAME)
    assert [(file.read_text(), file.stat().st_mtime_ns) for file in files] == before


def test_a_cloud_init_that_will_undo_it_is_named(converged, node, testmode):
    node.write("/usr/bin/cloud-init", mode=0o755)
    comment = converged(STATE, name=NAME)["comment"]
    assert testmode or "preserve_hostname: true" in comment


@pytest.mark.parametrize("name", ["Node1", "a_b", "a" * 65, "node1.", "x\ny", "$(id)", "10.0.0.1"])
def test_bad_names(fails, name):
    assert "name: " in fails(STATE, name=name)


@pytest.mark.parametrize("root", ["relative", "/none/there", "/etc/../x", 7])
def test_bad_roots(fails, root):
    assert "root: " in fails(STATE, name=NAME, root=root)


def test_a_folder_in_the_files_place(fails, node):
    node.path("/etc/hostname").mkdir()
    assert "not a regular file" in fails(STATE, name=NAME)


def test_a_link_out_of_the_image_stays_in_it(converged, node, testmode, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("host\n")
    node.link("/etc/hostname", outside)
    converged(STATE, name=NAME)
    assert outside.read_text() == "host\n"
    assert testmode or node.read(str(outside)) == f"{NAME}\n"
