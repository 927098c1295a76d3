"""Rules about the request as HTTP: route, method, key, content type, body; and which fields it has."""

from __future__ import annotations

from specs.edits import ABSENT, Edit
from specs.rules.register import Breach, Said, rule

REDACTED = "<redacted-key>"
"""What stands for the real key in every transcript (specs.transcripts writes it)."""

FAKE = "sk-invalid"
"""Keys that begin so are nobody's: what the tester sends where a wrong key is asked for."""


def bearer(edit: Edit) -> str | None:
    """The key of `Authorization: Bearer <key>`, or None."""
    scheme, _, key = (edit.request.header("authorization") or "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


@rule("request")
def route_known(edit: Edit) -> Said:
    """Only the documented path is an edit endpoint; any other path is refused."""
    if not edit.on_route:
        yield Breach(f"there is no operation at {edit.request.path}", "the documented path", edit.request.path)


@rule("request")
def method_allowed(edit: Edit, *, methods: list[str]) -> Said:
    """The edit endpoint is called with {methods}; any other method is refused."""
    if edit.request.method.upper() not in methods:
        wanted = " or ".join(methods)
        yield Breach(f"the method is {edit.request.method}, not {wanted}", wanted, edit.request.method)


@rule("request")
def key_present(edit: Edit) -> Said:
    """A request without `Authorization: Bearer <key>` is refused.

    Disputed for a key in another form: to take it too harms nobody.
    """
    if bearer(edit) is None:
        stated = (edit.request.header("authorization") or "").strip()
        another = bool(stated) and stated.lower() != "bearer"
        found = "a key without its scheme" if another else "no bearer key"
        sentence = f"the request has {found}"
        yield Breach(sentence, "Authorization: Bearer <key>", found, disputed=another)


@rule("request")
def key_right(edit: Edit) -> Said:
    """A request with a key that nobody was given is refused."""
    key = bearer(edit)
    if key is not None and key.startswith(FAKE):
        yield Breach("the key is not one that was given out", "a key of this provider", "a made-up key")


@rule("request")
def content_type_accepted(edit: Edit, *, types: list[str], disputed: list[str] | None = None) -> Said:
    """The body is {types}; any other content type is refused."""
    if edit.media_type not in types:
        found = edit.media_type or "no Content-Type"
        yield Breach(f"the content type is {found}", " or ".join(types), found, found in (disputed or ()))


@rule("request")
def body_well_formed(edit: Edit) -> Said:
    """The body is what its Content-Type says: whole multipart, or a JSON object."""
    if edit.problem:
        yield Breach(edit.problem, f"a well-formed {edit.encoding} body", edit.problem, disputed=edit.passable)


def is_readable(edit: Edit) -> bool:
    """Whether the body could be read, so that what is not in it is absent."""
    return edit.problem is None and edit.encoding in ("multipart", "json")


@rule("request")
def field_required(edit: Edit, *, field: str) -> Said:
    """`{field}` is required."""
    if is_readable(edit) and edit.get(field) is ABSENT:
        yield Breach(f"`{field}` is missing", f"`{field}`", "absent")


@rule("request")
def field_refused(edit: Edit, *, field: str) -> Said:
    """`{field}` is not a field of this endpoint and is refused."""
    if edit.get(field) is not ABSENT:
        yield Breach(f"`{field}` is not accepted here", f"no `{field}`", f"{edit.get(field)!r}")


@rule("request")
def no_unknown_field(edit: Edit, *, fields: list[str]) -> Said:
    """A field that the endpoint does not know is refused."""
    if is_readable(edit):
        for name in edit.fields:
            if name not in fields:
                yield Breach(f"`{name}` is not a field of this endpoint", "documented fields only", f"`{name}`")
