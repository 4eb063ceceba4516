"""The ends of a device; files stand for devices here, tests/vm has real ones."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saltext.muster.components.lvm import opened
from saltext.muster.errors import Refused

MIB = 1 << 20
SIZE = 4 * MIB


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """An empty file of 4 MiB, sparse."""
    path = tmp_path_factory.mktemp("disk") / "disk"
    path.touch()
    os.truncate(path, SIZE)
    handle = os.open(path, os.O_RDWR)
    yield handle
    os.close(handle)


@given(st.integers(0, SIZE - 1), st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_one_byte_at_an_end_is_data(disk, place, byte):
    os.pwrite(disk, bytes([byte]), place)
    try:
        told = opened.content(disk)
    finally:
        os.pwrite(disk, b"\0", place)
    if place < MIB:
        assert "its first MiB holds data" in told
    elif place >= SIZE - MIB:
        assert "its last MiB holds data" in told
    else:
        assert told == ""


@pytest.mark.parametrize("size", [0, 1, 512, MIB - 1, MIB, MIB + 1, 2 * MIB])
def test_small_ones_are_read_whole(tmp_path, size):
    path = tmp_path / "disk"
    path.write_bytes(bytes(size))
    with path.open("r+b", buffering=0) as file:
        assert opened.content(file.fileno()) == ""
        if size:
            os.pwrite(file.fileno(), b"x", size - 1)
            assert "holds data" in opened.content(file.fileno())


def test_what_cannot_be_read_is_told(tmp_path):
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        assert "could not be read" in opened.content(handle)
    finally:
        os.close(handle)


def test_clearing_ends_with_the_first_mib(tmp_path):
    path = tmp_path / "disk"
    path.write_bytes(b"x" * (2 * MIB))
    with path.open("r+b", buffering=0) as file:
        opened.clear(file.fileno())
    assert path.read_bytes() == bytes(MIB) + b"x" * MIB


def test_clearing_makes_nothing_larger(tmp_path):
    path = tmp_path / "disk"
    path.write_bytes(b"x" * 700)
    with path.open("r+b", buffering=0) as file:
        opened.clear(file.fileno())
    assert path.read_bytes() == bytes(700)


@pytest.mark.parametrize("take", [opened.alone, opened.pinned])
def test_what_is_no_such_device_is_not_used(tmp_path, take):
    (tmp_path / "file").write_text("x")
    for path in (str(tmp_path / "file"), "/dev/null"):
        with pytest.raises(Refused, match="another device than a moment ago"), take(path, "8:0"):
            pytest.fail("it was used")
    with pytest.raises(Refused, match="could not be opened"), take(str(tmp_path / "no"), "8:0"):
        pytest.fail("it was used")
    assert (tmp_path / "file").read_text() == "x"
