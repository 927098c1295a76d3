"""Thought of later, from the claims' words and from what real relays do: wrong in one encoding, one pair, one place."""

from tests.mischief.afterthoughts import pictures, replies, results, told, values

__all__ = ["pictures", "replies", "results", "told", "values"]
