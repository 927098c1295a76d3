"""Many runs: stories of claims, what changed, and three hundred reports in one small page."""

from __future__ import annotations

import copy
import time

import pytest

import reports_exchanges as recorded
import reports_samples as samples
from contract_tests import reports
from contract_tests.__main__ import main
from contract_tests.reports import claim_view, diffing, history, json_form
from reports_outline import Outline

DAY = 86_400.0


def run(day: int = 0, provider: str = "aitoearn", url: str | None = None, **verdicts: str):
    """A report of some day in which the claims named (with `_` for `-`) have these verdicts, all others hold."""
    told = {id.replace("_", "-"): (verdict, "a", "b", "c", ()) for id, verdict in verdicts.items()}
    value = json_form.value(samples.report(provider, told=told, started=samples.STARTED + day * DAY))
    return {**value, "base_url": url} if url else value


def story(*verdicts: str) -> history.Story:
    return history.stories([run(day, key_present=verdict) for day, verdict in enumerate(verdicts)])["key-present"]


def test_a_story_is_stretches_of_equal_verdicts():
    told = story("holds", "holds", "broken", "broken", "broken").stretches
    assert [(s.verdict, s.runs) for s in told] == [("holds", 2), ("broken", 3)]
    assert told[1].since == samples.STARTED + 2 * DAY
    assert told[1].until == samples.STARTED + 4 * DAY


SINCE = {
    "holds": (("broken", "holds"), None),
    "broken at once": (("holds", "broken"), 1),
    "unknown in between does not mend": (("holds", "broken", "inconclusive", "broken"), 1),
    "unknown at the end is not broken": (("broken", "inconclusive"), None),
    "mended and broken again": (("broken", "holds", "broken"), 2),
    "always": (("broken", "broken"), 0),
    "first known as broken": (("not-run", "broken"), 1),
}


@pytest.mark.parametrize(("verdicts", "day"), SINCE.values(), ids=SINCE)
def test_since_when_a_claim_is_broken(verdicts, day):
    assert story(*verdicts).broken_since == (None if day is None else samples.STARTED + day * DAY)


def test_a_story_is_told_in_one_sentence():
    assert claim_view.told(story("holds", "holds")) == "holds since 2026-11-21 (2 runs), as long as it is known"
    assert claim_view.told(story("holds", "broken")) == (
        "broken since 2026-11-22 (1 run); before that holds \u00d7 1 until 2026-11-21"
    )
    assert claim_view.told(story(*("holds", "broken") * 4)).endswith(", and 4 more changes")


def test_an_endpoint_is_a_provider_at_an_address():
    runs = [run(1, url="https://a/"), run(0, url="https://a"), run(0, url="https://b"), run(0, "chatanywhere")]
    found = history.by_endpoint(runs)
    assert [[r["started"] for r in group] for group in found.values()] == [
        [samples.STARTED, samples.STARTED + DAY], [samples.STARTED], [samples.STARTED],
    ]  # fmt: skip
    assert ("aitoearn", "https://a") in found


KINDS = {
    ("holds", "broken"): "newly_broken",
    ("not-run", "broken"): "newly_broken",
    ("inconclusive", "broken"): "newly_broken",
    ("broken", "holds"): "fixed",
    ("not-run", "holds"): "newly_judged",
    ("faulty-suite", "holds"): "newly_judged",
    ("holds", "not-run"): "no_longer_judged",
    ("broken", "inconclusive"): "no_longer_judged",
    ("not-run", "inconclusive"): None,
    ("holds", "holds"): None,
    ("broken", "broken"): None,
}


@pytest.mark.parametrize(("verdicts", "kind"), KINDS.items())
def test_every_change_has_its_kind(verdicts, kind):
    before, after = (run(key_present=verdict) for verdict in verdicts)
    found = diffing.compare(before, after)
    named = {name: [c.claim for c in getattr(found, name)] for name in (
        "newly_broken", "fixed", "changed", "newly_judged", "no_longer_judged")}  # fmt: skip
    assert named == {name: ["key-present"] if name == kind else [] for name in named}
    assert found.exit_status == (kind == "newly_broken")


def test_a_claim_that_breaks_in_another_way_is_changed():
    before, after = run(key_present="broken"), run(key_present="broken")
    after["findings"][0]["actual"] = "another"
    (change,) = diffing.compare(before, after).changed
    assert change.sentence == "still broken, now another (was b)"


def test_a_claim_that_is_new_or_gone_is_told():
    before, after = run(), run(key_right="broken")
    gone = after["findings"].pop(0)["claim"]
    new = before["findings"].pop(1)["claim"]
    found = diffing.compare(before, after)
    assert [c.claim for c in found.newly_broken] == [new] == ["key-right"]
    assert [c.claim for c in found.no_longer_judged] == [gone] == ["key-present"]
    assert "no such claim \u2192 broken" in diffing.described(found)


def test_an_observed_claim_changes_nothing():
    found = diffing.compare(run(accepts_repeated_image="holds"), run(accepts_repeated_image="broken"))
    assert found.kinds == ()
    assert diffing.described(found).endswith("nothing changed")


def test_runs_are_compared_with_the_same_endpoint_else_the_same_provider():
    old = [run(0, key_present="broken"), run(0, url="https://b"), run(1, url="https://b", key_right="broken")]
    same, other = diffing.compare_all(old, [run(9, url="https://b"), run(9, "chatanywhere", key_right="broken")])
    assert [c.claim for c in same.fixed] == ["key-right"]
    assert [c.claim for c in other.newly_broken] == ["key-right"]
    assert diffing.exit_status((same, other)) == 1
    (moved,) = diffing.compare_all([run(0, key_present="broken")], [run(9, url="https://new")])
    assert [c.claim for c in moved.fixed] == ["key-present"]


def test_three_hundred_runs_are_one_small_page_in_little_time(tmp_path):
    read: list[int] = []
    one = run(0)
    given = []
    for day in range(300):
        value = copy.deepcopy(one)
        value["started"] += day * DAY
        value["base_url"] = f"https://host-{day % 3}.example"
        if day >= 200:
            value["findings"][5] |= {"verdict": "broken", "expected": "a refusal", "actual": "accepted"}
        given.append(reports.ReportInput(value, lambda day=day: read.append(day) or recorded.recording()))
    began = time.process_time()
    page = reports.write_site(given, tmp_path)
    assert time.process_time() - began < 10
    text = page.read_text("utf-8")
    assert len(text) < 1_000_000
    assert sorted(read) == [297, 298, 299]
    said = Outline(text).words
    assert said.count("300 runs of 3 endpoints") == 1
    assert said.count("since 2027-06-10") + said.count("since 2027-06-09") + said.count("since 2027-06-11") >= 3
    assert "before that holds \u00d7 67" in said


def test_a_page_over_runs_of_an_hour_ago_opens_them_from_their_folders(tmp_path):
    for name in ("chatanywhere", "aitoearn"):
        reports.write_report(samples.report(name), recorded.recording(), tmp_path / name)
    given = [reports.opened(tmp_path / name) for name in ("chatanywhere", "aitoearn")]
    text = reports.write_site(given, tmp_path).read_text("utf-8")
    assert 'href="chatanywhere/index.html"' in text
    assert given[0].recorded() is None


def test_a_folder_of_runs_is_one_site_over_all_of_them(tmp_path, capsys):
    for name in ("chatanywhere", "aitoearn"):
        reports.write_report(samples.report(name), None, tmp_path / "runs" / name, ("json",))
    assert main(["report", str(tmp_path / "runs"), "--out", str(tmp_path / "site")]) == 0
    said = Outline((tmp_path / "site" / "index.html").read_text("utf-8"))
    assert "Image-edit contract: AiToEarn, ChatAnywhere" in said.words
    assert capsys.readouterr().out == f"page: {tmp_path / 'site' / 'index.html'}\n"
    assert main(["report", str(tmp_path / "site"), "--out", str(tmp_path / "more")]) == 2
    assert "there is no report.json in" in capsys.readouterr().err


def test_the_contents_name_the_sections_that_there_are(tmp_path):
    one, two = run(0), run(1)
    alone, both = (
        Outline(reports.write_site([reports.ReportInput(each) for each in given], tmp_path).read_text("utf-8"))
        for given in ([one], [one, two])
    )
    links = [[a["href"] for a in outline.all("a")[1:10]] for outline in (alone, both)]
    assert not {"#changes", "#runs"} & set(links[0])
    assert {"#changes", "#runs"} <= set(links[1])


def test_a_page_over_no_runs_is_a_page(tmp_path):
    assert Outline(reports.write_site([], tmp_path).read_text("utf-8")).unbalanced == []
