"""Runner: muster on the whole cluster, from the master."""

from __future__ import annotations

import logging
import time
from typing import Any

import salt.client

from saltext.muster import formats
from saltext.muster.errors import MusterError
from saltext.muster.master import cards, gather, pool_warnings, reaching, sheets, waking
from saltext.muster.master import validate as validation
from saltext.muster.verdict import EXIT_MET, EXIT_WRONG

log = logging.getLogger(__name__)

__opts__: dict[str, Any]
__salt__: dict[str, Any]

__virtualname__ = "muster"


def __virtual__() -> str:
    return __virtualname__


def validate(path: str | list[str] | None = None, since: str | None = None) -> dict[str, Any]:
    """Tell everything that is wrong with the cluster files; the exit status is 0 or 1.

    path
        A cluster file, a folder of them, or a list of files. Default:
        what ``ext_pillar`` names in the master's configuration.

    since
        An older cluster file of the same cluster: what may not change on a live cluster is
        refused too.

    Returns each file's problems, with place and remedy, and the exit status. What is only
    recommended, and what platforms ask for in conflict and can be resolved, is told as warnings
    under ``warnings`` and ``conflicts``.

    CLI Example:

    .. code-block:: bash

        salt-run muster.validate
        salt-run muster.validate /etc/muster/clusters/demo.yaml
    """
    files, status = validation.report(path, __opts__, since)
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


def addresses(path: str | None = None) -> dict[str, Any]:
    """Tell every address that a cluster gives away, and what is left.

    path
        A cluster file. Default: all that ``ext_pillar`` names in the master's configuration.

    The exit status of this and of the other plans is 0, or 2 when something fails.

    CLI Example:

    .. code-block:: bash

        salt-run muster.addresses
        salt-run muster.addresses /etc/muster/clusters/demo.yaml --out=json
    """
    return _sheets("addresses", path)


def capacity(path: str | None = None, disk: str = "", more: str = "") -> dict[str, Any]:
    """Tell what a cluster holds, all up and one node down, and how to make it grow.

    path
        As in :py:func:`addresses`.

    disk
        The size of disks to add, such as ``400 GB``. Default: the size that most have.

    more
        The usable space that is wanted besides, such as ``2 TB``.

    CLI Example:

    .. code-block:: bash

        salt-run muster.capacity
        salt-run muster.capacity /etc/muster/clusters/demo.yaml more='2 TB'
    """
    return _sheets("capacity", path, disk=disk, more=more)


def simulate(path: str | None = None, down: int = 2) -> dict[str, Any]:
    """Tell what still works when any nodes, sites or failure domains of a cluster are down.

    path
        As in :py:func:`addresses`.

    down
        How many nodes are down at once: 1 or 2.

    CLI Example:

    .. code-block:: bash

        salt-run muster.simulate
        salt-run muster.simulate /etc/muster/clusters/demo.yaml down=1
    """
    return _sheets("simulate", path, down=down)


def ports(path: str | None = None, node: str = "", since: str = "") -> dict[str, Any]:
    """Tell what talks to what: firewall rules, switch ports, route reflectors.

    path
        As in :py:func:`addresses`.

    node
        A minion id: the rules of that node alone.

    since
        An older cluster file of the same cluster: tell what work is new.

    CLI Example:

    .. code-block:: bash

        salt-run muster.ports
        salt-run muster.ports /etc/muster/clusters/demo.yaml node=node1.example.com
    """
    return _sheets("ports", path, node=node, since=since)


def sriov(path: str | None = None) -> dict[str, Any]:
    """Tell each node's virtual functions, and where guests that have some can move.

    path
        As in :py:func:`addresses`.

    CLI Example:

    .. code-block:: bash

        salt-run muster.sriov
        salt-run muster.sriov /etc/muster/clusters/demo.yaml
    """
    return _sheets("sriov", path)


def place(
    path: str | None = None, starts: int = 30, base: str = "", policy: str = "balance"
) -> dict[str, Any]:
    """Tell how Ravada spreads a storm of starts over its nodes, and how reservations would.

    path
        As in :py:func:`addresses`.

    starts
        How many guests are started at once: 1 to 10 000.

    base
        Start clones of this base. Default: the guests of the file.

    policy
        ``balance`` or ``same-node``, as the base is set up.

    CLI Example:

    .. code-block:: bash

        salt-run muster.place starts=60
        salt-run muster.place /etc/muster/clusters/class.yaml base=ubuntu policy=same-node
    """
    return _sheets("place", path, starts=starts, base=base, policy=policy)


def reach(cluster: str = "", node: str = "", timeout: int = 5) -> dict[str, Any]:
    """Try every flow of the port plan between real nodes, and tell what is in the way.

    Each node connects to the ports that others must accept from it. Where nothing listens at a
    UDP port, muster answers there for the time of the run. Nothing is changed.

    cluster
        The name of a cluster. Default: all.

    node
        A minion id: only tries that begin or end at that node.

    timeout
        Seconds to wait for an answer of a port, 4 to 60.

    The exit status is 0 when every port is reached (open, or closed by the node itself because
    nothing listens there), and 2 when one is filtered, refused, unreachable or unanswered, or
    when a node did not answer.

    CLI Example:

    .. code-block:: bash

        salt-run muster.reach
        salt-run muster.reach demo node=node1.example.com --out=json
    """
    try:
        data = reaching.of(__opts__, str(cluster), str(node), timeout)
    except MusterError as err:
        return _text(f"muster: {err}\n", EXIT_WRONG)
    return {"data": data, "outputter": "muster"}


def wake(node: str = "", cluster: str = "", wait: int = 0) -> dict[str, Any]:
    """Wake a node by wake-on-LAN: have a host of its network send the magic packet.

    The cluster's master node sends it; where that one is down another node, and where none is up
    the Salt master itself, if it has an address in that network.

    node
        A minion id. Default: nothing is sent, and all cards that are known are listed.

    cluster
        The name of a cluster. Default: all.

    wait
        Seconds to wait until the node answers, 0 to 3600.

    The exit status is 0 when the packet was sent (with wait: when the node answered), else 2.

    CLI Example:

    .. code-block:: bash

        salt-run muster.wake
        salt-run muster.wake node1.example.com wait=300
    """
    try:
        data = waking.of(__opts__, __salt__["mine.get"], str(node), str(cluster), wait)
    except MusterError as err:
        return _text(f"muster: {err}\n", EXIT_WRONG)
    return {"data": data, "outputter": "muster"}


def handover(path: str | None = None) -> dict[str, Any]:
    """Tell what is left to the administrator once the nodes are ready, step by step.

    path
        As in :py:func:`addresses`.

    CLI Example:

    .. code-block:: bash

        salt-run muster.handover
        salt-run muster.handover /etc/muster/clusters/demo.yaml
    """
    return _sheets("handover", path, cards=cards.macs(__opts__, __salt__["mine.get"]))


def pool_filling(node: str) -> dict[str, Any]:
    """Ask a node how full its storage pools are, and keep the answer for muster.warnings.

    The reactor calls this when a minion's beacon says that a pool's level has changed.

    node
        A minion id.

    CLI Example:

    .. code-block:: bash

        salt-run muster.pool_filling node1.example.com
    """
    try:
        return _text(f"{pool_warnings.heard(__opts__, node)}\n", EXIT_MET)
    except MusterError as err:
        log.warning("muster: %s", err)
        return _text(f"muster: {err}\n", EXIT_WRONG)


def warnings() -> dict[str, Any]:
    """List the storage pools that fill: less than 20 % free is a warning, less than 5 % a failure.

    It tells what nodes' beacons told last; ``muster.check`` asks the nodes anew.

    The exit status is 0 when no pool has less than 5 % free, and 2 when one has, or when how
    full one is, is not known.

    CLI Example:

    .. code-block:: bash

        salt-run muster.warnings
    """
    try:
        data = pool_warnings.of(__opts__)
    except MusterError as err:
        return _text(f"muster: {err}\n", EXIT_WRONG)
    return {"data": data, "outputter": "muster"}


def _sheets(topic: str, path: str | None, **options: Any) -> dict[str, Any]:
    try:
        data = sheets.of(topic, path, __opts__, **options)
    except MusterError as err:  # salt-run would show a traceback
        return _text(f"muster: {err}\n", EXIT_WRONG)
    return {"data": data, "outputter": "muster"}


def _text(text: str, retcode: int) -> dict[str, Any]:
    return {"data": {"text": text, "retcode": retcode}, "outputter": "muster"}
