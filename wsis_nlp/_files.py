"""Files to disk, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from wsis_nlp._checks import InputError


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, making its folder; `InputError` where the folder has no room or right."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as fault:
        raise InputError(f"{path}: cannot be written ({fault.strerror}); choose a folder with room") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
