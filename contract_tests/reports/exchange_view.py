"""An exchange on the page: what was sent, what came back, how to repeat it, and the pictures."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.reports import bodies, curl, exhibits, thumbnails, timeline, words
from contract_tests.reports.markup import Html, escape, join, tag
from specs.answers import Asked
from specs.messages import Headers, Part, media_type
from specs.pictures import kind_of

MOST_RESULTS = 4
_NOT_KEPT = "The pictures of this exchange were not kept, so it cannot be repeated from here."
MOST_PARTS = 40


def exchange(asked: Asked, id: str, folder: str | None, *, pictured: bool) -> Html:
    """The whole exchange; `id` is its fragment name, `folder` where its files are (None when there are none)."""
    return tag(
        "div",
        tag("h4", "Exchange ", tag("code", asked.exchange.id), id=f"{id}-title"),
        tag("p", _line(asked), class_="line"),
        tag("div", _request(asked), _response(asked), class_="sides"),
        _pictures(asked) if pictured else None,
        _curl(asked, folder) if folder else tag("p", _NOT_KEPT, class_="quiet"),
        class_="exchange",
        id=id,
        role="group",
        aria_labelledby=f"{id}-title",
    )


def _line(asked: Asked) -> Html:
    request, response, failure = asked.request, asked.response, asked.exchange.failure
    pieces = [tag("code", f"{request.method} {request.path}"), " \u2192 "]
    pieces.append(tag("strong", str(response.status)) if response else tag("strong", "no answer"))
    pieces.append(escape(f", {words.lasting(asked.exchange.seconds)}"))
    if asked.exchange.sent:
        pieces.append(escape(f", {words.moment(asked.exchange.sent)}"))
    if asked.exchange.attempt > 1:
        pieces.append(escape(f", attempt {asked.exchange.attempt}"))
    if failure:
        pieces.append(escape(f". {failure.kind}: {failure.detail}"))
    return join(pieces)


def _headers(headers: Headers) -> Html:
    rows = [tag("tr", tag("th", name, scope="row"), tag("td", words.cut(value, 300))) for name, value in headers]
    table = tag("div", tag("table", tag("tbody", rows), class_="pairs", aria_label="Header fields"), class_="wide")
    return tag("details", tag("summary", words.plural(len(headers), "header field")), table)


def _request(asked: Asked) -> Html:
    body = asked.request.body
    return tag(
        "div",
        tag("h5", "Request"),
        _headers(asked.request.headers),
        tag("p", asked.edit.problem, class_="problem") if asked.edit.problem else None,
        _parts(asked.edit.parts) if asked.edit.parts else bodies.body(body, media_type(asked.request.headers)),
    )


def _parts(parts: tuple[Part, ...]) -> Html:
    head = tag("thead", tag("tr", [tag("th", title, scope="col") for title in ("Form field", "Value")]))
    rows = [tag("tr", tag("th", part.name, scope="row"), tag("td", _part(part))) for part in parts[:MOST_PARTS]]
    if len(parts) > MOST_PARTS:
        rows.append(tag("tr", tag("td", f"\u2026 {len(parts) - MOST_PARTS} more", colspan=2)))
    return tag("div", tag("table", head, tag("tbody", rows), class_="pairs"), class_="wide")


def _part(part: Part) -> Html:
    if not part.is_file:
        text = part.data.decode("utf-8", "replace")
        return join([tag("code", bodies.shortened(text)), _small(part.content_type)])
    what = thumbnails.describe(part.data) if kind_of(part.data) else "not a picture"
    stated = ", ".join(word for word in (part.filename or "no file name", part.content_type or "no type") if word)
    return join([f"{what}, {words.weight(len(part.data))}", _small(stated)])


def _small(text: str | None) -> Html | None:
    return tag("small", f" {text}") if text else None


def _response(asked: Asked) -> Html:
    response = asked.response
    if response is None:
        return tag("div", tag("h5", "Response"), tag("p", "Nothing came back."))
    body = timeline.view(asked) if asked.is_stream else bodies.body(response.body, media_type(response.headers))
    return tag("div", tag("h5", "Response"), _headers(response.headers), body)


def _pictures(asked: Asked) -> Html | None:
    figures = [tag("figure", picture, tag("figcaption", said)) for picture, said in _figures(asked)]
    return tag("div", figures, class_="pictures") if figures else None


def _figures(asked: Asked) -> Iterator[tuple[Html, Html]]:
    source, mask, results = exhibits.source(asked), exhibits.mask(asked), exhibits.results(asked)
    named = [("source", source), ("mask", mask)]
    named += [("result" if len(results) == 1 else f"result {n}", r) for n, r in enumerate(results[:MOST_RESULTS], 1)]
    shown = [(name, thumbnails.thumbnail(data)) for name, data in named if data]
    if source and results:
        shown.append(("difference", thumbnails.difference(source, results[-1 if asked.is_stream else 0], mask)))
    for name, small in shown:
        if small is None:
            yield tag("p", "cannot be decoded", class_="nothing"), tag("b", name)
        else:
            image = tag("img", src=small.uri, width=small.width, height=small.height, alt=f"{name}: {small.caption}")
            yield image, join([tag("b", name), " ", tag("span", small.caption)])


def _curl(asked: Asked, folder: str) -> Html:
    command = curl.repeat(asked, folder).command
    home = curl.home_of(asked.exchange.id, folder)
    return tag(
        "div",
        tag("div", tag("h5", "Repeat it"), class_="repeat"),
        tag("pre", command, class_="command", tabindex=0, role="group", aria_label="Command that repeats the exchange"),
        tag(
            "p",
            "Run it in the folder of this page, with the key in ",
            tag("code", "IMAGE_CONTRACT_API_KEY"),
            ". Its ",
            "files: ",
            tag("a", f"{home}/", href=f"{home}/"),
            class_="quiet",
        ),
    )
