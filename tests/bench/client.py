"""A small HTTP client that costs little beside what it measures."""

import asyncio
import re
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One request as bytes; `expect` is the status that counts as an answer."""

    content: bytes
    expect: int = 200


LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def get(path: str, host: str, cookie: str = "") -> Call:
    """Make a GET."""
    return Call(f"GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n".encode())


def post(path: str, host: str, origin: str, cookie: str, body: bytes) -> Call:
    """Make a form's POST that leads on."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\ncookie: {cookie}\r\n"
        f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return Call(head.encode() + body, 303)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: Call) -> float:
    started = time.perf_counter()
    writer.write(call.content)
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    if length:
        await reader.readexactly(int(length.group(1)))
    status = int(head[9:12])
    if status != call.expect:
        raise RuntimeError(f"{call.content[:80]!r} was answered {status}")
    return time.perf_counter() - started


async def _connection(port: int, calls: list[Call]) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    times = [await _ask(reader, writer, call) for call in calls]
    writer.close()
    return times


def ask_in_turn(port: int, calls: list[Call]) -> list[float]:
    """Send calls one after another over one connection; seconds each."""
    return asyncio.run(_connection(port, calls))


def ask_at_once(port: int, shares: list[list[Call]]) -> list[float]:
    """Send each share over a connection of its own, all at once; seconds each."""

    async def everything() -> list[list[float]]:
        return await asyncio.gather(*(_connection(port, share) for share in shares))

    return [seconds for times in asyncio.run(everything()) for seconds in times]
