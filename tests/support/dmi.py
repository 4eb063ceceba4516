"""The firmware's tables, made as DSP0134 describes them."""

from __future__ import annotations

ENTRIES = "/sys/firmware/dmi/entries"


def structure(kind: int, body: bytes, *strings: str) -> bytes:
    """Return one table: header, body after the header, strings."""
    head = bytes([kind, 4 + len(body), kind, 0]) + body
    return head + b"".join(text.encode() + b"\0" for text in strings or ("",)) + b"\0"


def module(mib: int, kind: int = 26, technology: int = 3, data: int = 64) -> bytes:
    """Return the table of a memory module with ``mib`` MiB; 0 is an empty socket."""
    size = mib if mib < 0x7FFF else 0x7FFF
    return sized(size, mib if size == 0x7FFF else 0, kind, technology, data)


def sized(
    size: int, extended: int = 0, kind: int = 26, technology: int = 3, data: int = 64
) -> bytes:
    """Return the table of a memory module with these raw size fields."""
    body = bytearray(0x29 - 4)

    def put(offset: int, value: int, length: int) -> None:
        body[offset - 4 : offset - 4 + length] = value.to_bytes(length, "little")

    put(0x08, 72, 2)
    put(0x0A, data, 2)
    put(0x0C, size, 2)
    put(0x10, 1, 1)
    put(0x12, kind, 1)
    put(0x1C, extended, 4)
    put(0x28, technology, 1)
    return structure(17, bytes(body), "DIMM_A1")


def modules(*mib: int) -> dict[str, bytes | None]:
    """Return the files of a server with these modules in place of the captured host's four."""
    found: dict[str, bytes | None] = {f"{ENTRIES}/17-{n}/": None for n in range(4)}
    return {**found, **{f"{ENTRIES}/17-{n}/raw": module(size) for n, size in enumerate(mib)}}
