"""The boot loader's files: options of Xen and of its first domain's kernel, others kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from saltext.muster.components.xen import options
from saltext.muster.errors import Refused
from saltext.muster.probes import _grub
from saltext.muster.probes.source import Unreadable

#: The file of Debian's package for GRUB 2's settings of Xen, where new lines go if it is there.
XEN_FILE = f"{_grub.DEFAULT}.d/xen.cfg"

#: What GRUB 2 passes to Xen at every boot, and at an ordinary one besides.
_ALWAYS, _ORDINARY = "GRUB_CMDLINE_XEN", "GRUB_CMDLINE_XEN_DEFAULT"

_MARK = "## ## End Default Options ##"


def menu(text: str, memory: str, cpus: int) -> str:
    """Return menu.lst's text with the first domain's memory and processors.

    memory is a size as Xen reads it, "" = as it is; cpus their number, 0 = as it is. The lines
    ``# xenhopt=`` and ``# xenkopt=`` stay comments, which update-grub reads; other options stay in
    order. Source: GNT-027, GNT-028.
    """
    found = _grub.parse_menu(text)
    if memory and options.memory(found["hypervisor"]) != options.size(memory):
        text = _menu_line(text, "xenhopt", options.MEMORY, memory)
    if not cpus or options.cpus(found) == cpus:
        return text
    if cpus == 1:
        return _menu_line(text, "xenkopt", "nosmp", "")
    text = _menu_line(text, "xenkopt", "nosmp", None)
    return _menu_line(text, "xenhopt", options.CPUS, str(cpus))


def _menu_line(text: str, name: str, option: str, value: str | None) -> str:
    """Put ``option[=value]`` into the last line ``# name=``, or take it off (None)."""
    lines = text.split("\n")
    places = [n for n, line in enumerate(lines) if line.startswith(f"# {name}=")]
    if not places:
        if value is None:
            return text
        return _new_line(lines, f"# {name}={_joined(option, value)}")
    head, _, old = lines[places[-1]].partition("=")
    end = "\r" if old.endswith("\r") else ""
    lines[places[-1]] = f"{head}={_with(old.rstrip(), option, value)}{end}"
    return "\n".join(lines)


def _new_line(lines: list[str], line: str) -> str:
    """Return the lines with one more: where update-grub's defaults end, else behind all."""
    place = next((n for n, each in enumerate(lines) if each.rstrip() == _MARK), None)
    if place is None:
        place = len(lines) - (lines[-1] == "")
    return "\n".join([*lines[:place], line, *lines[place:]] + ([""] if lines[-1] else []))


def _with(old: str, option: str, value: str | None) -> str:
    """Return a line of options with one of them set where it stands, added, or taken off."""
    token = re.compile(rf"(?<!\S){option}(=\S*)?(?!\S)")
    if value is None:
        return re.sub(r"^ | $", "", re.sub(rf"(?<!\S){option}(=\S*)?(?!\S) ?", "", old))
    wanted = _joined(option, value)
    new, count = token.subn(lambda _: wanted, old)
    return new if count else f"{old} {wanted}" if old.strip() else old + wanted


def _joined(option: str, value: str) -> str:
    return f"{option}={value}" if value else option


# -- GRUB 2 -----------------------------------------------------------------------------------


def defaults(texts: Mapping[str, str], memory: str, cpus: int) -> dict[str, str]:
    """Return GRUB 2's settings with the first domain's memory and processors.

    texts are its files by path, in the order that they are read; memory and cpus as of ``menu``.
    Where no line passes such an option to Xen, GRUB_CMDLINE_XEN gets it; other options and the
    quotes stay. Raises Refused where only a shell tells what the files say. Source: GNT-027,
    GNT-028.
    """
    found = dict(texts)
    if memory and options.memory(_options(found)["hypervisor"]) != options.size(memory):
        _set(found, options.MEMORY, f"{memory},max:{memory}")
    if cpus and options.cpus(_options(found)) != cpus:
        _set(found, options.CPUS, str(cpus))
    told = _options(found)
    if memory and options.memory(told["hypervisor"]) != options.size(memory):
        raise Refused(_by_hand(f"{options.MEMORY}={memory}"))
    if cpus and options.cpus(told) != cpus:
        raise Refused(_by_hand(f"{options.CPUS}={cpus}, without nosmp"))
    return {path: text for path, text in found.items() if text != texts.get(path)}


def _by_hand(wanted: str) -> str:
    return (
        f"{_grub.DEFAULT} and its folder {_grub.DEFAULT}.d pass Xen's options in a way that only a"
        f" shell understands: see by hand that {wanted} is passed to Xen, then run again"
    )


def _options(texts: Mapping[str, str]) -> dict[str, list[str]]:
    values = _grub.variables("\n".join(texts.values()))
    try:
        return {"hypervisor": _grub.xen_options(values), "kernel": _grub.kernel_options(values)}
    except Unreadable as err:
        raise Refused(f"{err}: set Xen's options there by hand, then run again") from err


def _set(texts: dict[str, str], option: str, value: str) -> None:
    """Set an option where it stands in the files; where it stands nowhere, add it."""
    wanted, count = f"{option}={value}", 0
    token = re.compile(rf"""(?<![^\s"']){option}=[^\s"'`$\\]*(?=[\s"']|\Z)""")
    for path, text in texts.items():
        for match in reversed(_assignments(text, (_ALWAYS, _ORDINARY))):
            new, changed = token.subn(lambda _: wanted, match[2])
            text, count = _spliced(text, match, new), count + changed
        texts[path] = text
    if not count:
        _add(texts, wanted)


def _add(texts: dict[str, str], wanted: str) -> None:
    for name in (_ALWAYS, _ORDINARY):
        for path in reversed(texts):
            if found := _assignments(texts[path], (name,)):
                texts[path] = _spliced(texts[path], found[-1], _longer(found[-1][2], wanted))
                return
    path = XEN_FILE if XEN_FILE in texts else _grub.DEFAULT
    text = texts.get(path, "")
    kept = text if not text or text.endswith("\n") else text + "\n"
    texts[path] = f'{kept}{_ALWAYS}="{wanted}"\n'


def _longer(raw: str, wanted: str) -> str:
    """Return a shell's word with one more option: within its quotes, or in new ones."""
    quote = raw[:1]
    if quote in ('"', "'") and len(raw) > 1 and raw.find(quote, 1) == len(raw) - 1:
        inner = raw[1:-1]
        return f"{quote}{inner}{' ' if inner.strip() else ''}{wanted}{quote}"
    if not set(raw) & {'"', "'", "\\"}:
        return f'"{raw} {wanted}"' if raw else f'"{wanted}"'
    return f'{raw}" {wanted}"'


def _assignments(text: str, names: tuple[str, ...]) -> list[re.Match[str]]:
    return [match for match in _grub.ASSIGNMENT.finditer(text) if match[1] in names]


def _spliced(text: str, match: re.Match[str], value: str) -> str:
    return text[: match.start(2)] + value + text[match.end(2) :]
