"""In what honest endpoints differ: none of it is promised or forbidden by any document, so none of it is a finding."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Manners:
    """One endpoint's manners.

    Numbers of `busy`, `tired`, `wary` mean "every so-manieth request": 429, 503, refused by moderation. `broke_after`:
    no credit is left after so many edits. `status` picks among the statuses that the sources allow for a refusal.
    `drift` is how far a picture changes where only guidance is promised, `noise` what re-encoding leaves everywhere
    (mean of 255). `late` and `old` are seconds. `links_first`: links, where no response_format is asked for.
    """

    language: str = "en"
    more: bool = False
    reversed: bool = False
    status: int = 0
    empty_404: bool = False
    busy: int = 0
    tired: int = 0
    wary: int = 0
    broke_after: int = 0
    late: float = 0.0
    early: bool = False
    gzip: bool = False
    chunked: bool = False
    http10: bool = False
    padded: bool = False
    partials: int = 3
    comments: bool = False
    short_events: bool = False
    usage: bool = True
    told: bool = True
    drift: int = 0
    noise: int = 0
    frame: str = "stretch"
    auto_size: str = "1024x1024"
    models: str = "plain"
    links: str = "here"
    link_busy: bool = False
    unknown: str = "ignore"
    response_format: str = "refuse"
    more_models: bool = False
    json_too: bool = False
    bare_key: bool = False
    forgiving: bool = False
    checksums: bool = True
    png_compression: bool = True
    partials_need_stream: bool = False
    octets: bool = True
    kind: str = "png"
    no_method: int = 405
    trace_id: bool = False
    escaped: bool = False
    both: bool = False
    interim: bool = False
    abrupt: bool = False
    plain_401: bool = False
    strict_form: bool = False
    split_data: bool = False
    old: int = 0
    files: str = "simple"
    keeps_background: bool = False
    nulls: bool = False
    done: bool = False
    line_end: str = "\n"
    links_first: bool = False
    blank_masks: bool = True
    retry_date: bool = False
    size_as_asked: bool = False
    cleared_is_blank: bool = False


PLAIN = Manners()

MANNERS: Mapping[str, Manners] = {
    "plain": PLAIN,
    "chinese": Manners(language="zh", more=True, reversed=True),
    "arabic": Manners(language="ar", trace_id=True),
    "other-statuses": Manners(status=1, empty_404=True, more=True),
    "third-statuses": Manners(status=2, no_method=404),
    "fewer-partials": Manners(partials=1, comments=True),
    "no-partials": Manners(partials=0, comments=True),
    "printed-example": Manners(short_events=True),
    "gzip-and-chunks": Manners(gzip=True, chunked=True),
    "http-1.0": Manners(http10=True),
    "late": Manners(late=0.02, padded=True),
    "early-refusals": Manners(early=True),
    "busy": Manners(busy=5),
    "tired": Manners(tired=6),
    "wary": Manners(wary=9),
    "broke": Manners(broke_after=30),
    "generative": Manners(drift=24, noise=5, auto_size="1536x1024"),
    "noisy": Manners(noise=9),
    "crops": Manners(frame="cover", models="wide"),
    "letterboxes": Manners(frame="contain", models="wide"),
    "small-models": Manners(models="small"),
    "one-picture-model": Manners(models="single"),
    "sizes-as-ratios": Manners(models="ratios"),
    "bare-list": Manners(models="bare"),
    "links-elsewhere": Manners(links="elsewhere"),
    "links-moved": Manners(links="moved"),
    "links-busy": Manners(links="elsewhere", link_busy=True),
    "silent": Manners(usage=False, told=False),
    "strict": Manners(unknown="refuse", octets=False, png_compression=False, partials_need_stream=True),
    "lenient": Manners(response_format="accept", more_models=True, bare_key=True, json_too=True),
    "forgiving": Manners(forgiving=True, checksums=False),
    "other-kind": Manners(kind="jpeg", models="small"),
    "no-such-method": Manners(no_method=501),
    "other-json": Manners(escaped=True, both=True, plain_401=True, old=1500),
    "other-http": Manners(interim=True, abrupt=True),
    "other-events": Manners(split_data=True, comments=True),
    "other-files": Manners(files="odd", keeps_background=True),
    "strict-forms": Manners(strict_form=True),
    "nulls": Manners(nulls=True, done=True, size_as_asked=True),
    "old-lines": Manners(line_end="\r", done=True, old=-1200),
    "other-answers": Manners(cleared_is_blank=True, files="alpha", links_first=True, busy=7, retry_date=True),
    "no-blank-masks": Manners(blank_masks=False),
}
"""Every knob turned at least once, under a name that says which."""


def drawn(seed: int) -> Manners:
    """A chance mixture: each knob as it stands in one of the named manners."""
    chance = random.Random(seed)
    others = [manners for name, manners in MANNERS.items() if name not in ("plain", "broke")]
    chosen: dict[str, Any] = {}
    for knob in fields(Manners):
        values = {getattr(manners, knob.name) for manners in others}
        turned = sorted((value for value in values if value != getattr(PLAIN, knob.name)), key=repr)
        if turned and chance.random() < 0.35:
            chosen[knob.name] = chance.choice(turned)
    return replace(PLAIN, **chosen)
