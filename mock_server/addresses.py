"""Addresses to listen on: taken before anything starts, so that a port in use is one sentence and not a dead worker."""

from __future__ import annotations

import socket


class PortTaken(OSError):
    """The address cannot be listened on; the message names it."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at an address nobody else has. Raises PortTaken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError, UnicodeError) as problem:
        why = getattr(problem, "strerror", None) or problem
        told = f"{host}:{port} cannot be listened on: {str(why).lower()}; choose another with --port"
        raise PortTaken(told) from None


def reserved(host: str, port: int) -> socket.socket:
    """A socket that is bound to a free address and lets others of this process bind there too. Raises PortTaken."""
    with listening(host, port) as taken:
        family, address = taken.family, taken.getsockname()
    holding = socket.socket(family, socket.SOCK_STREAM)
    holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        holding.bind(address)
    except OSError as problem:
        holding.close()
        raise PortTaken(f"{host}:{port} cannot be listened on: {str(problem.strerror).lower()}") from None
    return holding


def url(host: str, port: int) -> str:
    """The root of what listens there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reachable(host: str) -> str:
    """The address at which one reaches what listens at `host`: a listener at every address is asked at its own."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - not bound to here
