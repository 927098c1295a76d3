"""The stand-in for tests: a mock on a free port, what came to it as values, and assertions that explain themselves.

`match = not differences`: what an assertion looks for and what its message tells come from one computation.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from mock_server import client_findings, cueing
from mock_server.client_findings import ClientFinding
from mock_server.house import House
from mock_server.received import NoPicture, Received, differences
from mock_server.serving import Mock, running
from mock_server.settings import Settings, WrongSettings

if TYPE_CHECKING:
    import openai

__all__ = ["ImageMock", "NoPicture", "Received", "Settings"]

KEY = "sk-test"
"""What `client` sends when the settings name no key."""

_EDITS = "/images/edits"
"""What the official SDKs put after their base URL."""

_SHOWN = 10
"""Requests that a message lists, the latest ones."""


class ImageMock:
    """A mock on a free port for as long as the block lasts: `with ImageMock() as image_mock: …`."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._stack = ExitStack()
        self._mock: Mock | None = None
        self._clients: list[openai.OpenAI] = []

    def __enter__(self) -> Self:
        if self._mock is not None:
            raise RuntimeError("this mock is running; one ImageMock is one server")
        self._mock = self._stack.enter_context(running(self.settings))
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close_clients()
        self._mock = None
        self._stack.close()

    @property
    def _running(self) -> Mock:
        if self._mock is None:
            raise RuntimeError("the mock is not running; use it as `with ImageMock() as image_mock:`")
        return self._mock

    @property
    def _house(self) -> House:
        return self._running.house

    @property
    def url(self) -> str:
        """The root of the server; the control room is at `/_mock/`."""
        return self._running.url

    def base_url(self, provider: str | None = None) -> str:
        """What an OpenAI SDK takes as its base URL (default: of the first provider). Raises WrongSettings."""
        contracts = self._house.contracts
        name = provider or next(iter(contracts))
        if name not in contracts:
            raise WrongSettings(f"there is no provider {name!r}; this mock has {', '.join(contracts)}")
        return self._running.base_url(name) + contracts[name].edit.path.removesuffix(_EDITS)

    def client(self, provider: str | None = None, **options: Any) -> openai.OpenAI:
        """The official SDK's client, closed with the mock; `options` are its own (`max_retries=0`).

        Proxies of the environment are not asked. Raises ImportError when the SDK is not installed.
        """
        try:
            import openai  # noqa: PLC0415 - only who asks for a client needs the SDK
        except ImportError:
            told = "the official SDK is not installed: `pip install openai`, or use `base_url` with another client"
            raise ImportError(told, name="openai") from None
        given = {"base_url": self.base_url(provider), "api_key": self.settings.api_key or KEY, **options}
        if "http_client" not in options:
            given["http_client"] = openai.DefaultHttpxClient(trust_env=False)
        found = openai.OpenAI(**given)
        if "http_client" not in options:
            self._clients.append(found)
        return found

    def close_clients(self) -> None:
        """Close the connections of every client that was asked for."""
        while self._clients:
            self._clients.pop().close()

    def scenario(self, name: str, **options: Any) -> None:
        """Put a scenario (or a fault) at the end of the queue; without `times` it plays for ever.

        `times`, `share`, `seed` and `provider` go with each, the others are its own (`retry_after=0`). Raises
        WrongSettings, which says what there is.
        """
        self._house.cues.add(cueing.made({"scenario": name, **options}, self._house.fault_ids))

    def fault(self, *ids: str) -> None:
        """Break the contract on purpose until the reset, besides the faults set before. Raises WrongSettings."""
        if unknown := [id for id in ids if id not in self._house.fault_ids]:
            told = ", ".join(unknown) + _nearest(unknown[0], self._house.fault_ids)
            raise WrongSettings(f"there is no fault {told}; `image-mock faults` lists them")
        self._house.cues.set_faults((*self._house.cues.faults(), *ids))

    def reset(self) -> None:
        """As after the start: no requests, no fault set since, the scenarios of the settings only."""
        self._house.reset()

    @property
    def requests(self) -> tuple[Received, ...]:
        """Everything that came since the reset, the oldest first; the control room's own requests are not among it."""
        return tuple(map(Received, self._house.journal.entries))

    @property
    def client_findings(self) -> tuple[ClientFinding, ...]:
        """What the callers did wrong, even where it was answered: retries too soon, pictures without their type, …"""
        return client_findings.findings(self._house.journal.entries, self._house.contracts)

    def assert_edited(
        self, *, prompt: str | re.Pattern[str] | None = None, times: int | None = None, **fields: Any
    ) -> None:
        """Pictures were answered to a request like this: at least one, or exactly `times`.

        `fields` are the request's own (`size="1024x1024"`) and `provider`; a compiled pattern is searched for.
        """
        __tracebackhide__ = True
        wanted = {**({} if prompt is None else {"prompt": prompt}), **fields}
        found = [(one, tuple(differences(one, wanted))) for one in self.requests]
        count = sum(not differences for _one, differences in found)
        if count == times or (times is None and count):
            return
        told = ", ".join(f"{name}={value!r:.80}" for name, value in wanted.items())
        raise AssertionError(f"{_counted(count, times)} edited{f' with {told}' if told else ''}; {_came(found)}")

    def assert_refused(self, claim: str | None = None, *, times: int | None = None) -> None:
        """A request was refused (by that claim, or `scenario`, `fault`): at least one, or exactly `times`."""
        __tracebackhide__ = True
        found = self.requests
        count = sum(one.refused_by is not None and claim in (None, one.refused_by) for one in found)
        if count == times or (times is None and count):
            return
        known = {known.id for contract in self._house.contracts.values() for known in contract.of_area("request")}
        hint = "" if claim is None or claim in known else _nearest(claim, known)
        told = f" by {claim}{hint}" if claim else ""
        raise AssertionError(f"{_counted(count, times)} refused{told}; {_came([(one, ()) for one in found])}")


def _counted(count: int, times: int | None) -> str:
    wanted = "at least 1 was" if times is None else f"{times} {'was' if times == 1 else 'were'}"
    return f"{wanted} expected, {count} {'was' if count == 1 else 'were'}"


def _nearest(name: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(name, sorted(known), 1)
    return f" (is {found[0]} meant?)" if found else ""


def _came(found: Sequence[tuple[Received, tuple[str, ...]]]) -> str:
    """The latest requests, each with what is not as wanted."""
    if not found:
        return "nothing came"
    left = f", the last {_SHOWN} of them" if len(found) > _SHOWN else ""
    lines = ["\n      ".join((f"  {one}", *whys)) for one, whys in found[-_SHOWN:]]
    return "\n".join((f"{len(found)} came{left}:", *lines))
