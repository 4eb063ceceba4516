"""The generated pages are those of today's code."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_current(page):
    assert (DOCS / page).read_text() == PAGES[page](), "run docs/generate.py and commit the result"
