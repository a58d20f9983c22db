"""What documents say is text in every page and notebook of a study: none of it runs, is fetched or drawn otherwise."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parents[1]))
from hostile_corpus import STRINGS, hostile_corpus
from running_lab import PROJECT, Lab, running_lab

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

# What JupyterLab shows of the outputs of a notebook, the code of its own icons and toolbars left out.
OUTPUTS = ".jp-OutputArea-output"
NOTEBOOK = "jupyterapp.shell.currentWidget"
OPENED = f"""async () => {{
    await jupyterapp.restored;
    await {NOTEBOOK}.context.ready;
    await {NOTEBOOK}.revealed;
}}"""
DRAWN = f"""() => {NOTEBOOK}.content.widgets.filter(({{model}}) => model.type === "code").every(
    cell => cell.outputArea?.widgets.length >= cell.model.outputs.length)"""
TRUSTED = f"""() => {NOTEBOOK}.content.widgets.every(({{model}}) => model.type !== "code" || model.trusted)"""
STRANGE_OUTPUT = f"""() => [...document.querySelectorAll("{OUTPUTS}")]
    .flatMap(output => [...output.querySelectorAll("*")])
    .filter(one => one.matches("iframe, object, embed, form, base, link, svg, video, audio, meta")
        || (one.localName === "script" && !one.text.includes("table.sortable:not(.sorted)"))
        || [...one.attributes].some(({{name, value}}) => name.startsWith("on") || /^\\s*javascript:/i.test(value))
        || (one.localName === "a" && !/^#/.test(one.getAttribute("href")))
        || (one.localName === "img" && !one.src.startsWith("data:image/png")))
    .map(one => one.outerHTML.slice(0, 200))"""
OUTPUT_TEXT = f"""() => [...document.querySelectorAll("{OUTPUTS}")].map(output => {{
    const body = output.cloneNode(true);
    body.querySelectorAll("script, style").forEach(one => one.remove());
    return body.textContent + [...body.querySelectorAll("img")].map(one => one.alt).join(" ");
}}).join(" ")"""

pytestmark = pytest.mark.xdist_group("hostile")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of the hostile corpus."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    reproduce(folder / "figures", corpus=hostile_corpus(folder / "corpus"), notebooks=PROJECT / "notebooks")
    return folder / "figures"


@pytest.fixture(scope="module")
def trusting_lab(results: Path, offline: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab with the executed notebooks, which it trusts and shows whole, not what is in sight alone."""
    folder = tmp_path_factory.mktemp("trusting")
    own = folder / "config" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    own.mkdir(parents=True)
    (own / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none", "kernelShutdown": True}))
    with running_lab(folder, offline) as lab:
        shutil.copytree(results / "notebooks", folder / "checkout" / "hostile")
        notary = NotebookNotary(data_dir=str(folder / "data"))
        for path in (folder / "checkout" / "hostile").glob("*.ipynb"):
            notary.sign(nbformat.read(path, 4))
        notary.store.close()
        yield lab


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


@pytest.mark.parametrize("name", PAGES[1:])
def test_nothing_of_a_document_runs_in_a_trusted_notebook(
    name: str, trusting_lab: Lab, opened: tuple[Page, list[str]], asked_outside: list[str]
) -> None:
    page, caught = opened
    stem = name.rpartition("/")[2]
    page.goto(f"{trusting_lab.url}lab/tree/hostile/{stem}.ipynb?token={trusting_lab.token}&reset")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(OPENED)
    page.wait_for_function(DRAWN)
    assert page.evaluate(TRUSTED)
    assert page.locator("table.sorted").count() > 0, "scripts of trusted outputs run"
    for summary in page.locator(f"{OUTPUTS} details > summary").all()[:10]:
        summary.evaluate("one => one.click()")
    page.wait_for_timeout(300)
    page.screenshot(path=PICTURES / f"hostile-lab-{stem}.png")
    assert page.evaluate("() => window.__ran") is None
    assert page.evaluate("() => window.__dialogs") == caught == asked_outside == []
    assert page.evaluate(STRANGE_OUTPUT) == []
    text = " ".join(page.evaluate(OUTPUT_TEXT).split())
    wanted = STRINGS if name in WITH_TITLES else []
    assert [string for string in wanted if flat(string) not in text] == []


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
