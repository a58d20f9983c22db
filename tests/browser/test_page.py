"""The page of the study in a browser: every view by mouse, by keyboard and for screen readers, and hostile texts."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import BrowserContext, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1]))
from hostile_corpus import STRINGS, hostile_corpus
from running_lab import PROJECT

from wsis_nlp import Study, open_study
from wsis_nlp.page import page_data, render_page
from wsis_nlp.page.topics import TopicView
from wsis_nlp.showing import visible

pytestmark = pytest.mark.xdist_group("page")
FIGURES = PROJECT / "figures"
PICTURES = PROJECT / "build" / "browser"
VIEWS = {
    "": "The study", "read": "Documents", "read/ecosoc-2023-3": "ECOSOC resolution 2023/3",
    "p/ecosoc-2023-3:46": "ecosoc-2023-3:46", "search": "Search", "search/words/digital divide*": "Search",
    "search/concept/ai": "Search: Artificial intelligence", "drift": "Drift of concepts",
    "drift/ai": "Drift: Artificial intelligence", "similarity": "Similarity",
    "similarity/ecosoc-2023-3/wsis20-unesco": "Similarity: ecosoc-2023-3 and wsis20-unesco",
    "similarity/ecosoc-2016-draft/ecosoc-2023-3/ecosoc-2016-draft:5/ecosoc-2023-3:5":
        "ecosoc-2016-draft:5 beside ecosoc-2023-3:5",
    "lineage": "Lineage", "lineage/wsis20-unesco:91": "Lineage of wsis20-unesco:91", "readings": "Readings",
    "topics": "Topics", "about": "How it was made", "p/nobody:1": "Not in this page",
}  # fmt: skip
WIDTHS = (360, 768, 1440)
NO_TOPICS = "No number of topics is supported: there are too few paragraphs."
STRICT = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
TRAP = """window.__dialogs = []; for (const name of ["alert", "confirm", "prompt", "open"])
    window[name] = text => window.__dialogs.push(`${name} ${text}`);"""
# Of what has the focus: its words, whether that is to be seen, and whether something lies over it.
FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const x = (box.left + Math.min(box.right, innerWidth)) / 2;
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const top = document.elementFromPoint(x, y);
    return {tag: one.tagName, text: (one.ariaLabel || one.textContent).trim().slice(0, 60),
        seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        free: !!top && (one.contains(top) || top.contains(one)) && box.bottom > 0 && box.top < innerHeight};
}"""
STRANGE = """() => [
    ...document.querySelectorAll("iframe, object, embed, base, img, video, audio, main script, form[action]"),
    ...[...document.querySelectorAll("*")].filter(one => [...one.attributes].some(({name}) => name.startsWith("on"))),
    ...[...document.querySelectorAll("main [href]")].filter(one => !one.getAttribute("href").startsWith("#/")),
].map(one => one.outerHTML.slice(0, 200))"""


def published_topics(study: Study) -> TopicView:
    """The topics that are on file, which take a minute to compute."""
    names = ("topics", "topics-typical-paragraphs", "topics-over-documents", "topics-scan")
    tables = {name: (f"Table {name}.", pd.read_csv(FIGURES / f"{name}.csv")) for name in names}
    return TopicView("No number of topics is supported.", False, {"topics": 8, "seed": 0}, tables)


def built(folder: Path, study: Study, topics: TopicView | None = None) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        view = published_topics if topics is None else lambda _: topics
        patch.setattr("wsis_nlp.page.data.topic_view", view)
        (folder / "page.html").write_bytes(render_page(page_data(study)))
    return folder / "page.html"


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, study: Study) -> Path:
    return built(tmp_path_factory.mktemp("page"), study)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    return built(folder, open_study(hostile_corpus(folder / "corpus")), TopicView(NO_TOPICS))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of one undated document that has no concept."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "note.txt").write_text("1. We note the rivers.\n\n2. We welcome the hills.\n")
    return built(folder, open_study(folder / "corpus"), TopicView(NO_TOPICS))


@pytest.fixture
def page(browser: BrowserContext, asked_outside: list[str]) -> Iterator[Page]:
    """A page in which nothing goes wrong and that asks for nothing."""
    asked_outside.clear()
    page, faults = browser.new_page(), []
    page.set_default_timeout(10_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.add_init_script(TRAP)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    yield page
    assert page.evaluate("() => window.__dialogs") == faults == asked_outside == []
    assert page.evaluate("() => window.__ran") is None
    page.close()


def visit(page: Page, view: str) -> None:
    page.evaluate(
        """address => new Promise(done => {
        if (location.hash === address) return done();
        addEventListener("hashchange", () => requestAnimationFrame(done), {once: true});
        location.hash = address; })""",
        f"#/{quote(view)}",
    )


def violations(page: Page) -> str:
    """What breaks a rule of accessibility in a view, in words; nothing where nothing does."""
    if page.evaluate("typeof window.axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate("options => axe.run(options)", STRICT))
    return found.generate_report() if found.violations_count else ""


def focused(page: Page) -> dict[str, object]:
    found: dict[str, object] = page.evaluate(FOCUS)
    return found


def tab_to(page: Page, text: str, *, most: int = 80) -> None:
    """Go by Tab to what begins with a text; everything on the way can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = focused(page)
        assert here["seen"], here
        assert here["free"], here
        if str(here["text"]).startswith(text):
            return
    raise AssertionError(f"{text!r} is not reached by {most} steps")


# --- every view -------------------------------------------------------------------------------------------


def test_every_view_names_itself_and_fits_every_screen(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for view, title in VIEWS.items():
            visit(page, view)
            assert page.title() == f"{title} – wsis_nlp"
            assert page.locator("h1").all_text_contents() == [title]
            assert page.evaluate("document.activeElement.tagName") == "H1"
            current = page.locator("header a[aria-current]").all_text_contents()
            assert len(current) == (0 if view == "nobody" else 1)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (view, width)
            name = re.sub(r"[^a-z0-9]+", "-", view) or "start"
            page.screenshot(path=PICTURES / f"page-{name}-{width}.png")


# Contrast depends on the theme, and what is cut off or crowded on the width: each has both, in two runs for four.
@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1440)])
def test_no_rule_of_accessibility_is_broken(page: Page, file: Path, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(file.as_uri())
    for view in VIEWS:
        visit(page, view)
        assert violations(page) == "", view


def test_the_first_view_opens_without_moving_the_focus_and_a_link_moves_it(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    assert focused(page)["tag"] == "BODY"
    page.goto(f"{file.as_uri()}#/p/ecosoc-2023-3:46")
    assert focused(page)["text"] == "ecosoc-2023-3:46"
    page.go_back()
    expect(page.locator("h1")).to_have_text("The study")


def test_the_theme_is_switched_and_kept(page: Page, file: Path) -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    page.goto(file.as_uri())
    system = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert system != dark
    page.get_by_role("button", name="Theme: system").click()
    assert page.evaluate(ground) == system
    page.reload()
    expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    assert page.evaluate(ground) == system
    page.get_by_role("button", name="Theme: light").click()
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Theme: dark").click()


def test_print_has_the_view_and_the_targets_of_its_links(page: Page, file: Path) -> None:
    page.goto(f"{file.as_uri()}#/p/ecosoc-2023-3:46")
    page.emulate_media(media="print")
    assert page.locator("header").is_hidden()
    assert page.locator("blockquote").is_visible()
    shown = page.evaluate("getComputedStyle(document.querySelector('main .facts a'), '::after').content")
    assert "attr(href)" in shown or "#/read/" in shown


# --- by keyboard ------------------------------------------------------------------------------------------


def test_the_whole_page_is_used_by_keyboard(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    tab_to(page, "Skip to the content", most=1)
    page.keyboard.press("Enter")
    assert focused(page)["tag"] == "H1"
    tab_to(page, "Search")
    page.keyboard.press("Enter")
    expect(page.locator("h1", has_text="Search")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("data governance")
    expect(page.locator("#told")).to_have_text(re.compile(r"^\d+ places in \d+ paragraphs of \d documents\.$"))
    tab_to(page, "ecosoc-2023-3:12")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("ecosoc-2023-3:12")
    tab_to(page, "Lineage")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Lineage of ecosoc-2023-3:12")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Lineage of ecosoc-2023-3:13")
    page.keyboard.press("Shift+Tab")
    visit(page, "drift")
    tab_to(page, "Artificial intelligence")
    page.keyboard.press("Enter")
    expect(page.locator("h1", has_text="Drift: Artificial intelligence")).to_be_focused()
    tab_to(page, "2 mentions of ai in ecosoc-2023-3")
    page.keyboard.press("Enter")
    expect(page.locator(".kwic li")).to_have_count(2)
    visit(page, "similarity")
    tab_to(page, "0.8858")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Similarity: ecosoc-2016-draft and ecosoc-2023-3")
    tab_to(page, "Similarity of the paragraphs")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    active = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).textContent"
    )
    assert active == page.locator("output.shown").text_content()
    page.keyboard.press("Enter")
    expect(page.locator(".beside article")).to_have_count(2)
    visit(page, "topics")
    tab_to(page, "All measures")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] table")).to_have_count(1)
    tab_to(page, "Show")
    before = page.locator("details[open] tbody tr").count()
    page.keyboard.press("Enter")
    assert page.locator("details[open] tbody tr").count() > before


def test_no_focus_in_a_long_document_is_covered(page: Page, file: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{file.as_uri()}#/read/ecosoc-2016-draft")
    links = page.locator("main a, main summary, footer a")
    count = page.evaluate(
        "[...document.querySelectorAll('main a, main summary, footer a')].filter(one => one.checkVisibility()).length"
    )
    assert links.count() >= count > 80
    for key in ("Tab", "Shift+Tab"):
        for _ in range(count - 1):
            page.keyboard.press(key)
            here = focused(page)
            assert (here["seen"], here["free"]) == (True, True), (key, here)


# --- what the views do ------------------------------------------------------------------------------------


def test_the_reader_leads_to_sections_footnotes_and_paragraphs(page: Page, file: Path, study: Study) -> None:
    page.goto(f"{file.as_uri()}#/read/ecosoc-2023-3")
    own = study.paragraphs[(study.paragraphs["doc_id"] == "ecosoc-2023-3") & (study.paragraphs["kind"] != "furniture")]
    shown = page.locator(".text > [id]").evaluate_all("all => all.map(one => one.id)")
    assert sorted(shown) == sorted(own["para_id"])
    page.get_by_text("Sections (5)").click()
    page.get_by_role("link", name="Internet governance", exact=True).first.click()
    assert page.evaluate("document.activeElement.textContent") == "Internet governance"
    page.get_by_role("link", name="footnote 7").click()
    assert page.evaluate("document.activeElement.id") == "ecosoc-2023-3:fn7"
    page.get_by_role("link", name="Paragraph ecosoc-2023-3:46", exact=True).click()
    expect(page.locator("h1")).to_have_text("ecosoc-2023-3:46")
    address = page.get_by_label("Address of this paragraph").input_value()
    page.get_by_role("button", name="Copy the address").click()
    expect(page.locator("#told")).to_have_text(re.compile("copied|copy it"))
    page.goto(address)
    expect(page.locator("h1")).to_have_text("ecosoc-2023-3:46")


QUERIES = [
    "digital divide*",
    "multi stakeholder",
    "resolution 70/1",
    "wom?n",
    "of the",
    "Secretary-General",
    "(AI)",
    "nobody",
]


def test_words_are_found_where_the_concordance_finds_them(page: Page, file: Path, study: Study) -> None:
    page.goto(f"{file.as_uri()}#/search")
    for query in QUERIES:
        found = study.concordance(query)
        page.get_by_label("Words").fill(query)
        page.wait_for_function("query => location.hash.endsWith(`/words/${encodeURIComponent(query)}`)", arg=query)
        lines = page.locator(".kwic li").evaluate_all(
            "all => all.map(one => [one.querySelector('a').textContent, one.querySelector('mark').textContent])"
        )
        assert lines == found[["para_id", "match"]].head(50).to_numpy().tolist(), query
        sizes = [int(size) for size in re.findall(r"\d+", page.locator("p.count").text_content() or "")]
        assert sizes == ([len(found), *found[["para_id", "doc_id"]].nunique()] if len(found) else [])


def test_concepts_are_found_where_they_are_counted(page: Page, file: Path, study: Study) -> None:
    page.goto(f"{file.as_uri()}#/search")
    for concept in study.lexicon.ids:
        page.get_by_label("or a concept").select_option(concept)
        found = study.concordance(concept)
        lines = page.locator(".kwic li").evaluate_all(
            "all => all.map(one => [one.querySelector('a').textContent, one.querySelector('mark').textContent])"
        )
        assert lines == found[["para_id", "match"]].head(50).to_numpy().tolist()
        assert page.locator("p.count").text_content().startswith(f"{len(found)} place")
    page.get_by_label("or a concept").select_option("ai")
    page.get_by_label("in", exact=True).select_option("ecosoc-2023-3")
    expect(page.locator(".kwic li")).to_have_count(2)
    assert page.evaluate("location.hash") == "#/search/concept/ai/ecosoc-2023-3"
    page.reload()
    expect(page.locator(".kwic li")).to_have_count(2)


def test_long_results_come_in_batches_and_are_counted_by_document(page: Page, file: Path, study: Study) -> None:
    page.goto(f"{file.as_uri()}#/search/words/{quote('information society')}")
    found = study.concordance("information society")
    assert len(found) > 100
    page.get_by_role("button", name="Show 50 more").click()
    expect(page.locator(".kwic li")).to_have_count(100)
    assert page.evaluate("document.activeElement === document.querySelectorAll('.kwic li a')[50]")
    page.get_by_text("Places by document").click()
    rows = page.locator("details tbody tr").evaluate_all(
        "all => all.map(row => [row.cells[0].textContent, Number(row.cells[1].textContent.replace(',', ''))])"
    )
    counts = found.groupby("doc_id").size()
    assert rows == [[one, int(counts.get(one, 0))] for one in study.documents["doc_id"]]


def test_a_fast_typist_is_answered_once(browser: BrowserContext, file: Path) -> None:
    assert browser.browser is not None
    page = browser.browser.new_context(offline=True).new_page()  # since all pages of a context have one clock
    page.clock.install()
    page.goto(f"{file.as_uri()}#/search")
    page.evaluate("""() => { window.__told = [];
        new MutationObserver(() => window.__told.push(document.getElementById("told").textContent))
            .observe(document.getElementById("told"), {childList: true, characterData: true, subtree: true}); }""")
    page.clock.pause_at(dt.datetime.now() + dt.timedelta(hours=1))  # however slow this machine is, no time goes by
    page.get_by_label("Words").press_sequentially("development")
    assert page.evaluate("window.__told") == []
    page.clock.run_for(1000)
    expect(page.locator(".kwic li").first).to_be_visible()
    assert len(page.evaluate("window.__told")) == 1
    page.context.close()


def test_points_of_drift_open_their_mentions(page: Page, file: Path, study: Study) -> None:
    page.goto(f"{file.as_uri()}#/drift/ai")
    drift = study.drift(["ai"])
    told = page.locator(".chart").get_attribute("aria-label") or ""
    for row in drift.itertuples():
        assert row.doc_id in told
        assert ("up to" in told.split(row.doc_id)[1].split(";")[0]) == (row.count == 0)
    assert page.locator(".point").count() == len(drift)
    assert page.locator(".mark.hollow").count() == 1
    assert page.locator("polyline").count() == 1
    page.locator(".point").last.click()
    expect(page.locator("h1")).to_have_text("Search: Artificial intelligence")
    expect(page.locator(".kwic li")).to_have_count(21)


def test_the_heatmap_opens_two_paragraphs_with_their_shared_words(page: Page, file: Path, study: Study) -> None:
    page.goto(f"{file.as_uri()}#/similarity/ecosoc-2016-draft/ecosoc-2023-3")
    grid = study.similarity_grid("ecosoc-2016-draft", "ecosoc-2023-3")
    heatmap = page.locator(".heatmap")
    assert heatmap.get_attribute("aria-rowcount") == str(len(grid))
    assert heatmap.get_attribute("aria-colcount") == str(len(grid.columns))
    heatmap.focus()
    page.keyboard.press("Home")
    for _ in range(len(grid)):
        page.keyboard.press("ArrowUp")
    for step in range(5):
        shown = f"{grid.index[step]} and {grid.columns[step]}: {float(f'{grid.iloc[step, step]:.4g}'):g}"
        expect(page.locator("output.shown")).to_have_text(shown)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
    box = page.locator(".heatmap svg").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.5 / len(grid.columns), box["y"] + box["height"] * 0.5 / len(grid))
    expect(page.locator("h1")).to_have_text(f"{grid.index[0]} beside {grid.columns[0]}")
    marked = page.locator(".beside article").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('mark')].map(word => word.textContent.toLowerCase()))"
    )
    words = [set(study.tokens.loc[study.tokens["para_id"] == one, "term"]) for one in (grid.index[0], grid.columns[0])]
    assert set(marked[0]) == set(marked[1]) == (words[0] & words[1]) - study.stop_words("general")


def test_tables_are_saved_as_they_are_published(page: Page, file: Path, tmp_path: Path) -> None:
    page.goto(f"{file.as_uri()}#/about")
    saved = []
    for label in page.locator("section:last-child .files button").all_text_contents():
        name = label.removeprefix("Download ")
        if (FIGURES / name).exists() and not name.startswith("topics"):
            with page.expect_download() as waiting:
                page.locator("section:last-child").get_by_role("button", name=label).click()
            waiting.value.save_as(tmp_path / name)
            assert (tmp_path / name).read_bytes() == (FIGURES / name).read_bytes()
            saved.append(name)
    assert len(saved) == 7
    visit(page, "similarity/ecosoc-2023-3/wsis20-unesco")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download similarity-ecosoc-2023-3-wsis20-unesco.csv").click()
    waiting.value.save_as(tmp_path / "grid.csv")
    assert (tmp_path / "grid.csv").read_bytes() == (FIGURES / waiting.value.suggested_filename).read_bytes()


def test_lineage_shows_the_chain_and_marks_words_by_their_origin(page: Page, file: Path, study: Study) -> None:
    para_id = "ecosoc-2023-3:26"
    page.goto(f"{file.as_uri()}#/lineage/{para_id}")
    edges = study.lineage.edges
    own = edges[(edges["to_para"] == para_id) | (edges["from_para"] == para_id)]
    heads = page.locator(".cards h2 a").all_text_contents()
    assert {*own["from_para"], *own["to_para"]} <= set(heads)
    order = list(study.body["para_id"])
    assert heads == sorted(heads, key=order.index)
    for row in own.itertuples():
        line = page.locator(".cards li", has_text=row.from_para).filter(has_text=row.relation)
        assert line.count() >= 1
    documents = study.documents["doc_id"].tolist()
    found = (
        page.locator(".cards article", has=page.locator(f"h2 a:text-is('{para_id}')"))
        .locator("mark")
        .evaluate_all("all => all.map(one => [one.textContent, Number(one.nextSibling.lastChild.textContent)])")
    )
    chosen = (study.tokens["para_id"] == para_id).to_numpy()
    told = [(word, documents[number - 1]) for run, number in found for word in re.findall(r"[\w-]+", run)]
    terms = zip(study.tokens.loc[chosen, "surface"], study.origins[chosen], strict=True)
    origins = [
        (word, origin)
        for surface, origin in terms
        if origin != "ecosoc-2023-3"
        for word in re.findall(r"[\w-]+", surface)
    ]
    assert told == origins
    assert len(told) > 10
    styles = page.locator(".legend mark").evaluate_all(
        "all => all.map(one => getComputedStyle(one).textDecorationStyle)"
    )
    assert len(set(styles)) == len(styles)


def test_readings_show_three_texts_of_each_place(page: Page, file: Path) -> None:
    page.goto(f"{file.as_uri()}#/readings")
    for left in (25, 25, 3):
        page.get_by_role("button", name=f"Show {left} more").click()
    rows = page.locator("tbody tr").evaluate_all(
        "all => all.map(row => [...row.querySelectorAll('mark')].map(one => one.textContent))"
    )
    assert len(rows) == 78
    assert [row for row in rows if len(row) != 3] == []
    assert ["build—a", "build", "build a"] in rows


def test_topics_that_are_no_findings_say_so(page: Page, file: Path) -> None:
    page.goto(f"{file.as_uri()}#/topics")
    published = pd.read_csv(FIGURES / "topics.csv")
    expect(page.locator(".verdict")).to_have_text("No number of topics is supported.")
    assert page.locator(".cards article").count() == len(published)
    assert page.locator(".cards .facts", has_text="no finding").count() == len(published)
    assert page.locator(".cards .weak").count() == (published["agreement"] < 0.6).sum()
    typical = pd.read_csv(FIGURES / "topics-typical-paragraphs.csv")
    assert page.locator(".cards ol a").all_text_contents() == typical["para_id"].tolist()


# --- other corpora ----------------------------------------------------------------------------------------


def test_views_without_anything_to_show_say_why(page: Page, small: Path) -> None:
    page.goto(small.as_uri())
    told = {
        "drift": "no document of this corpus has a date", "similarity": "similarity needs two",
        "lineage": "no paragraph descends", "readings": "no place of these documents is corrected",
        "topics": "no number of topics is supported",
    }  # fmt: skip
    for view in ("", "read", "read/note", "p/note:1", "search", "about", "lineage/note:1", "drift/ai", *told):
        visit(page, view)
        assert page.title() != "Not in this page – wsis_nlp", view
        if view in told:
            assert violations(page) == "", view
            assert told[view] in (page.locator(".empty").first.text_content() or "").lower()


def test_nothing_of_a_hostile_document_is_anything_but_text(page: Page, hostile: Path) -> None:
    page.goto(hostile.as_uri())
    page.set_viewport_size({"width": 360, "height": 800})
    texts = ""
    views = ["", "read", "read/first", "read/second", "p/second:3", "search/words/rooms", "search/concept/c0", "drift",
             "drift/c0", "similarity", "similarity/first/second", "similarity/first/second/first:1/second:1", "lineage",
             "lineage/second:1", "readings", "topics", "about",
             *(f"search/words/{one}" for one in STRINGS[:6])]  # fmt: skip
    for view in views:
        visit(page, view)
        for summary in page.locator("main summary").all():
            summary.click()
        assert page.evaluate(STRANGE) == [], view
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        texts += " " + (page.locator("main").text_content() or "")
    flat = " ".join(texts.split())
    assert [one for one in STRINGS if " ".join(visible(one).split()) not in flat] == []
