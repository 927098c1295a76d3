"""An exchange on one line, for whoever watches a run: status, time, id."""

from __future__ import annotations

from contract_tests.reports import words
from contract_tests.reports.markup import visible
from specs.messages import Exchange
from specs.transcripts import billed


def line(exchange: Exchange) -> str:
    """`200     1.23 s  0042-size-auto  billed`; `---` where no answer came, and why."""
    status = str(exchange.response.status) if exchange.response else "---"
    told = [exchange.id]
    if billed(exchange):
        told.append("billed")
    if exchange.attempt > 1:
        told.append(f"attempt {exchange.attempt}")
    if exchange.failure:
        told.append(f"{exchange.failure.kind}: {words.cut(exchange.failure.detail, 200)}")
    return visible(f"{status}  {words.lasting(exchange.seconds):>9}  {'  '.join(told)}").replace("\n", " ")
