"""Bytes to raw text: nothing is altered, and what is no text is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import InputError, read_document
from wsis_nlp.encodings import read_text
from wsis_nlp.readers import file_sha256, read_data
from wsis_nlp.segmentation import segment

SIGNS = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n\t\f")
VISIBLE = st.tuples(st.sampled_from(["a", "\ufeffa"]), st.text(SIGNS)).map("".join)


@given(VISIBLE)
def test_decoding_alters_nothing(text: str) -> None:
    mark = "utf-8-sig" if text.startswith("\ufeff") else "utf-8"
    assert read_text(text.encode("utf-8"), where="a.txt") == (text, mark)


@given(st.binary())
def test_bytes_are_text_or_one_line_of_error(data: bytes) -> None:
    message = ""
    try:
        raw, encoding = read_text(data, where="a.txt")
    except InputError as fault:
        message, raw, encoding = str(fault), "", ""
    if message:
        assert message.startswith("a.txt: ")
        assert "\n" not in message
    else:
        assert raw.encode("utf-8" if encoding == "utf-8-sig" else encoding) == data
        assert any(sign.isalnum() for sign in raw)


def test_line_ends_and_byte_order_mark_stay_in_a_document(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf1. We note;\r\n2. We\rrecall.\n")
    assert read_document(file).text == "\ufeff1. We note;\r\n2. We\rrecall.\n"


def test_byte_order_mark_is_no_part_of_data(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"\xef\xbb\xbfthe\n")
    assert read_data(file) == "the\n"


@pytest.mark.cases("encodings.json", "read")
@pytest.mark.parametrize("repeated", [1, 40])
def test_encodings_are_recognised_and_named(case: dict, repeated: int, tmp_path: Path) -> None:
    text = case["text"] + f"\n\n{case['text']}" * (repeated - 1)
    (tmp_path / "a.txt").write_bytes(text.encode(case["encoding"]))
    raw = read_document(tmp_path / "a.txt")
    assert raw.encoding == case["encoding"]
    assert raw.text == ("\ufeff" if case["encoding"] == "utf-8-sig" else "") + text


@pytest.mark.cases("encodings.json", "refused")
@pytest.mark.parametrize("repeated", [1, 40])
def test_other_encodings_are_refused_by_name_and_never_guessed(case: dict, repeated: int) -> None:
    text = "\n\n".join([case["text"]] * repeated)
    with pytest.raises(InputError) as raised:
        read_text(text.encode(case["encoding"]), where="a.txt")
    message = str(raised.value)
    assert message.startswith("a.txt: is not text in UTF-8")
    assert message.endswith("save it as UTF-8")
    assert case["says"] in message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_mark_and_the_encoding_do_not_change_the_units(encoding: str) -> None:
    text = "\ufeff1. We note “this”;\r\n\r\n2. We recall it."
    raw, _ = read_text(text.encode(encoding), where="a.txt")
    units, plain = segment(raw), segment(text[1:])
    assert [(unit.label, unit.text) for unit in units] == [(unit.label, unit.text) for unit in plain]
    assert all("".join(raw[at] for at in unit.offsets) == unit.text for unit in units)


@pytest.mark.parametrize(("encoding", "told"), [("cp1252", "cp1252"), ("utf-16", "UTF-16"), ("cp1251", "cp1251")])
def test_files_of_data_are_utf_8_alone(encoding: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(("Мы отмечаем решения и рады им" if encoding == "cp1251" else "décision").encode(encoding))
    with pytest.raises(InputError) as raised:
        read_data(file)
    assert f"{file}: is not text in UTF-8 (" in str(raised.value)
    assert told in str(raised.value)
    assert str(raised.value).endswith("save it as UTF-8")


@pytest.mark.cases("registry.json", "files")
def test_what_is_no_text_is_refused(case: dict, tmp_path: Path) -> None:
    file = tmp_path / case.get("name", "a.txt")
    file.write_bytes(bytes.fromhex(case["hex"]))
    with pytest.raises(InputError) as raised:
        read_document(file)
    message = str(raised.value)
    assert message.startswith(f"{file}: ")
    assert "\n" not in message
    for part in case["says"]:
        assert part in message


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file") as raised:
        read_document(tmp_path / "gone.txt")
    assert str(tmp_path / "gone.txt") in str(raised.value)
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    with pytest.raises(InputError, match="is a folder"):
        read_document(folder)


@pytest.mark.parametrize("name", ["A.TXT", "a.md", "a.Md"])
def test_suffix_is_read_without_regard_to_case(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("We note.", "utf-8")
    assert read_document(tmp_path / name).text == "We note."


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"abc\r\n")
    assert file_sha256(tmp_path / "a.txt") == hashlib.sha256(b"abc\r\n").hexdigest()
