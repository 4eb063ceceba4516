"""Root's shell on the node."""

from __future__ import annotations

from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS


def default_prompt(facts: Facts, plan: Plan) -> Outcome:
    """Root's .bashrc neither prints anything nor sets the prompt anew."""
    changes, path = facts.get("shell", "changes"), facts.get("shell", "path")
    wanted = "no lines that print or set the prompt, beyond the distribution's own"
    if not changes:
        return Outcome(PASS, "none", wanted)
    lines = ", ".join(f"line {each['line']}: {each['what']}" for each in changes[:5])
    more = f" and {len(changes) - 5} more" if len(changes) > 5 else ""
    return Outcome(FAIL, f"{path}, {lines}{more}", wanted)
