"""The packer of PNGs: ISA-L, in a tenth of zlib's time, or zlib where there is no wheel of it."""

from __future__ import annotations

import zlib

try:
    from isal import isal_zlib as packing
except ImportError:  # there is no wheel for this machine
    packing = zlib  # type: ignore[misc]

__all__ = ["Broken", "packing"]

Broken: type[Exception] = packing.error  # type: ignore[assignment, unused-ignore]  # its types take it for a value
"""What unpacking raises."""
