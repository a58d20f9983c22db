"""Every notebook in JupyterLab, and the pages of results: the first run, and what both show can be used."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page
from running_lab import PROJECT, Lab

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
PAGE = PROJECT / "figures" / "notebooks" / "02_term_drift.html"
GALLERY = PROJECT / "figures" / "index.html"
PICTURES = PROJECT / "build" / "browser"
SHORTEST = 40  # characters that tell more of a figure than its kind
# The sign of an idle kernel comes before these, and a click that comes too early is lost.
READY = """async () => {
    await jupyterapp.restored;
    const {context, sessionContext} = jupyterapp.shell.currentWidget;
    await context.ready;
    await sessionContext.ready;
    await sessionContext.session.kernel.info;
}"""
OUTPUT = ".jp-OutputArea-output, .output_area"
FAULT = '[data-mime-type="application/vnd.jupyter.error"]'
WARNING = '[data-mime-type="application/vnd.jupyter.stderr"]'
NOTIFICATION = ".Toastify__toast"
# The cells after one that failed get no number. The page does not show the numbers of cells whose code is folded.
CODE = 'jupyterapp.shell.currentWidget.content.widgets.filter(({model}) => model.type === "code")'
RAN = f"known => document.querySelector('{FAULT}') || {CODE}.filter(({{model}}) => model.executionCount).length > known"
# On, by a screen, unless what follows are the empty screens behind the end.
SCROLL = """(one, empty) => {
    const more = one.scrollHeight - one.scrollTop - (1 + empty) * one.clientHeight > 1;
    if (more) one.scrollBy(0, one.clientHeight);
    return more;
}"""
# What a row says while its counts are closed.
TOLD = """rows => rows.map(row => [...row.cells].map(
    cell => (cell.querySelector("summary") ?? cell).textContent.trim()).join(" "))"""
LONG = "tables => tables.filter(table => table.tBodies[0].rows.length > 10).length"
# As Playwright tells what is visible, of all in one question.
VISIBLE = """every => every.map(one => {
    const {width, height} = one.getBoundingClientRect();
    return width > 0 && height > 0 && getComputedStyle(one).visibility === "visible";
})"""
MARKED = "every => every.map(one => [...one.querySelectorAll('mark')].map(mark => mark.innerText))"
OFTEN = 200  # milliseconds between two looks at a notebook that runs; Playwright looks at every frame, and slows it
TEXTS = "every => every.map(one => one.textContent)"
IMAGES = "every => every.map(image => ({width: image.naturalWidth, words: image.alt}))"
# Of each column the cells and the heads' state, before, after one and after two clicks on its head.
SORTED = """table => [...table.tHead.rows[0].cells].map((head, at, heads) => [0, 1, 2].map(click => {
    if (click) head.querySelector("button").click();
    const cells = [...table.tBodies[0].rows].map(row => row.cells[at]);
    return {
        told: cells.map(cell => (cell.querySelector("summary") ?? cell).textContent),
        states: heads.map(each => each.getAttribute("aria-sort")),
    };
}))"""
NUMBER = r"-?[\d,]*\.?\d+(e-?\d+)?"


@dataclass(frozen=True)
class Shown:
    """A notebook with its outputs in a page, and what went wrong there."""

    page: Page
    source: Path
    asked_outside: list[str]
    script_errors: list[str] = field(default_factory=list)

    def photograph(self, part: str) -> None:
        """Take a picture of what is seen, for a person to look at."""
        name = "web-page" if self.source == PAGE else self.source.stem
        self.page.screenshot(path=PICTURES / f"{name}-{part}.png")

    def uses(self, name: str) -> int:
        """How often the code has a name."""
        return self.source.with_suffix(".ipynb").read_text("utf-8").count(name)


def run_in_lab(page: Page, lab: Lab, name: str) -> None:
    page.goto(f"{lab.url}lab/tree/notebooks/{name}?token={lab.token}&reset")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(READY)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('[data-command="runmenu:run-all"]').click()
    for known in range(page.evaluate(f"{CODE}.length")):  # each cell has as long as a whole notebook usually needs
        page.wait_for_function(RAN, arg=known, polling=OFTEN)


def of_its_own(path: Path) -> object:
    """A page that one process shows, for all of its tests."""
    name = "web page" if path == PAGE else path.stem
    return pytest.param(path, id=name, marks=pytest.mark.xdist_group(name))


@pytest.fixture(scope="module", params=[of_its_own(path) for path in (*NOTEBOOKS, PAGE)])
def shown(
    request: pytest.FixtureRequest, lab: Lab, browser: BrowserContext, asked_outside: list[str]
) -> Iterator[Shown]:
    asked_outside.clear()
    result = Shown(browser.new_page(), request.param, asked_outside)
    page = result.page
    page.on("pageerror", lambda error: result.script_errors.append(str(error)))
    if result.source == PAGE:
        page.goto(PAGE.as_uri())
        roll, empty = page.locator("html"), 0
    else:
        run_in_lab(page, lab, result.source.name)
        roll, empty = page.locator(".jp-WindowedPanel-outer"), 1
        roll.evaluate("one => one.scrollTo(0, 0)")
    result.photograph("01")
    for part in takewhile(lambda _: roll.evaluate(SCROLL, empty), count(2)):
        result.photograph(f"{part:02}")
    yield result
    if result.source != PAGE:
        page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.close()


def test_make_lab_opens_on_the_notebooks(lab: Lab) -> None:
    assert lab.address("").endswith("/lab/tree/notebooks")


def test_what_is_asked_of_another_machine_is_noted(
    browser: BrowserContext, offline: dict[str, str], asked_outside: list[str]
) -> None:
    address = "http://wsis.invalid/"
    page = browser.new_page()
    with pytest.raises(Error, match="PROXY"):
        page.goto(address)
    page.close()
    assert asked_outside == [address]
    call = [sys.executable, "-c", f"import urllib.request; urllib.request.urlopen({address!r})"]
    assert subprocess.run(call, env=offline, capture_output=True).returncode
    assert len(asked_outside) == 2
    assert address in asked_outside[1]


def test_every_cell_runs_without_an_error_or_a_warning(shown: Shown) -> None:
    assert shown.page.locator(OUTPUT).count() > 5
    for kind in (FAULT, WARNING, NOTIFICATION):
        assert shown.page.locator(kind).evaluate_all(TEXTS) == []
    assert shown.script_errors == []


def test_every_figure_is_drawn_and_told_in_words_of_its_own(shown: Shown) -> None:
    images = shown.page.locator("figure img").evaluate_all(IMAGES)
    assert len(images) >= shown.uses("export.figure(") > 0
    assert [image for image in images if not image["width"]] == []
    assert [image for image in images if len(image["words"]) < SHORTEST] == []
    assert len({image["words"] for image in images}) == len(images)


def test_heads_of_columns_sort(shown: Shown) -> None:
    tables = shown.page.locator("table.sorted")
    assert tables.count() >= shown.uses("SortableTable(")
    assert shown.page.locator("table.sortable:not(.sorted)").count() == 0
    for table in tables.all():
        button = table.locator("th button").first
        button.click()
        assert table.locator("th").first.get_attribute("aria-sort") == "descending"
        button.press("Enter")
        assert table.locator("th").first.get_attribute("aria-sort") == "ascending"
        for at, states in enumerate(table.evaluate(SORTED)):
            before, falling, rising = (state["told"] for state in states)
            check_order(before, falling, rising)
            for state, order in zip(states[1:], ("descending", "ascending"), strict=True):
                assert [(n, told) for n, told in enumerate(state["states"]) if told] == [(at, order)]


def check_order(before: list[str], falling: list[str], rising: list[str]) -> None:
    """What is undefined stays last; numbers fall and then rise; words turn round."""
    known = [text for text in before if text != "–"]
    undefined = ["–"] * (len(before) - len(known))
    assert sorted(falling) == sorted(before)
    assert falling[len(known) :] == rising[len(known) :] == undefined
    assert rising[: len(known)] == falling[: len(known)][::-1]
    if all(re.fullmatch(NUMBER, text) for text in known):
        numbers = [float(text.replace(",", "")) for text in falling[: len(known)]]
        assert numbers == sorted(numbers, reverse=True)


def test_a_click_on_a_count_opens_its_places(shown: Shown) -> None:
    opened = shown.page.locator("table.sorted:has(details)")
    assert opened.count() >= bool(shown.uses("study.evidence"))
    for table in opened.all():
        details = table.locator("details").last
        number, places = details.locator("summary"), details.locator("li")
        number.click()
        assert places.count() == int(number.inner_text().replace(",", ""))
        assert all(places.evaluate_all(VISIBLE))
        assert all(len(marks) == 1 and marks[0] for marks in places.evaluate_all(MARKED))
        shown.photograph("places")
        number.click()
        assert not places.first.is_visible()


def test_rows_are_found_by_their_words(shown: Shown) -> None:
    """A word that JupyterLab would take for keys of its own, "dd", deletes no cell."""
    cells = shown.page.locator(OUTPUT).count()
    tables = shown.page.locator("table.sorted:has(tbody tr:nth-child(11))")
    assert tables.count() == shown.page.locator("table.sorted").evaluate_all(LONG)
    assert shown.page.locator("figure input[type=search]").count() == tables.count()
    for table in tables.all():
        field, rows = table.locator("xpath=../input"), table.locator("tbody tr")
        first = table.locator("tbody tr").first.locator("td").first.text_content()
        assert first
        for words in ("dd", "no such row", first):
            field.fill("")
            field.press_sequentially(words)
            parts = words.lower().split()
            held = [all(part in text.lower() for part in parts) for text in rows.evaluate_all(TOLD)]
            assert rows.evaluate_all(VISIBLE) == held
            assert table.locator("xpath=../output").text_content() == f" {sum(held)} of {len(held)} rows"
        field.fill("")
        assert all(rows.evaluate_all(VISIBLE))
    assert shown.page.locator(OUTPUT).count() == cells


def test_nothing_is_asked_of_another_machine(shown: Shown) -> None:
    assert shown.asked_outside == []


def test_the_gallery_draws_every_figure_told_in_words(browser: BrowserContext, asked_outside: list[str]) -> None:
    asked_outside.clear()
    page = browser.new_page()
    page.goto(GALLERY.as_uri())
    page.screenshot(path=PICTURES / "gallery.png", full_page=True)
    images = page.locator("figure img").evaluate_all(IMAGES)
    assert len(images) == len(list(GALLERY.parent.glob("*.svg")))
    assert [image for image in images if not image["width"] or len(image["words"]) < SHORTEST] == []
    assert asked_outside == []
    page.close()
