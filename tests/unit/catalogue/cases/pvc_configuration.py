"""PVC: the interfaces' files, the ways to the coordinators, and the management controller."""

from __future__ import annotations

from tests.support.hosts import Case

OLD, NEW = "pvc", "pvc-new"

MAIN = "/etc/network/interfaces"
FOLDER = "/etc/network/interfaces.d"
LOOPBACK = "auto lo\niface lo inet loopback\n"
UPLINK = "auto bond0.100\niface bond0.100 inet"

MANUAL = (
    Case("PVC-047", OLD, "pass", "manual: bond0, bond0.100, bond0.101, bond0.102"),
    Case("PVC-047", NEW, "pass"),
    Case(
        "PVC-047", OLD, "warn", f"bond0.100 static in {FOLDER}/bond0.100",
        files={f"{FOLDER}/bond0.100": f"{UPLINK} static\n\taddress 192.0.2.11/24\n"},
    ),
    Case(
        "PVC-047", OLD, "warn", "bond0.100 dhcp",
        files={f"{FOLDER}/bond0.100": f"{UPLINK} dhcp\n"},
    ),
    Case(
        "PVC-047", OLD, "warn", "not configured: bond0.102", files={f"{FOLDER}/bond0.102": None},
    ),
    Case(
        "PVC-047", OLD, "warn", "eno9 dhcp in /etc/netplan/a.yaml",
        files={"/etc/netplan/a.yaml": "network:\n  ethernets:\n    eno9: {dhcp4: true}\n"},
    ),
    Case(
        "PVC-047", OLD, "unknown", "needs a shell",
        files={MAIN: f"source {FOLDER}/$(hostname)\n{LOOPBACK}"},
    ),
)  # fmt: skip

SPLIT = (
    Case("PVC-048", OLD, "pass", f"{FOLDER}/bond0"),
    Case("PVC-048", NEW, "pass"),
    Case("PVC-048", OLD, "fail", f"no line sources {FOLDER}/bond0", files={MAIN: LOOPBACK}),
    # A folder's files with a dot in their names are not read.
    Case(
        "PVC-048", OLD, "fail", f"no line sources {FOLDER}/bond0.100",
        files={MAIN: f"source-directory interfaces.d\n{LOOPBACK}"},
    ),
    Case(
        "PVC-048", OLD, "fail", f"eno1 in {MAIN}",
        files={MAIN: f"source {FOLDER}/*\n{LOOPBACK}\nauto eno1\niface eno1 inet manual\n"},
    ),
    Case(
        "PVC-048", OLD, "fail", f"eno1 in {FOLDER}/bond0",
        files={f"{FOLDER}/bond0": "iface bond0 inet manual\niface eno1 inet manual\n"},
    ),
    Case("PVC-048", OLD, "fail", "no interface", files={
        MAIN: LOOPBACK, **{f"{FOLDER}/bond0{part}": None for part in ("", ".100", ".101", ".102")},
    }),
    Case(
        "PVC-048", OLD, "unknown", "needs a shell", files={MAIN: "source ~/interfaces\n"},
    ),
)  # fmt: skip

SECOND, THIRD = (f"ping -n -c 1 -W 2 192.0.2.{number}" for number in (12, 13))
SILENT = {"error": "exit status 1: PING 192.0.2.13 (192.0.2.13) 56(84) bytes of data."}


def answer(milliseconds: str) -> str:
    """Return ping's line of an answer."""
    return f"64 bytes from 192.0.2.13: icmp_seq=1 ttl=64 time={milliseconds} ms\n"


WAYS = (
    Case("PVC-087", OLD, "pass", "at most 0.431 ms, to 192.0.2.13"),
    Case("PVC-087", OLD, "pass", "at most 4.99 ms", commands={THIRD: answer("4.99")}),
    Case("PVC-087", OLD, "pass", "at most 5 ms", commands={THIRD: answer("5.00")}),
    Case("PVC-087", OLD, "warn", "5.01 ms, to 192.0.2.13", commands={THIRD: answer("5.01")}),
    Case("PVC-087", OLD, "unknown", "no answer", commands={THIRD: SILENT}),
    Case("PVC-087", OLD, "unknown", "ping is not installed", commands={SECOND: None}),
    Case("PVC-087", OLD, "skip", "no other coordinator", plan={"declared/peers": None}),
    Case("PVC-087", OLD, "unknown", "was not tried", facts={"reach/targets": []}),
    Case("PVC-092", OLD, "pass", "3 of 3 reached"),
    Case("PVC-092", OLD, "warn", "no answer from 192.0.2.13", commands={THIRD: SILENT}),
    Case("PVC-092", OLD, "fail", "1 of 3 reached", commands={SECOND: SILENT, THIRD: SILENT}),
    # A hypervisor is none of the coordinators itself.
    Case(
        "PVC-092", OLD, "fail", "1 of 2 reached", commands={THIRD: SILENT},
        plan={"declared/role": "hypervisor"},
    ),
    Case("PVC-092", OLD, "unknown", "ping is not installed", commands={SECOND: None}),
    Case("PVC-092", OLD, "skip", "no other coordinator", plan={"declared/peers": None}),
)  # fmt: skip

LAN = "ipmitool lan print 1"

MANAGEMENT = (
    Case("PVC-099", NEW, "pass", "192.0.2.111 (Static Address)"),
    Case(
        "PVC-099",
        NEW,
        "fail",
        "has no address",
        commands={
            LAN: "IP Address Source       : DHCP Address\nIP Address              : 0.0.0.0\n"
        },
    ),
    Case("PVC-099", NEW, "fail", "no management controller", facts={"motherboard/bmc": False}),
    Case("PVC-099", NEW, "unknown", "ipmitool is not installed", commands={LAN: None}),
    Case(
        "PVC-099",
        NEW,
        "unknown",
        "Could not open device",
        commands={LAN: {"error": "exit status 1: Could not open device at /dev/ipmi0"}},
    ),
    Case("PVC-099", OLD, "skip", "edition 0.9.39"),
    Case("PVC-099", NEW, "skip", "for tier production", plan={"profile/tier": "test"}),
    Case("PVC-099", NEW, "pass", plan={"profile/tier": "heavy"}),
)

CASES = (*MANUAL, *SPLIT, *WAYS, *MANAGEMENT)
