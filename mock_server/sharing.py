"""One state for several worker processes, asked over a socket of this machine: one journal, one queue of cues.

The process that starts the workers holds them. The socket stands in a folder that only this user can enter, and asks
for a key that was made up for this run.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any

from mock_server.state import State

_JOURNAL = ("add", "finish", "count", "counted", "listed", "entry", "clear")
_CUES = ("add", "take", "turn", "drop", "listed", "set_faults", "faults", "clear")
_GALLERY = ("link", "keep", "get")
_TURNS = ("take", "clear")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the shared state is, and the key to it."""

    path: str
    key: bytes = field(repr=False)


@contextmanager
def served(state: State) -> Iterator[Address]:
    """Let other processes use a state while the block runs."""

    class Serving(BaseManager):
        pass

    parts: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
        ("journal", state.journal, _JOURNAL),
        ("cues", state.cues, _CUES),
        ("gallery", state.gallery, _GALLERY),
        ("turns", state.turns, _TURNS),
    )
    for name, part, methods in parts:
        Serving.register(name, callable=lambda part=part: part, exposed=methods)
    with tempfile.TemporaryDirectory(prefix="image-mock-") as folder:
        address = Address(str(Path(folder) / "state"), secrets.token_bytes(32))
        server = Serving(address.path, authkey=address.key).get_server()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield address


class _Asking(BaseManager):
    journal: Any
    cues: Any
    gallery: Any
    turns: Any


for _name, _methods in (("journal", _JOURNAL), ("cues", _CUES), ("gallery", _GALLERY), ("turns", _TURNS)):
    _Asking.register(_name, exposed=_methods)


def connected(address: Address) -> State:
    """The state that another process holds, to be used as if it were here."""
    asking = _Asking(address.path, authkey=address.key)
    asking.connect()
    return State(asking.journal(), asking.cues(), asking.gallery(), asking.turns())
