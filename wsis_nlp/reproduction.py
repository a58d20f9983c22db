"""Running the study: every notebook in order, into one folder."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wsis_nlp._checks import InputError
from wsis_nlp._files import publish, staging, write_atomic
from wsis_nlp.documents import Corpus, input_files
from wsis_nlp.export import INDEX, PROVENANCE, read_provenance, read_records
from wsis_nlp.places import packed_folder, projects_above
from wsis_nlp.readers import file_sha256, read_bytes
from wsis_nlp.readings import Reading
from wsis_nlp.showing import visible
from wsis_nlp.study import open_study

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAMED = "[0-9][0-9]_*.ipynb"
# One thread for linear algebra: sums are then taken in one order on every run.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "BLIS")}


class NotebookFailure(RuntimeError):
    """A cell of a notebook raised an error; nothing of the run was kept."""


def find_notebooks(start: Path | None = None) -> Path:
    """Folder of the study's notebooks: beside the nearest corpus from a folder upward, else that of the package."""
    beside = (project / "notebooks" for project in projects_above(start))
    return next((folder for folder in beside if any(folder.glob(NAMED))), packed_folder("notebooks"))


def study_notebooks(folder: Path) -> list[Path]:
    """Notebooks of a folder that begin with two digits, in their order; a folder without one is refused."""
    notebooks = sorted(folder.glob(NAMED))
    if not notebooks:
        raise InputError(f"{folder}: holds no notebook named as 01_name.ipynb")
    return notebooks


def reproduce(
    out: Path,
    *,
    corpus: str | Path | None = None,
    reading: Reading = "new",
    keep_going: bool = False,
    notebooks: Path | None = None,
    progress: bool = False,
) -> list[Path]:
    """Execute the study and put its tables, figures, executed notebooks and web pages of these into a folder.

    Everything is made in a hidden folder beside ``out``, which takes its place at the end (see `publish`), so that a
    run that fails or is killed leaves what was there. Of two runs at once the results of that which ends last stay,
    whole. Files of an earlier run that this run did not make again are removed, files of others stay.

    ``notebooks`` is their folder, `find_notebooks` unless given; ``progress`` shows a bar for each on standard error.
    Returns the files of ``out`` that were made. Where a cell raises an error, the run ends with a `NotebookFailure`.
    """
    from wsis_nlp.pages import gallery_page, notebook_page

    # The kernels run elsewhere: a relative path would mean another folder there.
    out, books = Path(out).resolve(), notebooks or find_notebooks()
    study = open_study(corpus, reading=reading, keep_going=keep_going)
    _check_place(out, study.corpus, books)
    for document in study.corpus:
        document.read()  # one that cannot be read ends the run here, or is skipped
    for skipped in study.corpus.skipped if progress else ():
        print(visible(f"skipped: {skipped.why}"), file=sys.stderr)
    sources = [_checked_notebook(source) for source in study_notebooks(books)]
    stems = [source.stem for source in sources]
    _check_others(out, [f"{INDEX}.html", *(f"notebooks/{stem}{end}" for stem in stems for end in (".ipynb", ".html"))])
    given: dict[str, object] = {"reading": reading} if reading != "new" else {}
    given |= {"corpus": str(corpus)} if corpus is not None else {}
    given |= {"keep_going": True} if keep_going else {}
    read_provenance(out)  # one that cannot be read is refused before the study runs
    with staging(out) as stage, _quiet_kernel():
        parameters = given | {"corpus": str(study.corpus.folder.resolve()), "reading": reading, "out": str(stage)}
        for source in sources:
            target = stage / "notebooks" / source.name
            executed = _without_traces(_execute(source, stage, parameters, progress), given)
            write_atomic(target, _written(executed))
            write_atomic(target.with_suffix(".html"), notebook_page(executed, source.stem, stems, stage))
            study.exporter(source.stem, stage).record(target, target.with_suffix(".html"), name=source.stem)
        gallery = stage / f"{INDEX}.html"
        write_atomic(gallery, gallery_page(read_records(stage), stems, stage))
        study.exporter(INDEX, stage).record(gallery, name=INDEX)
        _check_others(out, [path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file()])
        return publish(stage, out, earlier=_as_recorded, last=PROVENANCE)


def _check_place(out: Path, corpus: Corpus, notebooks: Path) -> None:
    """Refuse a place that results would take from something else: a file, or a folder with what people work in."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is no folder; choose another place with --out")
    held = {Path.cwd(): "the working folder", notebooks: "the notebooks", corpus.folder: "the corpus"}
    with contextlib.suppress(RuntimeError):  # nobody's home
        held[Path.home()] = "your home folder"
    held |= {path: name for name, path in input_files(corpus).items()}
    for path, name in held.items():
        if out in (path.resolve(), *path.resolve().parents):
            raise InputError(f"{out}: is or holds {name}; choose another folder with --out")


def _check_others(out: Path, names: Sequence[str]) -> None:
    """Refuse to put results in the place of files that no earlier run made."""
    recorded = {PROVENANCE, *read_provenance(out)}
    for name in names:
        if name not in recorded and os.path.lexists(out / name):
            said = "is in the place of a result, and no earlier run made it"
            raise InputError(f"{out / name}: {said}; move it, or choose another folder with --out")


def _as_recorded(folder: Path) -> set[str]:
    """Results of an earlier run in a folder; what was changed since is somebody else's."""
    rows = read_provenance(folder).items()
    there = {name: folder / name for name, _ in rows if (folder / name).is_file()}
    return {name for name, row in rows if name in there and file_sha256(there[name]) == row["sha256"]}


def _checked_notebook(path: Path) -> Path:
    """The path of a notebook; what is none that can run is refused before the first of them does."""
    import nbformat

    content = read_bytes(path)
    try:
        with warnings.catch_warnings(action="ignore"):
            nbformat.validate(dict(json.loads(content.decode())), version=4)
    except (nbformat.ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        told = str(fault).strip().partition("\n")[0]
        raise InputError(f"{path}: is no notebook of version 4 ({told})") from None
    return path


def _execute(source: Path, stage: Path, parameters: Mapping[str, object], progress: bool) -> NotebookNode:
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from papermill.exceptions import PapermillExecutionError

    form = "{desc:<16} {bar:24} {n_fmt}/{total_fmt} cells, {elapsed}"
    try:
        executed: NotebookNode = papermill.execute_notebook(
            str(source), None, dict(parameters), kernel_name="python3", cwd=str(stage), log_output=False,
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            progress_bar={"desc": source.stem, "bar_format": form} if progress else False,
        )  # fmt: skip
        return executed
    except PapermillExecutionError as fault:
        if fault.ename == InputError.__name__:
            raise InputError(f"{source.name}: {fault.evalue}") from None
        raise NotebookFailure(f"{source.name}, cell {fault.exec_count}: {fault.ename}: {fault.evalue}") from None
    except (RuntimeError, NoSuchKernel) as fault:
        raise NotebookFailure(f"{source.name}: its kernel ended or did not start ({fault})") from None


def _without_traces(notebook: NotebookNode, given: Mapping[str, object]) -> NotebookNode:
    """Notebook without times and temporary paths; the injected cell keeps what the caller chose."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    kept = []
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            if not given:
                continue
            cell.id = "injected-parameters"
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in sorted(given.items()))
        kept.append(cell)
    notebook.cells = kept
    for count, cell in enumerate((cell for cell in kept if cell.cell_type == "code"), 1):
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
    return notebook


def _written(notebook: NotebookNode) -> bytes:
    import nbformat

    return f"{nbformat.writes(notebook, version=4, indent=1)}\n".encode()


@contextmanager
def _quiet_kernel() -> Iterator[None]:
    """Environment of the kernels: one thread, and nothing of the user's home, which may not be writable."""
    log = logging.getLogger("papermill")
    with tempfile.TemporaryDirectory(prefix="wsis-nlp-") as folder:
        before, level = dict(os.environ), log.level
        log.setLevel(logging.CRITICAL)  # what fails is told here
        own = dict.fromkeys(("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"), folder)
        os.environ.update({**ONE_THREAD, **own, "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
        try:
            yield
        finally:
            log.setLevel(level)
            os.environ.clear()
            os.environ.update(before)
