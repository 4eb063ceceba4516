"""The documents that VMmanager's rows come from."""

from __future__ import annotations

DOCUMENT = "VMmanager: server requirements for the cluster"
NETWORKS = "VMmanager: network configuration types"
