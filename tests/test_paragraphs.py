"""The paragraph table: citable names, offsets into the raw text, and readings."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from docx_files import docx_file

from wsis_nlp import InputError, Study, Unit, body_paragraphs, load_corpus, open_study, paragraph_table
from wsis_nlp.inspection import segmentation_report
from wsis_nlp.paragraphs import BODY, PARAGRAPH_COLUMNS, paragraph_ids
from wsis_nlp.readings import Reading
from wsis_nlp.segmentation import Kind

RAW = "1. We note Al tools.\n\n2. We welcome data governance.\n"


def unit(order: int, kind: Kind, label: str | None) -> Unit:
    return Unit(order, kind, label, None, (), (), ((0, 1),), "", np.array([], dtype=np.int32))


def test_names_are_those_of_a_citation() -> None:
    named: list[tuple[Kind, str | None, str]] = [
        ("front", None, "d:p1"),
        ("heading", "4.1", "d:h4.1"),
        ("heading", None, "d:p3"),
        ("operative", "12", "d:12"),
        ("subparagraph", "12(a)", "d:12(a)"),
        ("subparagraph", "38(a)(i)", "d:38(a)(i)"),
        ("operative", "23quater ALT1", "d:23quater-ALT1"),
        ("operative", "12", "d:12~2"),
        ("operative", "12", "d:12~3"),
        ("footnote", "3", "d:fn3"),
        ("preambular", "A", "d:A"),
        ("operative", None, "d:p12"),
    ]
    units = [unit(order, kind, label) for order, (kind, label, _) in enumerate(named, 1)]
    assert paragraph_ids("d", units) == [name for _, _, name in named]


def test_columns_and_keys(study: Study) -> None:
    table = study.paragraphs
    assert tuple(table.columns) == PARAGRAPH_COLUMNS
    assert table["para_id"].is_unique
    assert set(table["kind"]) <= set(get_args(Kind))
    assert not table["para_id"].str.contains(r"\s").any()
    assert table["doc_id"].drop_duplicates().tolist() == [document.id for document in study.corpus]
    for _, units in table.groupby("doc_id"):
        assert units["order"].tolist() == list(range(1, len(units) + 1))


def test_characters_of_the_printed_text_are_those_of_the_raw_text(printed: Study, raws: dict[str, str]) -> None:
    for row in printed.paragraphs.itertuples():
        raw = raws[row.doc_id]
        assert len(row.extents) == len(row.text)
        for sign, (start, end) in zip(row.text, row.extents, strict=True):
            assert raw[start:end] == sign or (sign == " " and end == start + 1)


def test_units_share_out_every_visible_character(study: Study, raws: dict[str, str]) -> None:
    for doc_id, units in study.paragraphs.groupby("doc_id"):
        raw = raws[doc_id]
        held = sorted(span for spans in units["spans"] for span in spans)
        assert all(first[1] <= second[0] for first, second in pairwise(held))
        gaps = pairwise([0, *(edge for span in held for edge in span), len(raw)])
        assert all(raw[start:end].isspace() for start, end in list(gaps)[::2] if start < end)


def test_report_agrees_that_nothing_is_lost_or_doubled(study: Study) -> None:
    report = segmentation_report(study.corpus)[0].set_index("doc_id")
    assert report["left_out"].eq(0).all()
    assert report["counted_twice"].eq(0).all()
    assert report[list(get_args(Kind))].sum(axis=1).to_dict() == study.paragraphs.groupby("doc_id").size().to_dict()


def test_report_names_gaps_and_restarts(tmp_path: Path) -> None:
    paragraphs = [f"{number}. We reaffirm our commitment to paragraph {number}." for number in (1, 2, 5, 6, 8, 1, 2)]
    (tmp_path / "a.txt").write_text("\n\n".join(paragraphs), "utf-8")
    report = segmentation_report(load_corpus(tmp_path))[0].iloc[0]
    assert report["operative"] == 7
    assert (report["numbers"], report["gaps"], report["restarts"]) == ("1 to 2", "3 to 4, 7", "1")


def test_body_is_the_preambular_operative_and_subparagraph_units(study: Study) -> None:
    body = body_paragraphs(study.paragraphs)
    assert set(body["kind"]) <= set(BODY)
    assert len(body) == study.paragraphs["kind"].isin(BODY).sum()
    assert body.index.tolist() == list(range(len(body)))
    with pytest.raises(InputError, match="paragraphs lacks the column kind"):
        body_paragraphs(body.drop(columns="kind"))


def corrected_corpus(folder: Path) -> Path:
    (folder / "note.txt").write_bytes(RAW.encode())
    (folder / "corrections").mkdir()
    start = RAW.index("Al")
    (folder / "corrections" / "note.csv").write_text(
        f"start,end,printed,new,old,sort,sure\n{start},{start + 2},Al,AI,AI,ocr,yes\n", "utf-8"
    )
    return folder


def test_corrections_apply_to_what_is_read_and_never_to_the_file(tmp_path: Path) -> None:
    corpus = load_corpus(corrected_corpus(tmp_path))
    for reading, text in (("printed", "We note Al tools."), ("new", "We note AI tools."), ("old", "We note AI tools.")):
        table = paragraph_table(corpus, reading=reading)
        assert table["text"].tolist() == [text, "We welcome data governance."]
        assert table["para_id"].tolist() == ["note:1", "note:2"]
    assert hashlib.sha256((tmp_path / "note.txt").read_bytes()).digest() == hashlib.sha256(RAW.encode()).digest()


def test_drift_tells_what_the_corrections_did(tmp_path: Path) -> None:
    row = open_study(corrected_corpus(tmp_path)).drift(["ai"]).iloc[0]
    assert (row["count"], row["count_printed"], row["reading"], row["first_para"]) == (1, 0, "new", "note:1")


@pytest.mark.parametrize(
    ("name", "content"),
    [("plain.md", b"1. We note."), ("page.html", b"<p>1. We <del>note</del><ins>welcome</ins> AI.</p>"),
     ("file.docx", docx_file({"body": [["1. We ", ["del", "note"], ["ins", "welcome"], " AI."]]}))],
)  # fmt: skip
@pytest.mark.parametrize("corrected", [False, True])
def test_study_has_the_corpus_as_printed(name: str, content: bytes, corrected: bool, tmp_path: Path) -> None:
    folder = corrected_corpus(tmp_path) if corrected else tmp_path
    (folder / name).write_bytes(content)
    study, apart = open_study(folder), open_study(folder, reading="printed")
    pd.testing.assert_frame_equal(study.printed.paragraphs, apart.paragraphs)
    pd.testing.assert_frame_equal(study.printed.mentions, apart.mentions)
    assert study.paragraphs["text"].equals(apart.paragraphs["text"]) == (name == "plain.md" and not corrected)


def test_one_document_alone(study: Study) -> None:
    document = study.corpus["ecosoc-2023-3"]
    table = paragraph_table(study.corpus, documents=[document])
    assert set(table["doc_id"]) == {"ecosoc-2023-3"}
    whole = study.paragraphs[study.paragraphs["doc_id"] == "ecosoc-2023-3"]
    assert table["text"].tolist() == whole["text"].tolist()


def test_unknown_reading_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match="reading is 'clean'; allowed are: printed, new, old"):
        paragraph_table(study.corpus, reading="clean")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="reading is 'clean'; allowed are: printed, new, old"):
        open_study(reading="clean")  # type: ignore[arg-type]


def test_corrections_that_do_not_fit_are_named_by_file_and_line(tmp_path: Path) -> None:
    folder = corrected_corpus(tmp_path)
    (folder / "note.txt").write_bytes(b"We " + RAW.encode())
    with pytest.raises(InputError, match=r"corrections/note\.csv, line 2: printed is 'Al' and the text has"):
        paragraph_table(load_corpus(folder))


@pytest.mark.parametrize(
    ("start", "end", "units"),
    [
        pytest.param(RAW.index("tools"), RAW.index("welcome"), 0, id="over the end of a unit"),
        pytest.param(0, 2, 0, id="a label"),
        pytest.param(0, 5, 0, id="a label and a word"),
        pytest.param(RAW.index("\n"), RAW.index("2."), 0, id="between two units"),
    ],
)
@pytest.mark.parametrize("reading", ["printed", "new", "old"])
def test_corrections_outside_the_text_of_one_unit_are_refused(
    start: int, end: int, units: int, reading: Reading, tmp_path: Path
) -> None:
    folder = corrected_corpus(tmp_path)
    printed = RAW[start:end].replace('"', '""')
    (folder / "corrections" / "note.csv").write_bytes(
        f'start,end,printed,new,old,sort,sure\n{start},{end},"{printed}",x,y,tracked,yes\n'.encode()
    )
    with pytest.raises(InputError) as raised:
        paragraph_table(load_corpus(folder), reading=reading)
    message = str(raised.value)
    assert "\n" not in message
    for part in ("note.csv", f"{start} to {end}", f"in the text of {units} units", "in that of one"):
        assert part in message


def test_every_correction_of_the_corpus_takes_effect(study: Study, printed: Study) -> None:
    changed = study.paragraphs["text"] != printed.paragraphs["text"]
    assert changed.sum() > 40
    assert set(study.paragraphs.loc[changed, "doc_id"]) == {"wsis20-unesco"}
