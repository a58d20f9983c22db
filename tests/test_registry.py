"""A corpus of one's own: begun, added to, and cut down, always whole or not at all."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import rows, run

from wsis_nlp import InputError, add_documents, init_corpus, load_corpus, registration, remove_document
from wsis_nlp.documents import FIELDS
from wsis_nlp.registry import with_entries, without_entry

DRAFT = """United Nations   A/C.2/91/L.9

Distr.: Limited

9 October 2036

Ruritania: draft resolution

Bridges over rivers

The General Assembly,

1. Notes the bridges.
"""
PLAIN = "1. We note the ponds.\n\n2. We note the lakes.\n"
ENTRY = dict.fromkeys(FIELDS, "") | {"id": "z", "stage": "unstated", "file": "raw/z.txt", "sha256": "0" * 64}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    init_corpus(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return written(tmp_path / "draft.txt", DRAFT)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return written(tmp_path / "Plain Ponds.TXT", PLAIN)


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(*says: str) -> pytest.RaisesExc:
    return pytest.raises(
        InputError, check=lambda fault: "\n" not in str(fault) and all(one in str(fault) for one in says)
    )


# --- init -------------------------------------------------------------------------------------------------


def test_a_new_corpus_explains_every_field_and_holds_no_document(tmp_path: Path, capsys) -> None:
    status, out, err = run(capsys, "corpus", "init", str(tmp_path / "deep" / "mine"))
    assert (status, out) == (0, "")
    assert "corpus add FILE --corpus" in err
    text = (tmp_path / "deep" / "mine" / "corpus.toml").read_text("utf-8")
    assert all(line.startswith("#") for line in text.splitlines())
    assert all(f"#   {field} " in text for field in FIELDS)


@pytest.mark.parametrize(
    "command", [("corpus", "list"), ("corpus", "check"), ("drift",), ("kwic", "ponds"), ("topics",)]
)
def test_an_analysis_of_no_document_says_how_to_add_one(command, corpus: Path, capsys) -> None:
    status, out, err = run(capsys, *command, "--corpus", str(corpus))
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert f"holds no document yet; add one with: wsis-nlp corpus add FILE --corpus {corpus}" in err


def test_a_folder_with_documents_is_told_how_they_come_in(tmp_path: Path, draft: Path, plain: Path, capsys) -> None:
    status, _, err = run(capsys, "corpus", "init", str(tmp_path))
    assert status == 0
    assert "2 documents" in err
    assert "*.txt" in err
    assert "*.TXT" in err


def test_what_is_no_place_for_a_corpus_is_refused(corpus: Path, draft: Path) -> None:
    with refused("corpus.toml", "is there already"):
        init_corpus(corpus)
    with refused(str(draft), "is a file"):
        init_corpus(draft)
    with refused("cannot be written"):
        init_corpus(draft / "below")


# --- add --------------------------------------------------------------------------------------------------


def test_a_document_is_registered_with_what_it_says_of_itself(corpus: Path, draft: Path, capsys) -> None:
    status, out, err = run(
        capsys, "corpus", "add", str(draft), "--corpus", str(corpus), "--series", "bridges", "--format", "csv"
    )
    assert status == 0
    assert "documents added: 1" in err
    told = {row["field"]: row for row in rows(out)}
    assert list(told) == list(FIELDS)
    assert (told["series"]["value"], told["series"]["origin"]) == ("bridges", "given")
    assert told["rights"]["origin"] == "not found"
    (document,) = load_corpus(corpus)
    assert (document.id, document.title, document.symbol) == ("a-c-2-91-l-9", "Bridges over rivers", "A/C.2/91/L.9")
    assert (document.date, document.stage, document.body) == ("2036-10-09", "draft", "General Assembly")
    assert document.file.read_bytes() == draft.read_bytes()
    assert document.file.relative_to(corpus.resolve()).as_posix() == "raw/a-c-2-91-l-9.txt"
    assert document.source == "draft.txt"


def test_unsure_fields_are_flagged(corpus: Path, tmp_path: Path, capsys) -> None:
    file = written(tmp_path / "n.txt", "Notes on ponds\n\n3 May 2036\n\n1. We met.\n")
    _, out, err = run(capsys, "corpus", "add", str(file), "--corpus", str(corpus))
    flagged = [line.split()[0] for line in out.splitlines() if "unsure" in line]
    assert flagged == ["title", "date"]
    assert "fields to look at: 2" in err


def test_given_values_go_before_those_of_the_document(corpus: Path, draft: Path) -> None:
    add_documents([draft], corpus=corpus, id="mine", title="Another", date="2036-10", stage="inputs", symbol="")
    document = load_corpus(corpus)["mine"]
    assert (document.title, document.date, document.stage, document.symbol) == ("Another", "2036-10", "inputs", "")


def test_a_file_inside_the_corpus_stays_where_it_is(corpus: Path) -> None:
    written(corpus / "texts" / "own.txt", PLAIN)
    add_documents([corpus / "texts" / "own.txt"], corpus=corpus)
    assert set(contents(corpus)) == {"corpus.toml", "texts/own.txt"}
    assert load_corpus(corpus)["own"].read().text == PLAIN


def test_comments_and_order_stay(corpus: Path, draft: Path, plain: Path) -> None:
    add_documents([draft], corpus=corpus)
    registry = corpus / "corpus.toml"
    before = registry.read_text("utf-8") + "# a word about what follows"
    registry.write_text(before, "utf-8")
    add_documents([plain], corpus=corpus)
    assert registry.read_text("utf-8").startswith(before)
    assert [one["id"] for one in tomllib.loads(registry.read_text("utf-8"))["document"]] == [
        "a-c-2-91-l-9",
        "plain-ponds",
    ]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(mark: str, corpus: Path, draft: Path, plain: Path) -> None:
    registry = corpus / "corpus.toml"
    registry.write_bytes(mark.encode() + registry.read_bytes().replace(b"\n", b"\r\n"))
    add_documents([draft, plain], corpus=corpus)
    remove_document("plain-ponds", corpus=corpus)
    content = registry.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > 20
    assert content.startswith(mark.encode())
    assert len(load_corpus(corpus).documents) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.txt", None, ["gone.txt", "no such file"]),
        ("a.odt", b"PK", ["'.odt'", "allowed are: .txt"]),
        ("empty.txt", b"", ["empty.txt", "is empty"]),
        ("cyrillic.txt", "Привет всему миру".encode("cp1251"), ["cyrillic.txt", "UTF-8"]),
        ("same.txt", DRAFT.encode(), ["same bytes as draft.txt", "'a-c-2-91-l-9'"]),
        ("other.txt", (DRAFT + "2. Notes more.\n").encode(), ["id 'a-c-2-91-l-9'", "draft.txt", "--id"]),
        ("taken.txt", PLAIN.encode(), ["raw/taken.txt", "other bytes"]),
    ],
)
def test_of_several_files_none_is_added_where_one_cannot_be(
    name, content, says, corpus: Path, draft: Path, tmp_path: Path
) -> None:
    written(corpus / "raw" / "taken.txt", "1. Another text.\n")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = contents(corpus)
    with refused(*says):
        add_documents([draft, tmp_path / name], corpus=corpus)
    assert contents(corpus) == before


def test_what_is_registered_is_refused_by_name(corpus: Path, draft: Path, plain: Path) -> None:
    add_documents([draft], corpus=corpus)
    before = contents(corpus)
    with refused("same bytes", "a-c-2-91-l-9"):
        add_documents([plain, draft], corpus=corpus, series="s")
    with refused("id 'a-c-2-91-l-9'", "--id"):
        add_documents([plain], corpus=corpus, id="a-c-2-91-l-9")
    assert contents(corpus) == before


def test_to_keep_going_adds_what_can_be_added_and_names_the_rest(
    corpus: Path, draft: Path, plain: Path, tmp_path: Path, capsys
) -> None:
    scan, twin = (
        written(tmp_path / "scan.pdf", "%PDF-1.7"),
        written(tmp_path / "b" / "plain ponds.txt", "1. We swim.\n"),
    )
    files = [scan, draft, plain, twin, draft]
    with refused(str(scan)):
        add_documents(files, corpus=corpus)
    fields, skipped = add_documents(files, corpus=corpus, keep_going=True)
    assert fields["doc_id"].unique().tolist() == ["a-c-2-91-l-9", "plain-ponds"]
    assert list(skipped) == [scan, twin, draft]
    assert all(str(file) in why for file, why in skipped.items())
    assert "the id 'plain-ponds' is that of Plain Ponds.TXT already; add it alone, with another --id" in skipped[twin]
    before = contents(corpus)
    with refused("none of the files can be added; the first:", str(scan)):
        add_documents([scan, plain], corpus=corpus, keep_going=True)
    assert contents(corpus) == before
    lakes = written(tmp_path / "lakes.txt", "1. We sail.\n")
    call = ("corpus", "add", *map(str, (scan, twin, lakes)), "--keep-going", "--corpus", str(corpus), "--series", "s")
    status, out, err = run(capsys, *call)
    assert (status, out.splitlines()[0]) == (0, "lakes")
    assert [line.partition(":")[0] for line in err.splitlines()] == ["skipped", "skipped", "documents added"]


def test_a_failure_of_writing_takes_the_copies_back(corpus: Path, draft: Path, plain: Path, monkeypatch) -> None:
    before = contents(corpus)

    def full(path: Path, content: bytes) -> None:
        raise InputError("no room")

    monkeypatch.setattr(registration, "write_through", full)
    with pytest.raises(InputError, match="no room"):
        add_documents([draft, plain], corpus=corpus)
    assert contents(corpus) == before


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"date": "9 October 2036"}, ["field date is '9 October 2036'", "YYYY-MM-DD"]),
        ({"stage": "final"}, ["field stage is 'final'", "draft, adopted"]),
        ({"id": "A b"}, ["field id is 'A b'", "hyphens"]),
        ({"id": "../a"}, ["field id is '../a'"]),
        ({"id": "a" * 300}, ["300 characters"]),
        ({"title": "a\x1b[31m"}, ["field title", "x1b"]),
        ({"title": "a\udcff"}, ["field title", "udcff"]),
        ({"colour": "red"}, ["field 'colour' is unknown", "known are: id"]),
        ({"date": 2036}, ["field date is 2036", "a string is needed"]),
    ],
    ids=str,
)
def test_values_that_no_registry_holds_are_refused(fields, says, corpus: Path, draft: Path) -> None:
    before = contents(corpus)
    with refused(*says):
        add_documents([draft], corpus=corpus, **fields)
    assert contents(corpus) == before


@pytest.mark.parametrize("option", ["--id", "--title", "--symbol", "--date", "--source"])
def test_what_names_one_document_is_refused_for_several(option, corpus: Path, draft: Path, plain: Path, capsys) -> None:
    status, _, err = run(capsys, "corpus", "add", str(draft), str(plain), option, "2036", "--corpus", str(corpus))
    assert (status, len(err.splitlines())) == (2, 1)
    assert f"{option[2:]}: given for 2 files" in err


def test_the_corpus_of_the_package_is_not_written_to(tmp_path: Path, draft: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    before = hashlib.sha256(load_corpus().folder.joinpath("corpus.toml").read_bytes()).hexdigest()
    for call in (["add", str(draft)], ["remove", "wsis10-draft"]):
        status, out, err = run(capsys, "corpus", *call)
        assert (status, out, len(err.splitlines())) == (2, "", 1)
        assert "--corpus DIR" in err
    packed = tmp_path / "site" / "_corpus"
    init_corpus(packed)
    monkeypatch.setattr("wsis_nlp.registry.packed_folder", lambda: packed)
    with refused("comes with the package"):
        add_documents([draft], corpus=packed)
    assert hashlib.sha256(load_corpus().folder.joinpath("corpus.toml").read_bytes()).hexdigest() == before


def test_the_nearest_corpus_upward_is_meant(tmp_path: Path, draft: Path, monkeypatch) -> None:
    init_corpus(tmp_path / "project" / "corpus")
    (tmp_path / "project" / "notes").mkdir()
    monkeypatch.chdir(tmp_path / "project" / "notes")
    add_documents([draft])
    assert len(load_corpus(tmp_path / "project" / "corpus").documents) == 1


def test_a_bare_folder_is_told_to_become_a_corpus(tmp_path: Path, draft: Path) -> None:
    with refused("holds no corpus.toml", "wsis-nlp corpus init"):
        add_documents([draft], corpus=tmp_path)


# --- any value --------------------------------------------------------------------------------------------

HOSTILE = [
    '"',
    "'''",
    '"""',
    "\\",
    "a\nb",
    "\r\n",
    '[[document]]\nid = "b"',
    "# no comment",
    "\x00",
    "\x7f",
    "\u2028",
    "é",
    "\U0001f30a",
]


@pytest.mark.parametrize("title", HOSTILE, ids=ascii)
def test_a_hostile_title_comes_back_or_is_refused(title: str, corpus: Path, draft: Path, plain: Path) -> None:
    try:
        add_documents([draft], corpus=corpus, id="a", title=title)
    except InputError:
        assert any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in title)
        return
    assert load_corpus(corpus)["a"].title == title
    add_documents([plain], corpus=corpus, id="b")
    assert load_corpus(corpus)["a"].title == title
    try:
        remove_document("b", corpus=corpus)
    except InputError:
        assert "[[document]]" in title
    assert load_corpus(corpus)["a"].title == title


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), st.text()), min_size=1, max_size=4), st.integers(0, 3))
def test_any_entries_come_back_from_the_text_of_a_registry(changes, at: int) -> None:
    entries = [ENTRY | change for change in changes]
    content = with_entries(b"# a word\n", entries, where="here")
    assert tomllib.loads(content.decode())["document"] == entries
    rest = entries[: at % len(entries)] + entries[at % len(entries) + 1 :]
    content = without_entry(content, at % len(entries), where="here")
    assert tomllib.loads(content.decode()).get("document", []) == rest
    assert content.startswith(b"# a word\n")


# --- remove -----------------------------------------------------------------------------------------------

COMMENTED = '''# about all

# about a
[[document]] # beside a
id = "a"
# in a
title = """
[x]
# no comment in a"""

# after a, and apart

# about b
[[ document ]]
id = "b"
title = """
# no comment"""
# about c
[["document"]]
id = "c"

# the end
'''


@pytest.mark.parametrize(
    ("at", "gone"),
    [
        (0, ["# about a", "# beside a", "# in a", '# no comment in a"""']),
        (1, ["# about b", '# no comment"""']),
        (2, ["# about c"]),
    ],
)
def test_comments_of_others_stay(at: int, gone: list[str]) -> None:
    content = without_entry(COMMENTED.encode(), at, where="here").decode()
    kept = [line for line in COMMENTED.splitlines() if "#" in line and not line.endswith(tuple(gone))]
    assert [line for line in content.splitlines() if "#" in line] == kept
    assert [one["id"] for one in tomllib.loads(content)["document"]] == [one for one in "abc" if one != "abc"[at]]


@pytest.mark.parametrize("text", ['document = [{id = "a"}]\n', '[[document]]\nid = """\n[[document]]\n"""\n'])
def test_a_registry_written_otherwise_is_left_alone(text: str) -> None:
    with refused("by hand", "here"):
        without_entry(text.encode(), 0, where="here")


def test_a_document_is_removed_and_its_file_stays_unless_asked(corpus: Path, draft: Path, plain: Path, capsys) -> None:
    add_documents([draft, plain], corpus=corpus)
    before, file = (corpus / "corpus.toml").read_bytes(), corpus.resolve() / "raw" / "plain-ponds.txt"
    written(corpus / "corrections" / "plain-ponds.csv", "start,end,printed,new,old,sort,sure\n")
    status, out, err = run(capsys, "corpus", "remove", "plain-ponds", "--corpus", str(corpus))
    assert (status, out) == (0, "")
    assert err.splitlines()[0] == f"removed plain-ponds; its file {file} stays"
    assert str(corpus / "corrections" / "plain-ponds.csv") in err
    assert file.read_bytes() == plain.read_bytes()
    (corpus / "corrections" / "plain-ponds.csv").unlink()
    add_documents([plain], corpus=corpus)
    assert (corpus / "corpus.toml").read_bytes() == before
    _, _, err = run(capsys, "corpus", "remove", "plain-ponds", "--delete-file", "--corpus", str(corpus))
    assert err == f"removed plain-ponds; its file {file} is deleted\n"
    assert set(contents(corpus)) == {"corpus.toml", "raw/a-c-2-91-l-9.txt"}
    assert plain.is_file()


def test_a_corpus_from_which_all_is_removed_can_be_added_to(corpus: Path, draft: Path) -> None:
    begun = (corpus / "corpus.toml").read_text("utf-8")
    add_documents([draft], corpus=corpus)
    remove_document("a-c-2-91-l-9", corpus=corpus)
    assert (corpus / "corpus.toml").read_text("utf-8").rstrip() == begun.rstrip()
    add_documents([draft], corpus=corpus)
    assert len(load_corpus(corpus).documents) == 1


def test_files_stay_that_are_not_the_corpus_own(corpus: Path, draft: Path, plain: Path) -> None:
    inside = written(corpus / "texts" / "own.txt", "1. Ours.\n")
    add_documents([draft, plain, inside], corpus=corpus)
    assert remove_document("own", corpus=corpus, delete_file=True).became == "stays, not being in raw/"
    assert remove_document("plain-ponds", corpus=corpus).became == "stays"
    changed = corpus / "raw" / "a-c-2-91-l-9.txt"
    changed.write_text("1. Worked on since.\n", "utf-8")
    assert "stays, since its bytes" in remove_document("a-c-2-91-l-9", corpus=corpus, delete_file=True).became
    assert set(contents(corpus)) == {"corpus.toml", "texts/own.txt", "raw/plain-ponds.txt", "raw/a-c-2-91-l-9.txt"}


def test_a_document_whose_file_is_gone_can_be_removed(corpus: Path, draft: Path) -> None:
    add_documents([draft], corpus=corpus)
    (corpus / "raw" / "a-c-2-91-l-9.txt").unlink()
    assert remove_document("a-c-2-91-l-9", corpus=corpus).became == "is not there"


def test_an_unknown_document_is_refused_with_the_known_ones(corpus: Path, draft: Path) -> None:
    add_documents([draft], corpus=corpus)
    before = contents(corpus)
    with refused("document 'pond' is unknown", "known are: a-c-2-91-l-9"):
        remove_document("pond", corpus=corpus)
    assert contents(corpus) == before
