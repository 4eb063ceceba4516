"""Root's way in by SSH: what the server allows, and whose keys are there."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN

#: Older servers print the older of two names for one setting.
_KEY_ONLY = ("prohibit-password", "without-password")

#: Files written while the server starts are its own configuration still (seconds).
_SLACK = 2

_ROOT_GROUP = "root"

#: More nodes than this are counted.
_SHOWN = 5


def on_a_node(facts: Facts, plan: Plan) -> str:
    """Return "" on a node that the master logs in to, else why the row is skipped."""
    master = plan.get("declared", {}).get("role") == "master"
    return "the master does not log in to itself" if master else ""


def root_by_key_only(facts: Facts, plan: Plan) -> Outcome:
    """Root logs in by key alone; the source would let any former setting be restored."""
    seen = _setting(facts, "permitrootlogin")
    why = "muster's own reading; the source asks to restore what was there before"
    # The master may be stricter: nobody has to log in there.
    good = seen in _KEY_ONLY or (seen == "no" and bool(on_a_node(facts, plan)))
    return verdict_of(good, _root_login(facts), "prohibit-password", FAIL, "" if good else why)


def not_left_open(facts: Facts, plan: Plan) -> Outcome:
    """Root's login by password, which the source allows for a moment, is not left on."""
    seen = _setting(facts, "permitrootlogin")
    return verdict_of(seen != "yes", _root_login(facts), "anything but yes", WARN)


def logs_in(facts: Facts, plan: Plan) -> Outcome:
    """The server lets root in by a key, and one is there."""
    login = _setting(facts, "permitrootlogin")
    methods = _setting(facts, "authenticationmethods", "any")
    reasons = [
        f"PermitRootLogin {login}" if login not in (*_KEY_ONLY, "yes") else "",
        "PubkeyAuthentication is off" if _setting(facts, "pubkeyauthentication") != "yes" else "",
        f"AuthenticationMethods {methods}" if not _by_key(methods) else "",
        _kept_out(facts),
        "" if _usable(facts) else "no key in root's authorized_keys that opens a shell",
    ]
    seen = "; ".join(filter(None, reasons))
    good = f"{_root_login(facts)}, {len(_usable(facts))} key(s)"
    return verdict_of(not seen, seen or good, "root logs in by key")


def root_password(facts: Facts, plan: Plan) -> Outcome:
    """Root's password is locked, none at all or a real one, but not the empty one."""
    seen = facts.get("sshd", "root", "password")
    texts = {"set": "a password is set", "empty": "root has the empty password"}
    wanted = "no password, or a set one: the master's key needs none"
    return verdict_of(seen != "empty", texts.get(seen, f"password: {seen}"), wanted)


def reloaded(facts: Facts, plan: Plan) -> Outcome:
    """The running server has read its configuration since it was last changed."""
    wanted = "an SSH server that runs with the configuration as it is"
    if not facts.get("sshd", "service", "active"):
        if facts.get("sshd", "service", "per_connection"):
            return Outcome(PASS, "started for each connection: it reads the files anew", wanted)
        return Outcome(FAIL, "no SSH server runs", wanted, "", "systemctl enable --now ssh")
    changed = facts.get("sshd", "service", "configured_at")
    late = changed - facts.get("sshd", "service", "read_at")
    if late > _SLACK:
        why = "the server runs with what was there before"
        return Outcome(PENDING, f"changed {late} s after the server read it", wanted, why)
    return Outcome(PASS, "not changed since the server read it", wanted)


def key_pair(facts: Facts, plan: Plan) -> Outcome:
    """Root has a key pair whose private half only root reads."""
    pairs = [pair for pair in facts.get("sshd", "root", "pairs") if pair["mode"]]
    wanted = "a key pair in /root/.ssh, the private key 0600"
    if not pairs:
        return Outcome(FAIL, "no key pair", wanted)
    loose = [pair for pair in pairs if _shared(pair["mode"])]
    if not loose:
        return Outcome(PASS, ", ".join(pair["name"] for pair in pairs), wanted)
    private = [pair["name"].removesuffix(".pub") for pair in loose]
    modes = zip(private, loose, strict=True)
    seen = "; ".join(f"{name} is {pair['mode']}" for name, pair in modes)
    remedy = "chmod 600 " + " ".join(f"/root/.ssh/{name}" for name in private)
    return Outcome(FAIL, seen, wanted, "", remedy)


def authorized(facts: Facts, plan: Plan) -> Outcome:
    """The master's key is among root's, in files that nobody else changes."""
    keys = _usable(facts)
    wanted = "the master's key in authorized_keys (0600) below .ssh (0700)"
    missing = _missing_keys(facts, keys)
    if missing:
        return Outcome(FAIL, missing, wanted)
    modes = [("/root/.ssh", facts.get("sshd", "root", "folder"))]
    modes += [(each["path"], each["mode"]) for each in facts.get("sshd", "root", "authorized")]
    written = [f"{path} is {mode}" for path, mode in modes if int(mode or "0", 8) & 0o022]
    if written:
        remedy = "chmod 700 /root/.ssh; chmod 600 /root/.ssh/authorized_keys"
        return Outcome(FAIL, "; ".join(written), wanted, "others may change it", remedy)
    read = [f"{path} is {mode}" for path, mode in modes if _shared(mode)]
    seen = "; ".join(read) or f"{len(keys)} key(s)"
    return verdict_of(not read, seen, wanted, WARN, "others may read it" if read else "")


def pinned(facts: Facts, plan: Plan) -> Outcome:
    """The host keys of the nodes are in the master's known_hosts: those that the nodes sent.

    A server that is judged without Salt tells the names in that file alone.
    """
    if "pins" in facts.get("sshd"):
        return _pinned(facts)
    names = facts.get("sshd", "root", "known_hosts")
    nodes = plan.get("declared", {}).get("peers", ())
    wanted = "a host key of each node in known_hosts: a changed or unknown one stops rvd_back"
    if not nodes:
        return verdict_of(bool(names), f"{len(names)} host key(s); no nodes declared", wanted)
    missing = [node for node in nodes if not any(_names(name, node) for name in names)]
    seen = f"no host key of {', '.join(missing)}" if missing else f"{len(nodes)} node(s) pinned"
    return verdict_of(not missing, seen, wanted)


def _pinned(facts: Facts) -> Outcome:
    count = facts.get("sshd", "pins", "nodes")
    unsent, wrong = facts.get("sshd", "pins", "unsent"), facts.get("sshd", "pins", "wrong")
    wanted = f"{count} node(s) pinned to the keys that they sent"
    problems = [
        f"no key came from {_first(unsent)}" if unsent else "",
        f"not pinned to what they sent: {_first(wrong)}" if wrong else "",
    ]
    seen = "; ".join(filter(None, problems))
    return verdict_of(not seen, seen or wanted, wanted)


def _first(ids: list[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more


def _setting(facts: Facts, name: str, default: str = "") -> str:
    return str(facts.get("sshd", "effective").get(name, default)).lower()


def _root_login(facts: Facts) -> str:
    client = facts.get("sshd", "client")
    return f"PermitRootLogin {_setting(facts, 'permitrootlogin')} (for {client})"


def _by_key(methods: str) -> bool:
    """Say whether one of the ways in is a key alone."""
    return any(each in ("any", "publickey") for each in methods.split())


def _kept_out(facts: Facts) -> str:
    """Return the list of users or groups that keeps root out, or ""."""
    effective = facts.get("sshd", "effective")
    for key, name, allows in (
        ("denyusers", "root", False),
        ("allowusers", "root", True),
        ("denygroups", _ROOT_GROUP, False),
        ("allowgroups", _ROOT_GROUP, True),
    ):
        patterns = [str(each).split("@")[0] for each in effective.get(key, ())]
        named = any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        if patterns and named is not allows:
            return f"{key} {' '.join(patterns[:5])}"
    return ""


def _usable(facts: Facts) -> list[Mapping[str, Any]]:
    """Return root's keys, without those that only run a command or sign others."""
    found: list[Mapping[str, Any]] = []
    for each in facts.get("sshd", "root", "authorized"):
        if isinstance(each["keys"], Mapping):
            raise Unread(str(each["keys"].get("unknown")))
        found += each["keys"]
    return [key for key in found if not {"command", "cert-authority"} & set(key["options"])]


def _missing_keys(facts: Facts, keys: list[Mapping[str, Any]]) -> str:
    """Return which key is missing, "" when none is.

    A server that is judged without Salt does not know the master's: any key will do.
    """
    if "master_keys" not in facts.get("sshd"):
        return "" if keys else "no key"
    sent = facts.get("sshd", "master_keys")
    if not sent:
        return "the master node sent no key to Salt's mine"
    there = {key["key"] for key in keys}
    missing = [fingerprint(key) for key in sent if key not in there]
    return f"{len(keys)} key(s), {', '.join(missing)} not among them" if missing else ""


def fingerprint(key: str) -> str:
    """Return the fingerprint of a public key, given in base64, as ``ssh-keygen -l`` shows it."""
    try:
        digest = hashlib.sha256(base64.b64decode(key)).digest()
    except ValueError:
        return ""
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _shared(mode: str) -> bool:
    return bool(int(mode or "0", 8) & 0o077)


def _names(name: str, node: str) -> bool:
    """Say whether a name in known_hosts, hashed or not, is the node's."""
    parts = name.split("|")
    if len(parts) != 4 or parts[:2] != ["", "1"]:
        return name.lower() in (node.lower(), f"[{node.lower()}]:22")
    try:
        salt, digest = (base64.b64decode(part) for part in parts[2:])
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, node.encode(), hashlib.sha1).digest(), digest)
