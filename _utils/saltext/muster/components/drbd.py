"""The drbd component: the module's options and loading at boot, the module as it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster.components.border import demand
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts, Unread

OPTIONS = "/etc/modprobe.d/muster-drbd.conf"
BOOT = "/etc/modules-load.d/muster-drbd.conf"
LOADED = "/sys/module/drbd"
PARAMETERS = f"{LOADED}/parameters"
HEADER = "# Written by muster: changes are replaced.\n"
MARK = "# muster commented this out: "

_OPTION = re.compile("[a-z][a-z0-9_]{0,63}", re.ASCII)
_WORD = re.compile(r'(?:"[^"]*"|[^\s"])+')
_VALUE = re.compile("[A-Za-z0-9_./:,+-]{1,255}", re.ASCII)


def check(options: Any) -> None:
    """Raise InvalidArgument unless options are names with texts that modprobe takes.

    minor_count is 1 to 255; a value has no white space, no quotes and no shell characters.
    """
    if not isinstance(options, Mapping) or not options:
        demand("muster_drbd", [f"options: {options!r:.90} is no mapping of names to texts"])
    demand("muster_drbd", (_option_problem(name, value) for name, value in options.items()))


def _option_problem(name: Any, value: Any) -> str:
    if not isinstance(name, str) or not _OPTION.fullmatch(name):
        return f"options: {name!r:.90} is no name of a module option"
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        return f"options.{name}: {value!r:.90} is no text of letters, digits and _./:,+-"
    count = re.fullmatch("[0-9]{1,3}", value)
    if name == "minor_count" and not (count and 1 <= int(value) <= 255):
        return f"options.minor_count: {value!r} is not from 1 to 255"
    if value.startswith("/") and ".." in value.split("/"):
        return f"options.{name}: {value!r} has '..'"
    return ""


# -- configured -------------------------------------------------------------------------------


def diff_configured(facts: Facts, options: Mapping[str, str]) -> Diff:
    """Return what differs in modprobe.d (``options``) and modules-load.d (``boot``).

    Source: GNT-035 to GNT-038, GNT-041.
    """
    found: Diff = {}
    have = facts.get("drbd", "configured")
    if any(have.get(name) != value for name, value in options.items()):
        old = {name: have.get(name) for name in options}
        found["options"] = {"old": text_of(old), "new": text_of(options)}
    if not facts.get("drbd", "boot"):
        found["boot"] = {"old": "not loaded at boot", "new": "drbd loaded at boot"}
    blocked = facts.get("drbd", "blocked")
    if blocked:
        found["boot"] = {"old": f"forbidden by {blocked}", "new": "drbd loaded at boot"}
        found["boot"]["pending"] = "somebody forbids the module: take that line out by hand"
    return found


def text_of(options: Mapping[str, Any]) -> str:
    """Return options as modprobe reads them; those without a value are left out."""
    given = [f"{name}={value}" for name, value in options.items() if value is not None]
    return " ".join(sorted(given)) or "no options"


def options_text(options: Mapping[str, str]) -> str:
    """Return the whole of muster's own file in modprobe.d."""
    return f"{HEADER}options drbd {text_of(options)}\n"


def rivals(facts: Facts, options: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the foreign lines that give the module another value of a wanted option.

    The kernel takes the last value of an option, so muster's own file alone need not win.
    """
    return [
        each
        for each in facts.get("drbd", "options")
        if each["file"] != OPTIONS and options.get(each["option"], each["value"]) != each["value"]
    ]


def without_options(text: str, lines: Iterable[int], names: Iterable[str]) -> str:
    """Return a modprobe.d file's text with the options ``names`` taken off its ``lines``.

    lines are numbers from 1 at which ``options drbd`` lines begin; the old line stays above as
    a comment, and options of other names stay in force.
    """
    found, gone = text.split("\n"), set(names)
    for number in sorted(set(lines), reverse=True):
        last = number
        while found[last - 1].rstrip("\r").endswith("\\") and last < len(found):
            last += 1
        old = found[number - 1 : last]
        words = _WORD.findall(" ".join(part.rstrip("\r").removesuffix("\\") for part in old))
        left = [word for word in words[2:] if word.partition("=")[0].replace("-", "_") not in gone]
        comments = [MARK + part.strip().removesuffix("\\") for part in old]
        found[number - 1 : last] = comments + ([" ".join(words[:2] + left)] if left else [])
    return "\n".join(found)


# -- loaded -----------------------------------------------------------------------------------


def diff_loaded(
    facts: Facts,
    options: Mapping[str, str],
    live: bool = True,
    writable: Iterable[str] = (),
    why: str = "",
) -> Diff:
    """Return what differs in the resources' files and, on a live node, in the loaded module.

    writable are the parameters that the running module lets change; why is a non-empty text
    why a reload needs consent. Source: GNT-038, GNT-042, GNT-043.
    """
    found: Diff = {}
    open_ = unskipped(facts)
    if open_:
        named = [f"{each['name']} ({each['file']})" for each in open_]
        found["resources"] = {"old": named, "new": "each resource skipped"}
        blocker = use(facts) if live else ""
        if blocker or (live and why):
            found["resources"]["pending"] = (
                f"{blocker or why}: if the resource is not wanted, stop it (drbdadm down NAME)"
                " and write 'skip' before it by hand"
            )
    return {**found, **_diff_module(facts, options, set(writable), why)} if live else found


def _diff_module(facts: Facts, options: Mapping[str, str], writable: set[str], why: str) -> Diff:
    absent = _absent(facts)
    if absent:
        nothing = "the module is not loaded"
        found: Diff = {"loaded": {"old": absent, "new": "loaded"}}
        for name, value in options.items():
            found[f"running.{name}"] = {"old": nothing, "new": value}
        return found
    found = {}
    have = facts.get("drbd", "parameters")
    for name, value in options.items():
        old = have.get(name, "no such parameter")
        if old == value:
            continue
        old = f"could not be read: {old['unknown']}" if isinstance(old, Mapping) else old
        found[f"running.{name}"] = {"old": old, "new": value}
        blocker = "" if name in writable else use(facts) or why
        if blocker:
            found[f"running.{name}"]["pending"] = (
                f"the module has to be reloaded, but {blocker}: move the guests away, stop what"
                " uses DRBD, then run again with pillar='{muster_consent: true}', or reboot"
            )
    return found


def _absent(facts: Facts) -> str:
    """Return "" when the module is loaded, else what is seen instead."""
    try:
        return "" if facts.get("drbd", "loaded") else "not loaded"
    except Unread as unread:
        return f"could not be read: {unread}"


def unskipped(facts: Facts) -> list[dict[str, Any]]:
    """Return the resources in DRBD's files that are not skipped."""
    return [each for each in facts.get("drbd", "resources") if not each["skip"]]


def skip(text: str, found: Iterable[Mapping[str, Any]]) -> str:
    """Return a file's text with its resources skipped; found are those (the probe's).

    ``resource r0 {`` becomes ``skip "resource r0" {``: today's drbdadm takes one word or text
    behind ``skip`` and stops with a parse error at ``skip resource r0 {``, which older ones took.
    """
    lines = text.split("\n")
    for each in sorted(found, key=lambda each: -int(each["line"])):
        before, after = lines[: each["line"] - 1], "\n".join(lines[each["line"] - 1 :])
        name = re.escape(each["name"])
        section = re.compile(rf'(?<![\w"#-])(?<!skip )resource\s+("{name}"|{name})(?=\s*{{)')
        after = section.sub(lambda match: _skipped(match[1]), after, count=1)
        lines = [*before, *after.split("\n")]
    return "\n".join(lines)


def _skipped(name: str) -> str:
    bare = name.strip('"')
    return f'skip "resource {bare}"'


def use(facts: Facts) -> str:
    """Return why the module counts as used, or "": what cannot be read counts as used.

    The kernel itself lets it go under a minor without a disk, and the minor with it.
    """
    try:
        return "DRBD devices are in use" if facts.get("drbd", "in_use") else ""
    except Unread as unread:
        return f"it cannot be told whether DRBD is in use ({unread})"
