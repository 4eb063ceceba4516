"""VMmanager's rows that no fact of a node decides."""

from __future__ import annotations

from saltext.muster.catalogue.rule import rule
from saltext.muster.catalogue.vmmanager.sources import DOCUMENT, NETWORKS
from saltext.muster.requirement import Rule

_VALIDATE = "saltext.muster.master.validation:validate"
_CHECK = "saltext.muster_platforms.vmmanager:check"

RULES: tuple[Rule, ...] = (
    rule(
        "VMM-001",
        DOCUMENT,
        "Nodes homogeneity",
        "all nodes stand at one site with fast links between them",
        "topology+advice",
        recommended="1 site",
    ),
    rule(
        "VMM-045",
        DOCUMENT,
        "Network settings",
        "nodes with two interfaces use the same one for main and the same one for additional",
        part="saltext.muster.master.proofs:prove",
    ),
    rule(
        "NET-001",
        NETWORKS,
        "Types",
        "the network type is switching, routing or ip-fabric",
        minimum="one of three",
        part=_VALIDATE,
    ),
    rule(
        "NET-002",
        NETWORKS,
        "Switching",
        "guests' addresses come from one pool of blocks of physical networks that do not overlap",
    ),
    rule("NET-003", NETWORKS, "Switching", "guests can migrate between nodes"),
    rule(
        "NET-005",
        NETWORKS,
        "Switching",
        "the example: 192.0.2.0/27 (printed as 192.0.2.0.0/27) and 192.0.2.32/27",
        "fixture",
    ),
    rule(
        "NET-006",
        NETWORKS,
        "Routing",
        "routing is the type for nodes at Hetzner or OVH",
        "topology+advice",
        recommended="routing there",
    ),
    rule(
        "NET-007",
        NETWORKS,
        "Routing",
        "each node has one primary address and one subnet for its guests, apart from all others",
    ),
    rule(
        "NET-008",
        NETWORKS,
        "Routing",
        "every address of a routed subnet serves a guest, also the first and the last",
        "plan",
        minimum="8 of a /29",
    ),
    rule(
        "NET-009",
        NETWORKS,
        "Routing",
        "a new guest gets the first free address of its node's range",
        "plan",
    ),
    rule(
        "NET-010",
        NETWORKS,
        "Routing",
        "no guest migrates under routing: nodes are emptied by shutting guests down",
        minimum="no migration",
        part=_CHECK,
    ),
    rule(
        "NET-013",
        NETWORKS,
        "Routing",
        "the node's primary address is the gateway of its subnet",
    ),
    rule(
        "NET-018",
        NETWORKS,
        "IP fabric",
        "the nodes' own network is private and the guests' pool is public",
    ),
    rule(
        "NET-019",
        NETWORKS,
        "IP fabric",
        "nodes and route reflectors speak iBGP: one AS number",
    ),
    rule(
        "NET-020",
        NETWORKS,
        "IP fabric",
        "route reflectors carry the guests' routes",
        minimum="1",
        recommended="2",
        part=_CHECK,
    ),
    rule(
        "NET-021",
        NETWORKS,
        "IP fabric",
        "the route reflectors know every node's address and AS number",
        "plan",
        step="add each node's address and AS number to the route reflectors' configuration",
    ),
    rule(
        "NET-023",
        NETWORKS,
        "IP fabric",
        "the guests' gateway address is used by no node, route reflector or pool",
        minimum="an address of its own",
        part=_CHECK,
    ),
    rule(
        "NET-024",
        NETWORKS,
        "IP fabric",
        "a BGP community is declared",
        minimum="as:value",
        part=_CHECK,
    ),
    rule(
        "NET-025",
        NETWORKS,
        "IP fabric",
        "the route reflectors' addresses and AS numbers are declared",
        minimum="valid addresses",
        part=_CHECK,
    ),
    rule(
        "NET-030",
        NETWORKS,
        "IP fabric",
        "the example: pool 198.51.100.0/24, gateway 10.0.0.1, nodes in 172.16.0.0/24",
        "fixture",
    ),
    rule(
        "NET-031",
        NETWORKS,
        "IP fabric",
        "the route reflectors do not share one point of failure",
        recommended="a backup set",
    ),
    rule(
        "NET-032",
        NETWORKS,
        "Routing",
        "a range of guests' addresses is given for each node that joins",
    ),
    rule(
        "NET-033",
        NETWORKS,
        "Routing",
        "the example: 123.45.12.48 on eno1, subnet 203.0.113.40/29 with eight usable addresses",
        "fixture",
    ),
    rule("NET-034", NETWORKS, "IP fabric", "the IP fabric's pool combines blocks of addresses"),
)
