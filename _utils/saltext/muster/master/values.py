"""The values of a cluster file, each as pydantic checks it by itself."""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from saltext.muster import sizes
from saltext.muster.components import lvm, magic_packet
from saltext.muster.components.network import checks
from saltext.muster.master import names, numbered

#: Error type of the complaints below: their context has remedy and public text.
COMPLAINT = "muster_complaint"


def complain(value: Any, complaint: names.Complaint) -> PydanticCustomError:
    """Return the error for a value that is not acceptable."""
    context = {
        "message": f"{value!a} {complaint.message}",
        "remedy": complaint.remedy,
        "public": complaint.message,
    }
    return PydanticCustomError(COMPLAINT, "{message}", context)


def _checked(check: Callable[[str], names.Complaint | None]) -> AfterValidator:
    def validate(value: str) -> str:
        complaint = check(value)
        if complaint:
            raise complain(value, complaint)
        return value

    return AfterValidator(validate)


def _node_name(value: str) -> names.Complaint | None:
    return names.hostname(value, names.NODE_NAME_MOST)


def _short(value: str) -> names.Complaint | None:
    if "." in value:
        return names.Complaint("is no short name", "write the name without its domain")
    return _node_name(value)


def _mac(value: str) -> names.Complaint | None:
    problem = magic_packet.mac_problem(value)
    remedy = 'write it in quotes, like "52:54:00:12:34:56"'
    return names.Complaint(problem, remedy) if problem else None


def _address(value: str) -> str:
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError:
        problem = names.Complaint("is no IP address", "write it like 192.0.2.10 or 2001:db8::10")
        raise complain(value, problem) from None
    if _is_no_host(parsed) or "%" in value:
        problem = names.Complaint("is no address of a host in a network", "write the host's own")
        raise complain(value, problem)
    return str(parsed)


def _is_no_host(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    special = address.is_loopback or address.is_multicast or address.is_unspecified
    return special or address.is_link_local or getattr(address, "ipv4_mapped", None) is not None


def _network(value: str) -> str:
    try:
        network = ipaddress.ip_network(value)
    except ValueError as err:
        raise complain(value, names.Complaint("is no network", _own_address(value))) from err
    if "/" not in value:
        remedy = f"write it like 192.0.2.0/24, or {network} for this address alone"
        raise complain(value, names.Complaint("has no prefix length", remedy))
    return str(network)


def _own_address(value: str) -> str:
    """Return how to write a network that is none."""
    own = "the network's own address and its prefix length"
    with suppress(ValueError):
        return f"write {ipaddress.ip_network(value, strict=False)}: {own}"
    return f"write it like 192.0.2.0/24: {own}"


def _time_source(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        complaint = names.hostname(value)
    if complaint:
        raise complain(value, complaint)
    return value


def _one_line(value: str) -> str:
    if not value.strip() or not value.isprintable():
        complaint = names.Complaint("is empty or not one line", "write one line of plain text")
        raise complain(value, complaint)
    return value.strip()


def _date(value: Any) -> Any:
    if type(value) is datetime.date:
        return value.isoformat()
    if isinstance(value, str):
        with suppress(ValueError):
            if datetime.date.fromisoformat(value).isoformat() == value:
                return value
    shown = "nothing" if value is None else value if isinstance(value, str) else str(value)[:80]
    raise complain(shown, names.Complaint("is no date", "write it like 2027-06-30"))


def _label(value: str) -> names.Complaint | None:
    if len(value) <= 64 and all(part.isalnum() for part in value.replace("_", "-").split("-")):
        return (
            None
            if value.isascii()
            else names.Complaint("has characters outside ASCII", "use a-z, A-Z, digits and inner -")
        )
    return names.Complaint("is no short name", "use letters, digits and inner -, at most 64")


def _folder(value: str) -> names.Complaint | None:
    if value.startswith("/") and value.isprintable() and ".." not in value.split("/"):
        return None
    return names.Complaint("is no folder of a node", "write its absolute path")


def _device(value: str) -> names.Complaint | None:
    problem = lvm.device_problem(value)
    remedy = "write it like /dev/disk/by-id/ata-DISK_SERIAL, as ls -l /dev/disk/by-id shows it"
    return names.Complaint(problem, remedy) if problem else None


def _once(value: list[str]) -> list[str]:
    twice = next((each for each in value if value.count(each) > 1), "")
    if twice:
        raise complain(twice, names.Complaint("is there twice", "name each device once"))
    return value


def _version(value: int) -> int:
    if value != 1:
        problem = names.Complaint("is no version that this muster reads", "write 1")
        raise complain(value, problem)
    return value


def _size(value: Any) -> int:
    if isinstance(value, str):
        with suppress(ValueError):
            return sizes.parse(value)
    remedy = "write it with its unit, like 64 GiB or 400 GB"
    shown = value if isinstance(value, (str, int, float)) else type(value).__name__
    raise complain(shown, names.Complaint("is no size", remedy))


def _bus_address(value: str) -> names.Complaint | None:
    if re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]", value):
        return None
    return names.Complaint("is no PCI address", "write it like 0000:03:00.0, as lspci -D shows it")


def _node_key(value: str) -> names.Complaint | None:
    return _each(value, names.minion_id)


def _guest_key(value: str) -> names.Complaint | None:
    return _each(value, names.guest)


def _each(key: str, check: Callable[[str], names.Complaint | None]) -> names.Complaint | None:
    """Say what is wrong with a key that stands for one name or for a range of them."""
    found = numbered.span(key)
    if isinstance(found, names.Complaint):
        return found
    return check(found.name(found.first)) or check(found.name(found.last))


def _table_name(value: str) -> names.Complaint | None:
    if checks.TABLE_NAME.fullmatch(value) and value not in checks.RESERVED_TABLES:
        return None
    return names.Complaint("is no name for a routing table", "use letters, digits, - and _")


def _sysctl_name(value: str) -> names.Complaint | None:
    if checks.SYSCTL.fullmatch(value) and ".." not in value:
        return None
    remedy = "write it like net.ipv4.ip_forward, a dot within a link's name as a slash"
    return names.Complaint("is no sysctl of the network", remedy)


def _sysctl_value(value: Any) -> Any:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and checks.VALUE.fullmatch(text):
        return text
    shown = value if isinstance(value, (str, int, float)) else type(value).__name__
    raise complain(shown, names.Complaint("is no value of a sysctl", "write whole numbers"))


def _ports(value: Any) -> list[int]:
    """Return the first and the last port of a number or a range."""
    if isinstance(value, str):
        ends = re.fullmatch("([0-9]{1,5})-([0-9]{1,5})", value)
        found = [int(end) for end in ends.groups()] if ends else []
    else:
        found = [value, value] if type(value) is int else []
    if found and 1 <= found[0] <= found[1] <= 65535:
        return found
    shown = value if isinstance(value, (str, int, float)) else type(value).__name__
    remedy = "write a number from 1 to 65535, or a range like 9100-9110"
    raise complain(shown, names.Complaint("is no port and no range of ports", remedy))


Text = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_one_line)]
Label = Annotated[str, _checked(_label)]
FolderPath = Annotated[str, StringConstraints(max_length=1000), _checked(_folder)]
DevicePath = Annotated[str, _checked(_device)]
DevicePaths = Annotated[list[DevicePath], Field(max_length=lvm.MOST), AfterValidator(_once)]
Address = Annotated[str, AfterValidator(_address)]
Cidr = Annotated[str, AfterValidator(_network)]
Interface = Annotated[str, _checked(names.interface)]
Hostname = Annotated[str, _checked(names.hostname)]
NodeName = Annotated[str, _checked(_node_name)]
ShortName = Annotated[str, _checked(_short)]
NodeKey = Annotated[str, _checked(_node_key)]
GuestKey = Annotated[str, _checked(_guest_key)]
TableName = Annotated[str, _checked(_table_name)]
SysctlName = Annotated[str, _checked(_sysctl_name)]
SysctlValue = Annotated[
    str,
    BeforeValidator(_sysctl_value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
TimeSource = Annotated[str, AfterValidator(_time_source)]
IsoDate = Annotated[
    str, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})
]
Version = Annotated[int, AfterValidator(_version), WithJsonSchema({"const": 1})]
Size = Annotated[
    int, BeforeValidator(_size), WithJsonSchema({"type": "string", "pattern": sizes.PATTERN})
]
Mac = Annotated[str, AfterValidator(str.lower), _checked(_mac)]
BusAddress = Annotated[str, _checked(_bus_address)]
Vlan = Annotated[int, Field(ge=1, le=4094)]
Asn = Annotated[int, Field(ge=1, le=4294967294)]
Ports = Annotated[
    list[int],
    BeforeValidator(_ports),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 65535},
                {"type": "string", "pattern": "^[0-9]{1,5}-[0-9]{1,5}$"},
            ]
        }
    ),
]
Count = Annotated[int, Field(ge=0)]
