"""`index.html`: one file that holds everything, needs nothing from elsewhere and reads without JavaScript.

The document forbids itself whatever is not its own: a Content-Security-Policy names the digests of its one style and
one script and allows pictures from `data:` only, so that markup an endpoint sent could not run even if it got through.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from contract_tests.documents.section import documents_section
from contract_tests.reports import answers, matrix, overview, sections, words
from contract_tests.reports.diffing import Difference
from contract_tests.reports.markup import Html, tag
from contract_tests.reports.run import Run
from specs import loading

MOST_PICTURED = 24
"""Exchanges of one page that are shown with their pictures, so that the page stays small."""


def page(
    runs: Sequence[Run],
    made: float,
    changed: Sequence[tuple[Run, Difference]] = (),
    all_runs: Html | None = None,
) -> str:
    """The whole document. `runs` are the columns, `changed` and `all_runs` stand in a page over many runs only."""
    parts = {
        ("tested", "What was tested"): overview.overview(runs),
        ("changes", "Changes"): overview.changes(changed),
        ("claims", "Claims"): matrix.matrix(runs, _pictured(runs)),
        ("contradictions", "Contradictions"): sections.contradictions(runs),
        ("documents", "Documents"): _documents(runs),
        ("not-judged", "Not judged"): sections.not_judged(runs),
        ("observed", "Observed"): sections.observed(runs),
        ("runs", "All runs"): all_runs,
        ("words", "Words"): sections.legend(),
    }
    links = [named for named, part in parts.items() if part]
    title = f"Image-edit contract: {', '.join(dict.fromkeys(run.title for run in runs)) or 'no runs'}"
    main = tag("main", parts.values(), id="main")
    body = tag("body", Html(static("shapes.html")), _skip(), _header(title, made, links), main, _script())
    return f'<!doctype html>\n<html lang="en">{_head(title)}{body}</html>\n'


def _documents(runs: Sequence[Run]) -> Html | None:
    """What the providers of these runs publish, field by field, beside OpenAI."""
    known = loading.providers()
    names = dict.fromkeys(name for run in runs if (name := run.report["provider"]) in known)
    return documents_section(loading.load(name) for name in dict.fromkeys(("openai", *names))) if names else None


def _pictured(runs: Sequence[Run]) -> frozenset[tuple[str, str]]:
    """(run key, claim) of the panels with pictures: the broken claims', and one accepted edit for each run."""
    found = [(run.key, run.exemplar) for run in runs if run.exemplar]
    found += [(run.key, finding["claim"]) for run in runs for finding in answers.broken(run.report)]
    return frozenset(found[:MOST_PICTURED])


def _head(title: str) -> Html:
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest('page.css')}'; script-src '{_digest('page.js')}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        Html(f"<style>{static('page.css')}</style>"),
    )


@lru_cache
def static(name: str) -> str:
    """A file that stands beside this one."""
    return files(__package__).joinpath(name).read_text("utf-8").strip()


def _digest(name: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(static(name).encode()).digest()).decode()


def _script() -> Html:
    return Html(f"<script>{static('page.js')}</script>")


def _skip() -> Html:
    return tag("a", "Skip to the findings", href="#main", class_="skip")


def _header(title: str, made: float, links: Sequence[tuple[str, str]]) -> Html:
    items = [tag("li", tag("a", said, href=f"#{name}")) for name, said in links]
    return tag(
        "header",
        tag("h1", title),
        tag(
            "p",
            "What each provider\u2019s documents promise, beside what its endpoint did. Written ",
            words.moment(made),
            ".",
        ),
        tag("nav", tag("ul", items), aria_label="Contents"),
    )
