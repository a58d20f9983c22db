"""Word files: what they print, their tracked changes as readings, and what is refused."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx_files import SPACES, docx_file, parts_of, zipped
from hypothesis import given
from hypothesis import strategies as st
from raw_texts import lawful, outcome, paragraphs, reading

from wsis_nlp import InputError, body_paragraphs, load_corpus, paragraph_table
from wsis_nlp.cli import main
from wsis_nlp.formats import docx, docx_parts
from wsis_nlp.readers import RawText
from wsis_nlp.segmentation import segment
from wsis_nlp.tracked import document_units

CHANGES = {"": (True, True), "ins": (True, False), "del": (False, True), "moveTo": (True, False),
           "moveFrom": (False, True), "ins del": (False, False)}  # fmt: skip
changes = st.sampled_from(sorted(CHANGES))
runs = st.tuples(changes, st.text("ab .", min_size=1, max_size=6))
changed = st.lists(
    st.fixed_dictionaries({"runs": st.lists(runs, max_size=5), "mark": st.sampled_from(["", "ins", "del", "ins del"])}),
    min_size=1,
    max_size=6,
)


def read(about: dict[str, Any], **options: Any) -> RawText:
    return lawful(docx.read, docx_file(about, **options), "a.docx")


def accepted(body: list[dict[str, Any]]) -> list[str]:
    """Paragraphs once every change is accepted: only a mark that is not deleted ends one."""
    found = [""]
    for paragraph in body:
        found[-1] += "".join(text for change, text in paragraph["runs"] if CHANGES[change][0])
        found += [""] if CHANGES[paragraph["mark"]][0] else []
    return [text.strip(" ") for text in found if text.strip(" ")]


def rejected(body: list[dict[str, Any]]) -> list[str]:
    """Words once every change is rejected, parted at each mark but one inserted and deleted again."""
    text = ""
    for paragraph in body:
        text += "".join(text for change, text in paragraph["runs"] if CHANGES[change][1])
        text += "" if paragraph["mark"] == "ins del" else "\n"
    return text.split()


@given(changed)
def test_new_is_what_accepting_all_changes_leaves(body: list[dict[str, Any]]) -> None:
    raw = read({"body": ["Here.", *body]})
    assert paragraphs(reading(raw, "new")) == ["Here.", *accepted(body)]


@given(changed)
def test_old_has_the_words_that_rejecting_all_changes_leaves(body: list[dict[str, Any]]) -> None:
    raw = read({"body": ["Here.", *body]})
    assert reading(raw, "old").split() == ["Here.", *rejected(body)]


@given(changed)
def test_nothing_that_is_printed_is_lost(body: list[dict[str, Any]]) -> None:
    printed = "".join(text for paragraph in body for _, text in paragraph["runs"])
    assert "".join(read({"body": ["Here.", *body]}).text.split()) == "Here." + "".join(printed.split())


@pytest.mark.cases("docx/readings.json", "readings")
def test_readings(case: dict) -> None:
    raw = read(case)
    assert raw.text == case["text"]
    assert paragraphs(reading(raw, "new")) == case["new"]
    assert paragraphs(reading(raw, "old")) == case["old"]


@pytest.mark.cases("docx/printed.json", "signs")
def test_signs(case: dict) -> None:
    assert read({"body": [f"<w:p>{case['xml']}</w:p>"]}).text == case["text"]


@pytest.mark.cases("docx/printed.json", "numbers")
def test_numbers(case: dict) -> None:
    body = [{"runs": ["x"], "list": where} for where in case["entries"]]
    printed = [text.removesuffix(" x") for text in paragraphs(read({**case, "body": body}).text)]
    assert printed == case["printed"]


@pytest.mark.cases("docx/units.json", "units")
def test_units(case: dict) -> None:
    raw = read(case)
    units = segment(raw.text, raw.regions)
    assert [[unit.kind, unit.label, unit.text] for unit in units] == case["units"]
    for kind in ("footnote", "heading"):
        told = [raw.text[region.start : region.end] for region in raw.regions if region.kind == kind]
        assert told == case.get(kind, told)


@pytest.mark.cases("docx/units.json", "units")
def test_the_strict_form_prints_the_same(case: dict) -> None:
    assert read(case, strict=True) == read(case)


LOCKED = docx_parts.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
ENTITIES = f'<!DOCTYPE x [<!ENTITY a "We open."><!ENTITY b "{"&a;" * 40}">]>'
DEEP = f"<w:document {SPACES}><w:body>{'<w:sdt>' * 5000}{'</w:sdt>' * 5000}</w:body></w:document>"
PLAIN = f"<w:document {SPACES}><w:body><w:p><w:r><w:t>We open.</w:t></w:r></w:p></w:body></w:document>"
WHOLE = docx_file({"body": ["We open rooms in all towns."]})


def locked_entry() -> bytes:
    """The whole file with the mark of a password on every part."""
    data = bytearray(WHOLE)
    for sign, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + place : at + place + 2] = struct.pack("<H", 1)
            at = data.find(sign, at + 1)
    return bytes(data)


def unknown_packing() -> bytes:
    """The whole file with a sort of packing that nobody has."""
    return WHOLE.replace(b"PK\1\2\x14\x03\x14\0\0\0\x08\0", b"PK\1\2\x14\x03\x14\0\0\0\x63\0")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "is no Word file", id="nothing"),
        pytest.param(b"We open rooms.", "is no Word file", id="text"),
        pytest.param(WHOLE[: len(WHOLE) // 2], "is no Word file", id="half a file"),
        pytest.param(zipped({"a.txt": "We open."}), "it has no word/document.xml", id="another archive"),
        pytest.param(LOCKED, "is locked by a password; allowed is .docx without", id="password"),
        pytest.param(docx_parts.OLE + b"\0" * 600, "is an old Word file", id="old format"),
        pytest.param(locked_entry(), "cannot be unpacked", id="password of the archive"),
        pytest.param(unknown_packing(), "cannot be unpacked", id="unknown packing"),
        pytest.param(docx_file({"body": []}, document=ENTITIES + PLAIN), "declares a document type", id="entities"),
        pytest.param(
            docx_file({"body": []}, document="<!DOCTYPE w>" + PLAIN), "declares a document type", id="doctype"
        ),
        pytest.param(docx_file({"body": []}, document=DEEP), "is nested or long beyond any Word file", id="depth"),
        pytest.param(docx_file({"body": []}, document=PLAIN[:-9]), "is not XML", id="not closed"),
        pytest.param(docx_file({"body": []}, document=b"\x00\x01"), "is not XML", id="bytes"),
        pytest.param(docx_file({"body": []}), "is empty; at least one word is needed", id="empty"),
        pytest.param(docx_file({"body": ["…"]}), "is empty; at least one word is needed", id="no word"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as raised:
        docx.read(data, where="a.docx")
    message = str(raised.value)
    assert message.startswith("a.docx: ")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize("part", ["document", "styles"])
def test_what_unpacks_to_more_than_the_limit_is_refused(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_parts, "LIMIT", 2**20)
    bomb = f"<w:{part} {SPACES}>{' ' * 2**20}</w:{part}>"
    file = docx_file({"body": ["We open."], "styles": ""}, **{part: bomb})
    assert len(file) < 10_000
    with pytest.raises(InputError, match="holds more than 1 MB of text"):
        docx.read(file, where="a.docx")


def test_more_elements_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_parts, "MOST_ELEMENTS", 100)
    assert read({"body": ["We open."]}).text == "We open."
    with pytest.raises(InputError, match="holds more than 100 elements"):
        docx.read(docx_file({"body": ["We open."] * 60}), where="a.docx")


def test_nesting_in_text_and_note_together_is_refused() -> None:
    deep = "<w:p>" * 240 + "<w:r><w:t>a</w:t>{}</w:r>" + "</w:p>" * 240
    link = '<w:footnoteReference w:id="2"/>'
    file = docx_file({"body": [deep.format(link)], "footnotes": {"2": [deep.format("")]}})
    with pytest.raises(InputError, match="is nested more deeply"):
        docx.read(file, where="a.docx")


@given(st.data())
def test_spoilt_files_are_read_or_refused(data: st.DataObject) -> None:
    about = {"body": [["We open", ["ins", " rooms"], "."], {"runs": ["To read."], "list": [1, 0]}],
             "lists": [[["lowerLetter", "(%1)"]]], "styles": "<w:style/>", "footnotes": {"1": ["See."]}}  # fmt: skip
    parts = parts_of(about)
    name = data.draw(st.sampled_from(sorted(parts)))
    text = parts[name]
    start = data.draw(st.integers(len(SPACES), len(text)))
    end = data.draw(st.integers(start, min(start + 12, len(text))))
    spoilt = (
        text[:start] + data.draw(st.sampled_from(["", "x", '"', "-1", "<w:p>", "</w:p>", "99999999999"])) + text[end:]
    )
    file = docx_file(about, **{name.removeprefix("word/").removesuffix(".xml"): spoilt})
    raw, refusal = outcome(docx.read, file, "a.docx")
    assert raw or re.fullmatch("a.docx: .+", refusal)


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=4))
def test_spoilt_bytes_are_read_or_refused(place: int, bytes_: bytes) -> None:
    spoilt = WHOLE[:place] + bytes_ + WHOLE[place + len(bytes_) :]
    raw, refusal = outcome(docx.read, spoilt, "a.docx")
    assert raw or re.fullmatch("a.docx: .+", refusal)


def test_parts_are_found_by_their_relations_whatever_their_names() -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["text/story.xml"] = parts.pop("word/document.xml")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"/text/story.xml")
    assert docx.read(zipped(parts), where="a.docx").text == "We open rooms in all towns."


@pytest.mark.cases("docx/resolution.json", "resolutions")
def test_the_body_in_each_reading(case: dict, tmp_path: Path) -> None:
    (tmp_path / "draft.docx").write_bytes(docx_file(case))
    for name in ("printed", "new", "old"):
        table = body_paragraphs(paragraph_table(load_corpus(tmp_path), reading=name)).astype(object)
        rows = table.where(table.notna(), None)[["kind", "label", "text"]].values.tolist()
        assert rows == case.get(name, rows), name
        olds = {
            row.label: row.old_label for row in table.itertuples() if pd.notna(row.label) and pd.notna(row.old_label)
        }
        assert olds == case.get("old_labels", {})


@given(changed)
def test_every_printed_character_is_of_one_unit(body: list[dict[str, Any]]) -> None:
    numbered = [{**one, "runs": [("", f"{n}. A"), *one["runs"]]} for n, one in enumerate(body, 1)]
    raw = read({"body": numbered})
    owners = Counter(at for unit in document_units(raw) for span in unit.spans for at in range(*span))
    assert set(owners.values()) <= {1}
    assert {at for at, sign in enumerate(raw.text) if not sign.isspace()} <= owners.keys()
    for unit in document_units(raw):
        assert all(raw.text[at] == sign or sign == " " for at, sign in zip(unit.offsets, unit.text, strict=True))
        assert unit.text == " ".join(unit.text.split())


def test_segment_prints_the_reading_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "draft.docx"
    file.write_bytes(docx_file({"body": [["1. We buy ", ["del", "oil"], ["ins", "lamps"], "."]]}))
    for name, text in (("printed", "We buy oillamps."), ("new", "We buy lamps."), ("old", "We buy oil.")):
        assert main(["segment", str(file), "--reading", name]) == 0
        assert json.loads(capsys.readouterr().out)["text"] == text
