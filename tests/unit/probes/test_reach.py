from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _gateways, _ping, _proxy, reach
from saltext.muster.probes.source import Absent, Unreadable, unknown

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
DEFAULT = "eno1\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
OTHER = "eno2\t00000000\tFE0200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
Z = "0" * 32
DEFAULT_6 = f"{Z} 00 {Z} 00 fe800000000000000000000000000001 00000400 1 0 00000003     eno1\n"
NULL_6 = f"{Z} 00 {Z} 00 {Z} ffffffff 00000001 00000000 00200200       lo\n"

ANSWER = (
    "PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\n"
    "64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.336 ms\n\n"
    "--- 192.0.2.1 ping statistics ---\n"
    "1 packets transmitted, 1 received, 0% packet loss, time 0ms\n"
)


class Network:
    """Answers of a network: those of ping by address, and what accepts connections."""

    def __init__(self, pings=(), ports=()):
        self.pings, self.ports, self.asked = dict(pings), set(ports), []

    def __call__(self, argv):
        self.asked.append(argv)
        if argv[0] == "connect":
            if (argv[1], argv[2]) in self.ports:
                return ""
            raise Unreadable(f"{argv[1]} port {argv[2]}: timed out")
        answer = self.pings.get(argv[-1], "exit status 1: PING")
        if answer.startswith("exit"):
            raise Unreadable(f"{' '.join(argv)}: {answer}")
        return answer


def test_a_default_route_and_its_gateway():
    (route,) = _gateways.parse_4(HEAD + DEFAULT + DEFAULT.replace("00000000", "000200C0", 1))
    assert route == {"family": 4, "address": "192.0.2.1", "interface": "eno1", "metric": 100}


@pytest.mark.parametrize(
    "line",
    [
        DEFAULT.replace("0003", "0002"), DEFAULT.replace("0003", "0203"),
        DEFAULT.replace("\t00000000\t0\t0\t0", "\t00FFFFFF\t0\t0\t0"), "eno1\tx\ty\n", "\n",
        DEFAULT.replace("010200C0", "0102"), DEFAULT.replace("100", "x"),
    ],
)  # fmt: skip
def test_lines_that_are_no_default_route(line):
    assert _gateways.parse_4(HEAD + line) == []


def test_ipv6_s_default_route():
    (route,) = _gateways.parse_6(NULL_6 + DEFAULT_6.replace(" 1 0 ", " 00000001 00000000 "))
    assert route == {"family": 6, "address": "fe80::1", "interface": "eno1", "metric": 1024}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("20010db8000000000000000000000001 02 40 00 80     eno1", True),
        ("fd000000000000000000000000000001 02 40 00 80     eno1", False),
        ("fe800000000000000000000000000001 02 40 20 80     eno1", False),
        ("20010db8000000000000000000000001 01 80 00 80       lo", False),
        ("", False),
    ],
)
def test_addresses_of_the_internet(line, wanted):
    assert _gateways.has_global_6(line) is wanted


def test_the_lowest_metric_of_each_family():
    def route(family, address, metric):
        return {"family": family, "address": address, "interface": "e", "metric": metric}

    routes = [route(4, "a", 1), route(4, "b", 1), route(4, "c", 2), route(6, "d", 9)]
    assert [each["address"] for each in reach.lowest(routes)] == ["a", "b", "d"]
    assert reach.lowest([]) == []


def test_gateways_are_pinged_by_number(host):
    files = {"/proc/net/route": HEAD + DEFAULT + OTHER, "/proc/net/ipv6_route": DEFAULT_6}
    network = Network({"192.0.2.1": ANSWER, "fe80::1%eno1": ANSWER})
    found = reach.read(host(files, run=network))["gateways"]
    assert [(g["address"], g["answers"]) for g in found] == [
        ("192.0.2.1", True), ("192.0.2.254", False), ("fe80::1", True),
    ]  # fmt: skip
    assert found[0]["ms"] == 0.336
    assert found[1]["why"]
    assert ["ping", "-n", "-c", "1", "-W", "2", "192.0.2.1"] in network.asked


def test_a_route_without_gateway_cannot_be_tried(host):
    line = DEFAULT.replace("010200C0\t0003", "00000000\t0001")
    (found,) = reach.read(host({"/proc/net/route": HEAD + line}, run=Network()))["gateways"]
    assert "names no gateway" in found["answers"]["unknown"]


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("exit status 1: PING", False), ("exit status 2: connect: Network is unreachable", False),
        ("exit status 1: From 192.0.2.11 icmp_seq=1 Destination Host Unreachable", False),
        ("exit status 2: ping: socket: Operation not permitted", None),
        ("exit status 1: ping: permission denied (are you root?)", None),
        ("exit status 2: ping: usage error", None), ("exit status 127: what", None),
    ],
)  # fmt: skip
def test_silence_and_failure_are_told_apart(host, said, answers):
    found = _ping.ping(host(run=Network({"a": said})), "a")
    assert unknown(found["answers"]) if answers is None else found["answers"] is answers
    assert unknown(found["ms"])
    assert said in found["why"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("time=0.336 ms", 0.336), ("time<1 ms", 1.0), ("time=12ms", 12.0), ("time=5 ms", 5.0)],
)
def test_times(text, wanted):
    assert _ping.parse(f"64 bytes from a: seq=0 ttl=64 {text}\n") == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://repo.example.com/a", [("repo.example.com", 443)]),
        ("HTTP://Repo.Example.com", [("repo.example.com", 80)]),
        ("http://192.0.2.60:8080/b", [("192.0.2.60", 8080)]),
        ("https://[2001:db8::1]:444/", [("2001:db8::1", 444)]),
        ("file:///media/cdrom", []), ("cdrom:[Debian]/", []), ("ssh://a/b", []), ("", []),
        ("https://a b/", []), ("https://$host/", []),
    ],
)  # fmt: skip
def test_hosts_of_repositories(url, wanted):
    assert reach.hosts([{"url": url}, {"url": url}, {}]) == wanted


APT = {
    "/etc/apt/sources.list": "".join(
        f"deb {scheme}://{name}.example.com/debian bookworm main\n"
        for name, scheme in (("a", "http"), ("b", "https"), ("c", "https"), ("d", "http"))
    )
}


def test_at_most_three_hosts_are_tried_those_of_https_first(host):
    network = Network(ports={("b.example.com", "443"), ("a.example.com", "80")})
    found = reach.read(host(APT, run=network))["hosts"]
    assert [(each["host"], each["port"], each["reached"]) for each in found] == [
        ("b.example.com", 443, True), ("c.example.com", 443, False), ("a.example.com", 80, True),
    ]  # fmt: skip
    assert "timed out" in found[1]["why"]


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("/etc/yum.conf", "[main]\nproxy=http://u:p@192.0.2.60:3128\n", True),
        ("/etc/dnf/dnf.conf", "[main]\n#proxy=http://a\nproxy=\nproxy_username=a\n", False),
        ("/etc/dnf/dnf.conf", "proxy = _none_\n", False),
        ("/etc/apt/apt.conf", 'Acquire::http::Proxy "http://192.0.2.60:3142";\n', True),
        ("/etc/apt/apt.conf.d/01p", 'Acquire {\n http { Proxy "http://a:1"; };\n};\n', True),
        ("/etc/apt/apt.conf.d/01p", 'Acquire::http::Proxy::a.example.com "DIRECT";\n', False),
        ("/etc/apt/apt.conf.d/01p", '// Acquire::http::Proxy "http://a";\n', False),
        ("/etc/apt/apt.conf.d/01p", 'Acquire::http::Proxy-Auto-Detect "/x";\n', False),
    ],
)  # fmt: skip
def test_a_proxy_is_told_without_its_url(host, path, text, wanted):
    found = reach.read(host({path: text}))
    assert found["proxy"] is wanted
    assert "192.0.2.60" not in str(found)


def test_what_was_not_tried_is_unknown(host):
    found = reach.read(host({**APT, "/proc/net/route": HEAD + DEFAULT}))
    assert all("captured host" in each["reached"]["unknown"] for each in found["hosts"])
    assert "captured host" in found["gateways"][0]["answers"]["unknown"]
    assert unknown(reach.read(host())["hosts"]) is False


def test_the_source_s_targets(host):
    source = host(run=Network({"192.0.2.12": ANSWER}))
    source.targets = ["192.0.2.12", "192.0.2.13", "-f", "name", "192.0.2.0/24"]
    found = reach.read(source)["targets"]
    assert [(each["address"], each["answers"]) for each in found] == [
        ("192.0.2.12", True), ("192.0.2.13", False),
    ]  # fmt: skip


def test_a_failure_of_one_part_leaves_the_others(host):
    def run(argv):
        raise Absent(f"{argv[0]} is not installed")

    found = reach.read(host({"/proc/net/route": HEAD + DEFAULT}, run=run))
    assert unknown(found["gateways"][0]["answers"])
    assert unknown(found["hosts"])
    assert found["targets"] == []


@given(st.text())
def test_no_text_stops_a_parser(text):
    _gateways.parse_4(HEAD + text)
    _gateways.parse_6(text)
    _gateways.has_global_6(text)
    reach.hosts([{"url": text}])
    _proxy.yum_uses(text)
    _proxy.apt_uses(text)
    try:
        _ping.parse(text)
    except Unreadable:
        pass
