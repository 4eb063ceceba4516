"""What is kept of a cluster file over a restart, and what of it is not believed."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

from saltext.muster import digest
from saltext.muster.cluster import Cluster
from saltext.muster.master import sidecar

from . import support

PATH, CONTENT = "/etc/muster/demo.yaml", "c" * 64


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "muster")


@pytest.fixture
def kept(folder):
    """The path of a sidecar that was written."""
    sidecar.write(folder, PATH, CONTENT, support.cluster())
    (name,) = os.listdir(folder)
    return os.path.join(folder, name)


def read(folder):
    return sidecar.read(folder, PATH, CONTENT)


def test_it_gives_the_same_cluster(folder, kept):
    found = read(folder)
    assert found == support.cluster()
    assert found.hosts_digest == support.cluster().hosts_digest
    assert isinstance(found, Cluster)
    assert sidecar.last_ids(folder, PATH) == {"node1.example.com", "node2.example.com"}


def test_it_is_private(folder, kept):
    assert os.stat(kept).st_mode & 0o777 == 0o600
    assert os.stat(folder).st_mode & 0o777 == 0o700


def test_there_is_none(folder):
    assert read(folder) is None
    assert sidecar.last_ids(folder, PATH) is None


def test_another_content_has_none_but_the_ids_are_known(folder, kept):
    assert sidecar.read(folder, PATH, "d" * 64) is None
    assert sidecar.last_ids(folder, PATH)


def test_another_file_has_none(folder, kept):
    assert sidecar.read(folder, "/etc/muster/other.yaml", CONTENT) is None
    assert sidecar.last_ids(folder, "/etc/muster/other.yaml") is None


def test_another_library_has_none_but_the_ids_are_known(folder, kept, monkeypatch):
    monkeypatch.setattr(digest, "library", lambda platform: "another")
    assert read(folder) is None
    assert sidecar.last_ids(folder, PATH)


def test_every_flipped_byte_is_noticed(folder, kept):
    with open(kept, "rb") as file:
        whole = file.read()
    for at in range(0, len(whole), 7):
        broken = bytearray(whole)
        broken[at] ^= 1
        with open(kept, "wb") as file:
            file.write(broken)
        assert read(folder) is None
        assert sidecar.last_ids(folder, PATH) is None


@pytest.mark.parametrize("data", [b"", b"{}", b"\n", b"\0" * 100, b"[" * 100_000])
def test_what_is_no_sidecar(folder, kept, data):
    with open(kept, "wb") as file:
        file.write(data)
    assert read(folder) is None


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", "null", "[" * 100_000, '{"format": 1}', '{"format": 1, "path": "' + PATH + '"}']
    + [
        json.dumps({"format": 1, "path": PATH, "content": CONTENT, "cluster": cluster})
        for cluster in (None, [], {}, {"platform": 7}, {"platform": "x"}, {"nodes": [3]})
    ],
)
def test_what_is_none_with_a_true_checksum(folder, kept, body):
    data = body.encode()
    with open(kept, "wb") as file:
        file.write(hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
    assert read(folder) is None
    assert sidecar.last_ids(folder, PATH) is None


def test_a_symlink_is_not_followed_but_replaced(folder, kept, tmp_path):
    real = tmp_path / "real"
    os.rename(kept, real)
    os.symlink(real, kept)
    before = real.read_bytes()
    assert read(folder) is None
    sidecar.write(folder, PATH, CONTENT, support.cluster())
    assert not os.path.islink(kept)
    assert real.read_bytes() == before
    assert read(folder)


def test_one_that_others_may_read_or_write_is_not_believed(folder, kept):
    os.chmod(kept, 0o644)
    assert read(folder) is None
    sidecar.write(folder, PATH, CONTENT, support.cluster())
    assert os.stat(kept).st_mode & 0o777 == 0o600


def test_one_of_somebody_else_is_not_believed(folder, kept):
    if os.geteuid() != 0:
        pytest.fail("needs root to give a file away")
    os.chown(kept, 65534, 65534)
    assert read(folder) is None


def test_a_named_pipe_does_not_block(folder, kept):
    os.unlink(kept)
    os.mkfifo(kept, 0o600)
    assert read(folder) is None


def test_a_folder_that_is_a_symlink_is_not_used(folder, tmp_path, caplog):
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", folder)
    sidecar.write(folder, PATH, CONTENT, support.cluster())
    assert os.listdir(tmp_path / "elsewhere") == []
    assert "cannot be kept" in caplog.text


def test_a_failed_write_leaves_the_old_one_and_no_litter(folder, kept, monkeypatch):
    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    sidecar.write(folder, PATH, "d" * 64, support.cluster())
    assert os.listdir(folder) == [os.path.basename(kept)]
    assert read(folder)
