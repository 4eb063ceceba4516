"""The machine's id: told as a digest only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import machine
from saltext.muster.probes.source import Unreadable

ID = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("path", ["/etc/machine-id", "/var/lib/dbus/machine-id"])
def test_the_id_itself_is_not_told(host, path):
    found = machine.read(host({path: f"{ID}\n"}))
    assert len(found["digest"]) == 32
    assert ID not in str(found)
    assert found["digest"] == machine.digest(ID)


def test_two_machines_differ():
    assert machine.digest(ID) != machine.digest(ID[::-1])


@pytest.mark.parametrize("text", ["", "uninitialized\n", "0" * 32, ID[:-1], ID.upper(), f"{ID}0"])
def test_what_is_no_id(host, text):
    found = machine.read(host({"/etc/machine-id": text}))
    assert "holds no id" in found["digest"]["unknown"]


def test_without_a_file(host):
    assert "is there" in machine.read(host())["digest"]["unknown"]


@given(st.text())
def test_any_text(text):
    try:
        assert len(machine.digest(text)) == 32
    except Unreadable:
        pass
