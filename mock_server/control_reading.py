"""The control room, what only reads: health, journal, pictures, scenarios, faults, documents, callers' mistakes."""

from __future__ import annotations

from pathlib import Path

import yaml

from mock_server import client_findings, showing
from mock_server.control import Asked, Wrong, route, told
from mock_server.journal import Entry
from mock_server.replaying import FETCHED
from mock_server.replies import Reply
from mock_server.scenarios import SCENARIOS
from specs.pictures import kind_of


@route("GET", "health")
def health(asked: Asked) -> Reply:
    """The mock answers."""
    house = asked.house
    replays = {"replays": len(house.replay)} if house.replay else {}
    counted = house.journal.counted().get("requests", 0)
    return told({"status": "ok", "providers": list(house.contracts), "requests": counted, **replays})


@route("GET", "openapi.json")
def described(_asked: Asked) -> Reply:
    """The document of this API."""
    return told(yaml.safe_load((Path(__file__).parent / "control.yaml").read_text("utf-8")))


@route("GET", "journal")
def journal(asked: Asked) -> Reply:
    """What was asked and answered, the newest first."""
    kept = [entry for entry in reversed(asked.house.journal.listed()) if asked.is_about(entry)]
    shown = kept[: asked.number("limit", 100)]
    return told({"kept": len(kept), "entries": [showing.row(entry) for entry in shown]})


@route("GET", "journal/{number}")
def entry(asked: Asked) -> Reply:
    """One entry, with links to its pictures."""
    return told(showing.whole(_entry(asked), asked.house, asked.origin))


@route("GET", "journal/{number}/pictures/{name}")
def picture(asked: Asked) -> Reply:
    """A picture of an entry: `image-0`, `mask`, `result-0` …"""
    found = showing.pictures(_entry(asked)).get(asked.places["name"])
    if found is None:
        raise Wrong("this entry has no such picture (any more)", 404)
    return Reply().with_body(found, f"image/{kind_of(found) or 'x-unknown'}")


def _entry(asked: Asked) -> Entry:
    text = asked.places["number"]
    found = asked.house.journal.entry(int(text)) if text.isascii() and text.isdigit() and len(text) < 16 else None
    if found is None:
        raise Wrong(f"there is no entry {text:.40} (any more)", 404)
    return found


@route("GET", "pictures/{name}")
def linked(asked: Asked) -> Reply:
    """A picture that an answer links to."""
    found = asked.house.gallery.get(asked.places["name"])
    if found is None:
        raise Wrong("this picture is not kept (any more)", 404)
    return Reply().with_body(found, f"image/{asked.places['name'].rpartition('.')[2]}")


@route("GET", "fetched/{digest}/{name}")
def fetched(asked: Asked) -> Reply:
    """What was fetched from a link of a recording that is replayed."""
    path = f"{FETCHED}/{asked.places['digest']}/{asked.places['name']}"
    found = asked.house.replay.fetched(path) if asked.house.replay else None
    if found is None:
        raise Wrong("no such picture was recorded", 404)
    return found


@route("GET", "counters")
def counters(asked: Asked) -> Reply:
    """How many requests, refusals, statuses and scenarios there were."""
    return told(asked.house.journal.counted())


@route("GET", "documents/{provider}")
def document(asked: Asked) -> Reply:
    """A provider's effective OpenAPI document."""
    found = asked.house.contracts.get(asked.places["provider"])
    if found is None:
        raise Wrong(
            f"there is no provider {asked.places['provider']:.40}; there are {', '.join(asked.house.contracts)}", 404
        )
    return told(found.document)


@route("GET", "client-findings")
def judged(asked: Asked) -> Reply:
    """What the callers did wrong."""
    kept = [entry for entry in asked.house.journal.listed() if asked.is_about(entry)]
    return told({"findings": [showing.finding(one) for one in client_findings.findings(kept, asked.house.contracts)]})


@route("GET", "scenarios")
def scenarios(asked: Asked) -> Reply:
    """The scenarios there are, and the cues in the queue."""
    known = {found.id: found for found in SCENARIOS.values()}
    offered = [{"id": id, "statement": s.statement, "options": s.options, "names": s.names} for id, s in known.items()]
    return told({"offered": offered, "cues": [cue.shown() for cue in asked.house.cues.listed()]})


@route("GET", "faults")
def listed_faults(asked: Asked) -> Reply:
    """The faults of each provider, and those that are set."""
    house = asked.house
    offered = {
        name: [
            {"id": f.id, "breaks": f.breaks, "statement": f.statement, "sources": f.sources}
            for f in house.offered(name).values()
        ]
        for name in house.contracts
    }
    return told({"set": list(dict.fromkeys((*house.settings.faults, *house.cues.faults()))), "offered": offered})
