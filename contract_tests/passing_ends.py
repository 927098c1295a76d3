"""How a connection ends: closed, or broken (reset). What one side did is done to the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import struct

_FLUSH = 5.0
"""Seconds for the last bytes to be taken by a side that is about to be closed."""
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER so that closing a socket resets its connection."""


async def read(reader: asyncio.StreamReader, most: int) -> bytes | None:
    """The next bytes; none at a proper end, None when the connection broke."""
    try:
        return await reader.read(most)
    except OSError:
        return None


async def drained(writer: asyncio.StreamWriter) -> bool:
    """Waits until there is room to write more; False when the other side is gone."""
    try:
        await writer.drain()
    except OSError:
        return False
    return True


async def end(writer: asyncio.StreamWriter, *, broke: bool) -> None:
    """Close a connection, or break it, when what was written has left."""
    with contextlib.suppress(OSError):  # a TimeoutError is one
        async with asyncio.timeout(_FLUSH):
            if broke:
                writer.transport.set_write_buffer_limits(0)
                await writer.drain()
            else:
                writer.close()
                await writer.wait_closed()
    if broke:
        sock = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()


def why(problem: OSError | UnicodeError) -> str:
    """Why a connection could not be made, in a few words."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({problem.verify_message})"
    if isinstance(problem, socket.gaierror | UnicodeError):
        return "there is no host of that name"
    number = problem.errno if not isinstance(problem, ssl.SSLError) else None
    return os.strerror(number) if number else type(problem).__name__
