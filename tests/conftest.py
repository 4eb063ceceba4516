"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# No test is timed: a busy machine takes ten times as long as an idle one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
