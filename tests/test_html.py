"""Web pages: what a browser shows, what belongs to the page, and what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_texts import lawful, outcome, paragraphs, reading

from wsis_nlp import InputError
from wsis_nlp.formats import html
from wsis_nlp.readers import RawText
from wsis_nlp.segmentation import segment

PIECES = (
    *("We open", " ", "rooms. ", "1", "\n\n", "é", "&amp;", "<br>", "<p>", "</p>", "<div>", "</div>", "<h2>", "</h2>"),
    *("<del>", "</del>", "<ins>", "</ins>", "<sup>", "</sup>", "<ul>", "<ol type=a>", "<li>", "</li>", "</ol>", "<a>"),
    *("<main>", "</main>", "<nav>", "</nav>", "<form>", "<pre>", "</pre>", "<table>", "<td>", "<button>", "<p hidden>"),
    *("<script>", "</script>", "<!--", "-->", "<", ">", "<![CDATA[", "<?x", "<!DOCTYPE html>", "<li value=7>"),
)


def read(page: str) -> RawText:
    return lawful(html.read, page.encode(), "a.html")


@pytest.mark.cases("html/pages.json", "printed")
def test_printed(case: dict) -> None:
    assert read(case["html"]).text == case["text"]


@pytest.mark.cases("html/pages.json", "readings")
def test_readings(case: dict) -> None:
    raw = read(case["html"])
    assert raw.text == case["text"]
    assert paragraphs(reading(raw, "new")) == case["new"]
    assert paragraphs(reading(raw, "old")) == case["old"]


@pytest.mark.cases("html/pages.json", "regions")
def test_regions(case: dict) -> None:
    raw = read(case["html"])
    for kind in ("heading", "furniture", "footnote"):
        assert [raw.text[one.start : one.end] for one in raw.regions if one.kind == kind] == case.get(kind, [])


@pytest.mark.cases("html/pages.json", "encodings")
def test_encodings(case: dict) -> None:
    page = f"{case['head']}<p>{case['text']}".encode(case["encoding"])
    raw = html.read(page, where="a.html")
    assert raw.text == case["text"]
    assert raw.encoding.startswith(case["encoding"])


@pytest.mark.cases("html/pages.json", "refused")
def test_what_is_no_page_is_refused(case: dict) -> None:
    with pytest.raises(InputError) as raised:
        html.read(bytes.fromhex(case["hex"]), where="a.html")
    message = str(raised.value)
    assert message.startswith("a.html: ")
    assert case["says"] in message
    assert "\n" not in message


@pytest.mark.parametrize("depth", [1500, 100_000])
def test_what_is_nested_too_deeply_is_refused_not_cut(depth: int) -> None:
    with pytest.raises(InputError, match="nested more deeply than any web page") as raised:
        html.read(b"<div>" * depth + b"a", where="a.html")
    assert "\n" not in str(raised.value)


def test_what_a_saved_page_holds_in_itself_is_no_hindrance() -> None:
    for hold in ("<img src='data:{}'>", "<script>{}</script>", "<!--{}-->", "<p hidden>{}"):
        assert read(f"<p>We open.{hold.format('a' * 11_000_000)}<p>We rest.").text == "We open.\n\nWe rest."


def test_a_page_of_more_bytes_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_BYTES", 1 << 20)
    with pytest.raises(InputError, match="has more than 1 MiB"):
        html.read(b"a " * (1 << 20), where="a.html")


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_mark_up_is_read_or_shows_no_word(page: str) -> None:
    raw, refusal = outcome(html.read, page.encode(), "a.html")
    assert raw or refusal == "a.html: is empty; at least one word is needed"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes) -> None:
    raw, refusal = outcome(html.read, data, "a.html")
    assert raw or re.fullmatch("a.html: .+", refusal)


def test_units_of_a_page() -> None:
    raw = read(
        "<nav>Home</nav><main><h1>Rooms</h1><h2>Openings</h2><ol><li>We open rooms:<ol type=a><li>In towns;"
        "<li>By the sea;</ol><li>We rest.</ol><h2>Lamps</h2>"
        "<ol start=3><li>We buy lamps.</ol></main><footer>Bye</footer>"
    )
    units = segment(raw.text, raw.regions)
    assert [(unit.kind, unit.label, unit.section) for unit in units] == [
        ("furniture", None, ()), ("front", None, ()), ("heading", None, ()), ("operative", "1", ("Openings",)),
        ("subparagraph", "1(a)", ("Openings",)), ("subparagraph", "1(b)", ("Openings",)),
        ("operative", "2", ("Openings",)), ("heading", None, ()), ("operative", "3", ("Lamps",)),
        ("furniture", None, ("Lamps",)),
    ]  # fmt: skip
