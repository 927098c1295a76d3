"""The main thread of a server hears of every signal, whichever thread the system gives it to."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mock_server.waking import Waking

ROOT = Path(__file__).parent.parent

_WAITING = """
import os, signal, sys, threading
from mock_server.waking import Waking

def waits():
    state = open(f"/proc/self/task/{os.getpid()}/stat").read().rpartition(")")[2].split()[0]
    return state == "S" and sys._current_frames()[main].f_code.co_name == "wait"

def take_the_signal():
    while not all(waits() for _ in range(20)):
        pass
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

main = threading.get_ident()
told = Waking()
signal.signal(signal.SIGTERM, lambda *_: told.set())
threading.Thread(target=take_the_signal, daemon=True).start()
print(told.wait(), told.is_set())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there a thread can see that another one waits")
def test_a_signal_that_another_thread_got_ends_the_waiting() -> None:
    for _ in range(5):
        ran = subprocess.run([sys.executable, "-c", _WAITING], cwd=ROOT, capture_output=True, text=True, timeout=30)
        assert (ran.stdout, ran.stderr, ran.returncode) == ("True True\n", "", 0)


def test_it_is_an_event() -> None:
    event = Waking()
    assert (event.wait(0.001), event.is_set()) == (False, False)
    threading.Thread(target=event.set).start()
    assert event.wait(30)
    assert event.wait()
    event.clear()
    assert not event.wait(0.001)
