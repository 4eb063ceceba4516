"""Ravada's rows about SSH."""

from __future__ import annotations

from tests.support.hosts import Case

NODE, MASTER = "ravada", "ravada-master"

SSHD = "/usr/sbin/sshd -T -C user=root,host=192.0.2.10,addr=192.0.2.10"
LOCALLY = SSHD.replace("192.0.2.10", "127.0.0.1")
KEYS = "/root/.ssh/authorized_keys"
#: A key that was made for this test.
KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlz7gM+IfGnOQ4t0NIcHepgEdOSsrWzFISAvQC3NIKk root@master\n"
)
OTHER = KEY.replace("Plz7gM", "Plz7gN")
FINGERPRINT = "SHA256:4WbPhv48pAW/vrR2qzjkZswbZd7H0qmq7pNDWkkDTDE"


def sshd(root="prohibit-password", more=""):
    """Return what sshd -T prints, cut to what matters."""
    return {
        SSHD: f"port 22\npermitrootlogin {root}\npubkeyauthentication yes\nstrictmodes yes\n"
        f"authenticationmethods any\nauthorizedkeysfile .ssh/authorized_keys\n{more}"
    }


FORBIDDEN = {SSHD: {"error": "exit status 1: no hostkeys available"}}
OFF = {
    SSHD: "permitrootlogin prohibit-password\npubkeyauthentication no\n"
    "authorizedkeysfile .ssh/authorized_keys\n"
}
FORCED = f"command=\"echo 'Please login as the user debian'\",no-pty {KEY}"

CASES = (
    Case("RAV-019", NODE, "pass", "1 key(s)"),
    Case("RAV-019", NODE, "pass", "PermitRootLogin yes", commands=sshd("yes")),
    Case("RAV-019", NODE, "fail", "PermitRootLogin no", commands=sshd("no")),
    Case("RAV-019", NODE, "fail", "forced-commands-only", commands=sshd("forced-commands-only")),
    Case("RAV-019", NODE, "fail", "PubkeyAuthentication is off", commands=OFF),
    Case("RAV-019", NODE, "fail", "no key", files={KEYS: None}),
    Case("RAV-019", NODE, "fail", "no key", files={KEYS: FORCED}),
    Case("RAV-019", NODE, "fail", "allowusers admin", commands=sshd(more="allowusers admin\n")),
    Case("RAV-019", NODE, "pass", "1 key(s)", commands=sshd(more="allowusers root@192.0.2.10\n")),
    Case("RAV-019", NODE, "fail", "denyusers root", commands=sshd(more="denyusers root\n")),
    Case("RAV-019", NODE, "unknown", "no hostkeys", commands=FORBIDDEN),
    Case("RAV-019", NODE, "unknown", "not installed", commands={SSHD: None}),
    Case("RAV-019", MASTER, "skip", "itself"),
    Case("RAV-020", NODE, "pass", "without-password"),
    Case("RAV-020", NODE, "pass", "PermitRootLogin no", commands=sshd("no")),
    Case("RAV-020", NODE, "warn", "PermitRootLogin yes", commands=sshd("yes")),
    Case("RAV-020", NODE, "unknown", "no hostkeys", commands=FORBIDDEN),
    Case("RAV-021", NODE, "pass", "none"),
    Case("RAV-021", NODE, "pass", "set", files={"/etc/shadow": "root:$6$salt$hash:20000::::::\n"}),
    Case("RAV-021", NODE, "pass", "locked",
         files={"/etc/shadow": "root:!$6$salt$hash:20000::::::\n"}),
    Case("RAV-021", NODE, "fail", "empty", files={"/etc/shadow": "root::20000::::::\n"}),
    Case("RAV-021", NODE, "unknown", "no root", files={"/etc/shadow": "a:*:20000::::::\n"}),
    Case("RAV-021", NODE, "unknown", "/etc/shadow", files={"/etc/shadow": None}),
    Case("RAV-022", NODE, "pass", "not changed"),
    Case("RAV-022", NODE, "pass", "not changed",
         facts={"sshd/service/configured_at": 1002, "sshd/service/read_at": 1000}),
    Case("RAV-022", NODE, "pending", "changed 3 s after",
         facts={"sshd/service/configured_at": 1003, "sshd/service/read_at": 1000}),
    Case("RAV-022", NODE, "fail", "no SSH server runs", facts={"sshd/service/active": False}),
    Case("RAV-022", NODE, "pass", "each connection",
         facts={"sshd/service/active": False, "sshd/service/per_connection": True}),
    Case("RAV-022", NODE, "unknown", "/run/sshd.pid", files={"/run/sshd.pid": None}),
    Case("RAV-023", MASTER, "pass", "id_ed25519.pub"),
    Case("RAV-023", MASTER, "fail", "no key pair", files={"/root/.ssh/id_ed25519": None}),
    Case("RAV-023", MASTER, "fail", "no key pair", files={"/root/.ssh/id_ed25519.pub": None}),
    Case("RAV-023", MASTER, "fail", "id_rsa is 0640",
         facts={"sshd/root/pairs": [{"name": "id_rsa.pub", "mode": "0640"}]}),
    Case("RAV-023", MASTER, "pass", "id_rsa.pub",
         facts={"sshd/root/pairs": [{"name": "id_rsa.pub", "mode": "0400"}]}),
    Case("RAV-023", NODE, "skip", "role master"),
    Case("RAV-024", NODE, "pass", "1 key(s)"),
    Case("RAV-024", NODE, "pass", "1 key(s)", facts={"sshd/master_keys": [KEY.split()[1]]}),
    Case("RAV-024", NODE, "fail", f"{FINGERPRINT} not among", files={KEYS: OTHER},
         facts={"sshd/master_keys": [KEY.split()[1]]}),
    Case("RAV-024", NODE, "fail", "sent no key", facts={"sshd/master_keys": []}),
    Case("RAV-024", NODE, "unknown", "no list", facts={"sshd/master_keys": {"unknown": "no list"}}),
    Case("RAV-024", NODE, "fail", "no key", files={KEYS: f"# {KEY}"}),
    Case("RAV-024", NODE, "fail", ".ssh is 0775", facts={"sshd/root/folder": "0775"}),
    Case("RAV-024", NODE, "warn", ".ssh is 0755", facts={"sshd/root/folder": "0755"}),
    Case("RAV-024", NODE, "unknown", "too large",
         facts={"sshd/root/authorized": [
             {"path": KEYS, "mode": "0600", "keys": {"unknown": "too large"}}]}),
    Case("RAV-024", MASTER, "skip", "itself"),
    Case("RAV-025", MASTER, "pass", "3 host key(s)"),
    Case("RAV-025", MASTER, "pass", "2 node(s) pinned",
         plan={"declared/peers": ["192.0.2.12", "192.0.2.13"]}),
    Case("RAV-025", MASTER, "fail", "no host key of 192.0.2.14",
         plan={"declared/peers": ["192.0.2.12", "192.0.2.14"]}),
    Case("RAV-025", MASTER, "fail", "0 host key(s)", files={"/root/.ssh/known_hosts": None}),
    Case("RAV-025", MASTER, "pass", "9 node(s) pinned",
         facts={"sshd/pins": {"nodes": 9, "unsent": [], "wrong": []}}),
    Case("RAV-025", MASTER, "fail", "to what they sent: rv2",
         facts={"sshd/pins": {"nodes": 9, "unsent": [], "wrong": ["rv2"]}}),
    Case("RAV-025", MASTER, "fail", "no key came from 0, 1, 2, 3, 4 and 1 more",
         facts={"sshd/pins": {"nodes": 9, "unsent": list("012345"), "wrong": []}}),
    Case("RAV-025", MASTER, "unknown", "no list", facts={"sshd/pins": {"unknown": "no list"}}),
    Case("RAV-025", NODE, "skip", "role master"),
    Case("RAV-026", NODE, "pass", "without-password"),
    Case("RAV-026", NODE, "pass", "prohibit-password", commands=sshd()),
    Case("RAV-026", NODE, "fail", "PermitRootLogin yes", commands=sshd("yes")),
    Case("RAV-026", NODE, "fail", "PermitRootLogin no", commands=sshd("no")),
    Case("RAV-026", MASTER, "pass", "PermitRootLogin no", commands={LOCALLY: sshd("no")[SSHD]}),
    Case("RAV-026", MASTER, "fail", "PermitRootLogin yes", commands={LOCALLY: sshd("yes")[SSHD]}),
    Case("RAV-026", NODE, "unknown", "settings", commands={SSHD: "what\n"}),
)  # fmt: skip
