"""`report.md`: a pull request's comment. Worst first, details folded, always under 65,000 characters.

What an endpoint sent stands in code spans only: there it cannot become markup, mention a person or link to an issue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from contract_tests.findings import VERDICTS
from contract_tests.reports import answers, words
from contract_tests.reports.json_form import CitationValue, FindingValue, ReportValue
from contract_tests.reports.markup import prose, visible

MOST = 64_500
"""Characters; GitHub refuses a comment of more than 65,536."""
LONGEST_VALUE = 600
LONGEST_GLANCE = 80
_TAIL = 200
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>@:$])")
_RUNS = re.compile("`+")
_BLANK = re.compile(r"\s+")


def text(reports: Sequence[ReportValue], most: int = MOST) -> str:
    """The report as GitHub-flavoured Markdown of at most `most` characters."""
    pieces: list[str] = []
    left = most - _TAIL
    for block in _blocks(reports):
        if len(block) + 2 > left:
            pieces.append("_The rest does not fit into a comment; the page `index.html` has all of it._")
            break
        pieces.append(block)
        left -= len(block) + 2
    return "\n\n".join(pieces) + "\n"


def _blocks(reports: Sequence[ReportValue]) -> Iterator[str]:
    """The document in pieces that may stand alone, the most important first."""
    yield "## Image-edit contract"
    for report in reports:
        yield _head(report)
    for report in reports:
        yield from _broken(report)
    for report in reports:
        yield from _folded(report, "Not judged, and why", _unjudged(report))
        yield from _folded(report, "Observed, never judged", _observed(report))
        yield from _folded(report, "The documents\u2019 own contradictions", _contradictions(report))
        yield from _folded(report, "What holds", _holding(report))


def _head(report: ReportValue) -> str:
    why = answers.cut_by(report)
    run = "" if report["complete"] else f" **cut short**{f' ({code(why)})' if why else ''},"
    found = answers.answers(report)
    asked = f"{words.plural(report['requests'], 'request')}, {words.plural(report['billable'], 'billed edit')}"
    lines = [
        f"### {plain(answers.title(report))}",
        f"{code(report['base_url'])},{run} {words.moment(report['started'])}, {asked}",
        "",
        "| Question | Answer | |",
        "| :-- | :-- | :-- |",
        *(f"| {answer.question(report['provider'])} | **{answer.word}** | {answer.sentence} |" for answer in found),
    ]
    tally = Counter(f["verdict"] if answers.judged(f) else "observed" for f in report["findings"])
    counts = " \u00b7 ".join(f"{tally[kind]} {kind}" for kind in (*VERDICTS, "observed") if tally[kind])
    return "\n".join([*lines, "", counts or "nothing was judged"])


def _broken(report: ReportValue) -> Iterator[str]:
    found = answers.broken(report)
    if found:
        yield f"#### {plain(answers.title(report))}: {words.plural(len(found), 'broken claim')}, the worst first"
    for cause in report.get("causes", ()):
        explained = ", ".join(code(claim) for claim in cause["claims"])
        yield f"**Likely one cause:** {plain(cause['sentence'])}. It explains {explained}."
    for finding in found:
        yield _details(finding)


def _details(finding: FindingValue) -> str:
    kind = f"({finding['level']}, {finding['origin']})"
    values = [
        f"- expected: {code(finding['expected'])}",
        f"- actual: {code(finding['actual'])}",
        f"- reason: {code(finding['reason'])}" if finding["reason"] else "",
        f"- exchanges: {', '.join(code(id) for id in finding['exchanges'][:5])}" if finding["exchanges"] else "",
    ]
    through = finding["citation"].get("through")
    body = ["\n".join(filter(None, values)), _quoted(finding["citation"])]
    if through:
        body += ["Taken over through this sentence of the provider:", _quoted(through)]
    summary = f"<code>{_html(finding['claim'])}</code> {kind}: {_html(finding['statement'])}"
    return _details_of(f"{summary}<br>&emsp;{_numbers(finding)}", "\n\n".join(body))


def _numbers(finding: FindingValue) -> str:
    """Both values in a few words, for a reader who opens nothing."""
    expected, actual = (_html(words.cut(finding[key], LONGEST_GLANCE) or "\u2014") for key in ("expected", "actual"))
    return f"expected <code>{expected}</code>, found <code>{actual}</code>"


def _details_of(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _quoted(cited: CitationValue) -> str:
    gloss = cited.get("gloss")
    lines = [
        plain(cited["quote"]),
        f"_In English:_ {plain(gloss)}" if gloss else "",
        f"{plain(cited['document'])}{' ' + code(cited['at']) if cited['at'] else ''}",
    ]
    return "  \n".join(f"> {line}" for line in lines if line)


def _folded(report: ReportValue, title: str, lines: Iterable[str]) -> Iterator[str]:
    """A folded list, in pieces: each piece is whole in itself, so that a cut leaves nothing open."""
    listed = list(lines)
    for start in range(0, len(listed), 60):
        part = "" if len(listed) <= 60 else f", {start + 1} to {min(start + 60, len(listed))}"
        head = f"{_html(answers.title(report))}: {title} ({len(listed)}{part})"
        yield _details_of(head, "\n".join(listed[start : start + 60]))


def _unjudged(report: ReportValue) -> Iterator[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in answers.worst_first(report["findings"]):
        if finding["verdict"] not in ("holds", "broken") and answers.judged(finding):
            groups.setdefault((finding["verdict"], finding["reason"]), []).append(finding["claim"])
    for (verdict, reason), claims in groups.items():
        yield f"- {verdict}: {code(reason or 'no reason was given')}: {', '.join(code(claim) for claim in claims)}"


def _observed(report: ReportValue) -> Iterator[str]:
    for finding in report["findings"]:
        if not answers.judged(finding):
            seen = finding["actual"] or finding["reason"] or answers.seen(finding)
            yield f"- {code(finding['claim'])}: {plain(finding['statement'])} Seen: {code(seen)}"


def _contradictions(report: ReportValue) -> Iterator[str]:
    for found in report.get("contradictions", []):
        yield f"- {plain(found['problem'])} Read as: {plain(found['resolution'])}"


def _holding(report: ReportValue) -> Iterator[str]:
    for finding in report["findings"]:
        if finding["verdict"] == "holds" and answers.judged(finding):
            yield f"- {code(finding['claim'])} ({finding['level']}, {finding['origin']}): {plain(finding['statement'])}"


def code(text: str) -> str:
    """Text as a code span, whatever is in it: one line, cut when very long, with a fence longer than any inside."""
    line = words.cut(_BLANK.sub(" ", visible(text)).strip(), LONGEST_VALUE) or "\u2014"
    fence = "`" * (max((len(run) for run in _RUNS.findall(line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def plain(text: str) -> str:
    """Our own sentences and quotations: code between backticks stays code, nothing else is markup."""
    line = words.cut(_BLANK.sub(" ", visible(text)).strip(), 2 * LONGEST_VALUE)
    pieces = line.split("`")
    if len(pieces) % 2 == 0:
        return _escaped(line)
    return "".join(code(piece) if index % 2 else _escaped(piece) for index, piece in enumerate(pieces))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def _html(text: str) -> str:
    """Text inside an HTML tag, where Markdown is not read; a comment keeps `@` and `#` from becoming links."""
    line = _BLANK.sub(" ", visible(words.cut(text, LONGEST_VALUE)))
    return re.sub("([@#])(?!39;)", r"\1<!-- -->", prose(line))
