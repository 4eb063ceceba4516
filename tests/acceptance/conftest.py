"""Fresh nodes for the tests of this folder; they need root and are never skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from lab import up
from tests.lab.conftest import REUSE, Lab


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The nodes of the set "acceptance", which have muster's modules and nothing else of it.

    All modules share them: each has clusters' nodes of its own.
    """
    if os.environ.get(REUSE):
        assert up.is_up(), f"{REUSE} is set and no lab is up: run 'lab/lab up' first"
    else:
        up.up(fresh=True)
    nodes = Lab()
    for done in (
        nodes.salt("*", "saltutil.sync_all"),
        nodes.salt_run("saltutil.sync_all"),
        nodes.salt_run("muster.validate"),
    ):
        assert done.returncode == 0, done.stdout + done.stderr
    yield nodes
    if not os.environ.get(REUSE):
        up.down()
