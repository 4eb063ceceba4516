"""The document that Ravada's rows come from."""

from __future__ import annotations

DOCUMENT = "Ravada cluster"

#: The part of it that lists what a node needs.
PLACE = "New node, Requirements"
