"""What Ravada asks of root's way in by SSH."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import ssh
from saltext.muster.catalogue.ravada.sources import DOCUMENT
from saltext.muster.requirement import Requirement

NODE = "Configuration, Configure Node"
MASTER = "Configuration, Configure Master"

_ENFORCE = ("check", "enforce")
_BY_KEY = "set PermitRootLogin prohibit-password in sshd_config, then systemctl reload ssh"
_SETTINGS = "sshd -T -C user=root,host=MASTER,addr=MASTER | grep permitrootlogin"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="RAV-019",
        source=DOCUMENT,
        place="Configuration",
        kinds=_ENFORCE,
        text="the master may log in to the node as root by a key",
        minimum="root's login by key allowed, a key there",
        probes=("sshd",),
        component="ssh",
        keys=("key", "permitrootlogin", "pubkeyauthentication", "settings"),
        applies=ssh.on_a_node,
        after="packages",
        test=ssh.logs_in,
        remedy="put the master's public key into root's authorized_keys; set"
        " PermitRootLogin prohibit-password and PubkeyAuthentication yes",
        by_hand="ssh -o BatchMode=yes root@NODE true",
    ),
    Requirement(
        id="RAV-020",
        source=DOCUMENT,
        place=NODE,
        kinds=_ENFORCE,
        text="root's login by password is not left on: muster brings the key without it",
        recommended="off",
        probes=("sshd",),
        component="ssh",
        keys=("permitrootlogin",),
        after="packages",
        test=ssh.not_left_open,
        remedy=_BY_KEY,
        by_hand=_SETTINGS,
    ),
    Requirement(
        id="RAV-021",
        source=DOCUMENT,
        place=NODE,
        kinds=_ENFORCE,
        text="root has no empty password; none at all is needed for the key",
        minimum="locked, none or set",
        probes=("sshd",),
        component="ssh",
        test=ssh.root_password,
        remedy="passwd --lock root, or set a password",
        by_hand="passwd --status root",
    ),
    Requirement(
        id="RAV-022",
        source=DOCUMENT,
        place=NODE,
        kinds=_ENFORCE,
        text="the SSH server runs and has read its configuration since it was changed",
        minimum="running, as configured",
        probes=("sshd",),
        component="ssh",
        keys=("running",),
        after="packages",
        test=ssh.reloaded,
        remedy="sshd -t && systemctl reload ssh (sshd on Red Hat's family)",
        by_hand="sshd -t && ls -l --full-time /run/sshd.pid /etc/ssh/sshd_config",
    ),
    Requirement(
        id="RAV-023",
        source=DOCUMENT,
        place=MASTER,
        kinds=_ENFORCE,
        text="root on the master has a key pair that nobody else reads",
        minimum="a key pair, the private key 0600",
        probes=("sshd",),
        component="ssh",
        keys=("pair", "private"),
        roles=("master",),
        test=ssh.key_pair,
        remedy="ls /root/.ssh/id*pub || ssh-keygen -t ed25519; an existing pair stays as it is",
        by_hand="ls -l /root/.ssh/id*",
    ),
    Requirement(
        id="RAV-024",
        source=DOCUMENT,
        place=MASTER,
        kinds=_ENFORCE,
        text="the master's key is among root's keys, in files that are root's alone",
        minimum="a key; .ssh 0700, authorized_keys 0600",
        probes=("sshd",),
        component="ssh",
        keys=("key", "modes"),
        applies=ssh.on_a_node,
        test=ssh.authorized,
        remedy="on the master: ssh-copy-id -i /root/.ssh/id_ed25519.pub NODE",
        by_hand="ls -ld /root/.ssh /root/.ssh/*; ssh-keygen -lf /root/.ssh/authorized_keys",
    ),
    Requirement(
        id="RAV-025",
        source=f"{DOCUMENT}; known hosts: muster, after a fault of Ravada's (UPC/ravada#543)",
        place=MASTER,
        text="the host keys of the nodes are known to the master",
        minimum="one host key for each node",
        probes=("sshd",),
        component="ssh",
        keys=("known_hosts", "keys"),
        roles=("master",),
        test=ssh.pinned,
        remedy="put the node's key, compared with its /etc/ssh/ssh_host_ed25519_key.pub, into"
        " /root/.ssh/known_hosts",
        by_hand="ssh-keygen -F NODE",
    ),
    Requirement(
        id="RAV-026",
        source=f"{DOCUMENT}; muster is stricter: any former setting may be restored by the source",
        place=MASTER,
        kinds=_ENFORCE,
        text="root logs in by key alone",
        minimum="PermitRootLogin prohibit-password",
        probes=("sshd",),
        component="ssh",
        keys=("permitrootlogin",),
        after="packages",
        test=ssh.root_by_key_only,
        remedy=_BY_KEY,
        by_hand=_SETTINGS,
    ),
)
