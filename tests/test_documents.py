"""The registry: what it may say, how it is refused, and the order of documents."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path

import pytest

from wsis_nlp import InputError, load_corpus, open_study, read_lexicon, read_stop_list
from wsis_nlp.documents import input_files
from wsis_nlp.places import find_corpus, packed_folder

TEXT = "1. We note the Internet Governance Forum.\n\n2. We welcome data governance.\n"
ENTRY = {
    "id": "a",
    "title": "A",
    "symbol": "",
    "body": "",
    "date": "2015-12-07",
    "stage": "draft",
    "series": "",
    "language": "en",
    "file": "raw/a.txt",
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "source": "",
    "rights": "",
}


def entry_text(changes: dict[str, str], without: str | None = None) -> str:
    """A registered document as TOML; changes are TOML literals."""
    values = {name: json.dumps(value) for name, value in ENTRY.items()} | changes
    return "[[document]]\n" + "".join(f"{name} = {value}\n" for name, value in values.items() if name != without)


def corpus_at(folder: Path, registry: str) -> Path:
    (folder / "raw").mkdir()
    (folder / "raw" / "a.txt").write_text(TEXT, "utf-8")
    (folder / "corpus.toml").write_text(registry, "utf-8")
    return folder


def assert_one_line(message: str, parts: list[str]) -> None:
    assert "\n" not in message
    for part in parts:
        assert part in message


@pytest.mark.cases("registry.json", "registries")
def test_bad_registry_is_refused_by_file_place_and_what_is_allowed(case: dict, tmp_path: Path) -> None:
    registry = case["toml"] if "toml" in case else entry_text(case.get("set", {}), case.get("without"))
    with pytest.raises(InputError) as raised:
        load_corpus(corpus_at(tmp_path, registry))
    assert_one_line(str(raised.value), [*case["says"], str(tmp_path / "corpus.toml")])


@pytest.mark.cases("registry.json", "allowed")
def test_good_registry_is_read(case: dict, tmp_path: Path) -> None:
    corpus = load_corpus(corpus_at(tmp_path, case.get("before", "") + entry_text(case.get("set", {}))))
    assert [document.read().text for document in corpus] == [TEXT]
    for name, value in case.get("gives", {}).items():
        assert getattr(corpus.documents[0], name) == value


@pytest.mark.cases("registry.json", "lexicons")
def test_bad_lexicon_is_refused_by_file_concept_and_what_is_allowed(case: dict, tmp_path: Path) -> None:
    (tmp_path / "lexicon.toml").write_text(case["toml"], "utf-8")
    with pytest.raises(InputError) as raised:
        read_lexicon(tmp_path / "lexicon.toml")
    assert_one_line(str(raised.value), [*case["says"], str(tmp_path / "lexicon.toml")])


@pytest.mark.cases("registry.json", "stop_lists")
def test_bad_stop_list_is_refused_by_file_and_line(case: dict, tmp_path: Path) -> None:
    (tmp_path / "general.txt").write_text(case["text"], "utf-8")
    with pytest.raises(InputError) as raised:
        read_stop_list(tmp_path / "general.txt")
    assert_one_line(str(raised.value), [*case["says"], str(tmp_path / "general.txt")])


def test_deeply_nested_toml_is_refused(tmp_path: Path) -> None:
    for name, read in (("corpus.toml", load_corpus), ("lexicon.toml", read_lexicon)):
        (tmp_path / name).write_text("document = " + "[" * 5000, "utf-8")
        with pytest.raises(InputError) as raised:
            read(tmp_path if name == "corpus.toml" else tmp_path / name)
        assert_one_line(str(raised.value), ["is not TOML", name])


def test_changed_document_is_refused_by_name_with_both_hashes(tmp_path: Path) -> None:
    corpus = load_corpus(corpus_at(tmp_path, entry_text({})))
    file = tmp_path / "raw" / "a.txt"
    file.write_text(TEXT + " ", "utf-8")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(InputError) as late:
        corpus["a"].read()
    with pytest.raises(InputError) as early:
        load_corpus(tmp_path)
    for raised in (late, early):
        assert_one_line(str(raised.value), ["'a'", "a.txt", "changed", ENTRY["sha256"], found])
    assert [document.id for document in load_corpus(tmp_path, verify=False)] == ["a"]


def test_missing_document_is_refused_by_name(tmp_path: Path) -> None:
    folder = corpus_at(tmp_path, entry_text({}))
    (folder / "raw" / "a.txt").unlink()
    with pytest.raises(InputError) as raised:
        load_corpus(folder)
    assert_one_line(str(raised.value), ["document 'a'", str(folder / "raw" / "a.txt"), "no such file"])


def test_registered_document_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    data = "Мы отмечаем решения и рады им".encode("cp1251")
    folder = corpus_at(tmp_path, entry_text({"sha256": json.dumps(hashlib.sha256(data).hexdigest())}))
    (folder / "raw" / "a.txt").write_bytes(data)
    with pytest.raises(InputError) as raised:
        load_corpus(folder)
    assert_one_line(str(raised.value), ["document 'a'", "a.txt", "UTF-8", "offset 0", "cp1251"])


def test_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(TEXT, "utf-8")
    (tmp_path / "corpus").mkdir()
    folder = corpus_at(tmp_path / "corpus", entry_text({}))
    (folder / "raw" / "a.txt").unlink()
    (folder / "raw" / "a.txt").symlink_to(outside)
    with pytest.raises(InputError, match="inside the corpus folder"):
        load_corpus(folder)


DATED = {
    "late": "2025-10-03",
    "month": "2016-05",
    "day": "2016-05-01",
    "year": "2016",
    "twin-a": "2015-12-07",
    "twin-b": "2015-12-07",
    "undated": "",
}


@pytest.mark.parametrize("seed", range(4))
def test_documents_stand_in_order_of_date_then_id_however_listed(seed: int, tmp_path: Path) -> None:
    listings = list(itertools.islice(itertools.permutations(DATED), 0, None, 1237))
    entries = [entry_text({"id": json.dumps(name), "date": json.dumps(DATED[name])}) for name in listings[seed]]
    corpus = load_corpus(corpus_at(tmp_path, "\n".join(entries)))
    expected = ["twin-a", "twin-b", "year", "month", "day", "late", "undated"]
    assert [document.id for document in corpus] == expected
    assert open_study(tmp_path).documents["doc_id"].tolist() == expected
    assert len(corpus.documents) == 7
    assert corpus["day"].date == "2016-05-01"


def test_unknown_document_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"document 'wsis30' is unknown; known are: wsis10-draft, a-res-70-125"):
        load_corpus()["wsis30"]


def test_bare_folder_is_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "Zero Draft (2025).txt").write_text(TEXT, "utf-8")
    (tmp_path / "notes.md").write_text("1. We recall that AI matters.\n", "utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    study = open_study(tmp_path)
    assert study.documents["doc_id"].tolist() == ["notes", "zero-draft-2025"]
    assert study.documents["stage"].tolist() == ["unstated", "unstated"]
    assert study.documents["date"].tolist() == ["", ""]
    assert study.body["para_id"].tolist() == ["notes:1", "zero-draft-2025:1", "zero-draft-2025:2"]
    drift = study.drift(["ai", "data-governance"]).set_index(["doc_id", "concept"])["count"]
    assert drift["notes", "ai"] == 1
    assert drift["zero-draft-2025", "data-governance"] == 1


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (("a.txt", "a.md"), ["a-md", "a-txt"]),
        (("a.txt", "b.md", "B.txt"), ["a", "b-md", "b-txt"]),
        (("Résolution.txt", "決議.txt"), ["document", "resolution"]),
    ],
)
def test_bare_files_of_one_name_are_told_apart_by_their_types(
    names: tuple[str, ...], ids: list[str], tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / name).write_text(TEXT, "utf-8")
    assert [document.id for document in load_corpus(tmp_path)] == ids


def test_bare_files_of_one_name_and_type_are_told_apart_by_their_hashes(tmp_path: Path) -> None:
    for name, text in (("決議.txt", TEXT), ("宣言.txt", f"{TEXT} Again.")):
        (tmp_path / name).write_text(text, "utf-8")
    found = {document.id: document for document in load_corpus(tmp_path)}
    assert found.keys() == {f"document-txt-{document.sha256[:8]}" for document in found.values()}


def test_bare_files_that_would_have_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("a b.txt", "a-b.txt"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    with pytest.raises(InputError) as raised:
        load_corpus(tmp_path)
    assert_one_line(str(raised.value), [str(tmp_path), "one id", "rename", "a b.txt", "a-b.txt"])


def test_to_keep_going_leaves_out_what_cannot_be_read_and_says_why(tmp_path: Path) -> None:
    for name, content in (("good.txt", TEXT), ("empty.txt", ""), ("broken.pdf", "%PDF-1.7"), ("notes.doc", "")):
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="dangling"):
        load_corpus(tmp_path)
    corpus = load_corpus(tmp_path, keep_going=True)
    assert [document.id for document in corpus] == ["good"]
    whys = {one.document.id: one.why for one in corpus.skipped}
    assert whys.keys() == {"broken", "dangling", "empty"}
    for doc_id, why in whys.items():
        assert_one_line(why, [repr(doc_id)])
    assert corpus.no_documents == ("notes.doc",)
    assert set(input_files(corpus)) >= {"corpus/good.txt", "corpus/broken.pdf", "corpus/empty.txt"}
    (tmp_path / "good.txt").unlink()
    with pytest.raises(InputError) as raised:
        load_corpus(tmp_path, keep_going=True)
    assert_one_line(str(raised.value), [str(tmp_path), "none of its documents can be read", "'broken'"])


def test_to_keep_going_changes_nothing_where_every_document_can_be_read() -> None:
    assert load_corpus(keep_going=True) == load_corpus()


def test_folders_without_documents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as missing:
        load_corpus(tmp_path / "gone")
    assert_one_line(str(missing.value), [str(tmp_path / "gone"), "no such folder", "corpus.toml"])
    with pytest.raises(InputError) as empty:
        load_corpus(tmp_path)
    assert_one_line(str(empty.value), [str(tmp_path), "neither a corpus.toml nor a document", ".txt, .md"])


def test_nearest_corpus_from_a_folder_upward_is_meant(tmp_path: Path) -> None:
    deep = tmp_path / "project" / "notebooks"
    deep.mkdir(parents=True)
    assert find_corpus(deep) == packed_folder()
    (tmp_path / "project" / "corpus").mkdir()
    (tmp_path / "project" / "corpus" / "corpus.toml").touch()
    assert find_corpus(deep) == tmp_path.resolve() / "project" / "corpus"


def test_corpus_serves_its_own_resources_before_those_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    corpus = load_corpus(tmp_path)
    assert corpus.resource("lexicon.toml") == packed_folder() / "lexicon.toml"
    (tmp_path / "lexicon.toml").write_text('[[concept]]\nid = "forum"\nlabel = "Forum"\nforms = ["forum"]\n', "utf-8")
    assert open_study(tmp_path).lexicon.ids == ("forum",)
