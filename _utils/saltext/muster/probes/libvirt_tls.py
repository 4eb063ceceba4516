"""The certificate by which libvirt's daemon shows itself to others."""

import base64
import re
from typing import Any, Dict, Tuple

from .source import Source, Unreadable, attempt

CERTIFICATE = "/etc/pki/libvirt/servercert.pem"
_KEY = "/etc/pki/libvirt/private/serverkey.pem"

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_SEQUENCE, _VERSION, _UTC_TIME, _LONG_TIME = 0x30, 0xA0, 0x17, 0x18


def read(source: Source) -> Dict[str, Any]:
    """Return {"present", "not_after"}: whether the certificate is there, and until when it holds.

    not_after is UTC as YYYYMMDDhhmmss, "" without a certificate.
    """
    if attempt(source.exists, _KEY) is True:
        source.leave_out(_KEY, "it is a private key")
    return {
        "present": attempt(source.exists, CERTIFICATE),
        "not_after": attempt(_not_after, source),
    }


def not_after(text: str) -> str:
    """Return the end of a PEM certificate's validity; raise Unreadable for something else."""
    match = _PEM.search(text)
    try:
        data = base64.b64decode(match.group(1)) if match else b""
        whole, _ = _element(data, 0, _SEQUENCE)
        body, _ = _element(data, whole[0], _SEQUENCE)
        validity = _validity(data, body[0])
        _, second = _any(data, validity[0])
        place, _ = _any(data, second)
        return _time(data[second], data[place[0] : place[1]])
    except (IndexError, ValueError):
        raise Unreadable(f"{CERTIFICATE} holds no certificate") from None


def _not_after(source: Source) -> str:
    return not_after(source.text(CERTIFICATE)) if source.exists(CERTIFICATE) else ""


def _any(data: bytes, start: int) -> Tuple[Tuple[int, int], int]:
    """Return where the content of the DER element at ``start`` lies, and where the next begins."""
    length, place = data[start + 1], start + 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count < 5:
            raise ValueError("a length that no certificate has")
        length, place = int.from_bytes(data[place : place + count], "big"), place + count
    if place + length > len(data):
        raise ValueError("an element that is cut off")
    return (place, place + length), place + length


def _element(data: bytes, start: int, tag: int) -> Tuple[Tuple[int, int], int]:
    if data[start] != tag:
        raise ValueError("another element")
    return _any(data, start)


def _validity(data: bytes, start: int) -> Tuple[int, int]:
    """Return where the validity lies: behind version, serial, algorithm and issuer."""
    if data[start] == _VERSION:
        start = _any(data, start)[1]
    for _ in range(3):
        start = _any(data, start)[1]
    return _element(data, start, _SEQUENCE)[0]


def _time(tag: int, value: bytes) -> str:
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    if tag not in (_UTC_TIME, _LONG_TIME) or not re.match(r"^[0-9]{14}Z$", text):
        raise ValueError("no time")
    return text[:14]
