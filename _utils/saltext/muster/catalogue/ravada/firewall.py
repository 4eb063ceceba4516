"""What Ravada asks of a node's firewall."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import exposure, firewall
from saltext.muster.catalogue.predicates.reachable import Ports
from saltext.muster.catalogue.predicates.ssh import on_a_node
from saltext.muster.catalogue.ravada.sources import DOCUMENT
from saltext.muster.facts import Facts
from saltext.muster.requirement import Plan, Requirement

SECURITY = "Security"
NETWORKING = "Networking and Firewall"

#: Wake-on-LAN: discard (9) and echo (7).
WAKE = (Ports("udp", 9, 9), Ports("tcp", 7, 7), Ports("udp", 7, 7))

#: What of the firewall's diff belongs to what is let in: all of it, as it is one change.
_KEYS = ("rules", "files", "boot")
_RULES = "nft list ruleset, or iptables-save"


def wakes(facts: Facts, plan: Plan) -> str:
    """Return "" where the master starts nodes, as far as is declared, else why not."""
    off = plan.get("declared", {}).get("wake_on_lan") is False
    return "wake_on_lan is not wanted in the cluster file" if off else ""


def is_woken(facts: Facts, plan: Plan) -> str:
    """Return "" on a node that the master starts, else why it does not."""
    return on_a_node(facts, plan) or wakes(facts, plan)


ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="RAV-027",
        source=DOCUMENT,
        place=SECURITY,
        kinds=("check", "enforce", "advice"),
        text="a firewall refuses what no rule accepts",
        recommended="input refused by default",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        test=exposure.default_deny,
        remedy="load a ruleset whose input chain has the policy drop",
        by_hand=_RULES,
    ),
    Requirement(
        id="RAV-028",
        source=DOCUMENT,
        place=SECURITY,
        kinds=("check", "enforce"),
        text="SSH is accepted from the master and the administrators, and from nobody else",
        minimum="22/tcp from declared sources alone",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        test=exposure.only_known,
        remedy="accept 22/tcp from the declared administrators' networks and the master alone",
        by_hand=_RULES,
    ),
    Requirement(
        id="RAV-029",
        source=DOCUMENT,
        place=f"{NETWORKING}, Master",
        kinds=("check", "enforce"),
        text="the master may send what wakes the nodes",
        minimum="9/udp, 7/tcp and 7/udp not refused on the way out",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        roles=("master",),
        applies=wakes,
        test=firewall.opened(*((ports, firewall.nodes) for ports in WAKE), way="output"),
        remedy="accept 9/udp, 7/tcp and 7/udp in the output chain",
        by_hand=_RULES,
    ),
    Requirement(
        id="RAV-030",
        source=DOCUMENT,
        place=f"{NETWORKING}, Nodes",
        kinds=("check", "enforce"),
        text="the node accepts what wakes it",
        minimum="9/udp, 7/tcp and 7/udp accepted from the master",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        applies=is_woken,
        test=firewall.opened(*((ports, firewall.from_master) for ports in WAKE)),
        remedy="accept 9/udp, 7/tcp and 7/udp from the master in the input chain",
        by_hand=_RULES,
    ),
)
