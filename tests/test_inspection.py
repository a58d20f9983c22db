"""Inspection: what looks wrong is found where it stands, and nothing in a sound text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pdf_files import make_pdf

from wsis_nlp import Corpus, InputError, Study, load_corpus
from wsis_nlp.cli import main
from wsis_nlp.inspection import segmentation_report

CASES = json.loads((Path(__file__).parent / "cases" / "inspection.json").read_text("utf-8"))
GAP = "1. We open.\n\n3. We rest.\n"


def segmentation_findings(corpus: Corpus) -> pd.DataFrame:
    return segmentation_report(corpus)[1]


def corpus_of(folder: Path, text: str, explained: str = "") -> Path:
    (folder / "note.txt").write_text(text, "utf-8")
    if explained:
        (folder / "explained.csv").write_text(f"doc_id,finding,place,why\n{explained}\n", "utf-8")
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_findings(case: dict[str, Any], tmp_path: Path) -> None:
    table = segmentation_findings(load_corpus(corpus_of(tmp_path, case["text"])))
    found = sorted(zip(table["finding"], table["place"], strict=True))
    assert found == sorted((finding, f"note:{place}") for finding, place in case["findings"])
    assert table["detail"].str.len().gt(0).all()
    assert table["explained"].eq("").all()


def test_a_page_number_inside_a_paragraph_is_found(tmp_path: Path) -> None:
    body = "1. We open rooms in the towns and of all 2/9 of the hills.\n\n2. We rest.\n"
    text = f"A/1/L.2\n\n1/9\n\n{body}\n3/9\n\n3. We leave.\n"
    table = segmentation_findings(load_corpus(corpus_of(tmp_path, text)))
    assert table[["finding", "place"]].values.tolist() == [["page inside", "note:1"]]


def test_an_explanation_settles_its_finding_and_no_other(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, GAP, "note,gap,note:3,The second was dropped.")
    table = segmentation_findings(load_corpus(corpus))
    assert table[["place", "explained"]].values.tolist() == [["note:3", "The second was dropped."]]
    assert main(["corpus", "check", "--strict", "--corpus", str(corpus)]) == 0


def test_an_explanation_of_nothing_is_stale(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "1. We open.\n\n2. We rest.\n", "note,gap,note:3,The second was dropped.")
    assert segmentation_findings(load_corpus(corpus))["finding"].tolist() == ["stale"]


def test_an_explanation_needs_words(tmp_path: Path) -> None:
    corpus = load_corpus(corpus_of(tmp_path, GAP, "note,gap,note:3, "))
    with pytest.raises(InputError, match=r"explained\.csv, line 2: why is empty"):
        segmentation_findings(corpus)


def test_strict_ends_with_1_on_what_is_not_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = str(corpus_of(tmp_path, GAP))
    assert main(["corpus", "check", "--corpus", corpus]) == 0
    assert main(["corpus", "check", "--strict", "--corpus", corpus, "--format", "csv"]) == 1
    captured = capsys.readouterr()
    assert "note:3: gap: no paragraph before it is numbered 2" in captured.err
    assert "gap:" not in captured.out


def test_everything_in_the_corpus_is_explained(study: Study) -> None:
    table = segmentation_findings(study.corpus)
    assert len(table) > 0
    assert table[table["explained"] == ""].empty


def test_two_findings_of_one_sort_in_a_paragraph_share_an_explanation(tmp_path: Path) -> None:
    text = "A/1/L.2\n\n1/9\n\n1. We open 2/9 of the rooms and 3/9 of the halls in the towns.\n\n4/9\n\n2. We rest.\n"
    table = segmentation_findings(load_corpus(corpus_of(tmp_path, text, "note,page inside,note:1,Shares are meant.")))
    assert table[["finding", "explained"]].values.tolist() == [["page inside", "Shares are meant."]] * 2


def test_a_finding_is_explained_once(tmp_path: Path) -> None:
    corpus = load_corpus(corpus_of(tmp_path, GAP, "note,gap,note:3,One.\nnote,gap,note:3,Two."))
    with pytest.raises(InputError, match=r"explained\.csv, line 3: note gap note:3 is explained already"):
        segmentation_findings(corpus)


def test_the_report_names_encodings_and_pages_without_a_text_layer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = [{"text": "1. The rooms are open to all who come from the towns and villages of the valley."}]
    (tmp_path / "paper.pdf").write_bytes(make_pdf([text, [], text], scan=[2]))
    (tmp_path / "note.txt").write_bytes("1. Les décisions sont prises.".encode("cp1252"))
    (tmp_path / "page.html").write_text("<meta charset=utf-8><p>1. Les décisions sont prises.", "utf-8")
    report, findings = segmentation_report(load_corpus(tmp_path))
    assert report.columns[-1] == "encoding"
    assert report.set_index("doc_id")["encoding"].to_dict() == {"note": "cp1252", "page": "utf-8", "paper": ""}
    scanned = findings[findings["finding"] == "scanned"].to_dict("records")
    assert [row["place"] for row in scanned] == ["paper"]
    assert "1 of 3 pages have no text layer and are not read (page 2)" in scanned[0]["detail"]
    assert main(["corpus", "check", "--corpus", str(tmp_path)]) == 0
    assert "note: read as cp1252, not as UTF-8" in capsys.readouterr().err
    for name, told in (("note.txt", "read as cp1252"), ("paper.pdf", "ocrmypdf"), ("page.html", "")):
        assert main(["segment", str(tmp_path / name)]) == 0
        said = capsys.readouterr().err
        assert told in said
        assert bool(told) == bool(said)
