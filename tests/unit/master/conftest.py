"""Keep Salt's own logging out: its handler writes to a stream that pytest has closed by then."""

from __future__ import annotations

import pytest
import salt._logging


@pytest.fixture(scope="session", autouse=True)
def no_temporary_handler():
    salt._logging.shutdown_temp_handler()
