"""One state for several worker processes: the very same journal, cues and gallery, asked over a socket of this machine.

The process that starts the workers holds them; a socket in a folder of its own, and a key made up for this run, keep
others out.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.managers import BaseManager, BaseProxy
from pathlib import Path
from typing import Any

from mock_server.cues import Cues
from mock_server.gallery import Gallery
from mock_server.house import House
from mock_server.journal import Entry, Journal
from mock_server.settings import Settings
from mock_server.state import State
