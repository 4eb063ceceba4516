"""The host's pip settings reach a build: same index, same certificates, nothing else."""

from __future__ import annotations

import configparser

import pytest

from lab import pip


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host without any setting of its own."""
    monkeypatch.setattr(pip, "_configs", lambda: [tmp_path / "pip.conf"])
    for name in (*pip.os.environ,):
        if name.startswith("PIP_") or name.lower().endswith("_proxy") or name == "SSL_CERT_FILE":
            monkeypatch.delenv(name)
    for name in ("wheels", "index/simple", "index/files", "layer"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def test_without_settings_nothing_is_passed(host):
    assert pip.environment() == {}
    assert pip.folders() == []


def test_local_wheels_and_indexes_are_found(host, monkeypatch):
    (host / "pip.conf").write_text(f"[global]\nfind-links = {host}/wheels {host}/gone\n")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"file://{host}/index/simple https://example.com/s")
    # An index is found with the files beside it.
    assert pip.folders() == [f"{host}/index", f"{host}/wheels"]


@pytest.mark.parametrize("url", ["https://example.com/simple", "file:///simple", "/", "simple", ""])
def test_the_whole_host_is_never_handed_on(host, monkeypatch, url):
    monkeypatch.setenv("PIP_INDEX_URL", url)
    monkeypatch.setenv("PIP_FIND_LINKS", url)
    assert pip.folders() == []


def test_only_pips_variables_are_passed(host, monkeypatch):
    monkeypatch.setenv("PIP_TIMEOUT", "180")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/nowhere/pip.conf")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    assert pip.environment() == {
        "PIP_TIMEOUT": "180",
        "HTTPS_PROXY": "http://proxy.example.com:3128",
    }


def test_certificates_are_where_the_settings_say(host, monkeypatch):
    (host / "own.pem").write_text("certificates\n")
    (host / "pip.conf").write_text(f"[global]\ncert = {host}/own.pem\ntimeout = 9\n")
    monkeypatch.setenv("PIP_CERT", str(host / "own.pem"))
    pip.write_settings(host / "layer")
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    written = configparser.RawConfigParser()
    written.read(host / "layer/etc/pip.conf")
    assert dict(written["global"]) == {"cert": bundle, "timeout": "9"}
    assert pip.environment() == {"PIP_CERT": bundle}
    assert (host / "layer").joinpath(bundle[1:]).read_text() == "certificates\n"
