"""A command line that sends a request again; it fetches the pictures it needs from the mock's own journal.

The key was never kept: the command reads $IMAGE_MOCK_KEY. What curl cannot repeat stands in a comment above.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from mock_server import showing
from mock_server.journal import Entry
from mock_server.room.markup import UNSHOWABLE
from specs.messages import Part
from specs.redaction import MASKED, REDACTED

_LEFT_TO_CURL = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding", "expect"}
)
_OF_BROWSERS = ("sec-", "origin", "referer", "accept-language", "priority")
LONGEST = 2000
"""Characters of a text that may stand in the command itself."""


def curl(entry: Entry, origin: str) -> str:
    """The command, in lines; to be escaped before it is shown."""
    request = entry.edit.request
    skipped = _LEFT_TO_CURL | (frozenset({"content-type"}) if entry.edit.parts else frozenset())
    options = [f"curl --include --request {shlex.quote(request.method)} {shlex.quote(request.url)}"]
    options += [f"--header {_worded(f'{n}: {v}')}" for n, v in request.headers if _is_told(n.lower(), skipped)]
    options += ["--no-buffer"] if entry.edit.streams else []
    fetching: list[str] = []
    if entry.stripped:
        fetching.append("# the body was too large to be kept: this repeats the request without it")
    elif entry.edit.parts:
        options += _form(entry, origin, fetching)
    elif request.body:
        name = f"request-{entry.number}.body"
        fetching.append(f"curl --silent --output {name} {shlex.quote(f'{origin}/_mock/?body={entry.number}')}")
        options.append(f"--data-binary @{name}")
    return "\n".join([*fetching, " \\\n  ".join(options)])


def _is_told(name: str, skipped: frozenset[str]) -> bool:
    return name not in skipped and not name.startswith(_OF_BROWSERS)


def _worded(text: str) -> str:
    """A shell word in which a key that was taken out is read from the environment."""
    for mark in (REDACTED, MASKED):
        if mark in text:
            before, _, after = text.partition(mark)
            return f'{shlex.quote(before)}"$IMAGE_MOCK_KEY"{shlex.quote(after) if after else ""}'
    return shlex.quote(text)


def _form(entry: Entry, origin: str, fetching: list[str]) -> Iterator[str]:
    """The parts in order; a picture is fetched into a file first."""
    known = {data: name for name, data in showing.pictures(entry).items() if not name.startswith("result")}
    for part in entry.edit.parts:
        name = known.get(part.data) if part.is_file else None
        if name is not None:
            file = f"{entry.number}-{name}"
            address = f"{origin}/_mock/journal/{entry.number}/pictures/{name}"
            fetching.append(f"curl --silent --output {file} {shlex.quote(address)}")
            yield f"--form {shlex.quote(_file(part, file))}"
        elif (text := _text(part)) is not None:
            yield f"--form-string {shlex.quote(f'{part.name}={text}')}"
        else:
            fetching.append(f"# left out: {part.name!a:.60}, {len(part.data)} bytes that fit in no command")


def _file(part: Part, file: str) -> str:
    kind = f";type={part.content_type}" if part.content_type else ""
    named = (part.filename or "").replace("\\", "\\\\").replace('"', '\\"')
    return f'{part.name}=@{file}{kind};filename="{named}"'


def _text(part: Part) -> str | None:
    try:
        text = part.data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    fits = not part.is_file and len(text) <= LONGEST and not UNSHOWABLE.search(text)
    return text if fits else None
