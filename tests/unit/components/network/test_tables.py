"""Names of routing tables."""

from __future__ import annotations

import pytest

from saltext.muster.components.network import tables
from saltext.muster.components.network.wanted import Wanted
from saltext.muster.errors import Refused

WANTED = Wanted((), tables={"green": 101, "blue": 100})
OTHER = "/etc/iproute2/rt_tables.d/other.conf"


def test_names_are_written_once_in_the_order_of_their_numbers():
    edited = tables.edit(WANTED, {"/etc/iproute2/rt_tables": "254 main\n"})
    assert str(edited[tables.PATH]).splitlines()[1:] == ["100 blue", "101 green"]
    assert tables.edit(WANTED, edited) == {}


def test_a_name_that_another_file_has_is_not_said_again():
    files = {OTHER: "0x64 blue # hexadecimal\n101 green\n"}
    assert tables.edit(WANTED, files) == {}
    assert tables.edit(WANTED, {**files, tables.PATH: "100 blue\n"}) == {tables.PATH: None}


def test_a_name_with_another_number_elsewhere_is_refused():
    with pytest.raises(Refused, match=r"other\.conf: the table blue is 7, wanted 100; correct"):
        tables.edit(WANTED, {OTHER: "7 blue\n"})


def test_no_names_and_no_file():
    assert tables.edit(Wanted(()), {}) == {}
