"""Endpoints with one thing wrong that nobody listed: tricks of the honest endpoint, thought up from the claims' words.

None of them is a fault of the mock. `python -m benchmarks.mischief` puts each before the tester and says which claim
notices; the test-suite does so with a sample.
"""

from tests.mischief import afterthoughts, bookkeeping, documents, masks, memories, painting, readings, refusals, streams
from tests.mischief.register import MISCHIEFS, Mischief

__all__ = ["MISCHIEFS", "Mischief"]

_LISTED = (afterthoughts, bookkeeping, documents, masks, memories, painting, readings, refusals, streams)
