"""Gates of a run: a sound plan, preflight, verification.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.muster import report as reports

__salt__: dict[str, Any]
__opts__: dict[str, Any]
__running__: Mapping[str, Any]

__virtualname__ = "muster"


def __virtual__() -> str:
    return __virtualname__


def planned(name: str) -> dict[str, Any]:
    """
    Make sure that there is a sound plan for this node, made by the same library.

    name
        The state's name; it says nothing to the state.

    An unknown id, a broken cluster file and a stale library fail, each with its remedy: an
    empty run would be a success for Salt.
    """
    wrong = __salt__["muster.problems"]()
    comment = "; ".join(wrong) or "there is a plan for this node"
    return {"name": name, "result": not wrong, "changes": {}, "comment": comment}


def preflight(name: str) -> dict[str, Any]:
    """
    Stop the run where something is wrong that no component of this node's plan remedies.

    name
        The state's name; it says nothing to the state.

    Fails on an unwaived ``fail`` or ``unknown``, before anything is touched.
    """
    return _judged(name, __salt__["muster.preflight"]())


def verified(name: str) -> dict[str, Any]:
    """
    Judge all requirements after the components did their work.

    name
        The state's name; it says nothing to the state.

    Fails on an unwaived ``fail`` or ``unknown``; what is pending is a warning. In test mode the
    result is ``None`` when a component would change something, as nothing can be proved then.
    """
    ran = __running__.values()
    if __opts__["test"] and any(state.get("result") is None for state in ran):
        comment = "components would have been changed: the node is judged after a real run"
        return {"name": name, "result": None, "changes": {}, "comment": comment}
    changed = any(state.get("changes") for state in ran)
    return _judged(name, __salt__["muster.verification"](changed=changed))


def _judged(name: str, report: Mapping[str, Any]) -> dict[str, Any]:
    good = report["retcode"] != 2
    ret: dict[str, Any] = {"name": name, "result": good, "changes": {}}
    ret["comment"] = reports.summary(report)
    pending = [v for v in report["verdicts"] if v["status"] == "pending"]
    if pending:
        ret["warnings"] = [f"{v['id']}: {v.get('reason') or v['text']}" for v in pending]
    return ret
