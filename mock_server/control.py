"""The control room: the register of the mock's own API under `/_mock/`, without HTTP. `control.yaml` describes it.

Each operation is one decorated function from what was asked to a reply; Flask only finds the route. Those that read
stand in `control_reading`, those that change something in `control_acting`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mock_server.house import House
from mock_server.journal import Entry
from mock_server.replies import Reply

PATH = "/_mock/"
LARGEST = 4 * 1024 * 1024
"""Bytes of a request to this API."""


class Wrong(ValueError):
    """The caller of this API asked for something that cannot be; one sentence, and the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to this API: what stands in its path, its query and its JSON body."""

    house: House
    places: Mapping[str, str]
    query: Mapping[str, str]
    value: Any
    origin: str

    def number(self, name: str, default: int) -> int:
        """A whole number of the query. Raises Wrong."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Wrong(f"{name} is {text!r:.40}, not a whole number")
        return int(text)

    def is_about(self, entry: Entry) -> bool:
        """Whether the query wants this entry: `provider`, `test_id` and `refused_by` choose."""
        told = {"provider": entry.provider, "test_id": entry.test_id, "refused_by": entry.refused_by}
        return all(told[name] == self.query[name] for name in told if name in self.query)


Act: TypeAlias = Callable[[Asked], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its method, its path below `/_mock/`, and what it does."""

    method: str
    path: str
    act: Act

    @property
    def name(self) -> str:
        """A name that no other operation has."""
        return f"{self.method} {self.path}"


ROUTES: list[Route] = []


def route(method: str, path: str) -> Callable[[Act], Act]:
    """Register an operation."""

    def keep(act: Act) -> Act:
        ROUTES.append(Route(method, path, act))
        return act

    return keep


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(status=status, document=value)


def told(value: Any, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(status=status, document=value)
