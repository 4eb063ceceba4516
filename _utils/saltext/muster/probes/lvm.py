"""LVM: its volume groups, and which devices it looks at."""

import re
from typing import Any, Dict, Optional

from . import _lvmconf
from ._text import lines
from .source import Absent, Source, Unreadable, attempt, shown

_FIELDS = "vg_name,vg_size,vg_free,pv_count,lv_count"
_COMMAND = ["vgs", "--noheadings", "--nosuffix", "--units", "b", "--separator", "|", "-o", _FIELDS]

_NUMBER = re.compile(r"[0-9]{1,18}$")


def read(source: Source) -> Dict[str, Any]:
    """Return installed, groups, filters and devices_file.

    groups is {name: {"size", "free" (bytes), "pvs", "lvs" (counts)}}, none where LVM is not
    installed; filters are the two of lvm.conf; devices_file is the list that may replace them.
    """
    installed = True
    try:
        groups = _groups(source)  # type: Dict[str, Any]
    except Absent:
        installed, groups = False, {}
    except Unreadable as err:
        groups = {"unknown": shown(str(err))}
    return {
        "installed": installed,
        "groups": groups,
        "filters": attempt(_lvmconf.filters, source),
        "devices_file": attempt(_lvmconf.devices_file, source),
    }


def parse_groups(text: str) -> Optional[Dict[str, Dict[str, int]]]:
    """Return {name: {"size", "free", "pvs", "lvs"}} of what vgs prints.

    None stands for an output that is not understood.
    """
    found = {}
    for _, line in lines(text):
        name, *numbers = [field.strip() for field in line.split("|")]
        if not name and not numbers:
            continue
        if len(numbers) != 4 or not all(_NUMBER.match(number) for number in numbers):
            return None
        size, free, pvs, lvs = (int(number) for number in numbers)
        found[name] = {"size": size, "free": free, "pvs": pvs, "lvs": lvs}
    return found


def _groups(source: Source) -> Dict[str, Dict[str, int]]:
    found = parse_groups(source.run(_COMMAND))
    if found is None:
        raise Unreadable("vgs printed lines that are not understood")
    return found
