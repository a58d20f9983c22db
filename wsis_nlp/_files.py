"""Files and folders that are written whole or not at all, whoever else writes and whenever a run is killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wsis_nlp._checks import InputError

HERE, SWAP = -100, 2  # of Linux: paths are those of the process (AT_FDCWD); RENAME_EXCHANGE, as RENAME_SWAP of macOS
DAY = 24 * 3600  # seconds


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, making its folder; `InputError` where the folder has no room or right."""
    write_together({path: content})


def write_through(path: Path, content: bytes) -> None:
    """Write a file as `write_atomic` does; where it is a link, that to which it leads."""
    write_atomic(path.resolve() if path.is_symlink() else path, content)


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write files whole, one taking its place right after the other, as soon as there was room for all.

    A run that is killed just then, or is refused the place of one, leaves the first of them new: the last should be
    that which tells of the others. `InputError` where a folder has no room or right.
    """
    parts: dict[Path, Path] = {}
    missing: list[Path] = []
    try:
        for path, content in contents.items():
            if path.exists() and not path.is_file():
                raise InputError(f"{path}: is no ordinary file, and is left as it is; name another")
            missing += [folder for folder in path.parents if not folder.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            _clean(path.parent)
            parts[path] = path.with_name(f".wsis-nlp-{secrets.token_hex(8)}.part")
            with parts[path].open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            if path.exists():  # who may read and write it stays as it was
                parts[path].chmod(path.stat().st_mode & 0o777)
        for path, part in parts.items():
            part.replace(path)
    except OSError as fault:
        for left in parts.values():
            left.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            for folder in missing:
                folder.rmdir()
        raise InputError(f"{path}: cannot be written ({fault.strerror}); choose a folder with room") from None
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _clean(folder: Path) -> None:
    """Remove the parts of files that runs left which were killed a day ago."""
    with contextlib.suppress(OSError):
        for left in folder.glob(".wsis-nlp-*.part"):
            if _is_old(left):
                left.unlink()


def _is_old(path: Path) -> bool:
    return time.time() - path.lstat().st_mtime > DAY


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let no other process of this toolkit pass here for the same folder; where the system has no locks, all pass."""
    with _lock(folder, wait=True):
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Work in a folder while no other process of this toolkit does; an `InputError` where one does already."""
    with _lock(folder, wait=False) as got:
        if got is False:
            raise InputError(f"{folder}: another run works there now; wait until it has ended")
        yield


@contextmanager
def _lock(folder: Path, *, wait: bool) -> Iterator[bool | None]:
    """Lock a folder for a while: whether that could be done, and None where the system has no locks."""
    try:
        import fcntl

        held = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield None
        return
    try:
        got: bool | None = True
        try:
            fcntl.flock(held, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            got = False
        except OSError:
            got = None
        yield got
    finally:
        os.close(held)


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """An empty folder beside another, in which that is made anew; it is gone at the end.

    The run holds a lock of it. What nobody holds was left by a killed run, and is removed; where the system has no
    locks, a day later. `InputError` where no such folder can be made.
    """
    with contextlib.ExitStack() as stack:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            with locked(out.parent):  # between the making of a folder and its lock nobody takes it for left over
                for left in out.parent.iterdir():
                    if _is_left_over(left, out):
                        shutil.rmtree(left, ignore_errors=True)
                made = tempfile.TemporaryDirectory(dir=out.parent, prefix=_prefix(out), ignore_cleanup_errors=True)
                folder = Path(stack.enter_context(made))
                stack.enter_context(_lock(folder, wait=False))
        except OSError as fault:
            raise InputError(f"{out}: cannot be written ({fault.strerror}); choose another folder with --out") from None
        stage = folder / out.name  # with the rights of any new folder, which a temporary one has not
        stage.mkdir()
        yield stage


def _prefix(out: Path) -> str:
    return f".{out.name}.wsis-nlp-"


def _is_left_over(folder: Path, out: Path) -> bool:
    """Whether this is a staging folder of another, holds nothing else, and no run works in it."""
    if not re.fullmatch(re.escape(_prefix(out)) + "[a-z0-9_]{8}", folder.name):
        return False
    with contextlib.suppress(OSError), _lock(folder, wait=False) as ours:
        alone = not folder.is_symlink() and {one.name for one in folder.iterdir()} <= {out.name}
        return alone and (_is_old(folder) if ours is None else ours)
    return False


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
            for folder in {out / folder for path in made for folder in path.parents}:
                if folder.exists() and (folder.is_symlink() or not folder.is_dir()):
                    raise InputError(f"{folder}: is in the place of a folder of results; choose another with --out")
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
    found = [*out.rglob("*")]
    if any(path.lstat().st_dev != out.stat().st_dev for path in found):
        return False  # another file system is mounted here, and would go with the old folder
    folders = [path for path in found if path.is_dir() and not path.is_symlink()]
    for path in found:
        if path in folders and any(path.iterdir()):
            continue
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
    for path in (out, *folders):
        if (copy := stage / path.relative_to(out)).is_dir():
            copy.chmod(path.stat().st_mode & 0o7777)
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
