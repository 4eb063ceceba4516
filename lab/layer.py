"""A node's own files: identity, network and Salt, laid over the shared root at its start."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

from lab.keys import KeyPair
from lab.recipes import BRIDGE, MASTER, MASTER_ADDRESS, MINIONS, PREFIX_LENGTH, Node

_HERE = Path(__file__).parent
# Whose content is for root alone, by the ends of their names.
_PRIVATE = {".pem": 0o400, ".nmconnection": 0o600}
_TOOLS = ("salt", "salt-call", "salt-key", "salt-master", "salt-minion", "salt-run")

_UNIT = """\
[Unit]
Description=Salt {kind}
After=network.target
[Service]
Type=notify
NotifyAccess=all
KillMode={kill_mode}
LimitNOFILE=8192
ExecStart=/usr/local/bin/salt-{kind}
[Install]
WantedBy=multi-user.target
"""
_MINION = """\
master: {master}
id: {id}
# A lab starts all at once and waits for it: no delays that spare a busy master.
acceptance_wait_time: 1
random_startup_delay: 0
random_reauth_delay: 0
recon_default: 100
recon_max: 1000
recon_randomize: false
"""
# As by Debian's installer; it says allow-hotplug for auto, and there is no udev here to plug.
_INSTALLED = """\
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

source /etc/network/interfaces.d/*

# The loopback network interface
auto lo
iface lo inet loopback

# The primary network interface
auto eth0
iface eth0 inet static
\taddress {node.address}/{length}
\tgateway {node.gateway}
"""
_PROFILE = """\
[connection]
id=eth0
uuid={id}
type=ethernet
interface-name=eth0

[ethernet]

[ipv4]
address1={node.address}/{length},{node.gateway}
dns={node.gateway};
method=manual

[ipv6]
addr-gen-mode=default
method=link-local
"""
_NETPLAN = """\
# Written by the installer.
network:
  version: 2
  renderer: networkd
  ethernets:
    eth0:
      addresses:
      - {node.address}/{length}
      nameservers:
        addresses: [{node.gateway}]
      routes:
      - to: default
        via: {node.gateway}
"""


def write(node: Node, folder: Path, keys: Mapping[str, KeyPair]) -> None:
    """Write a node's own files into a folder that is laid over its root.

    node
        the node
    folder
        an empty folder; root's alone, as keys are in it
    keys
        all key pairs by the name of their node
    """
    files = _identity(node) | network(node)
    files |= _master(keys) if node.is_master else _minion(node, keys)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.suffix in _PRIVATE:
            path.chmod(_PRIVATE[path.suffix])
    for tool in _TOOLS:
        _link(folder / "usr/local/bin" / tool, f"/opt/salt/{node.salt}/bin/{tool}")
    unit = "salt-master.service" if node.is_master else "salt-minion.service"
    wants = folder / "etc/systemd/system/multi-user.target.wants"
    _link(wants / unit, f"../{unit}")
    if node.is_master:
        (folder / "var/cache/salt/master/muster/files").mkdir(parents=True)
        (folder / "srv/pillar").mkdir(parents=True)


def sources() -> list[Path]:
    """Return the files of the project that nodes get a copy of."""
    return [_HERE / "master.conf", _HERE / "chrony.conf", *_clusters()]


def _clusters() -> list[Path]:
    """Return the files of the clusters that have a node in this lab."""
    return [
        path
        for path in sorted((_HERE / "clusters").glob("*.yaml"))
        if any(f"{minion.id}:" in path.read_text(encoding="utf-8") for minion in MINIONS)
    ]


def _link(path: Path, target: str) -> None:
    """Make a symbolic link and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def _identity(node: Node) -> dict[str, str]:
    """Return the files that say who a node is, as Debian's installer leaves them: the short
    name, and a loopback line for the full one."""
    return {
        "etc/hostname": f"{node.name}\n",
        "etc/hosts": f"127.0.0.1\tlocalhost\n127.0.1.1\t{node.id}\t{node.name}\n\n"
        "# The following lines are desirable for IPv6 capable hosts\n"
        "::1     localhost ip6-localhost ip6-loopback\n"
        "ff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n",
        "etc/machine-id": uuid.uuid4().hex + "\n",
    }


def network(node: Node) -> dict[str, str]:
    """Return the configuration of the network, by what the node's root has for it."""
    if node.root == "networkmanager":
        text = _PROFILE.format(node=node, length=PREFIX_LENGTH, id=uuid.uuid4())
        return {"etc/NetworkManager/system-connections/eth0.nmconnection": text}
    if node.root == "netplan":
        text = _NETPLAN.format(node=node, length=PREFIX_LENGTH)
        return {"etc/netplan/01-netcfg.yaml": text}
    return {"etc/network/interfaces": _interfaces(node)}


def _interfaces(node: Node) -> str:
    """Return the configuration of ifupdown."""
    if node.gateway:
        return _INSTALLED.format(node=node, length=PREFIX_LENGTH)
    port = BRIDGE if node.bridged else "eth0"
    lines = ["auto lo", "iface lo inet loopback", ""]
    if node.bridged:
        lines += ["iface eth0 inet manual", ""]
    lines += [f"auto {port}", f"iface {port} inet static"]
    lines += [f"    address {node.address}/{PREFIX_LENGTH}"]
    if node.bridged:
        lines += ["    bridge_ports eth0", "    bridge_stp off", "    bridge_fd 0"]
    return "\n".join(lines) + "\n"


def _master(keys: Mapping[str, KeyPair]) -> dict[str, str]:
    """Return the master's files: settings, time service, cluster files and known keys."""
    files = {
        "etc/salt/master.d/muster.conf": (_HERE / "master.conf").read_text(encoding="utf-8"),
        "etc/chrony/chrony.conf": (_HERE / "chrony.conf").read_text(encoding="utf-8"),
        "etc/systemd/system/salt-master.service": _UNIT.format(kind="master", kill_mode="mixed"),
        "etc/salt/pki/master/master.pem": keys[MASTER.name].private,
        "etc/salt/pki/master/master.pub": keys[MASTER.name].public,
    }
    for minion in MINIONS:
        files[f"etc/salt/pki/master/minions/{minion.id}"] = keys[minion.name].public
    for cluster in _clusters():
        files[f"etc/muster/clusters/{cluster.name}"] = cluster.read_text(encoding="utf-8")
    return files


def _minion(node: Node, keys: Mapping[str, KeyPair]) -> dict[str, str]:
    """Return a minion's files: settings, its own key and the master's public one."""
    return {
        "etc/salt/minion.d/lab.conf": _MINION.format(master=MASTER_ADDRESS, id=node.id),
        "etc/systemd/system/salt-minion.service": _UNIT.format(kind="minion", kill_mode="process"),
        "etc/salt/pki/minion/minion.pem": keys[node.name].private,
        "etc/salt/pki/minion/minion.pub": keys[node.name].public,
        "etc/salt/pki/minion/minion_master.pub": keys[MASTER.name].public,
    }
