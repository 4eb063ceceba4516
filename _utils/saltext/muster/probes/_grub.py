"""The boot loader: what it is told to pass to Xen and to the kernel above it."""

import re
from typing import Any, Dict, List, Optional

from ._text import lines, words
from .source import Source, Unreadable

MENU = "/boot/grub/menu.lst"
DEFAULT = "/etc/default/grub"
GENERATED = ("/boot/grub/grub.cfg", "/boot/grub2/grub.cfg")

#: grub.cfg of a node with many kernels.
_LIMIT = 4 * 1024 * 1024

#: How many entries of a menu are kept.
_ENTRIES = 40

_HYPERVISOR = ("kernel", "multiboot", "multiboot2", "xen_hypervisor")
_KERNEL = ("module", "module2", "xen_module")

#: The options that matter here; others, which might hold what is secret, are no facts.
_KEPT = re.compile(r"(?:dom0_\w+|nosmp|maxcpus|nr_cpus|console)(?:=.*)?$")

ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?([A-Z_][A-Z0-9_]*)="""
    r"""((?:"(?:[^"\\]|\\.?)*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s"';#])*)""",
    re.M | re.S,
)
_PIECE = re.compile(r""""((?:[^"\\]|\\.?)*)"?|'([^']*)'?|([^"']+)""", re.S)
_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def read(source: Source) -> Dict[str, Any]:
    """Return {"loader", "configured", "entries"}.

    loader is "grub2", "grub" (the old one, with menu.lst) or "". configured is what the
    administrator set: {"hypervisor": options, "kernel": options}; entries are those of the
    generated menu that start Xen at an ordinary boot, each of the same form.
    """
    if not source.exists("/boot"):
        raise Unreadable("/boot is not there")
    generated = next((path for path in GENERATED if source.exists(path)), "")
    if generated or (source.exists(DEFAULT) and not source.exists(MENU)):
        values = variables("\n".join(source.text_or(path) for path in default_files(source)))
        return {
            "loader": "grub2",
            "configured": {"hypervisor": xen_options(values), "kernel": kernel_options(values)},
            "entries": parse_entries(source.text(generated, _LIMIT)) if generated else [],
        }
    if source.exists(MENU):
        text = source.text(MENU)
        return {"loader": "grub", "configured": parse_menu(text), "entries": parse_entries(text)}
    return {"loader": "", "configured": {"hypervisor": [], "kernel": []}, "entries": []}


def parse_menu(text: str) -> Dict[str, List[str]]:
    """Return the options that update-grub reads of menu.lst's lines # xenhopt= and # xenkopt=.

    The lines stay comments; the last of each counts.
    """
    found = {"hypervisor": [], "kernel": []}  # type: Dict[str, List[str]]
    names = {"xenhopt": "hypervisor", "xenkopt": "kernel"}
    for _, line in lines(text):
        match = re.match(r"# (xenhopt|xenkopt)=(.*)", line)
        if match:
            found[names[match.group(1)]] = kept(words(match.group(2)))
    return found


def parse_entries(text: str) -> List[Dict[str, List[str]]]:
    """Return {"hypervisor", "kernel"} options of each entry that starts Xen, old GRUB's or new.

    Entries of the recovery mode are left out: other options are passed to them. At most the first
    ones are told.
    """
    found = []  # type: List[Dict[str, List[str]]]
    waiting = False
    for _, line in lines(text):
        given = words(line)
        if len(given) < 2:
            continue
        if given[0] in _HYPERVISOR:
            waiting = given[1].rsplit("/", 1)[-1].startswith("xen")
            if waiting:
                found.append({"hypervisor": kept(given[2:]), "kernel": []})
        elif given[0] in _KERNEL and waiting:
            found[-1]["kernel"], waiting = kept(given[2:]), False
            if "single" in given:
                found.pop()
        if len(found) > _ENTRIES:
            return found[:_ENTRIES]
    return found


def default_files(source: Source) -> List[str]:
    """Return the paths of the files that GRUB 2's settings are read of, the last one wins."""
    return [DEFAULT] + source.glob(f"{DEFAULT}.d/*.cfg")


def variables(text: str) -> Dict[str, Optional[str]]:
    """Return {name: value} of the assignments of /etc/default/grub, a shell's file.

    None stands for a value that only a shell can tell.
    """
    found = {}  # type: Dict[str, Optional[str]]
    for name, value in ASSIGNMENT.findall(text):
        parts = [_piece(piece, found) for piece in _PIECE.findall(value)]
        whole = [part for part in parts if part is not None]
        found[name] = "".join(whole) if len(whole) == len(parts) else None
    return found


def xen_options(values: Dict[str, Optional[str]]) -> List[str]:
    """Return what GRUB 2 passes to Xen at an ordinary boot; raise Unreadable if only a shell
    tells."""
    return _joined(values, "GRUB_CMDLINE_XEN", "GRUB_CMDLINE_XEN_DEFAULT")


def kernel_options(values: Dict[str, Optional[str]]) -> List[str]:
    """Return what GRUB 2 passes to the kernel above Xen; raises as xen_options does."""
    names = [
        replaced if values.get(replaced, "") != "" else ordinary
        for ordinary, replaced in (
            ("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_XEN_REPLACE"),
            ("GRUB_CMDLINE_LINUX_DEFAULT", "GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT"),
        )
    ]
    return _joined(values, *names)


def kept(options: List[str]) -> List[str]:
    """Return those of the options that are facts: the first domain's, consoles, processors."""
    return [option for option in options if _KEPT.match(option)]


def _joined(values: Dict[str, Optional[str]], *names: str) -> List[str]:
    found = []  # type: List[str]
    for name in names:
        value = values.get(name, "")
        if value is None:
            raise Unreadable(f"{DEFAULT}: only a shell can tell what {name} is")
        found += words(value.replace("\n", " "))
    return kept(found)


def _piece(piece: Any, found: Dict[str, Optional[str]]) -> Optional[str]:
    double, single, bare = piece
    if single:
        return str(single)
    text = double.replace("\\\n", "") if double else bare
    if "`" in text or "$(" in text:
        return None
    told = _REFERENCE.sub(lambda match: found.get(match.group(1) or match.group(2)) or "", text)
    return re.sub(r"\\(.)", r"\1", told) if "$" not in told else None
