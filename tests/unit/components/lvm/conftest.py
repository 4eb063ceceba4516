from __future__ import annotations

import pytest

from tests.unit.components.lvm.support import Machine


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)
