"""Routing tables of routed guests."""

from __future__ import annotations

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan

#: The kernel's table numbers go from 1 to this.
LAST_TABLE = 2**32 - 1


def routed(facts: Facts, plan: Plan) -> str:
    """Return "" when guests are routed, else why the row is skipped."""
    mode = plan.get("declared", {}).get("network_mode", "bridged")
    return "" if mode == "routed" else f"for routed mode, this cluster is {mode}"


def own_table(facts: Facts, plan: Plan) -> str:
    """Return "" when routed guests have a table of their own, else why the row is skipped."""
    why = routed(facts, plan)
    return why or ("" if _table(plan) else "no routing table is declared (options: link_table)")


def _table(plan: Plan) -> str:
    return str(plan.get("declared", {}).get("link_table") or "")


def table_known(facts: Facts, plan: Plan) -> Outcome:
    """The table is a number, or a name that this node knows."""
    table = _table(plan)
    wanted = f"{table}: a number from 1 on, or a name in rt_tables"
    if table.isdecimal():
        return verdict_of(1 <= int(table) <= LAST_TABLE, f"number {table}", wanted)
    known = facts.get("addresses", "tables")
    seen = f"{table} is number {known[table]}" if table in known else f"known: {', '.join(known)}"
    return verdict_of(known.get(table, 0) > 0, seen, wanted)


def routes_ready(facts: Facts, plan: Plan) -> Outcome:
    """The guests' table has a default route, and a rule leads to it.

    Under Xen, or when no table is named, that is the main table, which always has its rule.
    """
    xen = plan.get("profile", {}).get("hypervisor") == "xen"
    table = "" if xen else _table(plan)
    names = _names(facts, table) if table else {"main", "254"}
    routes = [
        f"default via {route['via'] or 'link'} dev {route['dev']}"
        for route in facts.get("addresses", "routes", "ipv4")
        if route["to"] == "default" and route["type"] == "unicast" and route["table"] in names
    ]
    rules = [
        f"{rule['priority']}: {rule['selector']}"
        for rule in facts.get("addresses", "rules")
        if rule["table"] in names
    ]
    wanted = f"a default route in table {table or 'main'}, and a rule that leads there"
    seen = f"{'; '.join(routes) or 'no default route'}; {'; '.join(rules) or 'no rule'}"
    return verdict_of(bool(routes and rules), seen, wanted)


def _names(facts: Facts, table: str) -> set[str]:
    """Return the names and the number that stand for one table."""
    known = facts.get("addresses", "tables")
    number = int(table) if table.isdecimal() else known.get(table)
    return {table, str(number), *(name for name, own in known.items() if own == number)}
