"""The documents that PVC's rows come from."""

from __future__ import annotations

ARCHITECTURE = "PVC cluster architecture, v0.9.21 to v0.9.38"
REWRITTEN = "PVC cluster architecture, v0.9.39 and newer"
