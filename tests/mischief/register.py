"""The register: a mischief is one function at one step of an order; its name is its id, its docstring what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from tests.honest import MANNERS, Manners
from tests.honest.tricks import Tricks

_STEPS = tuple(step.name for step in fields(Tricks))

Hook = TypeVar("Hook", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Mischief:
    """One dishonest endpoint.

    `providers`: whose promises it breaks; `unpromised`: why no document forbids it, where none does. `keeps` makes its
    hook anew for each endpoint, because it remembers something.
    """

    id: str
    does: str
    step: str
    hook: Callable[..., Any]
    providers: tuple[str, ...]
    unpromised: str = ""
    keeps: bool = False

    def tricks(self) -> Tricks:
        """The endpoint's tricks."""
        return Tricks(**{self.step: self.hook() if self.keeps else self.hook})


MISCHIEFS: dict[str, Mischief] = {}

SMALL = {"aitoearn": MANNERS["small-models"]}


def manners(provider: str) -> Manners:
    """Otherwise honest, and quick where the provider's sizes are its own."""
    return SMALL.get(provider, MANNERS["plain"])


def mischief(step: str, *providers: str, unpromised: str = "", keeps: bool = False) -> Callable[[Hook], Hook]:
    """Register a hook at a step; `providers` default to AiToEarn, whose promises are the strictest."""
    if step not in _STEPS:
        raise ValueError(f"there is no step {step}")

    def keep(hook: Hook) -> Hook:
        id = hook.__name__.replace("_", "-")
        if id in MISCHIEFS or not hook.__doc__:
            raise ValueError(f"the mischief {id} is there already, or does not say what it does")
        does = " ".join(hook.__doc__.split())
        MISCHIEFS[id] = Mischief(id, does, step, hook, providers or ("aitoearn",), unpromised, keeps)
        return hook

    return keep
