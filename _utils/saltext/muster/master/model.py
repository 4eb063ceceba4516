"""What a cluster file looks like, as pydantic checks it: types, keys, and each value by itself."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    create_model,
)
from pydantic_core import PydanticCustomError

from saltext.muster.master import names

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


def _version(value: int) -> int:
    if value != 1:
        problem = names.Complaint("is no version that this muster reads", "write 1")
        raise complain(value, problem)
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as err:
        remedy = "write it like 192.0.2.0/24: the network's own address and its prefix length"
        raise complain(value, names.Complaint("is no network", remedy)) from err


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
        return None if value.isascii() else names.Complaint("is not ASCII", "use a-z, 0-9 and -")
    return names.Complaint("is no short name", "use letters, digits and inner -, at most 64")


def _folder(value: str) -> names.Complaint | None:
    if value.startswith("/") and value.isprintable() and ".." not in value.split("/"):
        return None
    return names.Complaint("is no folder of a node", "write its absolute path")


Text = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_one_line)]
Label = Annotated[str, _checked(_label)]
FolderPath = Annotated[str, StringConstraints(max_length=1000), _checked(_folder)]
Address = Annotated[str, AfterValidator(_address)]
Cidr = Annotated[str, AfterValidator(_network)]
Interface = Annotated[str, _checked(names.interface)]
Hostname = Annotated[str, _checked(names.hostname)]
NodeName = Annotated[str, _checked(_node_name)]
ShortName = Annotated[str, _checked(_short)]
MinionId = Annotated[str, _checked(names.minion_id)]
TimeSource = Annotated[str, AfterValidator(_time_source)]
IsoDate = Annotated[str, BeforeValidator(_date)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class NetworkFile(_Strict):
    """A network of the cluster."""

    cidr: Cidr
    bridge: Interface = ""
    interface: Interface = ""
    gateway: Address = ""
    bond: Interface = ""
    vlan: Annotated[int, Field(ge=1, le=4094)] | None = None
    mtu: Annotated[int, Field(ge=1280, le=65535)] | None = None


class PoolFile(_Strict):
    """A storage pool that every node has."""

    name: Label
    type: Label
    path: FolderPath = ""


class AddressFile(_Strict):
    """The name and address that are the cluster's own, not a node's."""

    name: Hostname
    address: Address


class TimeFile(_Strict):
    """Where the nodes get the time from, and how many seconds to wait for it."""

    sources: Annotated[list[TimeSource], Field(min_length=1)]
    wait: Annotated[int, Field(ge=0, le=600)] = 60


class HostFile(_Strict):
    """A further line for every node's hosts file."""

    address: Address
    names: Annotated[list[Hostname], Field(min_length=1)]


class NodeFile(_Strict):
    """A node; fqdn defaults to its minion id, short to the first label of fqdn."""

    address: Address
    fqdn: NodeName | None = None
    short: ShortName | None = None
    interface: Interface = ""
    role: str = ""
    site: Label = ""
    addresses: dict[Label, Address] = {}
    sriov: dict[Interface, Annotated[int, Field(ge=0, le=1024)]] = {}


class WaiverFile(_Strict):
    """A requirement that is not asked for, of some nodes or (without ``nodes``) of all."""

    requirement: Text
    reason: Text
    owner: Text
    expires: IsoDate
    nodes: Annotated[list[str], Field(min_length=1)] | None = None


class ClusterFile(_Strict):
    """A cluster file, version 1."""

    version: Annotated[int, AfterValidator(_version)]
    name: Label
    platform: str
    nodes: Annotated[dict[MinionId, NodeFile], Field(min_length=1)]
    hypervisor: str = ""
    edition: str = ""
    network_type: str = ""
    tier: Literal["production", "test", "heavy"] = "production"
    networks: dict[Label, NetworkFile] = {}
    cluster: AddressFile | None = None
    time: TimeFile | None = None
    hosts: list[HostFile] = []
    provider: Label = ""
    admin: list[Cidr] = []
    repositories: list[Text] = []
    pools: list[PoolFile] = []
    also: list[str] = []
    options: dict[str, Any] = {}
    waivers: list[WaiverFile] = []


def options_model(options: type[Any]) -> type[BaseModel]:
    """Return the model that checks a platform's ``Options``, a standard library dataclass."""
    hints = get_type_hints(options)
    fields: dict[str, Any] = {
        item.name: (hints[item.name], _default(item)) for item in dataclasses.fields(options)
    }
    return create_model("Options", __base__=_Strict, **fields)


def _default(item: dataclasses.Field[Any]) -> Any:
    if item.default_factory is not dataclasses.MISSING:
        return Field(default_factory=item.default_factory)
    return ... if item.default is dataclasses.MISSING else item.default
