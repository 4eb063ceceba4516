"""VMmanager: the interfaces' files, the resolver, and what the node reaches."""

from __future__ import annotations

from tests.support.hosts import Case

KVM, LXD, ROUTING, FABRIC = (
    "vmmanager-kvm",
    "vmmanager-lxd",
    "vmmanager-routing",
    "vmmanager-fabric",
)

MIRROR = "connect mirrors.almalinux.org 443"
ARCHIVE, SECURITY = "connect archive.ubuntu.com 80", "connect security.ubuntu.com 80"
REFUSED = {"error": "mirrors.almalinux.org port 443: [Errno 111] Connection refused"}
NO_NAME = {
    "error": "mirrors.almalinux.org port 443: [Errno -3] Temporary failure in name resolution"
}

INTERNET = (
    Case("VMM-039", KVM, "pass", "mirrors.almalinux.org port 443"),
    Case("VMM-039", ROUTING, "pass"),
    Case("VMM-039", LXD, "pass", "archive.ubuntu.com port 80"),
    Case("VMM-039", FABRIC, "skip", "ip-fabric"),
    Case("VMM-039", KVM, "fail", "Connection refused", commands={MIRROR: REFUSED}),
    Case("VMM-039", KVM, "fail", "name resolution", commands={MIRROR: NO_NAME}),
    Case(
        "VMM-039", LXD, "warn", "not reached: security.ubuntu.com port 80",
        commands={SECURITY: {"error": "security.ubuntu.com port 80: timed out"}},
    ),
    Case(
        "VMM-039", LXD, "fail", "archive.ubuntu.com port 80, security.ubuntu.com port 80",
        commands={ARCHIVE: {"error": "timed out"}, SECURITY: {"error": "timed out"}},
    ),
    # A mirror in the cluster's own network will do.
    Case(
        "VMM-039", KVM, "pass", "192.0.2.60 port 8080",
        files={
            "/etc/yum.repos.d/almalinux.repo": "[baseos]\nbaseurl=http://192.0.2.60:8080/b\n"
        },
        commands={"connect 192.0.2.60 8080": ""},
    ),
    Case(
        "VMM-039", KVM, "unknown", "no enabled repository",
        files={"/etc/yum.repos.d/almalinux.repo": "[media]\nname=m\nbaseurl=file:///media/cdrom\n"},
    ),
    Case(
        "VMM-039", KVM, "unknown", "through a proxy", commands={MIRROR: REFUSED},
        files={"/etc/yum.conf": "[main]\ngpgcheck=1\nproxy=http://192.0.2.60:3128\n"},
    ),
    Case("VMM-039", KVM, "unknown", "connect is not installed", commands={MIRROR: None}),
    Case(
        "VMM-039", KVM, "unknown", "no time was left",
        commands={MIRROR: {"error": "mirrors.almalinux.org port 443: no time was left for it"}},
    ),
)  # fmt: skip

IFCFG = "/etc/sysconfig/network-scripts/ifcfg-eno1"
KEYFILE = "/etc/NetworkManager/system-connections/eno1.nmconnection"
NETPLAN = "/etc/netplan/00-installer-config.yaml"
LEASE = "/var/lib/NetworkManager/internal-8f4b2c7e-6b0c-4c55-9d0e-0f4f3d1c7a11-eno1.lease"
DHCLIENT = (
    'lease {\n  interface "eno1";\n  fixed-address 192.0.2.11;\n'
    "  renew 5 2026/11/20 18:00:00;\n  expire 6 %s;\n}\n"
)

STAT = "777 (dhclient) S 1 777 777 0 -1 4194560 100 0 0 0 5 5 0 0 20 0 1 0 1500 1000 10 184\n"

STATIC = (
    Case("VMM-041", KVM, "pass", f"eno1 static in {IFCFG}"),
    Case("VMM-041", LXD, "pass", f"eno1 static in {NETPLAN}"),
    Case("VMM-041", KVM, "pass", system="centos-7"),
    Case("VMM-041", KVM, "pass", system="ubuntu-22.04"),
    Case(
        "VMM-041", KVM, "pass", "eno1 static in /etc/network/interfaces", system="debian-12",
    ),
    # No BOOTPROTO means no DHCP.
    Case(
        "VMM-041", KVM, "pass",
        files={IFCFG: "DEVICE=eno1\nONBOOT=yes\nIPADDR=192.0.2.11\nNETMASK=255.255.255.0\n"},
    ),
    Case(
        "VMM-041", KVM, "fail", f"eno1 dhcp in {IFCFG}",
        files={IFCFG: "DEVICE=eno1\nONBOOT=yes\nBOOTPROTO=dhcp\n"},
    ),
    Case(
        "VMM-041", KVM, "fail", f"eno1 dhcp in {IFCFG}",
        files={IFCFG: "DEVICE=eno1\nONBOOT=yes\nBOOTPROTO=dhcp\nIPADDR=192.0.2.11\nPREFIX=24\n"},
    ),
    Case(
        "VMM-041", KVM, "fail", "does not bring it up at boot",
        files={IFCFG: "DEVICE=eno1\nONBOOT=no\nBOOTPROTO=none\nIPADDR=192.0.2.11\nPREFIX=24\n"},
    ),
    Case(
        "VMM-041", KVM, "fail", "no file gives an interface 192.0.2.11",
        files={IFCFG: "DEVICE=eno1\nONBOOT=yes\nBOOTPROTO=none\nIPADDR=192.0.2.12\nPREFIX=24\n"},
    ),
    Case("VMM-041", KVM, "fail", "no file gives", files={IFCFG: None}),
    Case(
        "VMM-041", KVM, "pass", f"eno1 static in {KEYFILE}",
        files={
            IFCFG: None,
            KEYFILE: "[connection]\nid=eno1\nuuid=1\ntype=ethernet\ninterface-name=eno1\n\n[ipv4]\n"
            "address1=192.0.2.11/24,192.0.2.1\nmethod=manual\n",
        },
    ),
    Case(
        "VMM-041", KVM, "fail", f"eno1 dhcp in {KEYFILE}",
        files={
            IFCFG: None,
            KEYFILE: "[connection]\nid=eno1\ntype=ethernet\ninterface-name=eno1\n"
            "[ipv4]\nmethod=auto\n",
        },
    ),
    # netplan without dhcp4 means no DHCP; a later file may say otherwise.
    Case(
        "VMM-041", LXD, "fail", "eno1 dhcp in /etc/netplan/50-cloud-init.yaml",
        files={
            "/etc/netplan/50-cloud-init.yaml":
                "network:\n  version: 2\n  ethernets:\n    eno1:\n      dhcp4: true\n"
        },
    ),
    Case(
        "VMM-041", LXD, "unknown", f"{NETPLAN}: line 3",
        files={NETPLAN: "network:\n  ethernets:\n    eno1: &eno1\n      dhcp4: true\n"},
    ),
    Case("VMM-041", KVM, "unknown", "declares no address", plan={"declared/address": None}),
    # After the join the address is the bridge's.
    Case(
        "VMM-041", ROUTING, "pass", "vmbr0 static",
        files={
            IFCFG: "DEVICE=eno1\nONBOOT=yes\nBRIDGE=vmbr0\nBOOTPROTO=none\n",
            "/etc/sysconfig/network-scripts/ifcfg-vmbr0":
                "DEVICE=vmbr0\nTYPE=Bridge\nONBOOT=yes\nBOOTPROTO=static\n"
                "IPADDR=192.0.2.11\nPREFIX=24\n",
        },
    ),
    # A DHCP client that runs, whatever the file says.
    Case(
        "VMM-041", KVM, "fail", "dhclient runs for eno1",
        files={
            "/proc/777/stat": STAT,
            "/proc/777/cmdline": "/sbin/dhclient\0-pf\0/run/dhclient-eno1.pid\0eno1\0",
        },
    ),
    Case(
        "VMM-041", KVM, "pass",
        files={
            "/proc/777/stat": STAT,
            "/proc/777/cmdline": "/sbin/dhclient\0-pf\0/run/dhclient-eno2.pid\0eno2\0",
        },
    ),
    # The lease of the installer, whose client is gone.
    Case(
        "VMM-041", KVM, "pass", system="debian-12",
        files={"/var/lib/dhcp/dhclient.eno1.leases": DHCLIENT % "2026/11/22 00:00:00"},
    ),
    # Where processes cannot be seen the lease's end decides: the second before, at, after it.
    *(
        Case(
            "VMM-041", KVM, status, system="debian-12",
            files={"/var/lib/dhcp/dhclient.eno1.leases": DHCLIENT % end},
            facts={"interface_files/clients": {"unknown": "/proc shows no processes"}},
        )
        for end, status in (
            ("2026/11/20 23:59:59", "pass"), ("2026/11/21 00:00:00", "fail"),
            ("2026/11/21 00:00:01", "fail"),
        )
    ),
    Case(
        "VMM-041", LXD, "fail", "a lease of networkd for eno1",
        files={"/run/systemd/netif/leases/2": "ADDRESS=192.0.2.11\nNETMASK=255.255.255.0\n"},
    ),
    # The connection became static and kept its id and its old lease.
    Case(
        "VMM-041", KVM, "pass",
        files={
            LEASE: "ADDRESS=192.0.2.11\n",
            "/run/NetworkManager/devices/2":
                "[device]\nconnection-uuid=8f4b2c7e-6b0c-4c55-9d0e-0f4f3d1c7a11\n",
        },
    ),
    Case(
        "VMM-041", KVM, "fail", "a lease of NetworkManager for eno1",
        files={
            LEASE.replace("8f4b", "0000"): "ADDRESS=192.0.2.44\n",
            "/run/NetworkManager/devices/2":
                "[device]\nconnection-uuid=00002c7e-6b0c-4c55-9d0e-0f4f3d1c7a11\n",
        },
    ),
)  # fmt: skip

PING = "ping -n -c 1 -W 2 192.0.2.1"
PING_6 = "ping -n -c 1 -W 2 fe80::1%eno1"
SILENT = {"error": "exit status 1: PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data."}
ROUTES = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
TWO = (
    "eno2 00000000 FE0200C0 0003 0 0 200 00000000 0 0 0\n"
    "eno1 00000000 010200C0 0003 0 0 100 00000000 0 0 0\n"
)

GATEWAY = (
    Case("VMM-043", KVM, "pass", "192.0.2.1 by eno1 answers in 0.336 ms"),
    Case("VMM-043", ROUTING, "pass", "fe80::1 by eno1 answers"),
    Case("VMM-043", KVM, "fail", "192.0.2.1 by eno1 does not answer", commands={PING: SILENT}),
    Case("VMM-043", ROUTING, "fail", "fe80::1 by eno1", commands={PING_6: SILENT}),
    Case(
        "VMM-043", KVM, "fail", "does not answer",
        commands={PING: {"error": "exit status 2: ping: connect: Network is unreachable"}},
    ),
    Case("VMM-043", KVM, "unknown", "ping is not installed", commands={PING: None}),
    Case(
        "VMM-043", KVM, "unknown", "not permitted",
        commands={PING: {"error": "exit status 2: ping: socket: Operation not permitted"}},
    ),
    Case("VMM-043", KVM, "fail", "no default route for IPv4", files={"/proc/net/route": ROUTES}),
    Case(
        "VMM-043", ROUTING, "fail", "no default route for IPv6",
        files={"/proc/net/ipv6_route": ""},
    ),
    # The lowest metric counts, not the other one.
    Case("VMM-043", KVM, "pass", "192.0.2.1 by eno1", files={"/proc/net/route": ROUTES + TWO}),
    Case(
        "VMM-043", KVM, "fail", "192.0.2.254 by eno2",
        files={"/proc/net/route": ROUTES + TWO.replace(" 200 ", " 99 ")},
        commands={"ping -n -c 1 -W 2 192.0.2.254": SILENT},
    ),
    Case(
        "VMM-043", KVM, "unknown", "eno1 names no gateway",
        files={"/proc/net/route": ROUTES + "eno1 00000000 00000000 0001 0 0 0 00000000 0 0 0\n"},
    ),
    Case("VMM-043", KVM, "unknown", "/proc/net/route", files={"/proc/net/route": None}),
)  # fmt: skip

HOSTS = (
    Case("VMM-048", KVM, "pass", "192.0.2.11 node1.example.com"),
    Case("VMM-048", KVM, "pass", files={"/etc/hosts": "192.0.2.11 node1.example.com\n"}),
    Case("VMM-048", KVM, "pass", files={"/etc/hosts": "192.0.2.11 node1 NODE1.example.com\n"}),
    Case(
        "VMM-048", KVM, "fail", "no line for node1.example.com",
        files={"/etc/hosts": "127.0.0.1 localhost\n#192.0.2.11 node1.example.com\n"},
    ),
    Case(
        "VMM-048", KVM, "fail", "192.0.2.12 node1.example.com",
        files={"/etc/hosts": "192.0.2.12 node1.example.com\n"},
    ),
    Case(
        "VMM-048", KVM, "fail", "192.0.2.12",
        files={"/etc/hosts": "192.0.2.11 node1.example.com\n192.0.2.12 node1.example.com\n"},
    ),
    Case("VMM-048", KVM, "fail", files={"/etc/hosts": "127.0.1.1 node1.example.com\n"}),
    Case(
        "VMM-048", KVM, "warn", "127.0.1.1 node1.example.com",
        files={"/etc/hosts": "127.0.1.1 node1.example.com\n192.0.2.11 node1.example.com\n"},
    ),
    Case("VMM-048", KVM, "unknown", files={"/etc/hosts": None, "/etc/hosts/": ""}),
    Case("VMM-048", KVM, "unknown", "declares no address", plan={"declared/address": None}),
)  # fmt: skip

RESOLV = "/etc/resolv.conf"
FOUR = "".join(f"nameserver 192.0.2.{number}\n" for number in (50, 51, 52, 53))

RESOLVER = (
    Case("VMM-049", KVM, "pass", "2: 192.0.2.53, 192.0.2.54"),
    Case("VMM-049", KVM, "fail", "no valid nameserver", files={RESOLV: "search example.com\n"}),
    Case("VMM-049", KVM, "fail", "but ns1", files={RESOLV: "nameserver ns1.example.com\n"}),
    Case("VMM-049", KVM, "pass", "1: ", files={RESOLV: "nameserver 192.0.2.53\n"}),
    Case("VMM-049", KVM, "pass", "3: ", files={RESOLV: FOUR.partition("\n")[2]}),
    Case("VMM-049", KVM, "warn", "4: ", files={RESOLV: FOUR}),
    Case("VMM-049", KVM, "unknown", files={RESOLV: None, f"{RESOLV}/": ""}),
    Case(
        "VMM-049", LXD, "unknown", "not captured",
        files={"/run/systemd/resolve/stub-resolv.conf": None},
    ),
    Case("VMM-050", LXD, "pass", "DNS=192.0.2.53 192.0.2.54"),
    Case("VMM-050", KVM, "skip", "127.0.0.53"),
    Case(
        "VMM-050", LXD, "fail", "no DNS= in resolved.conf",
        files={"/etc/systemd/resolved.conf": "[Resolve]\n#DNS=\n"},
    ),
    # One such line among others is enough to ask it.
    Case(
        "VMM-050", KVM, "fail", files={RESOLV: "nameserver 192.0.2.53\nnameserver 127.0.0.53\n"},
    ),
    Case(
        "VMM-050", LXD, "pass", "DNS=2001:db8::53",
        files={
            "/etc/systemd/resolved.conf": "[Resolve]\n",
            "/usr/lib/systemd/resolved.conf.d/a.conf": "[Resolve]\nDNS=2001:db8::53\n",
        },
    ),
    Case(
        "VMM-050", LXD, "fail",
        files={"/etc/systemd/resolved.conf.d/z.conf": "[Resolve]\nDNS=\n"},
    ),
    Case(
        "VMM-050", LXD, "fail", "DNS=127.0.0.53",
        files={"/etc/systemd/resolved.conf": "[Resolve]\nDNS=127.0.0.53\n"},
    ),
    Case(
        "VMM-050", LXD, "unknown",
        files={"/etc/systemd/resolved.conf": None, "/etc/systemd/resolved.conf/": ""},
    ),
)  # fmt: skip

NM = "/etc/NetworkManager/NetworkManager.conf"
SNIPPET = "/etc/NetworkManager/conf.d/90-dns.conf"
NM_UNIT = "NetworkManager.service"
WANTS = f"/etc/systemd/system/multi-user.target.wants/{NM_UNIT}"
GROUP = f"/sys/fs/cgroup/systemd/system.slice/{NM_UNIT}/"

NETWORKMANAGER = (
    Case("VMM-051", KVM, "pass", "dns=none"),
    Case("VMM-051", LXD, "skip", "neither enabled nor running"),
    Case("VMM-051", KVM, "fail", "dns is not set", files={NM: "[main]\n#dns=none\n"}),
    Case("VMM-051", KVM, "fail", "dns is not set", files={NM: "[logging]\ndns=none\n"}),
    Case("VMM-051", KVM, "fail", "dns is not set", files={NM: None}),
    Case("VMM-051", KVM, "fail", "dns=default", files={SNIPPET: "[main]\ndns=default\n"}),
    Case("VMM-051", KVM, "pass", files={NM: "[main]\n", SNIPPET: "[main]\ndns = none\n"}),
    # What packages bring counts less than the main file.
    Case(
        "VMM-051", KVM, "pass",
        files={"/usr/lib/NetworkManager/conf.d/99.conf": "[main]\ndns=systemd-resolved\n"},
    ),
    Case(
        "VMM-051", KVM, "skip", "rc-manager=unmanaged",
        files={NM: "[main]\nrc-manager=unmanaged\n"},
    ),
    # Enabled, though not running now; or running, though not enabled.
    Case("VMM-051", KVM, "fail", files={NM: "[main]\n", GROUP: None}),
    Case("VMM-051", KVM, "fail", files={NM: "[main]\n"}, links={WANTS: None}),
    Case("VMM-051", KVM, "skip", files={NM: "[main]\n", GROUP: None}, links={WANTS: None}),
    Case(
        "VMM-051", KVM, "unknown", "depends on 'env:X'",
        files={SNIPPET: "[.config]\nenable=env:X\n[main]\ndns=none\n"},
    ),
)  # fmt: skip

CASES = (*INTERNET, *STATIC, *GATEWAY, *HOSTS, *RESOLVER, *NETWORKMANAGER)
