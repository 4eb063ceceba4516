"""Judge this node: verdicts, facts and explanations.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import assess, clock, facts
from saltext.muster.errors import InvalidArgument, MusterError
from saltext.muster.requirement import outside, waived_keys
from saltext.muster.verdict import Verdict

__salt__: dict[str, Any]
__opts__: dict[str, Any]
__pillar__: dict[str, Any]
__context__: dict[str, Any]

__virtualname__ = "muster"
__outputter__ = {"check": "muster"}

_RUN = "muster.run"


def __virtual__() -> str:
    return __virtualname__


def check(refresh: bool = True, bundle: str | None = None, compare: bool = False) -> dict[str, Any]:
    """
    Judge this node against all requirements of its plan, changing nothing.

    The exit code is 0 (all pass, warn, skip or waived), 3 (something is pending, nothing worse)
    or 2 (a fail or an unknown); ``salt-call --retcode-passthrough`` passes it on.

    refresh
        Compile the pillar afresh, as ``state.apply`` does. Default ``True``; with ``False``
        the minion's pillar in memory is used and the clock is not compared.

    bundle
        Judge the facts in this file, which ``muster collect`` wrote, in place of the node's own;
        the clock is not compared then.

    compare
        Also return, under ``values``, what ``salt-run muster.check`` compares over the nodes.

    Returns a report: node, cluster, profile, plan (digest), verdicts, counts, retcode; all of it
    is described in docs/report.schema.json.

    Raises CommandExecutionError when the file is no bundle.

    CLI Example:

    .. code-block:: bash

        salt '*' muster.check
        salt-call muster.check bundle=/root/server.json
    """
    asked = time.monotonic()
    # Salt 3008 masks what pillar.items returns unless asked not to; 3006 ignores the word.
    pillar = __salt__["pillar.items"](unmask=True) if refresh else __pillar__
    plan, wrong = _plan(pillar)
    if wrong or not plan:
        report = assess.report(plan, [], wrong)
    elif bundle is not None:
        held = _bundle(bundle)
        report = _library("replay").judged(plan, held)
        report.update(_values(plan, compare, _library("bundle").reader(held)))
    else:
        age = time.monotonic() - asked
        skew = clock.skew(float(plan["now"]), age, time.time()) if refresh else None
        known = _needed(plan, compare, skew)
        report = assess.report(plan, _judged(plan, known))
        report.update(_values(plan, compare, known))
    report["node"] = report["node"] or __opts__["id"]
    __context__["retcode"] = report["retcode"]
    return report


def explain(requirement: str) -> str:
    """
    Explain a requirement: what it asks, where it is from, how to see it by hand, the remedy.

    requirement
        A requirement's id, such as ``GNT-012``.

    Raises SaltInvocationError for an unknown id, naming the nearest ones.

    CLI Example:

    .. code-block:: bash

        salt-call muster.explain GNT-012
    """
    try:
        return str(_library("explanation").explain(str(requirement)))
    except InvalidArgument as err:
        raise SaltInvocationError(str(err)) from err


def facts_(*probes: str) -> dict[str, Any]:
    """
    Return this node's facts, read by probes that change nothing.

    probes
        Names such as ``hostname`` or ``drbd``; all that the plan's requirements need if none
        is given.

    Raises SaltInvocationError for an unknown name.

    CLI Example:

    .. code-block:: bash

        salt-call muster.facts hostname hosts
    """
    wanted: Iterable[str] = probes
    plan, wrong = _plan(__pillar__)
    if not probes:
        if wrong or not plan:
            raise SaltInvocationError("; ".join(wrong))
        wanted = assess.probes(assess.requirements(plan), plan)
    try:
        return _collect(wanted, None, {} if wrong else plan or {})
    except InvalidArgument as err:
        raise SaltInvocationError(str(err)) from err


def problems() -> list[str]:
    """
    Return why this node must not be touched (no plan, broken cluster file, stale library).

    CLI Example:

    .. code-block:: bash

        salt-call muster.problems
    """
    return assess.problems(__pillar__)


def components() -> list[str]:
    """
    Return the names of the plan's components; none when there is no sound plan.

    CLI Example:

    .. code-block:: bash

        salt-call muster.components
    """
    plan, wrong = _plan(__pillar__)
    return sorted(plan["components"]) if plan and not wrong else []


def waived(component: str) -> dict[str, str]:
    """
    Return which keys of a component's diff are waived on this node, with the waivers' texts.

    component
        A component of the plan, such as ``drbd``.

    CLI Example:

    .. code-block:: bash

        salt-call muster.waived drbd
    """
    plan, wrong = _plan(__pillar__)
    if wrong or not plan:
        return {}
    rows = [row for row in assess.requirements(plan) if not outside(row, plan)]
    return waived_keys(rows, component, plan, assess.today(plan))


def live() -> dict[str, str]:
    """
    Return ``why`` disruptive actions on this node need consent; empty when they do not.

    A node with guests or a cluster identity is live. ``pillar='{muster_consent: true}'`` on
    one ``state.apply`` is the consent for that run.

    CLI Example:

    .. code-block:: bash

        salt-call muster.live
    """
    if __pillar__.get("muster_consent") is True:
        return {"why": ""}
    return {"why": assess.live_text(facts.collect(["live"])["live"])}


def preflight() -> dict[str, Any]:
    """
    Judge what no component of the plan remedies, for ``muster/preflight.sls``.

    CLI Example:

    .. code-block:: bash

        salt-call muster.preflight
    """
    plan = __pillar__["muster"]
    clock_now = (time.time(), time.monotonic())
    skew = clock.skew(float(plan["now"]), clock.process_age(), clock_now[0])
    run: dict[str, Any] = {"skew": skew, "clock": clock_now, "facts": {}}
    __context__[_RUN] = run
    rows = assess.requirements(plan, "preflight")
    return assess.report(plan, assess.verdicts(rows, plan, lambda probes: _once(probes, run)))


def verification(changed: bool = True) -> dict[str, Any]:
    """
    Judge all requirements of the plan, for ``muster/verification.sls``.

    changed
        Whether anything changed since preflight; if not, its facts are used again.

    CLI Example:

    .. code-block:: bash

        salt-call muster.verification
    """
    plan = __pillar__["muster"]
    run = __context__.pop(_RUN, None) or {"skew": None, "facts": {}}
    if changed:
        run["facts"] = {}
    if run["skew"]:
        step = clock.stepped(run["clock"])
        run["skew"] = {bound: value + step for bound, value in run["skew"].items()}
    rows = assess.requirements(plan)
    return assess.report(plan, assess.verdicts(rows, plan, lambda probes: _once(probes, run)))


def _plan(pillar: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, list[str]]:
    wrong = assess.problems(pillar)
    plan = pillar.get("muster")
    return (plan if isinstance(plan, Mapping) else None), wrong


def _needed(
    plan: Mapping[str, Any], compare: bool, skew: Mapping[str, float] | None
) -> assess.Collect:
    """Collect what judging needs, and comparing when it is asked for; return what gives it."""
    wanted = set(assess.probes(assess.requirements(plan), plan))
    if compare:
        comparison = _library("comparison")
        wanted |= comparison.probes(comparison.rows(str(plan["platform"])))
    known = _collect(sorted(wanted), skew, plan)
    return lambda probes: known


def _judged(plan: Mapping[str, Any], known: assess.Collect) -> list[Verdict]:
    return assess.verdicts(assess.requirements(plan), plan, known)


def _values(plan: Mapping[str, Any], compare: bool, known: assess.Collect) -> dict[str, Any]:
    if not compare:
        return {}
    comparison = _library("comparison")
    compared = comparison.rows(str(plan["platform"]))
    found = facts.Facts(known(comparison.probes(compared)))
    return {"values": comparison.values(compared, found, plan)}


def _bundle(path: str) -> dict[str, Any]:
    try:
        held: dict[str, Any] = _library("bundle").load(os.path.abspath(str(path)))
    except MusterError as err:
        raise CommandExecutionError(str(err)) from err
    return held


def _library(name: str) -> Any:
    """Return a module of the library that a converged run does not need: loading it takes time."""
    return importlib.import_module(f"saltext.muster.{name}")


def _once(probes: Iterable[str], run: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in probes if name not in run["facts"]]
    run["facts"].update(_collect(missing, run["skew"], __pillar__["muster"]))
    known: dict[str, Any] = run["facts"]
    return known


def _collect(
    probes: Iterable[str], skew: Mapping[str, float] | None, plan: Mapping[str, Any]
) -> dict[str, Any]:
    """Collect facts; the skew is no probe: only this module knows when the pillar was made."""
    wanted = [name for name in probes if name != "skew"]
    found = facts.collect(wanted, targets=assess.targets(plan))
    ssh = plan.get("components", {}).get("ssh", {}) if "sshd" in wanted else {}
    # No probes either: which keys are master's and nodes' own is known to Salt's mine alone.
    if ssh.get("shared"):
        found["sshd"]["pins"] = __salt__["muster_ssh.pins"](ssh["shared"])
    if ssh.get("master"):
        found["sshd"]["master_keys"] = __salt__["muster_ssh.master_keys"](ssh["master"])
    unread = {"unknown": "the clock is compared when the pillar is compiled: refresh=True"}
    return {**found, "skew": skew or unread} if "skew" in probes else found


__func_alias__ = {"facts_": "facts"}
