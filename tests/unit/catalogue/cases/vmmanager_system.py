"""VMmanager's rows of the system: repositories, services, packages, updates, SELinux, time."""

from tests.support.hosts import NOW, Case
from tests.support.installed import RPM, dpkg, rpm

KVM, LXD = "vmmanager-kvm", "vmmanager-lxd"
DAY = 86400
GROUPS = "/sys/fs/cgroup/systemd/system.slice"
WANTS = "/etc/systemd/system/multi-user.target.wants"
UNITS = "/usr/lib/systemd/system"
REPO = "/etc/yum.repos.d/other.repo"
LIST = "/etc/apt/sources.list.d/other.list"
BASHRC = "/root/.bashrc"
SELINUX = "/etc/selinux/config"
TRACKING = "chronyc -c -n tracking"
CONTAINER = "/var/lib/docker/containers/0123/config.v2.json"
LIBVIRTD = "/proc/900"

EPEL = (
    "[epel]\nname=Extra Packages\nmetalink=https://mirrors.fedoraproject.org/metalink?repo=epel-8\n"
    "enabled=1\ngpgcheck=1\n"
)
MIRROR = (
    "[baseos]\nname=Mirror\nbaseurl=https://mirror.example.net/almalinux/8/BaseOS/x86_64/os/\n"
    "enabled=1\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-AlmaLinux\n"
)
TCP = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout\n"
    "   0: {}:{:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 {} 1 0 100\n"
)


def enabled(unit):
    return {"files": {f"{UNITS}/{unit}": "[Service]\n"},
            "links": {f"{WANTS}/{unit}": f"{UNITS}/{unit}"}}  # fmt: skip


def process(pid, name):
    return {f"/proc/{pid}/stat": f"{pid} ({name}) S 1" + " 0" * 17 + " 5000 0 0\n"}


def listening(name, port, address="00000000"):
    files = {**process(700, name), "/proc/net/tcp": TCP.format(address, port, 31337)}
    return {"files": files, "links": {"/proc/700/fd/6": "socket:[31337]"}}


def bashrc(line):
    return {BASHRC: f"# .bashrc\n\nalias rm='rm -i'\n{line}\n"}


def maps(path):
    return {f"{LIBVIRTD}/maps": f"7f00-7f10 r-xp 00000000 fd:00 1235 {path}\n"}


def tracking(**changes):
    fields = ["C0000201", "192.0.2.1", "3", "1795219170.1", "-0.00001", "0.00001", "0.00002",
              "-12.3", "0.001", "0.012", "0.0005", "0.0001", "64.5", "Normal"]  # fmt: skip
    for place, value in changes.items():
        fields[int(place[1:])] = value
    return {TRACKING: ",".join(fields) + "\n"}


def days_old(days):
    return rpm("almalinux-8.9", changed=int(NOW) - days * DAY)


CASES = (
    Case("VMM-002", KVM, "pass", "192.0.2.5"),
    Case("VMM-002", KVM, "pass", "no platform here", plan={"declared/platform_address": None}),
    Case("VMM-002", KVM, "fail", "vm_box",
         files={CONTAINER: '{"ID":"0123","Name":"/vm_box","Config":{"Env":["PASSWORD=x"]}}'}),
    Case("VMM-002", KVM, "pass", files={CONTAINER: '{"ID":"0123","Name":"/registry"}'}),
    Case("VMM-002", KVM, "fail", "192.0.2.11", plan={"declared/platform_address": "192.0.2.11"}),
    Case("VMM-002", KVM, "unknown", "not a regular file", files={f"{CONTAINER}/": ""}),

    Case("VMM-023", KVM, "pass", "3 of almalinux"),
    Case("VMM-023", KVM, "fail", "epel (/etc/yum.repos.d/other.repo)", files={REPO: EPEL}),
    Case("VMM-023", KVM, "pass", files={REPO: EPEL.replace("enabled=1", "enabled=0")}),
    Case("VMM-023", KVM, "pass", files={REPO: EPEL},
         plan={"declared/repositories": ["mirrors.fedoraproject.org"]}),
    # A mirror of the distribution has its names and its key.
    Case("VMM-023", KVM, "pass", "4 of almalinux", files={REPO: MIRROR}),
    Case("VMM-023", KVM, "fail", "baseos", files={REPO: MIRROR.replace("AlmaLinux", "Other")}),
    Case("VMM-023", KVM, "pass", "2 of centos", system="centos-7",
         files={"/etc/yum.repos.d/almalinux.repo": None}),
    Case("VMM-023", LXD, "pass", "3 of ubuntu"),
    Case("VMM-023", LXD, "fail", "https://download.docker.com/linux/ubuntu",
         files={LIST: "deb [arch=amd64] https://u:pw@download.docker.com/linux/ubuntu f stable\n"}),
    Case("VMM-023", LXD, "pass", files={LIST: "# deb http://ppa.example.net/ubuntu focal main\n"}),
    Case("VMM-023", LXD, "fail", "mirror.example.net",
         files={LIST: "deb http://mirror.example.net/ubuntu focal main\n"}),
    # The Release file that apt verified says whose packages a mirror has.
    Case("VMM-023", LXD, "pass", "4 of ubuntu",
         files={LIST: "deb http://mirror.example.net/ubuntu focal main\n",
                "/var/lib/apt/lists/mirror.example.net_ubuntu_dists_focal_InRelease":
                    "Origin: Ubuntu\nLabel: Ubuntu\n"}),
    Case("VMM-023", LXD, "fail", "archive.ubuntu.com",
         files={"/var/lib/apt/lists/archive.ubuntu.com_ubuntu_dists_focal_InRelease":
                    "Origin: LP-PPA-somebody\n"}),
    Case("VMM-023", LXD, "unknown", "not a regular file", files={f"{LIST}/": ""}),

    Case("VMM-024", KVM, "pass", "none of them additional"),
    Case("VMM-024", KVM, "fail", "nginx.service, enabled (web server)", **enabled("nginx.service")),
    Case("VMM-024", KVM, "fail", "mariadb.service, running (database)",
         files={f"{GROUPS}/mariadb.service/": ""}),
    Case("VMM-024", KVM, "fail", "postgres, running (database)", files=process(700, "postgres")),
    Case("VMM-024", KVM, "fail", "listens on 80/tcp (web server)", **listening("httpd", 80)),
    # nginx on the loopback still runs, a program of ours there is nobody's business.
    Case("VMM-024", KVM, "fail", "nginx, running", **listening("nginx", 80, "0100007F")),
    Case("VMM-024", KVM, "pass", **listening("agent", 8125, "0100007F")),
    Case("VMM-024", KVM, "warn", "agent, listens on 9100/tcp", **listening("agent", 9100)),
    Case("VMM-024", KVM, "warn", "backup.service, enabled", **enabled("backup.service")),
    Case("VMM-024", KVM, "warn", "not seen",
         files={"/proc/net/tcp": TCP.format("00000000", 9999, 5)}),
    # What the platform itself brings is no additional service.
    Case("VMM-024", KVM, "pass", **listening("libvirtd", 16514)),
    Case("VMM-024", KVM, "pass", **enabled("salt-minion.service")),
    Case("VMM-024", LXD, "pass", **listening("lxd", 8443)),
    Case("VMM-024", KVM, "unknown", "/proc/net/tcp",
         files={"/proc/net/tcp": None}),
    Case("VMM-024", KVM, "unknown", "control groups", files={"/sys/fs/cgroup/": None}),

    Case("VMM-025", KVM, "pass", "20 days"),
    Case("VMM-025", KVM, "pass", "89 days", commands=days_old(89)),
    Case("VMM-025", KVM, "pass", "90 days", commands=days_old(90)),
    Case("VMM-025", KVM, "warn", "91 days", commands=days_old(91)),
    Case("VMM-025", KVM, "warn", "4.18.0-513.24.1.el8_9.x86_64 runs",
         files={"/boot/vmlinuz-4.18.0-553.8.1.el8_10.x86_64": ""}),
    Case("VMM-025", KVM, "pass", files={"/boot/vmlinuz-4.18.0-513.5.1.el8_9.x86_64": ""}),
    Case("VMM-025", KVM, "unknown", "rpm", commands={RPM: {"error": "database is locked"}}),
    Case("VMM-025", LXD, "pass", "20 days"),
    Case("VMM-025", LXD, "warn", "12 updates are due",
         files={"/var/lib/update-notifier/updates-available":
                    "\n12 updates can be applied immediately.\n3 of these are security.\n"}),
    Case("VMM-025", LXD, "warn", "asks for a reboot because of linux-base",
         files={"/run/reboot-required": "*** System restart required ***\n",
                "/run/reboot-required.pkgs": "linux-base\n"}),
    Case("VMM-025", LXD, "unknown", "dpkg.log", files={"/var/log/dpkg.log": None}),

    Case("VMM-030", KVM, "pass", "none"),
    Case("VMM-030", KVM, "fail", "line 4: PS1", files=bashrc("PS1='\\u@\\h# '")),
    Case("VMM-030", KVM, "fail", "line 4: PS1", files=bashrc("export PS1='\\u@\\h# '")),
    Case("VMM-030", KVM, "fail", "line 4: echo", files=bashrc('echo "Welcome to $(hostname)"')),
    Case("VMM-030", KVM, "fail", "line 4: figlet", files=bashrc("[ -t 1 ] && figlet node1")),
    Case("VMM-030", KVM, "fail", "line 4: PROMPT_COMMAND",
         files=bashrc("PROMPT_COMMAND='history -a'")),
    Case("VMM-030", KVM, "pass", files=bashrc("# PS1='\\u@\\h# '")),
    Case("VMM-030", KVM, "pass", files=bashrc("export EDITOR=vim PATH=$PATH:/opt/bin")),
    Case("VMM-030", KVM, "pass", files=bashrc("echo started >> /var/log/logins")),
    Case("VMM-030", KVM, "pass", files={BASHRC: None}),
    # Ubuntu's own file sets the prompt; a further line that does is somebody's.
    Case("VMM-030", LXD, "pass", "none"),
    Case("VMM-030", LXD, "fail", "line 4: PS1", files=bashrc("PS1='mine '")),
    Case("VMM-030", KVM, "unknown", "not a regular file", files={f"{BASHRC}/": ""}),

    Case("VMM-031", KVM, "pass", "python36"),
    Case("VMM-031", KVM, "fail", "missing: dmidecode",
         commands=rpm("almalinux-8.9", without=("dmidecode",))),
    Case("VMM-031", KVM, "fail", "missing: python3",
         commands=rpm("almalinux-8.9", without=("python36",))),
    Case("VMM-031", KVM, "pass", "python39",
         commands=rpm("almalinux-8.9", {"python39": "3.9.19-1"}, without=("python36",))),
    Case("VMM-031", LXD, "pass", "dmidecode"),
    Case("VMM-031", LXD, "fail", "missing: dmidecode",
         files=dpkg("vmmanager-lxd", without=("dmidecode",))),
    Case("VMM-031", KVM, "unknown", "locked", commands={RPM: {"error": "database is locked"}}),

    Case("VMM-032", KVM, "pass", "disabled"),
    Case("VMM-032", KVM, "pending", "permissive", files={"/sys/fs/selinux/enforce": "0"}),
    Case("VMM-032", KVM, "warn", "enforcing",
         files={"/sys/fs/selinux/enforce": "1", SELINUX: "SELINUX=enforcing\n"}),
    Case("VMM-032", KVM, "unknown", "sysfs", files={"/sys/": None}),
    Case("VMM-032", LXD, "pass", "disabled"),
    Case("VMM-033", KVM, "pass", "disabled"),
    Case("VMM-033", KVM, "warn", "permissive", files={SELINUX: "SELINUX=permissive\n"}),
    Case("VMM-033", KVM, "pass", "absent", files={SELINUX: None}),
    Case("VMM-033", KVM, "unknown", "no valid SELINUX=", files={SELINUX: "SELINUX=off\n"}),
    Case("VMM-034", KVM, "pass", "disabled"),
    Case("VMM-034", KVM, "pending", "enforcing", files={"/sys/fs/selinux/enforce": "1"}),

    Case("VMM-035", KVM, "pass", "libvirtd"),
    Case("VMM-035", KVM, "pending", "replaced files",
         files=maps("/usr/lib64/libvirt.so.0.8000.0 (deleted)")),
    Case("VMM-035", KVM, "pass", files=maps("/dev/zero (deleted)")),
    # It started 15 s after the boot, which was ten days ago.
    Case("VMM-035", KVM, "pass", commands=rpm("almalinux-8.9", changed=int(NOW) - 10 * DAY + 15)),
    Case("VMM-035", KVM, "pending", "older than the last update",
         commands=rpm("almalinux-8.9", changed=int(NOW) - 10 * DAY + 16)),
    Case("VMM-035", KVM, "pass", "no daemon",
         files={f"{LIBVIRTD}/": None}),
    Case("VMM-035", KVM, "unknown", "maps", files={f"{LIBVIRTD}/maps": None}),
    Case("VMM-035", LXD, "skip", "hypervisor"),

    Case("VMM-036", KVM, "pass", "192.0.2.1"),
    Case("VMM-036", LXD, "pass", "192.0.2.1"),
    Case("VMM-036", KVM, "fail", "Not synchronised", commands=tracking(_13="Not synchronised")),
    Case("VMM-036", KVM, "fail", "own local reference", commands=tracking(_0="7F7F0101")),
    Case("VMM-036", KVM, "fail", "follows no source", commands=tracking(_0="00000000")),
    Case("VMM-036", KVM, "fail", "stratum 16", commands=tracking(_2="16")),
    Case("VMM-036", KVM, "pass", commands=tracking(_2="15")),
    Case("VMM-036", KVM, "unknown", "506", commands={TRACKING: {"error": "506 Cannot talk"}}),
    Case("VMM-036", KVM, "fail", "not enabled", links={f"{WANTS}/chronyd.service": None}),
    Case("VMM-036", KVM, "fail", "ntpd.service", **enabled("ntpd.service")),
    Case("VMM-036", KVM, "fail", "ntpd.service",
         files={f"{UNITS}/ntpd.service": "[Service]\n", f"{GROUPS}/ntpd.service/": ""}),
    Case("VMM-036", KVM, "fail", "not installed",
         files={f"{UNITS}/chronyd.service": None}, links={f"{WANTS}/chronyd.service": None}),

    Case("VMM-037", KVM, "skip", "not ovh"),
    Case("VMM-037", KVM, "pass", "AlmaLinux", plan={"declared/provider": "ovh"}),
    Case("VMM-037", KVM, "fail", "of no package", plan={"declared/provider": "OVH"},
         files={"/proc/sys/kernel/osrelease": "5.15.0-mod-std-ipv6-64\n"}),
    Case("VMM-037", KVM, "fail", "the ELRepo Project", plan={"declared/provider": "ovh"},
         commands=rpm("almalinux-8.9", vendor="the ELRepo Project")),
    Case("VMM-037", LXD, "pass", "Ubuntu Kernel Team", plan={"declared/provider": "ovh"}),
    Case("VMM-037", LXD, "fail", "of no package", plan={"declared/provider": "ovh"},
         files={"/proc/sys/kernel/osrelease": "5.4.0-ovh\n"}),
    Case("VMM-037", KVM, "unknown", "osrelease", plan={"declared/provider": "ovh"},
         files={"/proc/sys/kernel/osrelease": None}),

    Case("VMM-060", KVM, "pass", "none beyond it"),
    Case("VMM-060", KVM, "pass",
         commands=rpm("almalinux-8.9", {"libvirt-daemon": "8.0.0-22", "qemu-kvm": "6.2.0-40"})),
    Case("VMM-060", KVM, "warn", "httpd; mc",
         commands=rpm("almalinux-8.9", {"mc": "4.8.19", "httpd": "2.4.37"})),
    Case("VMM-060", LXD, "pass", "none beyond it"),
    Case("VMM-060", LXD, "warn", "nginx-core",
         files=dpkg("vmmanager-lxd", {"nginx-core": "1.18.0-0ubuntu1.4"})),
    Case("VMM-060", KVM, "unknown", "rpm", commands={RPM: {"error": "database is locked"}}),
    Case("VMM-061", KVM, "pass", "none"),
    Case("VMM-061", KVM, "warn", "mariadb-server (database)",
         commands=rpm("almalinux-8.9", {"mariadb-server": "10.3.39"})),
    Case("VMM-061", KVM, "fail", "httpd.service, running",
         commands=rpm("almalinux-8.9", {"httpd": "2.4.37"}),
         files={f"{GROUPS}/httpd.service/": ""}),
    Case("VMM-061", LXD, "warn", "postgresql-12 (database)",
         files=dpkg("vmmanager-lxd", {"postgresql-12": "12.18-0ubuntu0.20.04.1"})),
    Case("VMM-061", KVM, "unknown", "rpm", commands={RPM: {"error": "database is locked"}}),
)  # fmt: skip
