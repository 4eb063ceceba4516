"""The JSON Schema of cluster files, for editors: keys, values, and each platform's own."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from saltext.muster import platforms
from saltext.muster.master.model import ClusterFile, options_model

_ID = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema; a file that keeps it may still be refused by what is proved of it."""
    found = ClusterFile.model_json_schema()
    found["properties"]["platform"]["enum"] = list(platforms.names())
    offers = [_offer(name, platforms.load(name)) for name in platforms.names()]
    return {"$schema": _ID, **_without_titles(found), "allOf": offers}


def _offer(name: str, platform: ModuleType) -> dict[str, Any]:
    """Return what a file of one platform may say besides."""
    options = _without_titles(options_model(platform.Options).model_json_schema())
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


def _without_titles(value: Any) -> Any:
    """pydantic gives every key a title that only repeats it."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k != "title" or not isinstance(v, str)}
        return {key: _without_titles(each) for key, each in kept.items()}
    return [_without_titles(each) for each in value] if isinstance(value, list) else value
