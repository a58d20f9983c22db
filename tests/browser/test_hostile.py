"""What documents say is text in every page of a study: none of it runs, is fetched or is drawn as anything else."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parents[1]))
from hostile_corpus import STRINGS, hostile_corpus
from running_lab import PROJECT

from wsis_nlp.reproduction import reproduce
from wsis_nlp.showing import visible

PAGES = ["index", *(f"notebooks/{path.stem}" for path in sorted((PROJECT / "notebooks").glob("*.ipynb")))]
WITH_TITLES = ["index", *(f"notebooks/{name}" for name in ("01_corpus", "04_similarity", "05_lineage", "06_keyness"))]
PICTURES = PROJECT / "build" / "browser"
TRAP = """window.__dialogs = []; for (const name of ["alert", "confirm", "prompt", "open"])
    window[name] = text => window.__dialogs.push(`${name} ${text}`);"""
# Elements and attributes that no page of ours has, and scripts but for the one that sorts.
STRANGE = """() => [
    ...document.querySelectorAll("iframe, object, embed, form, base, link, svg, video, audio, meta[http-equiv]"),
    ...[...document.querySelectorAll("*")].filter(one => [...one.attributes].some(
        ({name, value}) => name.startsWith("on") || /^\\s*javascript:/i.test(value))),
    ...[...document.scripts].filter(one => !one.text.includes("table.sortable:not(.sorted)")),
].map(one => one.outerHTML.slice(0, 200))"""
TEXT = """() => { const body = document.body.cloneNode(true);
    body.querySelectorAll("script, style, details.code").forEach(one => one.remove());
    return body.textContent + [...body.querySelectorAll("img")].map(one => one.alt).join(" "); }"""
ADDRESSES = """() => [...document.querySelectorAll("[href], [src]")].map(
    one => one.getAttribute("href") ?? one.getAttribute("src"))"""

pytestmark = pytest.mark.xdist_group("hostile")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of the hostile corpus."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    reproduce(folder / "figures", corpus=hostile_corpus(folder / "corpus"), notebooks=PROJECT / "notebooks")
    return folder / "figures"


@pytest.fixture
def opened(browser: BrowserContext, asked_outside: list[str]) -> Iterator[tuple[Page, list[str]]]:
    """A page with traps, and what fell into them."""
    asked_outside.clear()
    page, caught = browser.new_page(), []
    page.add_init_script(TRAP)
    page.on("dialog", lambda dialog: (caught.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: caught.append(str(error)))
    page.on("download", lambda download: caught.append(download.url))
    yield page, caught
    page.close()


def flat(text: str) -> str:
    return " ".join(visible(text).split())


@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_a_document_runs_in_a_page(
    name: str, results: Path, opened: tuple[Page, list[str]], asked_outside: list[str]
) -> None:
    page, caught = opened
    page.goto((results / f"{name}.html").as_uri())
    for head in page.locator("table.sorted th button").all()[:40]:
        head.click()
    for summary in page.locator("details:not(.code) > summary").all()[:40]:
        summary.click()
    page.mouse.move(400, 400)
    page.wait_for_timeout(300)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"hostile-{name.rpartition('/')[2]}.png", full_page=True)
    assert page.evaluate("() => window.__ran") is None
    assert page.evaluate("() => window.__dialogs") == caught == asked_outside == []
    assert page.evaluate(STRANGE) == []
    assert [
        address for address in page.evaluate(ADDRESSES) if not re.match(r"[\w./-]+(#.*)?$|data:image/png", address)
    ] == []
    assert page.locator("main").is_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "a word pushes the page apart"


@pytest.mark.parametrize("name", WITH_TITLES)
def test_what_a_document_says_is_found_as_text(name: str, results: Path, opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    page.goto((results / f"{name}.html").as_uri())
    text = " ".join(page.evaluate(TEXT).split())
    assert [string for string in STRINGS if flat(string) not in text] == []


def test_drawings_hold_no_script_and_are_whole(results: Path, opened: tuple[Page, list[str]]) -> None:
    page, caught = opened
    drawings = sorted(results.glob("*.svg"))
    assert len(drawings) > 5
    for drawing in drawings:
        page.goto(drawing.as_uri())
        assert page.evaluate("() => document.documentElement.localName") == "svg"
        assert page.evaluate("() => document.querySelectorAll('script, foreignObject, a, parsererror').length") == 0
        assert page.evaluate("() => window.__ran") is None
    assert caught == []
