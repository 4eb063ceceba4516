"""What is private by the documents, and not by Python."""

from __future__ import annotations

import ipaddress

import pytest

from saltext.muster.catalogue.private import is_private

CASES = [
    ("10.0.0.0/8", True),
    ("10.255.255.255", True),
    ("0.0.0.0/0", False),
    ("8.0.0.0/6", False),  # has 10.0.0.0/8 in it
    ("172.15.255.255", False),
    ("172.16.0.0/12", True),
    ("172.32.0.0/24", False),
    ("192.168.0.0/16", True),
    ("192.169.0.0/24", False),
    ("198.51.100.0/24", False),
    ("192.0.2.0/24", False),
    ("fd00::/8", True),
    ("fc00::/7", True),
    ("fe80::/64", False),
    ("2001:db8::/32", False),
]


@pytest.mark.parametrize(("cidr", "private"), CASES)
def test_private_is_what_the_lists_have(cidr, private):
    assert is_private(cidr) is private


def test_python_means_more():
    assert ipaddress.ip_network("198.51.100.0/24").is_private
