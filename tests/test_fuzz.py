"""Damaged and hostile input: what fuzzing found, and what is made at random, is read lawfully or refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from docx_files import docx_file
from fuzz_targets import TARGETS, TEXT, outcome, sha256
from hypothesis import given
from hypothesis import strategies as st
from pdf_files import make_pdf

from wsis_nlp.showing import visible

PIECES = (
    *("1. ", "2. ", "16bis ", "23.24. ", "(a) ", "(i) ", "(aa)", "II. ", "A. ", "90.—", "OP1 ", "•", "- ", "# ", "\\"),
    *("[", "]", "*", "**", "[a](b)", "<b>", "</b>", "<script>", "¹ See ", "[^1]: ", "____", "3/7", "17-12345 (E)"),
    *("A/RES/70/125", "Recalling its resolution,", "Decides to note", "The General Assembly,", "Annex", "2 May 2031"),
    *("\n", "\n\n", "\r", "\r\n", "\f", "\t", "\x1c", "\x85", "\u2028", "\u00a0", "\u3000", ".", ",", ";", ":"),
    *(
        "\ufeff",
        "\u202e",
        "\u200b",
        "\u00ad",
        "\u0660",
        "\u2163",
        "\u00b2",
        "\U0001f600",
        "e\u0301",
        "İ",
        "rooms",
        " and",
    ),
)
SIGNS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(SIGNS, max_size=3), max_size=40).map("".join)

FIELDS = {
    "id": "a", "title": "A", "symbol": "", "body": "", "date": "2015-12-07", "stage": "draft", "series": "",
    "language": "en", "file": "raw/a.txt", "sha256": sha256(TEXT), "source": "", "rights": "",
}  # fmt: skip
PATHS = (
    "../a.txt",
    "/etc/passwd",
    "",
    ".",
    "raw",
    "raw/../raw/a.txt",
    "raw/\0",
    "raw/b.txt",
    "\u202e",
    "a\nb",
    "~",
    "x" * 300,
)
ODD = st.one_of(
    st.text(SIGNS, max_size=8).map(json.dumps),
    st.sampled_from(PATHS).map(json.dumps),
    st.sampled_from(("1", "inf", "nan", "true", "[]", "{}", "{a = 1}", "2015-12-07", "07:32:00", "", "x", "9" * 5000)),
)  # fmt: skip
CHANGES = st.dictionaries(st.sampled_from([*FIELDS, "x", '"\\n"', "a.b", '"\u202e"']), st.none() | ODD, max_size=3)

WHOLE = {
    "pdf": make_pdf([[{"text": "1. The rooms are open."}, {"lines": ["2. Lamps", "7"], "font": "bold"}]]),
    "docx": docx_file({"body": [["1. We open", ["ins", " rooms"], "."], {"runs": ["To read."], "list": [1, 0]}],
                       "lists": [[["lowerLetter", "(%1)"]]], "footnotes": {"1": ["See."]}}),
    "html": b"<meta charset=utf-8><h1>Rooms</h1><ol><li>We <del>close</del> open<sup>1</sup>.<li>We rest.</ol>",
    "segmentation": "1. We note décisions;\n\n(a) Lamps.\n".encode("cp1252"),
    "registry": b"[[document]]\n",
}  # fmt: skip


def bytes_of(case: dict[str, Any]) -> bytes:
    """The input of a case: a text, bytes, or parts, each with how often it is told."""
    if "parts" in case:
        return "".join(part * count for part, count in case["parts"]).encode()
    return base64.b64decode(case["base64"]) if "base64" in case else case["text"].encode()


def assert_ends(target: str, case: dict[str, Any]) -> None:
    found = outcome(target, bytes_of(case))
    assert found.end == case["ends"], f"{found.told}\n{found.trace}"
    assert case.get("says", "") in found.told


@pytest.mark.cases("fuzz/pdf.json", "pdf")
def test_pdf_files_that_were_found(case: dict[str, Any]) -> None:
    assert_ends("pdf", case)


@pytest.mark.cases("fuzz/docx.json", "docx")
def test_word_files_that_were_found(case: dict[str, Any]) -> None:
    assert_ends("docx", case)


@pytest.mark.cases("fuzz/html.json", "html")
def test_web_pages_that_were_found(case: dict[str, Any]) -> None:
    assert_ends("html", case)


@pytest.mark.cases("fuzz/segmentation.json", "segmentation")
def test_texts_that_were_found(case: dict[str, Any]) -> None:
    assert_ends("segmentation", case)


@pytest.mark.cases("fuzz/registry.json", "registry")
def test_registries_that_were_found(case: dict[str, Any]) -> None:
    assert_ends("registry", case)


def test_a_refusal_shows_hidden_signs_and_a_broken_law_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = outcome("html", '<meta charset="\x85\u202e"><p>We open.'.encode()).told
    assert visible(told) == told
    monkeypatch.setitem(TARGETS, "html", lambda data: next(iter(())))
    assert outcome("html", b"<p>We open.").end == "fault"


@given(st.lists(CHANGES, min_size=1, max_size=3), TEXTS)
def test_registries_near_the_valid_one_are_read_or_refused(tables: list[dict[str, str | None]], before: str) -> None:
    entries = []
    for changes in tables:
        fields = {name: json.dumps(value) for name, value in FIELDS.items()} | changes
        lines = (f"{name} = {value}\n" for name, value in fields.items() if value is not None)
        entries.append("[[document]]\n" + "".join(lines))
    comment = "".join(f"# {line}\n" for line in before.splitlines()[:1])
    found = outcome("registry", (comment + "".join(entries)).encode("utf-8", "replace"))
    assert found.end != "fault", f"{found.told}\n{found.trace}"


@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]))
def test_units_of_wild_text_keep_their_laws(text: str, encoding: str) -> None:
    found = outcome("segmentation", text.encode(encoding))
    assert found.end != "fault", f"{found.told}\n{found.trace}"


@pytest.mark.parametrize("target", sorted(WHOLE))
@given(st.data())
def test_spoilt_bytes_are_read_or_refused(target: str, data: st.DataObject) -> None:
    spoilt = WHOLE[target]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(spoilt)))
        end = data.draw(st.integers(start, min(start + 20, len(spoilt))))
        new = data.draw(st.binary(max_size=4) | st.sampled_from([spoilt[start:end] * 3, b"-1", b"99999999999", b"\0"]))
        spoilt = spoilt[:start] + new + spoilt[end:]
    found = outcome(target, spoilt)
    assert found.end != "fault", f"{found.told}\n{found.trace}"
