"""Texts with a unit as bytes, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import sizes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("64 GiB", 64 * 1024**3),
        ("400GB", 400 * 10**9),
        ("1.5 TB", 1_500_000_000_000),
        ("0.001 kB", 1),
        ("939524096 B", 939_524_096),
        ("0 B", 0),
        ("1 PiB", 1024**5),
    ],
)
def test_a_number_and_a_unit(text, wanted):
    assert sizes.parse(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "64", "64 gib", "64 GIB", "-1 GB", "1e3 GB", "1,5 TB", "1 B B", " 1 B", "1 B\n", "0.1 B",
     "1234567 GB", "1.2345 GB", "\u0661 GB", "1 KB", "1 kiB"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"size with a unit|whole number of bytes"):
        sizes.parse(text)


@given(st.integers(0, 999_999), st.sampled_from(sorted(sizes.UNITS)))
def test_whole_numbers_of_every_unit(count, unit):
    assert sizes.parse(f"{count} {unit}") == count * sizes.UNITS[unit]


@given(st.text(max_size=12))
def test_any_text_is_bytes_or_refused(text):
    try:
        assert sizes.parse(text) >= 0
    except ValueError:
        pass


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (1024**3, "1 GiB"), (3 * 1024**2, "3 MiB"), (400 * 10**9, "400 GB"),
     (1_500_000_000_000, "1.5 TB"), (999, "999 B"), (939_524_096, "896 MiB"), (-(10**9), "-1 GB")],
)  # fmt: skip
def test_sizes_as_a_person_reads_them(count, shown):
    assert sizes.size(count) == shown
