"""The documents that Ganeti's rows come from."""

from __future__ import annotations

TUTORIAL = "Ganeti installation tutorial"
TODAY = "Ganeti installation tutorial, current edition"
