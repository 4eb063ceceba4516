"""The border of the Salt modules: what comes in is checked, errors that go out are translated."""

from __future__ import annotations

import functools
import ipaddress
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from saltext.muster.errors import InvalidArgument, MusterError, Refused
from saltext.muster.facts import Unread

P = ParamSpec("P")
T = TypeVar("T")

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?![0-9]+\Z){_LABEL}", re.ASCII)

#: Linux's HOST_NAME_MAX, and the longest name in the DNS (bytes).
HOST, DOMAIN = 64, 253

#: More problems than this are counted, not listed.
SHOWN = 5


def translated(
    invalid: type[Exception], refused: type[Exception]
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that turns the library's errors into the Salt layer's.

    invalid is raised for a bad argument, refused for a system that says no or cannot be read.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return function(*args, **kwargs)
            except InvalidArgument as err:
                raise invalid(str(err)) from err
            except Unread as err:
                raise refused(f"{err}; make it readable, then run again") from err
            except MusterError as err:
                raise refused(str(err)) from err
            except OSError as err:
                where = f"{err.filename}: " if err.filename else ""
                raise refused(f"{where}{err.strerror or err}; run as root, look at it") from err

        return call

    return decorate


@contextmanager
def noting(notes: Iterable[str]) -> Iterator[None]:
    """Add what was done so far, such as the path of a backup, to the text of a refusal."""
    try:
        yield
    except Refused as err:
        raise Refused("; ".join([str(err), *notes])) from err


def demand(where: str, problems: Iterable[str]) -> None:
    """Raise InvalidArgument with all problems at once; where names the function.

    problems are texts, "" for none; of many the first are listed and the rest counted.
    """
    found = [problem for problem in problems if problem]
    if not found:
        return
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise InvalidArgument(f"{where}: {'; '.join(found[:SHOWN])}{more}; correct the cluster file")


def name_problem(where: str, value: Any, limit: int = HOST) -> str:
    """Return "" for a host name as muster writes it (RFC 1123, lower case), else what is wrong."""
    if isinstance(value, str) and len(value) <= limit and _NAME.fullmatch(value):
        return ""
    return (
        f"{where}: {value!r:.90} is no host name (labels of a-z, 0-9 and inner hyphens, 63 each"
        f" and {limit} in all, lower case, no dot at the end, the last one not digits alone)"
    )


def address_problem(where: str, value: Any) -> str:
    """Return "" for an address that a host can have towards others, else what is wrong."""
    try:
        address = ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return f"{where}: {value!r:.90} is no IP address, such as 192.0.2.11"
    bad = address.is_loopback or address.is_unspecified or address.is_multicast
    if bad or "%" in value:
        return f"{where}: {value} is no address that other hosts can reach"
    return ""


def root_problem(value: Any) -> str:
    """Return "" for None or an absolute path of a folder, else what is wrong."""
    if value is None:
        return ""
    if not isinstance(value, str) or not value.startswith("/") or ".." in value.split("/"):
        return f"root: {value!r:.90} is no absolute path without '..'"
    return "" if os.path.isdir(value) else f"root: {value} is no folder"


def is_live(root: str | None) -> bool:
    """Say whether ``root`` means the running node."""
    return root is None or os.path.normpath(root) == "/"
