"""The command line: its contract, its one-line errors, its speed at the start."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
from scoring import score

from wsis_nlp import load_corpus
from wsis_nlp.cli import main

HERE = Path(__file__).parent
CALLS = json.loads((HERE / "cases" / "calls.json").read_text("utf-8"))
DRIFT = [
    "doc_id", "date", "concept", "count", "tokens", "paragraphs", "paragraphs_with", "rate_per_1000", "low", "high",
    "tfidf", "first_para", "stage", "series", "reading", "count_printed",
]  # fmt: skip
MAIN = ("ai", "data-governance", "gdc")


def run(capsys, *call: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a call."""
    try:
        status = main(list(call))
    except SystemExit as end:
        status = int(end.code or 0)
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Files and folders that calls get wrong, by name."""
    root = tmp_path_factory.mktemp("places")
    bytes_of = {"empty.txt": b"", "blank.txt": b" \n\t\r\n", "plain.txt": b"1. We note this.\n",
                "picture.txt": b"\x89PNG\r\n\x1a\n\x00\x00",
                "russian.txt": "Мы отмечаем решения и рады им".encode("cp1251"),
                "archive.zip": b"PK\x03\x04"}  # fmt: skip
    for name, content in bytes_of.items():
        (root / name).write_bytes(content)
    for name in ("folder", "hollow", "changed", "broken"):
        (root / name).mkdir()
    (root / "broken" / "corpus.toml").write_text("[[document]\n")
    registered = hashlib.sha256(b"1. Reaffirms this;\n").hexdigest()
    (root / "changed" / "note.txt").write_bytes(b"1. Reaffirms that;\n")
    (root / "changed" / "corpus.toml").write_text(
        '[[document]]\nid = "note"\ntitle = "Note"\nsymbol = ""\nbody = ""\ndate = "2020"\nstage = "draft"\n'
        f'series = ""\nlanguage = "en"\nfile = "note.txt"\nsha256 = "{registered}"\nsource = ""\nrights = ""\n'
    )
    named = {path.stem: str(path) for path in root.iterdir()}
    return named | {
        "missing": str(root / "nowhere"), "target": str(root / "target"), "registered_sha": registered,
        "changed_sha": hashlib.sha256(b"1. Reaffirms that;\n").hexdigest(),
    }  # fmt: skip


@pytest.mark.parametrize("case", CALLS, ids=lambda case: " ".join(case["call"]) or "nothing")
def test_a_wrong_call_gives_one_line_and_status_2(case, places, capsys):
    call = [word.format(**places) for word in case["call"]]
    status, out, err = run(capsys, *call)
    assert status == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    for words in case["says"]:
        assert words.format(**places) in err


def test_a_refused_run_writes_nothing(places, capsys):
    run(capsys, "reproduce", "--corpus", places["changed"], "--out", places["target"])
    assert not Path(places["target"]).exists()


def test_drift_has_the_columns_of_the_contract(capsys):
    status, out, err = run(capsys, "drift", "--concept", *MAIN, "--format", "csv")
    table = rows(out)
    assert status == 0
    assert list(table[0])[: len(DRIFT)] == DRIFT
    assert [row["concept"] for row in table] == list(MAIN) * 5
    assert err == ""


def test_drift_of_the_real_corpus(capsys):
    _, out, _ = run(capsys, "drift", "--concept", *MAIN, "--format", "csv")
    found = {(row["doc_id"], row["concept"]): row for row in rows(out)}
    for document in ("wsis10-draft", "a-res-70-125", "ecosoc-2016-draft"):
        for concept in MAIN:
            assert found[document, concept]["count"] == "0"
            assert found[document, concept]["first_para"] == ""
    resolution = {concept: found["ecosoc-2023-3", concept] for concept in MAIN}
    assert {concept: row["paragraphs_with"] for concept, row in resolution.items()} == {
        "ai": "2", "data-governance": "1", "gdc": "2",
    }  # fmt: skip
    assert resolution["ai"]["first_para"] == "ecosoc-2023-3:46"
    assert resolution["data-governance"]["first_para"] == "ecosoc-2023-3:12"
    first = resolution["gdc"]["first_para"]
    _, lines, _ = run(capsys, "kwic", "gdc", "--format", "csv")
    assert first == next(row["para_id"] for row in rows(lines) if row["doc_id"] == "ecosoc-2023-3")
    assert all(found["a-res-70-125", concept]["stage"] == "fragment" for concept in MAIN)


def test_a_fragment_is_never_shown_as_absence(capsys):
    _, out, err = run(capsys, "drift", "--concept", *MAIN)
    lines = [line for line in out.splitlines() if "a-res-70-125" in line]
    assert len(lines) == 3
    assert all("fragment, 0: up to 7.00 per 1,000" in line for line in lines)
    assert "absen" not in out + err
    assert "Reading: new" in err


def test_the_table_of_drift_shows_intervals(capsys):
    _, out, err = run(capsys, "drift", "--concept", "ai")
    assert out.splitlines()[0].split()[7:10] == ["rate_per_1000", "low", "high"]
    zeros = [line for line in out.splitlines() if "0: up to" in line]
    assert [line.split()[0] for line in zeros] == ["wsis10-draft", "a-res-70-125", "ecosoc-2016-draft"]
    _, csv_out, _ = run(capsys, "drift", "--concept", "ai", "--format", "csv")
    for line, row in zip(out.splitlines()[1:], rows(csv_out), strict=True):
        shown = " ".join(f"{float(row[name]):.2f}" for name in ("rate_per_1000", "low", "high"))
        assert shown in " ".join(line.split())
        assert ("0: up to" in line) == (row["count"] == "0")
    assert "low, high: limits of the rate that such drafting would give" in err


def test_no_zero_no_note(tmp_path, capsys):
    (tmp_path / "first.txt").write_text("1. We welcome artificial intelligence.\n\n2. We note that.\n")
    status, out, _ = run(capsys, "drift", "--corpus", str(tmp_path), "--concept", "ai")
    assert status == 0
    assert "up to" not in out
    assert "nan" not in out


def test_the_table_of_keyness_says_its_order(capsys):
    call = ("keyness", "wsis20-unesco", "ecosoc-2023-3", "--permutations", "0")
    status, out, err = run(capsys, *call)
    assert status == 0
    assert len(out.splitlines()) == 41
    assert max(map(len, out.splitlines())) < 120
    assert "by low, the conservative bound of log_ratio, then by g2" in err
    _, whole, _ = run(capsys, *call, "--format", "csv")
    assert [row["term"] for row in rows(whole)[:40]] == [line.split()[0] for line in out.splitlines()[1:]]
    assert {row["permuted"] for row in rows(whole)} == {"none"}


def test_the_seed_of_keyness_is_that_of_the_call(capsys):
    call = ("keyness", "wsis20-unesco", "ecosoc-2023-3", "--permutations", "49", "--format", "csv", "--seed")
    one, again, other = (run(capsys, *call, seed)[1] for seed in ("1", "1", "2"))
    assert one == again
    assert one != other


def test_every_count_of_drift_is_the_number_of_rows_of_its_concordance(capsys):
    _, out, _ = run(capsys, "drift", "--format", "csv")
    table = rows(out)
    for concept in dict.fromkeys(row["concept"] for row in table):
        _, lines, _ = run(capsys, "kwic", concept, "--format", "csv")
        places = [row["doc_id"] for row in rows(lines)]
        for row in (row for row in table if row["concept"] == concept):
            assert int(row["count"]) == places.count(row["doc_id"])


@pytest.mark.parametrize("document", load_corpus().documents, ids=lambda document: document.id)
def test_segment_prints_the_keys_of_the_gold(document, capsys, tmp_path):
    raw_file = tmp_path / "raw.txt"
    status, out, _ = run(capsys, "segment", document.id, "--raw-out", str(raw_file))
    units = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    keys = ["order", "kind", "label", "old_label", "section", "marks", "spans", "text"]
    assert all(list(unit) == keys for unit in units)
    assert raw_file.read_bytes() == document.file.read_bytes()
    assert [unit["order"] for unit in units] == list(range(1, len(units) + 1))


def test_segment_of_a_file_equals_that_of_its_document(capsys):
    document = load_corpus()["ecosoc-2023-3"]
    _, by_id, _ = run(capsys, "segment", document.id)
    _, by_file, _ = run(capsys, "segment", str(document.file))
    assert by_id == by_file
    gold = [json.loads(line) for line in (HERE / "gold" / "ecosoc-2023-3.jsonl").read_text("utf-8").splitlines()]
    predicted = [json.loads(line) for line in by_file.splitlines()]
    assert score(document.read().text, gold, predicted).f1 > 0.95


def test_a_bare_folder_is_a_corpus(tmp_path, capsys):
    (tmp_path / "first.txt").write_text("1. We welcome artificial intelligence.\n\n2. We note AI.\n")
    (tmp_path / "second.md").write_text("1. We welcome nothing.\n")
    _, out, _ = run(capsys, "drift", "--corpus", str(tmp_path), "--concept", "ai", "--format", "csv")
    assert [(row["doc_id"], row["count"], row["first_para"]) for row in rows(out)] == [
        ("first", "2", "first:1"),
        ("second", "0", ""),
    ]


@pytest.mark.parametrize(
    ("call", "columns"),
    [
        (["corpus", "list"], ["doc_id", "title", "symbol", "body", "date", "stage", "series", "language"]),
        (["kwic", "data governance"], ["doc_id", "para_id", "start", "end", "left", "match", "right"]),
        (["keyness", "wsis20-unesco", "ecosoc-2023-3,ecosoc-2016-draft"], ["term", "count_a", "count_b"]),
        (["topics", "--topics", "4"], ["topic", "label", "rank", "term", "weight"]),
        (["topics", "--topics", "4", "--table", "documents"], ["doc_id", "topic", "label", "prevalence"]),
        (["similarity"], ["doc_a", "doc_b", "similarity"]),
        (["similarity", "--unit", "paragraph"], ["doc_a", "para_a", "doc_b", "para_b", "rank", "similarity"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_analyses_print_clean_csv(call, columns, capsys):
    status, out, err = run(capsys, *call, "--format", "csv")
    table = rows(out)
    assert (status, err) == (0, "")
    assert list(table[0])[: len(columns)] == columns
    assert all(None not in row and None not in row.values() for row in table)


def test_check_finds_nothing_left_out(capsys):
    status, out, _ = run(capsys, "corpus", "check", "--format", "csv")
    table = rows(out)
    assert status == 0
    assert [row["left_out"] for row in table] == ["0"] * 5
    assert [row["counted_twice"] for row in table] == ["0"] * 5
    assert next(row for row in table if row["doc_id"] == "wsis20-unesco")["numbers"] == "1 to 159"


def test_lineage_of_one_paragraph_and_of_none(capsys):
    status, out, err = run(capsys, "lineage", "--paragraph", "wsis20-unesco:91", "--format", "csv")
    assert status == 0
    assert [(row["from_para"], row["to_para"]) for row in rows(out)] == [("wsis10-draft:47", "wsis20-unesco:91")]
    assert "edges: 1" in err
    status, out, err = run(capsys, "lineage", "--paragraph", "wsis20-unesco:999")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "'wsis20-unesco:999'" in err


@pytest.mark.parametrize(
    ("call", "limits", "told"),
    [
        (("similarity",), {"nearest.LARGE_DOCUMENTS": 1}, "documents: 2, more than 1: each has its 10 nearest"),
        (("similarity",), {"nearest.LARGE_DOCUMENTS": 2}, ""),
        (("similarity",), {"similarity.MOST_CELLS": 35}, "pairs of documents with more than 5 paragraphs together"),
        (("similarity",), {"similarity.MOST_CELLS": 36}, ""),
        (("similarity", "--unit", "paragraph"), {"nearest.LARGE": 4}, "paragraphs: 5, more than 4"),
        (("similarity", "--unit", "paragraph"), {"nearest.LARGE": 5}, ""),
        (("topics", "--topics", "1"), {"nearest.LARGE": 4}, "paragraphs: 5, more than 4"),
    ],
)  # fmt: skip
def test_what_is_done_otherwise_in_a_large_corpus_is_told(call, limits, told, tmp_path, capsys, monkeypatch):
    words = "We note the data of the forum.\n\n2. We note the forum of the data.\n"
    (tmp_path / "a.txt").write_text(f"1. {words}\n3. We close the data and the forum.\n")
    (tmp_path / "b.txt").write_text(f"1. {words}")
    (tmp_path / "without-body.txt").write_text("INTRODUCTION\n\nI. THE DATA\n")
    for name, value in limits.items():
        monkeypatch.setattr(f"wsis_nlp.{name}", value)
    status, out, err = run(capsys, *call, "--corpus", str(tmp_path), "--format", "csv")
    found = [line for line in err.splitlines() if "more than" in line]
    assert (status, len(found)) == (0, bool(told)), err
    assert all(told in line for line in found)
    if "similarity.MOST_CELLS" in limits:
        assert (rows(out)[0]["p"] == "") == bool(told)


@pytest.mark.parametrize("call", [("drift", "--concept", "ai"), ("kwic", "note"), ("corpus", "check")])
def test_keep_going_leaves_out_documents_that_cannot_be_read(call, tmp_path, capsys):
    (tmp_path / "good.txt").write_text("1. We note artificial intelligence.\n")
    (tmp_path / "bad.pdf").write_text("%PDF-1.7")
    (tmp_path / "old.doc").write_text("")
    status, out, err = run(capsys, *call, "--corpus", str(tmp_path))
    assert (status, out) == (2, "")
    assert "'bad' (bad.pdf)" in err
    status, out, err = run(capsys, *call, "--corpus", str(tmp_path), "--keep-going")
    assert status == 0
    assert "good" in out
    assert "bad" not in out
    assert "skipped: document 'bad' (bad.pdf): " in err
    assert "not read, being of other types: old.doc" in err
