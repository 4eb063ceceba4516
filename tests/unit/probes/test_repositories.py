from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _apt, _urls, _yum, repositories
from saltext.muster.probes.source import unknown

from .conftest import DATA

DEB822 = """\
# comment
Types: deb deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: https://off.example.net/
Suites: ./

Types: deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm
Components: main

Types: deb
URIs: https://download.example.com/linux
Suites: stable
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----
"""


def enabled(host, files, **more):
    return repositories.read(host(files, **more))["enabled"]


@pytest.mark.parametrize(
    ("line", "url", "suite", "components", "signed"),
    [
        ("deb http://deb.debian.org/debian bookworm main contrib",
         "http://deb.debian.org/debian", "bookworm", ["main", "contrib"], ""),
        ("deb [arch=amd64 signed-by=/k.gpg] https://x.example/ y z",
         "https://x.example/", "y", ["z"], "/k.gpg"),
        ("  deb   http://x.example/   ./  # flat", "http://x.example/", "./", [], ""),
        ("deb cdrom:[Debian_12]/ bookworm main", "cdrom:[Debian_12]/", "bookworm", ["main"], ""),
    ],
)  # fmt: skip
def test_one_line_sources(line, url, suite, components, signed):
    (found,) = _apt.parse_list(f"# first\n{line}\n")
    assert found == {
        "url": url, "suite": suite, "components": components, "signed_by": signed, "line": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    "line", ["", "# deb http://x.example/ y z", "deb-src http://x.example/ y z", "deb", "deb x"]
)
def test_what_is_no_source(line):
    assert _apt.parse_list(line) == []


def test_deb822():
    found = _apt.parse_deb822(DEB822)
    assert [(each["suite"], each["line"]) for each in found] == [
        ("bookworm", 2), ("bookworm-updates", 2), ("stable", 18),
    ]  # fmt: skip
    assert found[2]["signed_by"] == "a key in the file"


def test_sources_of_all_files_with_their_origin(host):
    found = enabled(host, {
        "/etc/apt/sources.list": "deb http://deb.debian.org/debian bookworm main\n",
        "/etc/apt/sources.list.d/more.sources": DEB822,
        "/etc/apt/sources.list.d/off.list.disabled": "deb http://no.example/ a b\n",
        "/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease":
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\nLabel: Debian\n",
    })  # fmt: skip
    assert [each["origin"] for each in found] == ["Debian", "Debian", "", ""]
    assert {each["kind"] for each in found} == {"apt"}


def test_a_mirror_list_is_read(host):
    (found,) = enabled(host, {
        "/etc/apt/sources.list": "deb mirror+file:/etc/apt/mirrors/debian.list bookworm main\n",
        "/etc/apt/mirrors/debian.list": "# cloud\nhttps://deb.debian.org/debian\n",
    })  # fmt: skip
    assert found["url"] == "https://deb.debian.org/debian"


def test_keyrings(host):
    source = host({
        "/etc/apt/trusted.gpg.d/a.gpg": "", "/etc/apt/keyrings/b.asc": "",
        "/usr/share/keyrings/README": "", "/etc/apt/trusted.gpg": "",
    })  # fmt: skip
    assert repositories.read(source)["keyrings"] == [
        "/etc/apt/trusted.gpg", "/etc/apt/trusted.gpg.d/a.gpg", "/etc/apt/keyrings/b.asc",
    ]  # fmt: skip


YUM = """\
[main]
gpgcheck=1

# comment
[base]
name=Base
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os&infra=$infra
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-CentOS-7

[off]
baseurl=http://x.example/
enabled = 0

[two]
enabled=True
baseurl = http://a.example/
    https://b.example/os
"""


def test_yum(host):
    found = enabled(host, {"/etc/yum.repos.d/a.repo": YUM, "/etc/yum.repos.d/a.rpmnew": YUM})
    assert [(each["id"], each["url"], each["line"]) for each in found] == [
        ("base", "http://mirrorlist.centos.org/", 5),
        ("two", "http://a.example/ https://b.example/os", 14),
    ]


@pytest.mark.parametrize("version", ["8.8", "8.9", "9.3"])
def test_real_files(host, version):
    folder = DATA / f"almalinux-{version}" / "etc/yum.repos.d"
    files = {f"/etc/yum.repos.d/{path.name}": path.read_text() for path in folder.iterdir()}
    found = enabled(host, files)
    assert {"baseos", "appstream", "extras"} == {each["id"] for each in found}
    assert all("almalinux.org" in each["url"] for each in found)


def test_without_a_configuration_nothing_is_said(host):
    assert unknown(enabled(host, {"/etc/hosts": ""}))


@pytest.mark.parametrize(
    ("url", "kept", "secret"),
    [
        ("https://user:pw@x.example/a", "https://x.example/a", True),
        ("https://token@x.example/a", "https://x.example/a", True),
        ("https://x.example/priv/0123456789abcdef0123456789/deb",
         "https://x.example/priv/.../deb", True),
        ("https://x.example/a?token=abc", "https://x.example/a", True),
        ("http://x.example/?release=7&arch=x86_64", "http://x.example/", False),
        ("http://deb.debian.org/debian", "http://deb.debian.org/debian", False),
        ("cdrom:[Debian 12]/", "cdrom:[Debian 12]/", False),
        ("file:///etc/pki/rpm-gpg/RPM-GPG-KEY-AlmaLinux",
         "file:///etc/pki/rpm-gpg/RPM-GPG-KEY-AlmaLinux", False),
    ],
)  # fmt: skip
def test_secrets_in_urls_are_left_out(host, url, kept, secret):
    source = host()
    assert _urls.plain(source, url, "/etc/x") == kept
    assert bool(source.left_out) is secret


def test_a_password_never_becomes_a_fact(host):
    source = host({"/etc/apt/sources.list": "deb https://me:hunter2@x.example/ a b\n"})
    assert "hunter2" not in str(repositories.read(source))
    assert source.left_out == [{
        "what": "a URL in /etc/apt/sources.list", "why": "it holds credentials or a token",
    }]  # fmt: skip


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    _apt.parse_list(text)
    _apt.parse_deb822(text)
    _yum.parse(text)
    _urls.strip(text)


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="/@?"), min_size=1))
def test_no_user_of_a_url_is_kept(user):
    assert _urls.strip(f"https://{user}@x.example/a") == ("https://x.example/a", True)
