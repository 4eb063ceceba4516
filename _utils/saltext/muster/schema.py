"""JSON Schemas of what muster writes for machines: reports, and the bundles that it judges."""

from __future__ import annotations

from typing import Any

from saltext.muster import assess
from saltext.muster.probes import _command
from saltext.muster.verdict import STATUSES

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: dict[str, Any] = {"type": "string"}
_EXIT = {
    "enum": [0, 2, 3],
    "description": "0 all met, 3 something is pending and nothing worse, 2 wrong or unread",
}
_TIME = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}

_ORIGIN = {
    "node": {**_TEXT, "description": "the name that the server gave itself"},
    "collected": {**_TIME, "description": "when its facts were read, by its own clock"},
    "library": {**_TEXT, "description": "digest of the probes that read them"},
}

_VERDICT = {
    "type": "object",
    "required": ["id", "status"],
    "additionalProperties": False,
    "properties": {
        "id": {**_TEXT, "description": "the requirement, such as GNT-012"},
        "subject": {**_TEXT, "description": "what was judged: a node, or several"},
        "status": {"enum": list(STATUSES)},
        "text": {**_TEXT, "description": "the requirement in short"},
        "seen": _TEXT,
        "wanted": _TEXT,
        "remedy": _TEXT,
        "reason": {**_TEXT, "description": "why it is skipped, unknown, pending or warned about"},
        "was": {"enum": list(STATUSES), "description": "what a waiver covers"},
        "waiver": {**_TEXT, "description": "reason, owner and expiry"},
    },
}

_CHANGE = {
    "type": "object",
    "required": ["path"],
    "additionalProperties": False,
    "properties": {
        "path": {"type": "array", "items": _TEXT, "description": "keys, the probe's name first"},
        "old": {"description": "not there when the fact was not"},
        "new": {"description": "not there when the fact is not"},
        "removed": {"type": "array"},
        "added": {"type": "array"},
    },
}

_SINCE = {
    "type": "object",
    "description": "what changed since an older bundle of the same server (--since)",
    "required": ["node", "collected", "library", "verdicts", "changes", "more"],
    "additionalProperties": False,
    "properties": {
        **_ORIGIN,
        "verdicts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "was", "now"],
                "additionalProperties": False,
                "properties": {
                    "id": _TEXT,
                    "was": {"enum": list(STATUSES)},
                    "now": {"enum": list(STATUSES)},
                },
            },
        },
        "changes": {"type": "array", "items": _CHANGE},
        "more": {"type": "integer", "minimum": 0, "description": "changes that are not listed"},
    },
}

_WAIVER = {
    "type": "object",
    "required": ["requirement", "reason", "owner", "expires", "state"],
    "additionalProperties": False,
    "properties": {
        "requirement": _TEXT,
        "reason": _TEXT,
        "owner": _TEXT,
        "expires": {**_TEXT, "description": "its last day"},
        "state": {
            "enum": ["used", "unused", "expired"],
            "description": "used: it covers a verdict here; unused: the row needs no waiver",
        },
    },
}

_REPORT = {
    "type": "object",
    "description": "one node, judged; or one cluster, whose verdicts are on its name",
    "required": [
        "format", "version", "node", "cluster", "profile", "plan", "judged", "verdicts", "counts",
        "waivers", "retcode",
    ],
    "additionalProperties": False,
    "properties": {
        "format": {"const": assess.FORMAT},
        "version": {"const": assess.VERSION},
        "node": {**_TEXT, "description": "the minion id, empty in a cluster's report"},
        "cluster": {**_TEXT, "description": "its name, empty without a cluster file"},
        "profile": {**_TEXT, "description": "platform, hypervisor, network type, edition, tier"},
        "plan": {**_TEXT, "description": "the plan's digest, empty without a cluster file"},
        "judged": {"type": "number", "description": "when, in seconds since 1970; 0 = no plan"},
        "verdicts": {"type": "array", "items": {"$ref": "#/$defs/verdict"}},
        "counts": {
            "type": "object",
            "description": "how many verdicts have each status; a status that none has is absent",
            "propertyNames": {"enum": list(STATUSES)},
            "additionalProperties": {"type": "integer", "minimum": 1},
        },
        "waivers": {"type": "array", "items": {"$ref": "#/$defs/waiver"}},
        "values": {
            "type": "object",
            "description": "what the node tells for comparisons, by row and aspect (compare=True)",
        },
        "problems": {
            "type": "array",
            "items": _TEXT,
            "description": "why the node was not judged at all; absent when it was",
        },
        "bundle": {
            "type": "object",
            "description": "where the facts are from, when they are a bundle's",
            "required": list(_ORIGIN),
            "additionalProperties": False,
            "properties": _ORIGIN,
        },
        "since": {"$ref": "#/$defs/since"},
        "retcode": _EXIT,
    },
}  # fmt: skip

#: What ``muster check --format json`` prints and ``muster.check`` returns.
REPORT: dict[str, Any] = {
    "$schema": _DRAFT,
    "title": "A report of muster",
    "description": "`muster check --format json` and `salt-call muster.check --out=json` (there"
    " below the minion's id). Several nodes: their reports by id. The version grows when an old"
    " reader would misread a report.",
    "oneOf": [
        {"$ref": "#/$defs/report"},
        {
            "type": "object",
            "description": "several nodes",
            "required": ["format", "version", "reports", "retcode"],
            "additionalProperties": False,
            "properties": {
                "format": {"const": f"{assess.FORMAT}s"},
                "version": {"const": assess.VERSION},
                "reports": {
                    "type": "object",
                    "additionalProperties": {"$ref": "#/$defs/report"},
                },
                "retcode": _EXIT,
            },
        },
    ],
    "$defs": {"report": _REPORT, "verdict": _VERDICT, "waiver": _WAIVER, "since": _SINCE},
}

#: What ``muster collect`` writes.
BUNDLE: dict[str, Any] = {
    "$schema": _DRAFT,
    "title": "A bundle of muster",
    "description": "What `muster collect` and the file muster-collect print: one server's facts.",
    "type": "object",
    "required": [
        "format", "version", "collected", "node", "library", "python", "facts", "left_out",
    ],
    "properties": {
        "format": {"const": _command.FORMAT},
        "version": {"const": _command.VERSION},
        **_ORIGIN,
        "python": {**_TEXT, "description": "the version that ran the probes"},
        "facts": {
            "type": "object",
            "description": "by probe; {unknown: reason} in the place of what could not be read",
            "additionalProperties": {"type": "object"},
        },
        "left_out": {
            "type": "array",
            "description": "what was met and is in no fact, being secret",
            "items": {
                "type": "object",
                "required": ["what", "why"],
                "additionalProperties": False,
                "properties": {"what": _TEXT, "why": _TEXT},
            },
        },
    },
}  # fmt: skip
