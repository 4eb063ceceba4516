"""What belongs to a minimal system, what to a platform, and what is known to be additional.

Names are exact or patterns as of a shell. The sets are of the minimal editions of CentOS 7 and
AlmaLinux 8 (redhat), of Debian 10 to 13 and of Ubuntu Server 18.04 to 22.04 (debian); libraries,
firmware, fonts and language data are told by their names.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of additional service: its units, programs and packages."""

    name: str
    units: str
    programs: str
    packages: str


#: What no node needs beside its guests.
ADDITIONAL = (
    Kind(
        "web server",
        "apache2 caddy haproxy httpd lighttpd nginx php*-fpm squid tomcat* varnish",
        "apache2 caddy haproxy httpd lighttpd nginx php-fpm* squid varnishd",
        "apache2 caddy haproxy httpd lighttpd nginx nginx-core nginx-full nginx-light php*-fpm"
        " squid tomcat* varnish",
    ),
    Kind(
        "database",
        "cassandra clickhouse* elasticsearch etcd influxd* mariadb* memcached mongod* mysql*"
        " opensearch postgresql* redis*",
        "clickhouse-serv* etcd influxd mariadbd memcached mongod mysqld postgres postmaster"
        " redis-server",
        "clickhouse-server elasticsearch etcd etcd-server influxdb* MariaDB-server"
        " mariadb-server* memcached mongodb* mysql-community-server mysql-server* opensearch"
        " postgresql postgresql-[0-9]* postgresql-server postgresql[0-9]*-server redis"
        " redis-server",
    ),
    Kind(
        "mail server",
        "dovecot sendmail",
        "dovecot sendmail-mta",
        "dovecot* sendmail sendmail-bin",
    ),
    Kind(
        "name server",
        "bind9 named nsd pdns* unbound",
        "named nsd pdns_server unbound",
        "bind bind9 nsd pdns* unbound",
    ),
    Kind(
        "file server",
        "nfs-kernel-server nfs-server nmb nmbd proftpd smb smbd tgtd vsftpd",
        "nmbd proftpd smbd tgtd vsftpd",
        "nfs-kernel-server proftpd* samba scsi-target-utils tgt vsftpd",
    ),
    Kind(
        "container engine",
        "containerd* crio docker* k3s* kubelet podman",
        "containerd crio dockerd k3s* kubelet",
        "containerd containerd.io cri-o docker docker-ce docker.io kubelet podman",
    ),
    Kind(
        "other server",
        "cockpit* cups* gdm gdm3 gitlab* jenkins lightdm rabbitmq-server webmin xrdp"
        " zabbix-server*",
        "cupsd gdm3 lightdm rabbitmq-server xrdp zabbix_server",
        "cockpit cups gdm gdm3 gitlab-* jenkins lightdm rabbitmq-server webmin xrdp zabbix-server*",
    ),
)

#: By family, "" being common to all: units without their suffix.
_UNITS = {
    "": """
        acpid auditd blk-availability bmc-* chrony chronyd console-* cron crond dbus* dm-event
        e2scrub* edac* fstrim getty* haveged ipmi* irqbalance iscsi* iscsid kexec* kmod* ldconfig
        logrotate lvm2-* man-db mcelog mdadm* mdcheck* mdmonitor* microcode multipathd nftables ntp
        ntpd ntpsec nvme* open-vm-tools* postfix qemu-guest-agent quotaon rc-local rngd rpcbind
        rsyslog salt-* serial-getty smartd smartmontools ssh sshd sshd-* sysstat* systemd-* tuned
        udisks2 vgauthd vmtoolsd
    """,
    "debian": """
        accounts-daemon anacron apparmor apport* apt-* atd cloud-* cpufrequtils esm-* exim4 finalrd
        fwupd* grub-* ifup* ifupdown-* keyboard-setup lxd-agent* ModemManager motd-news*
        multipath-tools netplan-* networkd-dispatcher networking ondemand open-iscsi packagekit*
        plymouth* pollinate procps* resolvconf* secureboot-db setvtrgb snap.* snapd* syslog thermald
        ua-* ubuntu-* udev* ufw unattended-upgrades uuidd* vgauth wpa_supplicant* x11-common
    """,
    "redhat": """
        dnf-* dracut-shutdown firewalld import-state ip6tables iptables kdump* loadmodules
        network NetworkManager* nis-domainname rdisc rhel-* selinux-* sssd* timedatex
    """,
}

_PROGRAMS = {
    "": """
        chronyd dhclient init iscsid master multipathd ntpd rpcbind rsyslogd salt-* salt_* sshd
        systemd*
    """,
    "debian": """
        dhcpcd exim4 networkd-dispat* snapd
    """,
    "redhat": """
        NetworkManager
    """,
}

_PACKAGES = {
    "": """
        *-common *-data *-filesystem *-firmware *-langpack* *-libs *-selinux acl acpica* acpid
        amd64-microcode anacron at attr audit* bash bash-completion bc bind-utils bind9-*
        bridge-utils brotli btrfs-* bzip2* c-ares ca-certificates chrony cloud-* conntrack*
        coreutils* cpio cracklib* cryptsetup* curl cyrus-sasl* dash dbus* device-mapper* diffutils
        dmidecode dmraid* dosfstools dracut* e2fsprogs* ebtables ed efi* elfutils* ethtool expat
        file filesystem findutils fonts-* freeipmi* fuse* gawk gcc-*-base gdbm* gdisk gettext*
        glibc* gmp gnupg* gnutls gpg* grep groff* grub* gzip haveged hdparm hostname hwdata info
        initscripts ipcalc ipmitool iproute* ipset* iptables* iputils* irqbalance iucode-tool
        jansson json-c kbd* kernel* kexec-tools keyutils kmod* krb5-* ldap* less lib* linux-*
        logrotate logsave lshw lsof lsscsi lvm2* lz4 lzo mailcap man man-db manpages* mdadm
        microcode* mokutil mpfr multipath-tools* nano ncurses* net-tools netcat* nettle newt
        nftables nspr nss* ntp* numactl* nvme-cli openipmi* openldap* openssh* openssl* os-prober
        p11-kit* pam* parted passwd patch pciutils* pcre* perl* pinentry* policycoreutils* polkit*
        popt postfix procps* psmisc python* qemu-guest-agent quota* readline* rng-tools* rootfiles
        rsync* rsyslog* salt* screen sed selinux-* setup sg3_utils* shared-mime* shim* slang
        smartmontools sqlite* strace sudo sysstat systemd* tar tcpdump telnet terminfo* time tmux
        tpm2-* traceroute trousers* tuned* tzdata unzip usb.ids usbutils util-linux* vim* virt-what
        vlan wget which xfsdump xfsprogs xkb* xz* zip zlib* zstd
    """,
    "debian": """
        accountsservice adduser alsa-* apparmor* apport* apt* base-files base-passwd binutils*
        bsd-mailx bsdextrautils bsdmainutils bsdutils byobu command-* console-setup* cpp-*
        cpufrequtils cron cron-daemon-common dctrl-tools debconf* debian-* debianutils dhcpcd*
        dirmngr discover* distro-info* dmeventd dmsetup dnsutils dpkg* eatmydata eject exim4* fdisk
        finalrd firmware-* friendly-recovery ftp fwupd* geoip-* git git-man hicolor-* htop ifenslave
        ifupdown* info init init-system-helpers initramfs-tools* install-info installation-report
        intel-microcode isc-dhcp-* iso-codes keyboard-configuration landscape-* language-*
        laptop-detect locales* login* lsb-* lxd-agent* lxd-installer make mawk media-types
        mime-support motd-* mount mtr-tiny netbase netplan* networkd-dispatcher open-iscsi*
        open-vm-tools* overlay* packagekit* plymouth* pollinate popularity-contest powermgmt-base
        publicsuffix reportbug resolvconf run-one runit-helper s-nail sbsigntool secureboot-*
        sensible-utils sgml-* snapd* software-properties-* sosreport sqv ssh-import-id
        sysvinit-utils task-* tasksel* tcl* tcpd thermald thin-* tnftp tree ubuntu-* ucf udev ufw
        unattended-upgrades update-* usr-is-merged usrmerge uuid-runtime wamerican whiptail
        wireless-* wpasupplicant x11-* xauth xdg-user-dirs xterm xxd zerofree
    """,
    "redhat": """
        almalinux-* authconfig authselect* basesystem biosdevname boost* centos-* checkpolicy
        chkconfig cronie* crontabs crypto-policies* dbxtool deltarpm dhcp-* dnf* firewalld* GeoIP
        gobject-* gpg-pubkey gpgme hyperv-daemons* ima-evm-utils isl* ivtv-* kpatch* langpacks*
        memstrack mozjs* network-scripts NetworkManager* nmap-ncat oddjob* platform-python*
        plymouth* pth pygpgme pyliblzma pyxattr redhat-* rpm* shadow-utils snappy sos squashfs*
        sssd* teamd timedatex ustr wpa_supplicant yum*
    """,
}

#: By platform: units, programs and packages of its own software.
_PLATFORMS = {
    "vmmanager": (
        "dnsmasq frr isp* libvirt* lxcfs lxd* ndppd qemu-* radvd virt* vm-* zed zfs*",
        "bfdd bgpd dnsmasq kvm libvirtd lxd mgmtd ndppd qemu-* radvd staticd virt* watchfrr zebra",
        "autogen* celt* dnsmasq* edk2* frr* gssproxy guestfs* ipxe* iscsi-initiator* isp*"
        " libvirt* lttng* lxc* lxd* mdevctl nbdkit* ndppd netcf* nfs-utils osinfo* ovmf qemu*"
        " radvd rdma-core rpcbind seabios* sgabios* spice* supermin* swtpm* usbredir*"
        " virglrenderer* virt-* vm-* zfs*",
    ),
    "ganeti": (
        "drbd* frr ganeti* libvirt* openvswitch* ovs-* qemu-* xen* xend* xl*",
        "dnsmasq ganeti-* kvm qemu-* socat xenconsoled xend xenstored xl",
        "arping ceph-common debootstrap dkms drbd* dump fping ganeti* ipxe* kpartx"
        " module-assistant ndisc6 openvswitch* ovmf qemu* rbd* seabios socat spice* xen*",
    ),
}


class Names:
    """A set of names, some of them patterns."""

    def __init__(self, texts: Iterable[str]) -> None:
        words = {word for text in texts for word in text.split()}
        self.plain = {word for word in words if not any(char in word for char in "*?[")}
        patterns = sorted(words - self.plain)
        self.pattern = re.compile("|".join(map(fnmatch.translate, patterns)) or r"(?!)")

    def __contains__(self, name: str) -> bool:
        return name in self.plain or self.pattern.match(name) is not None


def kind_of(what: str, name: str) -> str:
    """Return the kind of additional service that ``name`` is of, or "".

    what says what it is the name of: ``units`` (without their suffix), ``programs`` or
    ``packages``.
    """
    if name not in _additional(what, ADDITIONAL):  # nearly every name, told by one look
        return ""
    return next(kind.name for kind in ADDITIONAL if name in _additional(what, (kind,)))


@cache
def base(what: str, family: str, platform: str) -> Names:
    """Return what is expected on a node: of the minimal system, muster and the platform."""
    place = ("units", "programs", "packages").index(what)
    known = (_UNITS, _PROGRAMS, _PACKAGES)[place]
    own = _PLATFORMS.get(platform, ("", "", ""))[place]
    return Names((known[""], known.get(family, ""), own))


@cache
def _additional(what: str, kinds: tuple[Kind, ...]) -> Names:
    return Names(getattr(kind, what) for kind in kinds)
