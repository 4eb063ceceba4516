"""The list of a cluster's hosts, which all its nodes fetch from the master: no plan holds it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from saltext.muster import files
from saltext.muster.errors import InvalidArgument, Refused

_SOURCE = re.compile(r"salt://(muster-shared/hosts-[0-9a-f]{64}\.json)", re.ASCII)


def fetch(
    where: str,
    shared: Mapping[str, str],
    opts: Mapping[str, Any],
    cache_file: Callable[[str], str],
) -> Any:
    """Return the cluster's list, fetched from the master only when the cached copy is not it.

    where names the caller in a message; shared is the plan's ``digest`` and ``source``; opts are
    the minion's; cache_file is Salt's ``cp.cache_file``. The list is what JSON says, None when
    it is no JSON. Raises InvalidArgument for a strange plan, Refused when the list is not there.
    """
    digest, source = str(shared.get("digest")), str(shared.get("source"))
    match = _SOURCE.fullmatch(source)
    if not match or digest not in source:
        raise InvalidArgument(
            f"{where}: shared: {source!r:.120} is no salt://muster-shared/hosts-<digest>.json"
            f" of digest {digest!r:.80}; it comes from the plan: look at salt-run muster.validate"
        )
    # Where the file client keeps its copies; building a client costs more than the whole state.
    env = opts.get("saltenv") or "base"
    text = files.read(os.path.join(opts["cachedir"], "files", env, match.group(1)))
    if text is None or _digest(text) != digest:
        text = _fetched(source, digest, cache_file)
    try:
        return json.loads(text)
    except ValueError:
        return None


def _fetched(source: str, digest: str, cache_file: Callable[[str], str]) -> str:
    path = cache_file(source)
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
