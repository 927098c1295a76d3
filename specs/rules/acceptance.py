"""The rule about valid requests: they are accepted, whatever lawful form they come in."""

from __future__ import annotations

from specs.answers import Asked
from specs.rules.register import Breach, Said, Silent, rule


@rule("acceptance")
def accepts(asked: Asked, *, feature: str) -> Said:
    """A valid request with {feature} is accepted."""
    if asked.breached or asked.disputed:
        yield Silent("the request breaks another claim, or may do so")
    elif asked.outcome in ("refused", "crashed"):
        told = asked.refusal_text or "no message"
        status = asked.response.status if asked.response else "nothing"
        yield Breach(f"a valid request with {feature} was answered {status}: {told}", "accepted", f"{status}: {told}")
    elif asked.outcome != "accepted":
        yield Silent(asked.why)
