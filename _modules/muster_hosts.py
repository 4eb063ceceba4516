"""The names of the node and of its cluster in /etc/hosts.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files
from saltext.muster.components import border, hosts
from saltext.muster.errors import Refused
from saltext.muster.probes import hosts as probe

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_hosts"

_border = border.translated(SaltInvocationError, CommandExecutionError)

_SOURCE = re.compile(r"salt://(muster-shared/hosts-[0-9a-f]{64}\.json)", re.ASCII)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_hosts: /etc/hosts of Linux hosts alone is managed"
    return __virtualname__


@_border
def diff(
    address: str,
    names: list[str],
    shared: dict[str, str] | None = None,
    root: str | None = None,
) -> dict[str, dict[str, Any]]:
    """
    Return what /etc/hosts says otherwise than is wanted; empty when nothing.

    address
        The node's own address, which other hosts can reach.

    names
        The node's FQDN, then its short name.

    shared
        ``digest`` (SHA-256) and ``source`` (``salt://muster-shared/hosts-<digest>.json``) of the
        list of the whole cluster's hosts.

    root
        A folder below which files are read in place of ``/``.

    Raises SaltInvocationError for a bad argument, CommandExecutionError for a list or a file
    that cannot be read.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_hosts.diff 192.0.2.11 '[node1.example.com, node1]'
    """
    wanted = _wanted(address, names, shared, root)
    entries, _ = probe.parse(files.read(files.below(root, hosts.PATH)) or "")
    return hosts.diff(entries, wanted)


@_border
def apply(
    address: str,
    names: list[str],
    shared: dict[str, str] | None = None,
    root: str | None = None,
    skip: Iterable[str] = (),
) -> list[str]:
    """
    Correct /etc/hosts in one write where its meaning is wrong; return notes.

    address
        The node's own address, which other hosts can reach.

    names
        The node's FQDN, then its short name.

    shared
        ``digest`` and ``source`` of the list of the whole cluster's hosts.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are. As the file is written as a whole, nothing is
        written when all that differs is to be left.

    Raises SaltInvocationError for a bad argument, CommandExecutionError when the system says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_hosts.apply 192.0.2.11 '[node1.example.com, node1]'
    """
    wanted = _wanted(address, names, shared, root)
    path = files.below(root, hosts.PATH)
    entries, _ = probe.parse(files.read(path) or "")
    if not set(hosts.diff(entries, wanted)) - set(skip):
        return []
    notes = files.edit(path, lambda text: hosts.edit(text, wanted))
    return notes + hosts.cloud_note(facts.Facts(facts.collect(("hostname",), root or "/")))


def _wanted(
    address: str, names: list[str], shared: Mapping[str, str] | None, root: str | None
) -> hosts.Wanted:
    border.demand("muster_hosts", [border.root_problem(root)])
    own = hosts.wanted(address, names)
    return hosts.wanted(address, names, _shared(shared)) if shared else own


def _shared(shared: Mapping[str, str]) -> Any:
    """Return the cluster's list, fetched from the master only when the cached copy is not it."""
    digest, source = str(shared.get("digest")), str(shared.get("source"))
    match = _SOURCE.fullmatch(source)
    if not match or digest not in source:
        raise SaltInvocationError(
            f"muster_hosts: shared: {source!r:.120} is no salt://muster-shared/hosts-<digest>.json"
            f" of digest {digest!r:.80}; it comes from the plan: look at salt-run muster.validate"
        )
    # Where the file client keeps its copies; building a client costs more than the whole state.
    env = __opts__.get("saltenv") or "base"
    text = files.read(os.path.join(__opts__["cachedir"], "files", env, match.group(1)))
    if text is None or _digest(text) != digest:
        text = _fetched(source, digest)
    return hosts.parse_shared(text)


def _fetched(source: str, digest: str) -> str:
    path = __salt__["cp.cache_file"](source)
    text = files.read(path) if path else None
    if text is None:
        raise Refused(
            f"{source} is not on the master: wanted the cluster's hosts; see on the master that"
            " its file roots have muster's shared folder (salt-run fileserver.file_list), then"
            " salt-run fileserver.update and run again"
        )
    if _digest(text) != digest:
        raise Refused(
            f"{source} has the digest {_digest(text)}, wanted {digest}: it is not what the plan"
            " was made with; run saltutil.refresh_pillar, then again"
        )
    return text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
