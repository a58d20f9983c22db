"""Files and folders that are written whole or not at all, whoever else writes and whenever a run is killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wsis_nlp._checks import InputError

HERE, SWAP = -100, 2  # of Linux: paths are those of the process (AT_FDCWD); RENAME_EXCHANGE, as RENAME_SWAP of macOS
STALE = 24 * 3600  # seconds after which a staging folder is one that a killed run left


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, making its folder; `InputError` where the folder has no room or right."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    missing: list[Path] = []
    try:
        missing += [folder for folder in path.parents if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as fault:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
            for folder in missing:
                folder.rmdir()
        raise InputError(f"{path}: cannot be written ({fault.strerror}); choose a folder with room") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let no other process of this toolkit pass here for the same folder; where the system has no locks, all pass."""
    try:
        import fcntl

        held = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """An empty folder beside another, in which that is made anew; it is gone at the end.

    What killed runs left there is removed a day later. `InputError` where no such folder can be made.
    """
    prefix = f".{out.name}.wsis-nlp-"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for left in out.parent.glob(f"{prefix}*"):
            if left.is_dir() and time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left, ignore_errors=True)
        folder = tempfile.TemporaryDirectory(dir=out.parent, prefix=prefix, ignore_cleanup_errors=True)
    except OSError as fault:
        raise InputError(f"{out}: cannot be written ({fault.strerror}); choose another folder with --out") from None
    with folder as name:
        stage = Path(name, out.name)  # with the rights of any new folder, which a temporary one has not
        stage.mkdir()
        yield stage


def publish(stage: Path, out: Path, *, earlier: Callable[[Path], set[str]], last: str) -> list[Path]:
    """Put a staged folder in the place of another, in one step where the system can swap folders.

    Files of ``out`` that are not among the names that ``earlier`` gives of it are somebody else's, and stay. Linux and
    macOS swap folders of most file systems; elsewhere files are replaced one by one, ``last`` being that which has the
    hashes of the others, so that a folder in which a run was killed can be told.

    Returns the files that were made. `InputError` where the folder cannot be written to.
    """
    made = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file())
    try:
        with locked(out.parent):
            gone = {Path(name) for name in earlier(out)} - set(made)
            if not out.exists():
                stage.rename(out)
            elif not _swapped(stage, out, gone):
                for path in sorted(made, key=lambda path: path.name == last):
                    write_atomic(out / path, (stage / path).read_bytes())
                for path in gone:
                    (out / path).unlink(missing_ok=True)
    except OSError as fault:
        raise InputError(f"{out}: cannot be written ({fault.strerror}); choose another folder with --out") from None
    return [out / path for path in made]


def _swapped(stage: Path, out: Path, gone: set[Path]) -> bool:
    """Swap the folders, the new one having what was somebody else's in the old; whether that could be done."""
    held = [path for path in out.rglob("*") if path.is_symlink() or not path.is_dir() or not any(path.iterdir())]
    for path in held:
        copy = stage / path.relative_to(out)
        if path.relative_to(out) in gone or copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            copy.mkdir()
            continue
        try:
            os.link(path, copy, follow_symlinks=False)
        except (OSError, NotImplementedError):
            shutil.copy2(path, copy, follow_symlinks=False)
    stage.chmod(out.stat().st_mode & 0o7777)
    return exchange(stage, out)


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system or the file system cannot."""
    try:
        system = ctypes.CDLL(None, use_errno=True)
    except (OSError, TypeError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(system, "renameat2"):
        return bool(system.renameat2(HERE, paths[0], HERE, paths[1], SWAP) == 0)
    return hasattr(system, "renamex_np") and bool(system.renamex_np(*paths, SWAP) == 0)
