from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _dmi, memory
from saltext.muster.probes.source import Unreadable, unknown
from tests.support import dmi

MIB = 1024 * 1024
TABLE = "/sys/firmware/dmi/tables/DMI"
END = dmi.structure(127, b"")


def entries(*blocks):
    return {f"{dmi.ENTRIES}/17-{number}/raw": block for number, block in enumerate(blocks)}


def size(block):
    (structure,) = _dmi.parse(block)
    return memory.parse_device(structure)["size"]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (dmi.module(16384), 16384 * MIB),
        (dmi.module(0), 0),
        (dmi.module(0x7FFE), 0x7FFE * MIB),
        # The field holds 32 GiB less 1 MiB at most: from there on the extended one counts.
        (dmi.module(0x7FFF), 0x7FFF * MIB),
        (dmi.module(32768), 32768 * MIB),
        (dmi.module(262144), 262144 * MIB),
        (dmi.sized(0x7FFF, 0x80000000 | 65536), 65536 * MIB),
        # In units of 1 KiB.
        (dmi.sized(0x8000 | 16384), 16384 * 1024),
    ],
)
def test_size(block, expected):
    assert size(block) == expected


@pytest.mark.parametrize("block", [dmi.sized(0xFFFF), dmi.structure(17, bytes(9)),
                                   dmi.structure(17, dmi.sized(0x7FFF)[4:0x1C])])  # fmt: skip
def test_a_size_that_is_not_told_is_unknown(host, block):
    assert unknown(size(block))
    assert unknown(memory.read(host(entries(dmi.module(1024), block)))["installed"])


@pytest.mark.parametrize(("kind", "technology"), [(9, 3), (31, 3), (26, 7), (26, 5), (5, 3)])
def test_flash_and_persistent_memory_are_no_memory(host, kind, technology):
    files = entries(dmi.module(1024), dmi.module(131072, kind, technology))
    assert memory.read(host(files))["installed"] == 1024 * MIB


def test_entries(host):
    found = memory.read(host(entries(dmi.module(8192), dmi.module(0), dmi.module(8192, data=72))))
    assert found["modules"] == [
        {"locator": "DIMM_A1", "size": 8192 * MIB, "type": "DDR4", "ecc": True},
        {"locator": "DIMM_A1", "size": 8192 * MIB, "type": "DDR4", "ecc": False},
    ]
    assert found["installed"] == 16384 * MIB


def test_the_whole_table_serves_where_the_module_for_entries_is_not_loaded(host):
    board = dmi.structure(2, bytes(4), "Maker", "Board")
    data = board + dmi.module(4096) + dmi.module(4096) + END + b"rubbish"
    assert memory.read(host({TABLE: data}))["installed"] == 8192 * MIB


def test_entries_of_other_types_are_not_taken_for_modules(host):
    files = {f"{dmi.ENTRIES}/1-0/raw": dmi.structure(1, b""), f"{dmi.ENTRIES}/17-x/": ""}
    found = memory.read(host({**files, f"{dmi.ENTRIES}/170-0/raw": dmi.module(1)}))
    assert found["modules"] == []
    assert "no memory module" in found["installed"]["unknown"]


def test_without_the_firmware_the_kernel_still_tells(host):
    found = memory.read(host({"/proc/meminfo": "MemTotal:       65780028 kB\nMemFree: 1 kB\n"}))
    assert unknown(found["installed"])
    assert found["total"] == 65780028 * 1024


@pytest.mark.parametrize("text", ["", "MemTotal: many kB\n", "MemFree: 5 kB\n"])
def test_no_total(text):
    with pytest.raises(Unreadable, match="MemTotal"):
        memory.parse_total(text)


def test_a_table_that_is_cut_off_ends_there():
    data = dmi.module(1024) + dmi.module(2048)[:20]
    assert len(_dmi.parse(data)) == 1
    assert len(_dmi.parse(data[:-20] + b"\x11\x02\0\0\0\0")) == 1


@given(st.binary(max_size=400))
def test_no_bytes_make_the_parsers_raise(data):
    for prefix in (b"", b"\x11\x28\0\0", dmi.module(1024)):
        for structure in _dmi.parse(prefix + data):
            memory.parse_device(structure)


@given(st.text())
def test_no_text_makes_meminfo_raise_anything_else(text):
    try:
        memory.parse_total(text)
    except Unreadable:
        pass
