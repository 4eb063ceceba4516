"""Run in a node: try TCP ports of an address, print those that answer as JSON.

python3 scan.py ADDRESS SECONDS PORTS... (a port or a range like 1-65535). A port that refuses
answers too: ``{"open": [...], "closed": [...]}``; all others are filtered.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys

AT_ONCE = 3000


async def one(address: str, port: int, seconds: float, room: asyncio.Semaphore) -> str:
    async with room:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), seconds)
        except ConnectionRefusedError:
            return "closed"
        except (OSError, asyncio.TimeoutError):
            return ""
        writer.transport.abort()
        return "open"


async def scan(address: str, seconds: float, ports: list[int]) -> dict[str, list[int]]:
    room = asyncio.Semaphore(AT_ONCE)
    answers = await asyncio.gather(*(one(address, port, seconds, room) for port in ports))
    pairs = list(zip(ports, answers, strict=True))
    return {word: [port for port, said in pairs if said == word] for word in ("open", "closed")}


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, AT_ONCE + 200), hard))
    ports = []
    for word in sys.argv[3:]:
        first, _, last = word.partition("-")
        ports += range(int(first), int(last or first) + 1)
    print(json.dumps(asyncio.run(scan(sys.argv[1], float(sys.argv[2]), ports))))


if __name__ == "__main__":
    main()
