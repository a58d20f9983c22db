"""Bytes to raw text: nothing is altered, and what is no text is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import InputError, read_document
from wsis_nlp.readers import decode, file_sha256, read_data

VISIBLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n\t\f")).map("a{}".format)


@given(VISIBLE)
def test_decoding_alters_nothing(text: str) -> None:
    assert decode(text.encode("utf-8"), where="a.txt") == text


@given(st.binary())
def test_bytes_are_text_or_one_line_of_error(data: bytes) -> None:
    message = ""
    try:
        raw = decode(data, where="a.txt")
    except InputError as fault:
        message, raw = str(fault), ""
    if message:
        assert message.startswith("a.txt: ")
        assert "\n" not in message
    else:
        assert raw.encode("utf-8") == data
        assert any(sign.isalnum() for sign in raw)


def test_line_ends_and_byte_order_mark_stay_in_a_document(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf1. We note;\r\n2. We\rrecall.\n")
    assert read_document(file).text == "\ufeff1. We note;\r\n2. We\rrecall.\n"


def test_byte_order_mark_is_no_part_of_data(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"\xef\xbb\xbfthe\n")
    assert read_data(file) == "the\n"


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
