"""The control room, what changes something: the journal forgotten, cues queued, faults set, everything reset."""

from __future__ import annotations

from typing import Any

from mock_server import cueing
from mock_server.control import Asked, Wrong, route, told
from mock_server.cues import Cue
from mock_server.replies import Reply
from mock_server.settings import WrongSettings

MOST_CUES = 1000


@route("DELETE", "journal")
def forget_journal(asked: Asked) -> Reply:
    """Forget the journal (of one test)."""
    asked.house.journal.clear(asked.query.get("test_id"))
    return told({"status": "ok"})


@route("POST", "scenarios")
def cue(asked: Asked) -> Reply:
    """Put one cue, or a script of them, at the end of the queue."""
    value = asked.value.get("script", asked.value) if isinstance(asked.value, dict) else asked.value
    wanted = [_step(one) for one in value] if isinstance(value, list) else [value]
    if not wanted:
        raise Wrong("there is no cue in the script")
    if len(wanted) + len(asked.house.cues.listed()) > MOST_CUES:
        raise Wrong(f"there are at most {MOST_CUES} cues; DELETE /_mock/scenarios takes them out")
    try:
        made = [_made(one, asked) for one in wanted]
    except WrongSettings as problem:
        raise Wrong(str(problem)) from None
    return told({"cues": [asked.house.cues.add(one).shown() for one in made]}, 201)


def _step(value: Any) -> Any:
    return cueing.step(value) if isinstance(value, str | dict) else value


def _made(value: Any, asked: Asked) -> Cue:
    if isinstance(value, str):
        return cueing.parse(value, asked.house.fault_ids)
    if isinstance(value, dict):
        return cueing.made(value, asked.house.fault_ids)
    raise Wrong("a cue is an object with `scenario`, or text")


@route("DELETE", "scenarios")
def no_cues(asked: Asked) -> Reply:
    """Take every cue out (or those of one test)."""
    asked.house.cues.clear(asked.query.get("test_id"))
    return told({"status": "ok"})


@route("DELETE", "scenarios/{id}")
def no_cue(asked: Asked) -> Reply:
    """Take one cue out."""
    text = asked.places["id"]
    if not (text.isascii() and text.isdigit() and len(text) < 16 and asked.house.cues.drop(int(text))):
        raise Wrong(f"there is no cue {text:.40}", 404)
    return told({"status": "ok"})


@route("PUT", "faults")
def set_faults(asked: Asked) -> Reply:
    """Set these faults, in place of those set before (those of the start stay)."""
    ids = asked.value.get("faults") if isinstance(asked.value, dict) else None
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise Wrong('the body is {"faults": ["id", …]}')
    if unknown := [id for id in ids if id not in asked.house.fault_ids]:
        raise Wrong(f"there is no fault {', '.join(unknown):.80}; GET /_mock/faults lists them")
    asked.house.cues.set_faults(tuple(ids))
    return told({"set": list(asked.house.cues.faults())})


@route("DELETE", "faults")
def no_faults(asked: Asked) -> Reply:
    """No fault but those of the start."""
    asked.house.cues.set_faults(())
    return told({"set": list(asked.house.settings.faults)})


@route("POST", "reset")
def reset(asked: Asked) -> Reply:
    """As after the start: no journal, and the cues of the start only (or: nothing of one test)."""
    asked.house.reset(asked.query.get("test_id"))
    return told({"status": "ok"})
