"""Bad inputs and bad surroundings: one line that says what is wrong, the right status, and nothing changed.

Cases are in ``cases/bad_inputs.json``. Each has files to make in an empty working folder (see `bad_files.put`), a call
and the message that is all that stands on standard error, after notes that the case names. Nothing of that folder may
change.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from bad_files import put

from wsis_nlp.cli import main

CASES = json.loads((Path(__file__).parent / "cases" / "bad_inputs.json").read_text("utf-8"))
PROGRESS = re.compile(r"\d+/\d+ cells, ")  # bars of notebooks


def run(capsys, call: list[str]) -> tuple[int, str, str]:
    try:
        status = main(call)
    except SystemExit as end:
        status = int(end.code or 0)
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def messages(err: str) -> list[str]:
    """Lines of standard error, but for the bars that show how far the notebooks are."""
    return [line for line in err.splitlines() if line and not PROGRESS.search(line)]


def held(folder: Path) -> dict[str, object]:
    """Everything in a folder: the bytes of files, where links lead, and what else there is."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        is_file = path.is_file() and not path.is_symlink() and path.stat().st_size < 10_000_000
        place = path.readlink() if path.is_symlink() else (path.stat().st_mode, path.stat().st_size)
        found[os.fsencode(path.relative_to(folder)).decode("latin-1")] = path.read_bytes() if is_file else place
    return found


@pytest.fixture
def at(tmp_path, monkeypatch) -> Path:
    """The working folder; the home folder is beside it."""
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def told(text: str, at: Path) -> str:
    """A text of a case with the names that it leaves open."""
    return text.replace("{at}", str(at)).replace("{home}", str(at.parent / "home")).replace("{long}", "a" * 300)


def pattern(line: str) -> str:
    """What a line must match: ``…`` stands for words of another library, or of Python."""
    return ".+".join(map(re.escape, line.split("…")))


def make(case: dict, at: Path) -> None:
    files = {name: content for one in case.get("with", ()) for name, content in CASES["sets"][one].items()}
    for name, content in (files | case.get("files", {})).items():
        put(at / name, json.loads(told(json.dumps(content), at)))


def refused(case: dict, at: Path, capsys) -> None:
    before = held(at)
    status, out, err = run(capsys, [told(word, at) for word in case["call"]])
    lines = messages(err)
    wanted = [pattern(told(line, at)) for line in (*case.get("notes", ()), case["message"])]
    assert len(lines) == len(wanted), err
    assert [line for line, one in zip(lines, wanted, strict=True) if not re.fullmatch(one, line)] == []
    assert (status, out) == (case.get("status", 2), "")
    assert held(at) == before


@pytest.mark.cases("bad_inputs.json", "inputs")
def test_a_bad_input_is_told_in_one_line_and_changes_nothing(case: dict, at: Path, capsys) -> None:
    make(case, at)
    refused(case, at, capsys)


@pytest.mark.parametrize("call", CASES["readers"], ids=" ".join)
@pytest.mark.cases("bad_inputs.json", "corpora")
def test_every_command_refuses_a_bad_corpus_in_the_same_words(case: dict, call: list[str], at: Path, capsys) -> None:
    make(case, at)
    refused(case | {"call": [*call, *case.get("options", ()), "--corpus", case["corpus"]]}, at, capsys)
