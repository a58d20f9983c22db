"""Text of documents stays text where it is shown: hostile strings in every display, and laws of each way to show it."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from wsis_nlp import Exporter, MarkedOrigins, SideBySide, SortableTable
from wsis_nlp.cli import main
from wsis_nlp.display import table_text
from wsis_nlp.export import read_records, saved_words, table_csv
from wsis_nlp.figures import corpus_figure, drift_figure, keyness_figure, render
from wsis_nlp.pages import _Renderer, gallery_page, notebook_page
from wsis_nlp.readers import read_rows
from wsis_nlp.showing import one_line, plain_html, plain_markdown, plain_words, sheet_cell, sheet_text, visible

HOSTILE = [
    case["text"] for case in json.loads((Path(__file__).parent / "cases" / "hostile.json").read_text())["strings"]
]
PIECES = (*"*_`[](){}<>!#+-.|~^=:;@$\\&/'\" \n\t1a", "http://", "www.", "a.b", "\u202e", "\x1b", "&#36;", "{{")
SIGNS = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=30).map("".join)
SEEN = re.compile(r"[^\x20-\x7e\xa0-\uffff\U00010000-\U0010ffff\n\t]")
OWN = {"figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td", "button", "details", "summary", "ol", "li",
       "mark", "style", "script", "div", "del", "ins", "p", "b", "sup", "img", "span"}  # fmt: skip


class Read(HTMLParser):
    """The elements and attributes of a page, and its text but for style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if not self.elements or self.elements[-1][0] not in ("script", "style") or self.get_starttag_text() is None:
            self.text += data

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", {}))

    def handle_decl(self, decl: str) -> None:
        self.elements.append(("declaration", {}))


def shown(text: str) -> str:
    return " ".join(visible(text).split())


def assert_harmless(page: str, texts: list[str]) -> None:
    """A page has no element and no attribute but ours, and has the texts."""
    read = Read(page)
    assert {tag for tag, _ in read.elements} <= OWN
    for _, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "href"]
    flat = " ".join(read.text.split())
    assert [text for text in texts if shown(text) not in flat] == []
    assert not SEEN.search(page)


@given(SIGNS)
def test_what_is_not_seen_is_shown_as_its_code(text: str) -> None:
    seen = visible(text)
    assert not SEEN.search(seen)
    assert not re.search("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]", seen)
    assert re.sub(r"⟨U\+([0-9A-F]{4,6})⟩", lambda found: chr(int(found[1], 16)), seen) == text or "⟨" in text
    assert visible(seen) == seen


def test_soft_hyphens_and_joiners_stay_where_a_script_needs_them() -> None:
    for text in ("inter\u00adnational", "می\u200cخواهم", "क\u200dष", "👩\u200d💻", "ไทย\u200bไทย", "é ñ “a” – …"):
        assert visible(text) == text
    assert visible("pay\u200bpal a\u200db") == "pay⟨U+200B⟩pal a⟨U+200D⟩b"
    assert visible("\ud800") == "⟨U+D800⟩"


def test_one_line_is_one() -> None:
    assert one_line(" a\r\n b\tc\x0bd\u2028e ") == "a b c⟨U+000B⟩d⟨U+2028⟩e"


@given(SIGNS)
def test_html_gives_the_text_back(text: str) -> None:
    read = Read(f'<i title="{plain_html(text)}">{plain_html(text)}</i>')
    assert read.elements == [("i", {"title": visible(text)})]
    assert read.text == visible(text)


def rendered(markdown: str) -> str:
    return str(MarkdownWithMath(renderer=_Renderer(escape=False, exclude_anchor_links=True)).render(markdown))


def assert_plain(markdown: str, frame: list[str], text: str) -> None:
    """What Markdown renders has the elements of its frame, and the text; signs of formulas stand apart in it."""
    read = Read(rendered(markdown))
    assert [tag for tag, _ in read.elements if tag != "span"] == frame
    assert all(attributes == {} for _, attributes in read.elements)
    assert " ".join(read.text.split()) == " ".join(text.split())


@given(SIGNS)
def test_markdown_shows_a_text_as_itself(text: str) -> None:
    line = one_line(text)
    plain = plain_markdown(text)
    assert "\n" not in plain
    assert "$" not in plain
    if line:
        assert_plain(plain, ["p"], line)
        assert_plain(f"* {plain}\n* end", ["ul", "li", "li"], f"{line} end")
        assert_plain(f"> {plain}", ["blockquote", "p"], line)
    assert_plain(f"### see {plain}", ["h3"], f"see {line}") if not line.endswith("#") else None
    assert_plain(f"A **word** of {plain}, and *more*.", ["p", "strong", "em"], f"A word of {line}, and more.")


@pytest.mark.cases("hostile.json", "strings")
def test_hostile_text_is_text_in_markdown(case: dict) -> None:
    assert_plain(plain_markdown(case["text"]), ["p"], one_line(case["text"]))
    caption = " ".join(plain_words(case["text"]).split())
    assert_plain(f"Caption: {caption}", ["p"], f"Caption: {shown(case['text'])}")


def test_tables_of_notebooks_show_hostile_text_as_text() -> None:
    table = pd.DataFrame({"title": HOSTILE, "n": range(1, len(HOSTILE) + 1)})
    places = pd.DataFrame({"para_id": "d:1", "left": HOSTILE, "match": HOSTILE, "right": HOSTILE})
    bundle = SortableTable(table, " ".join(HOSTILE), {"n": lambda row: places})._repr_mimebundle_()
    assert_harmless(bundle["text/html"], HOSTILE)
    assert 'class="mathjax_ignore"' in bundle["text/html"]
    assert not SEEN.search(bundle["text/plain"])
    assert_harmless(SortableTable(table.rename(columns={"title": HOSTILE[0]}), "")._repr_mimebundle_()["text/html"], [])


def test_paragraphs_side_by_side_show_hostile_text_as_text() -> None:
    ids = [f"d:{n}" for n in range(len(HOSTILE))]
    body = pd.DataFrame({"doc_id": "d", "para_id": ids, "text": [f"We note {text} here." for text in HOSTILE]})
    documents = pd.DataFrame({"doc_id": ["d"], "title": [" ".join(HOSTILE)], "date": ["2020"]})
    pairs = pd.DataFrame({"from_para": ids, "to_para": [*ids[1:], ids[0]], "relation": "reworded"})
    tokens = pd.DataFrame({"para_id": ids, "surface": "We", "origin": "e"})
    for display in (SideBySide(pairs, body, documents), MarkedOrigins(body, tokens)):
        bundle = display._repr_mimebundle_()
        assert_harmless(bundle["text/html"], HOSTILE if isinstance(display, MarkedOrigins) else [])
        assert 'class="mathjax_ignore"' in bundle["text/html"]
        assert not SEEN.search(bundle["text/plain"])


def test_figures_their_words_and_their_pages_hold_hostile_text_as_text(tmp_path: Path) -> None:
    words = " ".join(HOSTILE)
    figure = Figure(figsize=(174 / 25.4, 1))
    saved = Exporter(tmp_path, "01_one", {}, "new").figure(
        figure, name="line", data=pd.DataFrame({"x": HOSTILE}), caption=words, alt=words
    )
    assert_harmless(saved._repr_mimebundle_()["text/html"], [words])
    ElementTree.fromstring(saved.paths["svg"].read_text("utf-8"))
    told = saved_words(saved.paths["md"].read_text("utf-8"))
    assert told == dict.fromkeys(("Caption", "Alternative text"), shown(words))
    output = nbformat.v4.new_output("display_data", data=saved._repr_mimebundle_())
    cell = nbformat.v4.new_code_cell("'</pre><script>window.__ran=1</script>'", outputs=[output], execution_count=1)
    pages = [gallery_page(read_records(tmp_path), ["01_one"], tmp_path),
             notebook_page(nbformat.v4.new_notebook(cells=[cell]), "01_one", ["01_one"], tmp_path)]  # fmt: skip
    for page in pages:
        read = Read(page.decode())
        assert not {"script", "iframe", "svg", "form", "base", "link", "comment"} & {tag for tag, _ in read.elements}
        assert shown(words) in " ".join(read.text.split())
        assert shown(words) in [" ".join((one.get("alt") or "").split()) for tag, one in read.elements if tag == "img"]


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 6))
def test_figures_draw_hostile_text_and_no_formula(start: int) -> None:
    """Every string as title, series and name of a concept, as a term and as the name of a text, a few in a figure."""
    texts = HOSTILE[start : start + 6]
    doc_ids = [f"d{n}" for n in range(len(texts))]
    corpus = pd.DataFrame({
        "doc_id": [*doc_ids, *map(str.upper, doc_ids)],
        "title": [*texts, *(f"Of {text}\nand\x0bmore" for text in texts)], "date": "2020", "stage": "draft",
        "series": texts * 2, "tokens": 9, "preambular": 1, "operative": 2, "subparagraph": 3,
    })  # fmt: skip
    series = dict(zip(doc_ids, texts, strict=True))
    drift = pd.DataFrame([
        {"doc_id": doc_id, "date": str(2020 + n), "concept": concept, "count": 1, "rate_per_1000": 1.0, "low": 0.5,
         "high": 2.0, "stage": "draft", "series": series[doc_id]}
        for concept in doc_ids for n, doc_id in enumerate(doc_ids)
    ])  # fmt: skip
    keyness = pd.DataFrame({
        "term": [*texts, "word"], "count_a": 3, "count_b": [1] * len(texts) + [4],
        "log_ratio": [1.0] * len(texts) + [-1.0], "low": 0.1, "p": 0.01,
    })  # fmt: skip
    figures = [
        corpus_figure(corpus),
        drift_figure(drift, titles=series),
        *(keyness_figure(keyness, names=names) for names in zip_longest(texts[::2], texts[1::2], fillvalue="b")),
    ]
    for figure in figures:
        made = render(figure, title="figure", alt=" ".join(texts))
        tree = ElementTree.fromstring(made["svg"].decode())
        tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not tags & {"script", "image", "foreignObject", "a", "iframe"}
        drawn = [element.text or "" for element in tree.iter() if element.tag.endswith("}text")]
        assert not any(SEEN.search(line) or "\n" in line for line in drawn)
        assert made["pdf"].startswith(b"%PDF")


def test_terminals_get_no_code_of_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame({"title": HOSTILE, "path": [(text, text) for text in HOSTILE], "n": 1.5})
    assert not SEEN.search(table_text(table))
    name = "A \x1b]0;x\x07\u202e title"
    (tmp_path / f"{name}.txt").write_text("1. We note \x9b31m the \u202eroom.\n\n3. We rest\n", "utf-8")
    for call in (["corpus", "list"], ["corpus", "check"], ["kwic", "room"], ["kwic", "\x1b[31mx"]):
        main([*call, "--corpus", str(tmp_path)])
        captured = capsys.readouterr()
        assert not SEEN.search(captured.out + captured.err)
        assert "\u202e" not in captured.out + captured.err
    main(["segment", str(tmp_path / f"{name}.txt")])
    assert json.loads(capsys.readouterr().out.splitlines()[0])["text"] == "We note \x9b31m the \u202eroom."
    main(["segment", f"{tmp_path}/\x1b[31m.txt"])
    assert "\x1b" not in capsys.readouterr().err


@given(st.lists(SIGNS | st.sampled_from(["=1", "-a", "'=1", "+", "@x", "''-", ";", "\t", " ", '"']), max_size=6))
def test_no_cell_of_text_is_computed_and_each_is_found_again(texts: list[str]) -> None:
    for text in (*texts, "".join(texts)):
        cell = sheet_cell(text)
        assert sheet_text(cell) == text
        pieces = [piece.lstrip(' "') for piece in re.split("[;\t\r\n]", cell)]
        assert not [piece for piece in pieces if re.match(r"[=@]|[-+](?!\d+(\.\d*)?(e[-+]?\d+)?$)", piece)]
        assert cell[:1] not in tuple("\t\r\n")


@pytest.mark.cases("hostile.json", "cells")
def test_a_cell_that_a_spreadsheet_would_compute_has_an_apostrophe(case: dict) -> None:
    assert sheet_cell(case["text"]) == case["cell"]
    assert sheet_text(case["cell"]) == case["text"]
    head = pd.DataFrame({case["text"]: [case["text"], [case["text"]]]})
    assert list(csv.reader(io.StringIO(table_csv(head), newline=""))) == [[case["cell"]]] * 3


def test_numbers_stay_numbers_in_csv_and_texts_are_guarded() -> None:
    table = pd.DataFrame({"term": ["=1+1", "-word", "a=b"], "rate": [-0.5, 2.0, float("nan")], "n": [-1, 2, 3],
                          "marks": [["@a", "b"], [], ["c"]]})  # fmt: skip
    assert table_csv(table) == "term,rate,n,marks\n'=1+1,-0.5,-1,'@a; b\n'-word,2,2,\na=b,,3,c\n"
    index = table.set_index("term")[["n"]]
    assert table_csv(index) == "term,n\n'=1+1,-1\n'-word,2\na=b,3\n"
    assert pd.read_csv(io.StringIO(table_csv(table)))["rate"].iloc[0] == -0.5


def test_a_row_of_rows_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("place,why\n'=x,'tis so\n", "utf-8")
    assert [row for _, row in read_rows(tmp_path / "a.csv", ("place", "why"))] == [{"place": "'=x", "why": "'tis so"}]
