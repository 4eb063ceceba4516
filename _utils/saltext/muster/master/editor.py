"""The JSON Schema of cluster files, for editors: keys, values, and each platform's own."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from saltext.muster import platforms, sizes
from saltext.muster.master.model import ClusterFile, options_model

_ID = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema; a file that keeps it may still be refused by what is proved of it."""
    found = ClusterFile.model_json_schema()
    found["properties"]["platform"]["enum"] = list(platforms.names())
    offers = [_offer(name, platforms.load(name)) for name in platforms.names()]
    return {"$schema": _ID, **_plain(found), "allOf": offers}


def _offer(name: str, platform: ModuleType) -> dict[str, Any]:
    """Return what a file of one platform may say besides."""
    options = _plain(options_model(platform.Options).model_json_schema())
    options["description"] = (platform.Options.__doc__ or "").strip()
    properties: dict[str, Any] = {
        "hypervisor": {"enum": list(platform.HYPERVISORS)},
        "edition": {"enum": list(platform.EDITIONS)},
        "network_type": {"enum": list(platform.NETWORK_TYPES)},
        "also": {"items": {"enum": [other for other in platforms.names() if other != name]}},
        "options": options,
        "nodes": {"additionalProperties": {"properties": {"role": {"enum": list(platform.ROLES)}}}},
    }
    return {"if": {"properties": {"platform": {"const": name}}}, "then": {"properties": properties}}


def _plain(value: Any) -> Any:
    """Return a schema of pydantic's as a person's editor shows it well.

    It is without titles, which only repeat keys; without the null that a key may be left out
    for, so that what is wrong is told of the other form; and defaults of sizes have their unit.
    """
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {k: v for k, v in value.items() if k != "title" or not isinstance(v, str)}
    forms = kept.get("anyOf")
    if isinstance(forms, list) and len(forms) == 2 and forms[1] == {"type": "null"}:
        kept = {**forms[0], **{k: v for k, v in kept.items() if k not in ("anyOf", "default")}}
    if kept.get("pattern") == sizes.PATTERN and isinstance(kept.get("default"), int):
        kept["default"] = _size(kept["default"])
    return {key: _plain(each) for key, each in kept.items()}


def _size(count: int) -> str:
    """Return bytes as a cluster file writes them, exactly."""
    text = sizes.size(count)
    return text if sizes.parse(text) == count else f"{count} B"
