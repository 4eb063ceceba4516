"""The picture of a cluster: what it shows, and that all of it can be read."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs import draw
from saltext.muster.cli.main import main
from saltext.muster.cluster import Cluster, Network, Node
from saltext.muster.master import loading
from saltext.muster.parts import Bgp, Bond, ClientNetwork, Hardware, Physical, Reflector
from saltext.muster.planning import diagram
from saltext.muster.planning.drawing import alike, layout, page
from saltext.muster.planning.drawing.page import Dot, Label, Line, Rect

EXAMPLES = Path(__file__).parents[3] / "pillar" / "clusters"

SVG = "{http://www.w3.org/2000/svg}"

NETWORKS = {
    "main": Network(
        "10.0.0.0/24",
        gateway="10.0.0.1",
        interface="bond0.100",
        bond="bond0",
        vlan=100,
        role="upstream",
        floating="10.0.0.10",
        routers=("10.0.0.2", "10.0.0.3"),
    ),
    "storage": Network("10.0.2.0/24", interface="bond1", bond="bond1", mtu=9000, role="storage"),
}


def node(number, role="hypervisor", site="", **more):
    id_ = f"node{number}.example.com"
    given = {"addresses": {"storage": f"10.0.2.{number}"}, "number": number, **more}
    return Node(id_, f"10.0.0.{10 + number}", id_, f"node{number}", role=role, site=site, **given)


def cluster(nodes, **more):
    given = {"networks": NETWORKS, "options": None, **more}
    named = {each.id: each for each in nodes}
    return Cluster("demo", "pvc", "kvm", "0.9.39", "production", named, **given)


def drawn(of):
    return layout.page(diagram.picture(of))


def texts(of):
    root = ElementTree.fromstring(diagram.draw(of))
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def rows(of):
    return [tap for site in diagram.picture(of).sites for box in site.boxes for tap in box.taps]


def overlap(one, other):
    return (
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    )  # fmt: skip


def crossed(line, area):
    left, right = sorted((line.x1, line.x2))
    top, bottom = sorted((line.y1, line.y2))
    return left < area[2] and area[0] < right + 1 and top < area[3] and area[1] < bottom + 1


def assert_legible(sheet):
    """No label meets another label or a line, boxes do not meet, and all is on the page."""
    labels = [shape for shape in sheet.shapes if isinstance(shape, Label)]
    for one, other in itertools.combinations(labels, 2):
        assert not overlap(one.area, other.area), (one, other)
    lines = [shape for shape in sheet.shapes if isinstance(shape, Line)]
    for line in lines:
        assert not [label for label in labels if crossed(line, label.area)], line
    boxes = [shape for shape in sheet.shapes if isinstance(shape, Rect) and shape.tip]
    solid = [box for box in boxes if not box.dashed]
    frames = [box for box in boxes if box.dashed]
    for group in (solid, frames):
        for one, other in itertools.combinations(group, 2):
            assert not overlap(one.area, other.area), (one, other)
    for shape in (*labels, *boxes):
        left, top, right, bottom = shape.area
        assert left >= 0 and top >= 0, shape
        assert right <= sheet.width and bottom <= sheet.height, shape


# every label can be read, whatever the cluster

_labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=64)


@st.composite
def clusters(draw):
    sites = draw(st.lists(_labels, min_size=1, max_size=4, unique=True))
    count = draw(st.integers(1, 12))
    names = draw(st.lists(_labels, max_size=4, unique=True))
    networks = {
        name: Network(f"10.{index}.0.0/16", vlan=index + 1, interface=draw(_labels)[:15])
        for index, name in enumerate(["main", *(name for name in names if name != "main")])
    }
    nodes = []
    for number in range(1, count + 1):
        having = draw(st.sets(st.sampled_from(list(networks))))
        addresses = {
            name: f"10.{index}.0.{number}"
            for index, name in enumerate(networks)
            if index and name in having
        }
        id_ = f"{draw(_labels)}.n{number}.example.com"
        nodes.append(
            Node(
                id_,
                f"10.0.0.{number}",
                id_,
                id_.partition(".")[0],
                role=draw(st.sampled_from(["coordinator", "hypervisor"])),
                site=draw(st.sampled_from(["", *sites])),
                addresses=addresses,
                domain=draw(st.sampled_from(["", "rack1"])),
                ipmi=draw(st.sampled_from(["", f"10.0.1.{number}", f"192.0.2.{number}"])),
            )
        )
    reflectors = draw(st.dictionaries(_labels, st.sampled_from(["10.0.9.9", "192.0.2.99"])))
    return cluster(
        nodes,
        networks=networks,
        bgp=Bgp(65000, "", {name: Reflector(at, 65000, name) for name, at in reflectors.items()}),
        client_networks={name: ClientNetwork("bridged", vlan=7) for name in names},
    )


def test_a_long_title_of_a_site_of_two_columns_is_cut_before_their_lines():
    nodes = [node(number, site="s" * 60, role=role) for number, role in enumerate("abcdefgh", 1)]
    found = drawn(cluster(nodes))
    (title,) = [each for each in found.shapes if isinstance(each, Label) and "sss" in each.text]
    assert "…" in title.text
    assert_legible(found)


@settings(max_examples=40)
@given(clusters())
def test_every_label_of_any_cluster_can_be_read(of):
    assert_legible(drawn(of))


@settings(max_examples=20)
@given(clusters())
def test_every_row_with_a_network_is_joined_to_it(of):
    sheet, picture = drawn(of), diagram.picture(of)
    buses = [shape.y1 for shape in sheet.shapes if isinstance(shape, Line) and shape.width == 4]
    assert len(buses) == len(picture.buses)
    dots = {(shape.x, shape.y) for shape in sheet.shapes if isinstance(shape, Dot)}
    lines = [shape for shape in sheet.shapes if isinstance(shape, Line) and shape.width == 2]
    taps = [line for line in lines if line.y1 == line.y2]
    assert len(taps) == sum(tap.bus is not None for tap in rows(of))
    for tap in taps:
        assert (tap.x1, tap.y1) in dots
        risers = [line for line in lines if line.x1 == line.x2 == tap.x1]
        assert any(
            line.y1 in buses and (line.x1, line.y1) in dots and line.y1 < tap.y1 <= line.y2
            for line in risers
        )


# what is shown


def test_a_node_is_shown_with_its_name_role_number_addresses_and_ends():
    shown = texts(cluster([node(1, "coordinator", domain="rack1", ipmi="10.0.0.111")]))
    for wanted in ("node1", "coordinator · no. 1 · rack1", "10.0.0.11", "bond0.100", "10.0.2.1"):
        assert wanted in shown
    assert "10.0.0.111" in shown


def test_a_network_is_shown_with_its_prefix_vlan_mtu_and_ends():
    shown = texts(cluster([node(1)]))
    assert "main (upstream)" in shown
    assert "10.0.0.0/24, VLAN 100" in shown
    assert "bond0.100 of bond0" in shown
    assert "10.0.2.0/24, MTU 9000" in shown


def test_routers_and_reflectors_stand_above_their_network():
    reflectors = {
        "rr1": Reflector("10.0.2.9", 65000, "rack1"),
        "rr2": Reflector("192.0.2.9", 65001),
    }
    found = diagram.picture(cluster([node(1)], bgp=Bgp(65000, "", reflectors))).outside
    assert [(box.name, box.taps[0].bus, box.taps[0].routed) for box in found] == [
        ("gateway", 0, False),
        ("routers", 0, False),
        ("floating", 0, False),
        ("reflector rr1", 1, False),
        ("reflector rr2", 0, True),
    ]
    assert found[3].about == "AS 65000, rack1"


def test_the_name_of_a_cluster_and_its_masters_are_shown():
    of = cluster(
        [node(1)],
        cluster_name="cluster.example.com",
        cluster_address="10.0.0.100",
        salt_masters=("10.0.0.5", "10.0.0.11"),
    )
    shown = texts(of)
    assert {"cluster.example.com", "10.0.0.100", "Salt master", "10.0.0.5"} <= set(shown)
    assert shown.count("10.0.0.11") == 1  # that master is a node


def test_ipmi_outside_of_all_networks_has_a_line_of_its_own():
    found = diagram.picture(cluster([node(1, ipmi="192.168.9.1"), node(2)]))
    assert [bus.name for bus in found.buses] == ["main (upstream)", "storage", "IPMI"]
    assert [(tap.what, tap.bus) for tap in found.sites[0].boxes[0].taps][-1] == ("IPMI", 2)


def test_a_cluster_without_networks_is_drawn_too():
    of = cluster([node(1, addresses={})], networks={})
    assert diagram.picture(of).buses[0].lines == ("not declared",)
    assert_legible(drawn(of))


def test_routed_subnets_and_virtual_functions_are_rows_without_a_line():
    sriov = {"ens1f0": Physical(8)}
    of = cluster([node(1, subnet="203.0.113.40/29", guest_range="203.0.113.44/30", sriov=sriov)])
    assert [(tap.what, tap.address, tap.end) for tap in rows(of) if tap.bus is None] == [
        ("routed", "203.0.113.40/29", ""),
        ("guests", "203.0.113.44/30", ""),
        ("SR-IOV", "8 functions", "ens1f0"),
    ]


def test_the_margin_tells_bonds_servers_and_client_networks():
    hardware = {
        "r740": Hardware(16, 64 * 1024**3, disks=(400 * 10**9,) * 2, nics={"a": 10, "b": 10})
    }
    of = cluster(
        [node(1)],
        hardware=hardware,
        bonds={"bond0": Bond(("a", "b"))},
        client_networks={"lab": ClientNetwork("managed", vni=1000, cidr="10.100.0.0/24")},
        dns=("10.0.0.1",),
    )
    shown = texts(of)
    assert "bond0 = a + b, 2 x 10 Gbit/s, 802.3ad" in shown
    assert "r740: 16 cores, 64 GiB, 2 x 400 GB" in shown
    assert "lab: managed VNI 1000, 10.100.0.0/24" in shown
    assert "DNS: 10.0.0.1" in shown
    slower = replace(hardware["r740"], nics={"a": 10, "b": 1})
    assert "bond0 = a + b, 802.3ad" in texts(replace(of, hardware={"r740": slower}))


def test_sites_are_frames_and_their_nodes_are_counted():
    found = diagram.picture(cluster([node(1, site="east"), node(2, site="west"), node(3)]))
    assert [site.title for site in found.sites] == [
        "site east: 1 node",
        "site west: 1 node",
        "no site: 1 node",
    ]
    assert diagram.picture(cluster([node(1)])).sites[0].title == "1 node"


# many nodes


def many(count, site=lambda number: "", role=lambda number: "hypervisor"):
    return cluster(
        [
            replace(node(number, role(number), site(number)), address=f"10.0.{number // 250}.9")
            for number in range(1, count + 1)
        ]
    )


def coordinators(number):
    return "coordinator" if number <= 3 else "hypervisor"


def names(of):
    return [box.name for site in diagram.picture(of).sites for box in site.boxes]


def test_as_many_nodes_as_fit_are_drawn_one_by_one():
    assert len(names(many(alike.MOST))) == alike.MOST


def test_more_nodes_are_drawn_by_site_and_role_and_a_few_still_one_by_one():
    found = names(many(90, role=coordinators))
    assert found == ["node1", "node2", "node3", "node4 … node90 (87)"]


def test_too_many_small_groups_are_drawn_by_site_and_role_alone():
    found = names(many(200, site=lambda number: f"site{number % 50}"))
    assert len(found) == 50
    assert found[0] == "node1 … node151 (4)"


def test_too_many_sites_are_drawn_by_role():
    of = many(2000, site=lambda number: f"site{number}", role=coordinators)
    assert names(of) == ["node1 … node3 (3)", "node4 … node2000 (1997)"]
    assert diagram.picture(of).sites[0].title == "all 2000 sites: 2000 nodes"
    assert_legible(drawn(of))


@pytest.mark.parametrize("count", [3, 8, 17, 40])
def test_a_page_is_no_strip(count):
    sheet = drawn(many(count, site=lambda number: f"site{number % 3}"))
    assert 0.5 < sheet.width / sheet.height < 2.5
    assert_legible(sheet)


# hostile texts

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><rect/>",
    "]]>&amp;<!--",
    "a\x00b\x1b[31m\u202e",
    "\ud800\ufffe",
    "x" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_file_becomes_markup(text):
    of = cluster(
        [node(1, role=text, site=text, domain=text, ports={text: text})],
        networks={
            "main": replace(NETWORKS["main"], interface=text, bond=text),
            text: Network("::/0"),
        },
        client_networks={text: ClientNetwork(text)},
        bgp=Bgp(0, text, {text: Reflector("10.0.0.9", 1, text)}),
    )
    told = diagram.draw(replace(of, name=text, platform=text))
    root = ElementTree.fromstring(told.encode())
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "defs", "title", "desc", "rect", "path", "circle", "text",
    }  # fmt: skip
    plain = "".join(char if char.isprintable() else "?" for char in text)
    assert root.find(f"{SVG}title").text == f"Cluster {plain}"
    assert not [value for each in root.iter() for value in each.attrib.values() if text in value]
    assert_legible(drawn(of))


def test_who_cannot_see_the_picture_is_told_it():
    root = ElementTree.fromstring(diagram.draw(cluster([node(1, site="east"), node(2)])))
    assert root.get("role") == "img"
    named = root.get("aria-labelledby").split()
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == named
    told = root.find(f"{SVG}desc").text
    assert "Network storage: 10.0.2.0/24, MTU 9000, bond1." in told
    assert "site east: 1 node: node1." in told


def test_the_same_cluster_gives_the_same_bytes():
    of = cluster([node(number, site=f"s{number % 2}") for number in range(1, 9)])
    assert diagram.draw(of) == diagram.draw(replace(of))


# texts on the page


def test_a_text_that_does_not_fit_loses_its_middle():
    assert page.fitted("node1.example.com", 500, 11) == "node1.example.com"
    cut = page.fitted("node1.example.com", 80, 11)
    assert page.width(cut, 11) <= 80
    assert cut[0] == "n" and cut[-1] == "m" and "…" in cut
    assert page.fitted("mmmm", 1, 11) == "…"


@given(st.text(max_size=60), st.integers(30, 300))
def test_no_line_of_a_wrapped_text_is_wider_than_asked(text, most):
    lines = list(page.wrapped(text, most, 11))
    assert all(page.width(line, 11) <= most for line in lines)
    if page.width(text, 11) <= most:
        assert " ".join(lines) == " ".join(text.split())


# the examples and the command


@pytest.mark.parametrize("name", draw.NAMES)
def test_the_pictures_in_the_docs_are_of_the_examples_as_they_are(name):
    drawn_now = draw.picture(name)
    assert draw.path(name).read_text() == drawn_now, "run: python docs/draw.py"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_can_be_read(path):
    assert_legible(drawn(loading.load(str(path))))


def test_the_command_prints_a_picture_or_writes_it(tmp_path, capsys):
    example = str(EXAMPLES / "ganeti.yaml")
    assert main(["diagram", example]) == 0
    told = capsys.readouterr().out
    assert told == diagram.draw(loading.load(example))
    assert told.isascii()
    path = tmp_path / "out.svg"
    assert main(["diagram", example, "-o", str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert path.read_text() == told


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    path = tmp_path / "bad.yaml"
    path.write_text("version: 1\n")
    assert main(["diagram", str(path)]) == 2
    assert "name" in capsys.readouterr().err
    assert main(["diagram", str(EXAMPLES / "ganeti.yaml"), "-o", str(tmp_path)]) == 2
    assert "could not be written" in capsys.readouterr().err
