"""Network cards of a node, as files below its root: no test machine has such cards."""

from __future__ import annotations

NET = "/sys/class/net"
MAC = "52:54:00:12:34:56"
DEFAULT_LINK = """\
# This config file is installed as part of systemd.
[Match]
OriginalName=*

[Link]
NamePolicy=keep kernel database onboard slot path
AlternativeNamesPolicy=database onboard slot path
MACAddressPolicy=persistent
"""
DEFAULT_PATH = "/usr/lib/systemd/network/99-default.link"


def card(node, name="eno1", *, mac=MAC, total=8, current=0, counts=DEFAULT_PATH, index=2):
    """Add a card; total and current are its virtual functions, counts the .link file it has."""
    folder = f"{NET}/{name}"
    values = {"ifindex": index, "type": 1, "address": mac, "mtu": 1500, "flags": "0x1003"}
    values |= {"addr_assign_type": 0, "carrier": 1, "operstate": "up", "speed": 1000}
    values |= {"device/sriov_totalvfs": total, "device/sriov_numvfs": current}
    for key, value in values.items():
        node.write(f"{folder}/{key}", f"{value}\n")
    node.write(f"{folder}/device/uevent", "DRIVER=igb\nPCI_SLOT_NAME=0000:01:00.0\n")
    if counts:
        node.write(f"/run/udev/data/n{index}", f"I:1\nE:ID_NET_LINK_FILE={counts}\nG:systemd\n")
    if not node.path(DEFAULT_PATH).exists():
        node.write(DEFAULT_PATH, DEFAULT_LINK)


def function(node, number, *, name="eno1", driver="igbvf", flags="0x1002", above="", link=True):
    """Add a virtual function of a card; link says whether its network link is to be seen."""
    folder = f"{NET}/{name}/device/virtfn{number}"
    node.write(f"{folder}/vendor", "0x8086\n")
    if driver:
        node.link(f"{folder}/driver", f"../../../bus/pci/drivers/{driver}")
    if link:
        node.write(f"{folder}/net/{name}v{number}/flags", f"{flags}\n")
        if above:
            node.write(f"{folder}/net/{name}v{number}/{above}")
