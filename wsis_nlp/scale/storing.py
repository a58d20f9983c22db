"""The folder of a store: shards that are there whole or not at all, and the manifest, which is written last."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wsis_nlp._checks import InputError
from wsis_nlp._files import write_atomic
from wsis_nlp.places import STORE
from wsis_nlp.readers import LARGEST, file_sha256
from wsis_nlp.scale.shards import FORMAT

TABLES = ("paragraphs", "tokens", "counts", "terms")
SHARD = "shard.json"
MADE = {STORE, "shards", "terms.parquet", "lexicon.toml", "stoplists"}
NAME = re.compile(r"[0-9a-f]{64}")
UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.part")


def check_place(out: Path) -> None:
    """Refuse a place that a store would take from something else: a file, or a folder with anything but a store."""
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise InputError(f"{out}: is no folder; choose another place with --out")
    others = sorted(path.name for path in out.iterdir() if path.name not in MADE and not _is_part(path))
    shards = out / "shards"
    if shards.is_symlink() or (shards.exists() and not shards.is_dir()):
        others.append("shards")
    elif shards.exists():
        others += sorted(path.name for path in shards.iterdir() if not _is_shard(path))
    if not (out / STORE).is_file() and not shards.is_dir():
        others += sorted(path.name for path in out.iterdir())
    if others:
        raise InputError(f"{out}: holds {others[0]!r}, which is no part of a store; choose another folder with --out")


def _is_part(path: Path) -> bool:
    return re.fullmatch(r"\.wsis-nlp-[0-9a-f]+\.part", path.name) is not None


def _is_shard(path: Path) -> bool:
    named = NAME.fullmatch(path.name) or UNFINISHED.fullmatch(path.name)
    return named is not None and path.is_dir() and not path.is_symlink()


def read_json(path: Path) -> Any:
    """What a file of JSON holds; None where there is none that can be read."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return None
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def json_bytes(value: object) -> bytes:
    """JSON that is the same for the same value, a line for each of its larger parts."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def write_shard(out: Path, name: str, tables: Mapping[str, bytes], told: dict[str, Any]) -> dict[str, Any]:
    """Put the files of a shard into the store, all at once; returned is what `read_shard` will tell."""
    files = {f"{table}.parquet": content for table, content in tables.items()}
    hashes = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    told = told | {"format": FORMAT, "files": hashes}
    files[SHARD] = json_bytes(told)
    part, shards = f".{secrets.token_hex(8)}.part", out / "shards"
    try:
        (shards / part).mkdir(parents=True)
        for file, content in files.items():
            (shards / part / file).write_bytes(content)
        with suppress(FileNotFoundError):
            shutil.rmtree(shards / name)  # one that is damaged
        (shards / part).rename(shards / name)
    except OSError as fault:
        shutil.rmtree(shards / part, ignore_errors=True)
        raise InputError(f"{out}: cannot be written ({fault.strerror}); choose another folder with --out") from None
    return told


def read_shard(out: Path, name: str) -> dict[str, Any] | None:
    """What was told of a shard; None where there is none, or one of another format, or one whose files are damaged."""
    folder = out / "shards" / name
    told = read_json(folder / SHARD)
    try:
        if told["format"] != FORMAT or set(told["files"]) != {f"{table}.parquet" for table in TABLES}:
            return None
        whole = all(file_sha256(folder / file) == found for file, found in told["files"].items())
    except (InputError, KeyError, TypeError, AttributeError):
        return None
    return dict(told) if whole else None


def finish(out: Path, files: Mapping[str, bytes], manifest: bytes, names: set[str]) -> bool:
    """Write what stands beside the shards, then the manifest, and remove other shards; False where all was there."""
    changed = False
    for name, content in {**files, STORE: manifest}.items():
        if not (out / name).is_file() or (out / name).read_bytes() != content:
            write_atomic(out / name, content)
            changed = True
    clean(out, names)
    return changed


def clean(out: Path, names: set[str]) -> None:
    """Remove the shards of a store but for some, and what killed runs left."""
    for folder in (out / "shards").iterdir():
        if folder.name not in names and _is_shard(folder):
            shutil.rmtree(folder, ignore_errors=True)
    for path in (*out.iterdir(), *(out / "stoplists").iterdir()):
        if _is_part(path):
            path.unlink(missing_ok=True)
