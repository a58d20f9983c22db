"""Bad surroundings: no room, no right, no home, nobody who listens; one line, the right status, and nothing changed."""

from __future__ import annotations

import errno
import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bad_files import notebook, put
from test_bad_inputs import CASES, at, held, messages, run

from wsis_nlp import registration

__all__ = ["at"]  # a fixture
COMMAND = [sys.executable, "-m", "wsis_nlp.cli"]
OTHER = "1. We recall the halls of learning.\n"
WRITES = {
    "init": (["corpus", "init", "deep/mine"], "deep/mine/corpus.toml"),
    "add": (["corpus", "add", "other.txt", "--corpus", "new"], "new/raw/other.txt"),
    "remove": (["corpus", "remove", "first", "--corpus", "corpus"], "corpus/corpus.toml"),
    "segment": (["segment", "other.txt", "--raw-out", "deep/raw.txt"], "deep/raw.txt"),
}


@pytest.fixture
def project(at: Path) -> Path:
    """A corpus of one document beside a notebook of nothing, a corpus of none, a text, and earlier results."""
    for name, content in CASES["sets"]["project"].items():
        put(at / name, content)
    for name, content in (("other.txt", OTHER), ("new/corpus.toml", "# none yet\n"), ("out/mine.txt", "mine")):
        put(at / name, content)
    return at


def failing(number: int, called, when=lambda *given: True):
    def fail(*given, **more):
        if when(*given):
            raise OSError(number, os.strerror(number))
        return called(*given, **more)

    return fail


def full_disk(monkeypatch) -> str:
    monkeypatch.setattr(os, "fsync", failing(errno.ENOSPC, os.fsync))
    return "No space left on device"


def read_only(monkeypatch) -> str:  # permissions do not hinder an administrator, who may run the tests
    writes = failing(errno.EROFS, Path.open, lambda path, mode="r", *_: {*mode} & {*"wx"})
    monkeypatch.setattr(Path, "open", writes)
    return "Read-only file system"


def no_right(monkeypatch) -> str:
    monkeypatch.setattr(Path, "replace", failing(errno.EACCES, Path.replace))
    return "Permission denied"


@pytest.mark.parametrize("fault", [full_disk, read_only, no_right], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("write", WRITES)
def test_what_cannot_be_written_is_told_and_leaves_nothing(write, fault, project, monkeypatch, capsys) -> None:
    before, (call, file) = held(project), WRITES[write]
    why = fault(monkeypatch)
    status, out, err = run(capsys, call)
    assert (status, out, err) == (2, "", f"wsis-nlp: {file}: cannot be written ({why}); choose a folder with room\n")
    assert held(project) == before


def test_results_that_find_no_room_leave_the_earlier_ones(project, monkeypatch, capsys) -> None:
    before = held(project)
    full_disk(monkeypatch)
    status, out, err = run(capsys, ["reproduce", "--corpus", "corpus", "--out", "out"])
    (line,) = messages(err)
    assert (status, out) == (2, "")
    assert line.startswith("wsis-nlp: ")
    assert line.endswith("01_one.ipynb: cannot be written (No space left on device); choose a folder with room")
    assert held(project) == before


def test_a_registry_that_another_changes_meanwhile_is_not_written_over(project, monkeypatch, capsys) -> None:
    proposed = registration.propose_metadata

    def slow(*given):
        (project / "new" / "corpus.toml").write_text("# mine\n")
        return proposed(*given)

    monkeypatch.setattr(registration, "propose_metadata", slow)
    status, out, err = run(capsys, ["corpus", "add", "other.txt", "--corpus", "new"])
    said = "was changed while the documents were read; nothing is added, run again"
    assert (status, out, err) == (2, "", f"wsis-nlp: new/corpus.toml: {said}\n")
    assert {path.name for path in (project / "new").rglob("*")} == {"corpus.toml"}
    assert (project / "new" / "corpus.toml").read_text() == "# mine\n"


def test_a_working_folder_that_is_gone_is_told(project, monkeypatch, capsys) -> None:
    (project / "gone").mkdir()
    monkeypatch.chdir(project / "gone")
    (project / "gone").rmdir()
    for call in (["drift"], ["segment", "a.txt"], ["reproduce"], ["corpus", "add", str(project / "other.txt")]):
        status, out, err = run(capsys, call)
        assert (status, out, len(err.splitlines())) == (2, "", 1), err
        assert "folder is gone" in err or "there is no such file" in err


def test_an_interruption_is_told_in_one_line(at, monkeypatch, capsys) -> None:
    def interrupted(*given, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("wsis_nlp.documents.load_corpus", interrupted)
    assert run(capsys, ["segment", "first"]) == (130, "", "wsis-nlp: interrupted\n")


def test_memory_that_does_not_suffice_is_told_in_one_line(at, monkeypatch, capsys) -> None:
    def exhausted(*given, **more):
        raise MemoryError

    monkeypatch.setattr("wsis_nlp.documents.load_corpus", exhausted)
    status, out, err = run(capsys, ["segment", "first"])
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def shell(command: str, folder: Path, **environment: str) -> tuple[int, str, str]:
    """What a shell gives for a command, in which ``wsis-nlp`` is that of this Python."""
    script = f'wsis-nlp() {{ "{sys.executable}" -m wsis_nlp.cli "$@"; }}\n{command}'
    environment = {**os.environ, **environment}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


FULL = "wsis-nlp: the output cannot be written (No space left on device)\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("wsis-nlp corpus list --corpus corpus > /dev/full", (2, "", FULL)),
        ("wsis-nlp corpus list --corpus corpus >&-", (0, "", "")),
        ("wsis-nlp corpus list --corpus gone >&- 2>&-", (2, "", "")),
        ("wsis-nlp corpus list --corpus gone 2>&-", (2, "", "")),
        ("set -o pipefail; wsis-nlp corpus list --corpus corpus | true", (0, "", "")),
        ("ulimit -f 1; wsis-nlp segment long.txt --raw-out raw.txt",
         (2, "", "wsis-nlp: raw.txt: cannot be written (File too large); choose a folder with room\n")),
    ],
    ids=["no room for the output", "no output", "no output and no messages", "no messages", "a reader that goes",
         "files that may not grow"],
)  # fmt: skip
def test_nobody_who_listens_or_no_room(command, given, project) -> None:
    put(project / "long.txt", {"long": [["1. We note the ponds.\n\n", 200]]})
    before = held(project)
    assert shell(command, project) == given
    assert held(project) == before


DRAWS = "import matplotlib.pyplot as plt, pathlib\npathlib.Path.home()\nlen(plt.figure().axes)"


def test_a_home_that_cannot_be_written_to_changes_no_word(project) -> None:
    (project / "notebooks" / "01_one.ipynb").write_bytes(notebook(DRAWS))
    for out, home in (("one", str(project)), ("two", "/proc/none")):
        given = {"HOME": home, "MPLCONFIGDIR": home if out == "two" else "", "MPLBACKEND": "agg"}
        status, _, err = shell(f"wsis-nlp reproduce --corpus corpus --out {out}", project, **given)
        assert status == 0
        assert messages(err) == [f"4 files in {out}"]
    assert (project / "one/notebooks/01_one.ipynb").read_bytes() == (
        project / "two/notebooks/01_one.ipynb"
    ).read_bytes()


FONTLESS = """
from matplotlib.font_manager import fontManager
fontManager.ttflist = [font for font in fontManager.ttflist if "DejaVu" not in font.name]
from wsis_nlp import InputError, drift_figure, open_study
try:
    drift_figure(open_study("corpus").drift(["ai"]))
except InputError as fault:
    print(fault)
"""


def test_a_font_that_is_missing_is_named(project) -> None:
    done = subprocess.run([sys.executable, "-c", FONTLESS], cwd=project, capture_output=True, text=True)
    said = "the font DejaVu Sans, which comes with matplotlib, is not found; install matplotlib anew\n"
    assert (done.stdout, done.stderr) == (said, "")


def test_a_run_that_is_interrupted_leaves_what_was_there(project) -> None:
    started = project / "started"
    source = f"import pathlib, time\npathlib.Path({str(started)!r}).touch()\ntime.sleep(600)"
    (project / "notebooks" / "01_one.ipynb").write_bytes(notebook(source))
    before = held(project)
    call = [*COMMAND, "reproduce", "--corpus", "corpus", "--out", "out"]
    # A shell has what it runs in the background ignore an interruption, and all that this starts.
    heed = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(call, cwd=project, stderr=subprocess.PIPE, text=True, preexec_fn=heed) as process:
        while not started.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        err = process.communicate()[1]
    started.unlink()
    assert process.returncode == 130
    assert messages(err) == ["wsis-nlp: interrupted"]
    assert held(project) == before
