"""Runner: muster on the whole cluster, from the master."""

from __future__ import annotations

import time
from typing import Any

import salt.client

from saltext.muster import formats
from saltext.muster.master import gather
from saltext.muster.master import validate as validation

__opts__: dict[str, Any]

__virtualname__ = "muster"


def __virtual__() -> str:
    return __virtualname__


def validate(path: str | list[str] | None = None) -> dict[str, Any]:
    """Tell everything that is wrong with the cluster files; the exit status is 0 or 1.

    path
        A cluster file, a folder of them, or a list of files. Default:
        what ``ext_pillar`` names in the master's configuration.

    Returns each file's problems, with place and remedy, and the exit status. What platforms ask
    for in conflict and can be resolved is told under ``conflicts``, as warnings.

    CLI Example:

    .. code-block:: bash

        salt-run muster.validate
        salt-run muster.validate /etc/muster/clusters/demo.yaml
    """
    files, status = validation.report(path, __opts__)
    return {"data": {"files": files, "retcode": status}, "outputter": "nested"}


def check(
    tgt: str = "*", tgt_type: str = "glob", timeout: int = 60, form: str = "table"
) -> dict[str, Any]:
    """Judge the nodes against all their requirements, compare them, and show one table.

    Each cluster of the cluster files has a report of its own, ``cluster NAME``: its nodes
    compared with each other and with the file, and the conflicts of what is asked of them.

    tgt
        The minions to ask. With ``*``, the default, every node that a cluster file names must
        answer: one that does not is unknown. With another, clusters that were asked in part are
        not compared.

    tgt_type
        How tgt is meant: ``glob``, ``list`` and so on.

    timeout
        Seconds to wait for the minions.

    form
        ``table`` (with ``--out=json`` the data), ``junit`` (JUnit XML) or ``prometheus`` (a
        textfile for the node exporter).

    The exit status is 0 (all pass, warn, skip or waived), 3 (something is pending, nothing
    worse) or 2 (a fail or an unknown).

    CLI Example:

    .. code-block:: bash

        salt-run muster.check
        salt-run muster.check 'node1*'
        salt-run muster.check form=junit > muster.xml
    """
    if form not in formats.FORMATS:
        return _text(f"muster: there is no form {form!a}: {', '.join(formats.FORMATS)}\n", 2)
    with salt.client.get_local_client(mopts=__opts__) as client:
        answers = client.cmd(
            tgt, "muster.check", tgt_type=tgt_type, timeout=timeout, kwarg={"compare": True}
        )
    clusters, named = validation.clusters(__opts__)
    expected = named if tgt == "*" else ()
    data = gather.gather(answers, clusters, expected, time.time())
    if form in ("junit", "prometheus"):
        return _text(formats.text(data["reports"], data["retcode"], form), data["retcode"])
    return {"data": data, "outputter": "muster"}


def _text(text: str, retcode: int) -> dict[str, Any]:
    return {"data": {"text": text, "retcode": retcode}, "outputter": "muster"}
