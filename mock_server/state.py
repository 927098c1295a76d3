"""What changes while the mock runs, in one place, so that several processes can share it (see `sharing`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from mock_server.cues import Cues
from mock_server.gallery import Gallery
from mock_server.journal import Journal


@dataclass(frozen=True)
class State:
    """The journal, the cues, and the pictures that were promised as links."""

    journal: Journal = field(default_factory=Journal)
    cues: Cues = field(default_factory=Cues)
    gallery: Gallery = field(default_factory=Gallery)
