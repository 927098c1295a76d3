"""The page in a real browser, where there is one: what its script does, by the document as it stands afterwards."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from reports_outline import Outline, written_site

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
CLAIM = "mask-keeps-opaque"

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Outline:
    """The page opened at one claim's evidence."""
    home = tmp_path_factory.mktemp("site")
    page = written_site(home) / "index.html"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    profile = f"--user-data-dir={home / 'profile'}"
    address = f"{page.as_uri()}#{CLAIM}--chatanywhere"
    ran = subprocess.run(
        [str(BROWSER), *options, profile, "--window-size=390,844", "--dump-dom", address],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    return Outline(ran.stdout)


def test_the_script_shows_the_filter_and_counts_the_claims(shown: Outline) -> None:
    assert ["hidden" in attributes for attributes in shown.all("form")] == [False]
    assert "34 of 34 claims" in shown.words


def test_a_link_to_evidence_opens_the_folds_around_it_and_no_other(shown: Outline) -> None:
    within = {attributes.get("id"): open_ for tag, attributes, open_ in shown.elements if tag == "div"}
    assert "details" in within[f"{CLAIM}--chatanywhere"]
    opened = [at for at, (tag, attributes, _) in enumerate(shown.elements) if tag == "details" and "open" in attributes]
    assert len(opened) == 1
    row = next(at for at, (_, attributes, _) in enumerate(shown.elements) if attributes.get("id") == CLAIM)
    panel = next(
        at for at, (_, attributes, _) in enumerate(shown.elements) if attributes.get("id") == f"{CLAIM}--chatanywhere"
    )
    assert row < opened[0] < panel


def test_every_command_has_a_button_that_copies_it(shown: Outline) -> None:
    commands = [attributes for attributes in shown.all("pre") if attributes.get("class") == "command"]
    assert len(commands) == len([a for a in shown.all("button") if a.get("class") == "copy"]) > 3


def test_the_page_of_a_browser_is_no_other_document(shown: Outline, tmp_path: Path) -> None:
    """The browser mends what is not well-formed; where it had nothing to mend, the elements are the same."""
    written = Outline((written_site(tmp_path) / "index.html").read_text("utf-8"))
    kinds = [[tag for tag, *_ in outline.elements if tag != "button"] for outline in (shown, written)]
    assert kinds[0] == kinds[1]
