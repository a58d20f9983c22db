"""Where the corpus and the notebooks are found that are meant where none are named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from wsis_nlp._checks import InputError

REGISTRY, STORE = "corpus.toml", "store.json"


def own_file(folder: Path, name: str) -> Path:
    """The file that a name means in a folder; `InputError` where it leads out of that, by ``..``, a link or a root."""
    try:
        if folder.resolve() in (folder / name).resolve().parents:
            return folder / name
    except (OSError, RuntimeError, ValueError):
        pass  # a loop of links, or a sign that no name has
    raise InputError(f"{name!r} leads out of {folder}; allowed is a file inside of it")


def is_store(folder: str | Path) -> bool:
    """Whether a folder is a store of tables; what cannot be looked at is none."""
    return os.path.isfile(os.path.join(folder, STORE))  # noqa: PTH113, PTH118 (which never raise)


def check_no_store(folder: Path) -> None:
    """Refuse a folder that is a store of tables, where the files of a corpus are needed."""
    if is_store(folder):
        raise InputError(f"{folder}: is a store, which has tables and no files; name the corpus that it was built from")


def packed_folder(name: str = "corpus") -> Path:
    """Folder of the corpus, or of the notebooks, that comes with the package."""
    packed = Path(__file__).with_name(f"_{name}")
    return packed if packed.is_dir() else packed.parents[1] / name


def projects_above(start: Path | None = None) -> Iterator[Path]:
    """Folders with a ``corpus/corpus.toml``, from a folder (the working folder unless given) upward."""
    begin = (start or Path.cwd()).resolve()
    return (folder for folder in (begin, *begin.parents) if (folder / "corpus" / REGISTRY).is_file())


def find_corpus(start: Path | None = None) -> Path:
    """Folder of the corpus that is meant where none is named: the nearest upward, else that of the package."""
    project = next(projects_above(start), None)
    return project / "corpus" if project else packed_folder()
