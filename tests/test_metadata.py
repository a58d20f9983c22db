"""What a document says of itself: cases are data, and no proposal for the documents of the study is false."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import load_corpus
from wsis_nlp.metadata import propose_metadata, proposed_id
from wsis_nlp.readers import RawText, Region

FIELDS = ("title", "symbol", "body", "date", "stage", "language")


def text_of(lines: list) -> str:
    """Lines of a case; one that is a list is a text and how often it stands, and what follows it."""
    whole = [line if isinstance(line, str) else line[0] * line[1] + "".join(line[2:]) for line in lines]
    return "\n".join(whole)


def raw_of(case: dict) -> RawText:
    text = text_of(case["text"])
    pieces = case.get("furniture", [])
    regions = [Region(text.index(piece), text.index(piece) + len(piece), "furniture") for piece in pieces]
    return RawText(text, tuple(sorted(regions)))


@pytest.mark.cases("metadata.json", "mastheads")
def test_a_document_says_of_itself(case: dict) -> None:
    found = propose_metadata(raw_of(case), "file.txt")
    wanted = {"stage": "unstated"} | case["gives"]
    assert {name: found[name].value for name in FIELDS} == {name: wanted.get(name, "") for name in FIELDS}
    assert [name for name in FIELDS if not found[name].sure] == sorted(case.get("unsure", []), key=FIELDS.index)
    for name, proposal in found.items():
        missing = proposal.value in ("", "unstated")
        assert (proposal.origin == "not found") == missing, name


@pytest.mark.cases("metadata.json", "ids")
def test_an_id_comes_from_the_symbol_else_the_name_else_the_hash(case: dict) -> None:
    assert proposed_id(case["symbol"], case["name"], "0" * 64).value == case["gives"]


@pytest.mark.parametrize("document", load_corpus().documents, ids=lambda document: document.id)
def test_nothing_false_is_proposed_for_the_documents_of_the_study(document) -> None:
    found = propose_metadata(document.read(), document.file.name)
    for name in ("symbol", "body", "date", "language"):
        assert found[name].value in ("", getattr(document, name)), name
    assert found["stage"].value in ("unstated", document.stage)
    assert found["language"].value == "en"
    # The title of the registry may be a shorter one, and then the proposal stands in the document.
    words = " ".join(document.read().text[:2000].replace("*", "").split())
    assert found["title"].value in words


def test_proposals_for_the_resolution_of_the_study() -> None:
    found = propose_metadata(load_corpus()["ecosoc-2023-3"].read(), "x.txt")
    assert found["date"].value == "2023-06-07"
    assert found["date"].origin.startswith("day of adoption")
    assert (found["symbol"].value, found["symbol"].sure) == ("E/RES/2023/3", False)


@given(st.text(max_size=300))
def test_any_text_has_proposals_whose_words_stand_in_it(text: str) -> None:
    found = propose_metadata(RawText(text), "x.txt")
    plain = "".join(text.split())
    assert "".join(found["symbol"].value.split()) in plain
    assert found["stage"].value in ("draft", "adopted", "inputs", "unstated")


@pytest.mark.parametrize(
    "piece",
    ["A/1/", "a" * 50 + "  ", "1/2 ", "draft resolution ", "**A**b", "[a](b", "5 May 2036 ", "\t", "(1st meeting "],
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_text_of_millions_of_signs_is_looked_at_in_part(piece: str, end: str) -> None:
    found = propose_metadata(RawText((piece + end) * 200_000), "x.txt")
    assert found["symbol"].value == ""
    assert found["language"].value == ""
