"""Inputs for fuzzing: seeds damaged at random, in their bytes and inside their parts; the same for the same seed."""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

from lxml import etree

WORDS = json.loads(Path(__file__).with_name("fuzz_words.json").read_text("utf-8"))
MOST = 1 << 18  # bytes of an input
OBJECT = re.compile(rb"(?<![0-9])(?=[0-9]{1,6} 0 obj\b)")
NUMBER = re.compile(rb"[0-9]+")
NUMBERS = (b"0", b"-1", b"1", b"2", b"255", b"256", b"65536", b"2147483648", b"99999999999", b"1e9", b"0.5", b"nan")


class Mutator:
    """Makes input after input of one target, each from its own number alone."""

    def __init__(self, target: str, seeds: list[bytes], *, seed: int) -> None:
        self.target, self.seeds, self.seed = target, seeds, seed
        self.words = [word.encode("utf-8", "surrogatepass") for word in WORDS[target]]

    def input(self, number: int) -> bytes:
        """The input with this number."""
        random = Random(f"{self.target} {self.seed} {number}")
        data, other = random.choice(self.seeds), random.choice(self.seeds)
        inside = {"pdf": self.in_stream, "docx": self.in_member}.get(self.target)
        for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
            if inside and random.random() < 0.7:
                data = inside(random, data, other)
            else:
                data = self.damaged(random, data, other)
        if self.target in ("segmentation", "registry") and random.random() < 0.8:  # else next to nothing is accepted
            data = data.decode("utf-8", "ignore").encode()
        return data[:MOST]

    def damaged(self, random: Random, data: bytes, other: bytes) -> bytes:
        """Bytes with one damage."""
        ways: list[Callable[[Random, bytes, bytes], bytes]] = [
            flip,
            cut,
            splice,
            repeat,
            renumber,
            self.spell,
            self.spell,
        ]
        return random.choice(ways)(random, data, other)[:MOST]

    def spell(self, random: Random, data: bytes, other: bytes) -> bytes:
        """A word of the format put in, at times often, or in the place of what follows."""
        word = random.choice(self.words) * random.choice((1, 1, 1, 2, 30, 3000))
        at = random.randint(0, len(data))
        return data[:at] + word + data[at + random.choice((0, 0, len(word), 8)) :]

    def in_stream(self, random: Random, data: bytes, other: bytes) -> bytes:
        """A PDF file with an object or the content of a stream damaged; lengths are told anew, and often the table."""
        pieces = OBJECT.split(data)
        at = random.randrange(len(pieces))
        head, start, rest = pieces[at].partition(b"stream\n")
        body, end, tail = rest.rpartition(b"\nendstream")
        if start and end and random.random() < 0.7:
            packed = unpacked(body) if b"Flate" in head else None
            body = self.damaged(random, body if packed is None else packed, other)
            body = body if packed is None else zlib.compress(body)
            head = re.sub(rb"/Length [0-9]+", b"/Length %d" % len(body), head)
            pieces[at] = head + start + body + end + tail
        else:
            pieces[at] = self.damaged(random, pieces[at], other)
        data = b"".join(pieces)
        return located(data) if random.random() < 0.7 else data

    def in_member(self, random: Random, data: bytes, other: bytes) -> bytes:
        """A Word file with one of its parts damaged or gone, packed again."""
        parts, more = members(data), members(other)
        if not parts:
            return data
        name = random.choice(sorted(parts))
        if random.random() < 0.05:
            del parts[name]
        elif random.random() < 0.1 and more:
            parts[name] = more[random.choice(sorted(more))]
        else:
            parts[name] = self.damaged(random, parts[name], more.get(name, b"<w:p/>"))
            parts[name] = mended(parts[name]) if random.random() < 0.6 else parts[name]
            parts[name] = mended(parts[name]) if random.random() < 0.6 else parts[name]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for name, text in parts.items():
                archive.writestr(zipfile.ZipInfo(name), text)
        return out.getvalue()


def flip(random: Random, data: bytes, other: bytes) -> bytes:
    """Some bytes or bits changed."""
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5, 20)) if data else 0):
        at = random.randrange(len(found))
        found[at] = random.choice((random.randrange(256), found[at] ^ 1 << random.randrange(8), 0, 255))
    return bytes(found)


def cut(random: Random, data: bytes, other: bytes) -> bytes:
    """A stretch left out, mostly a short one."""
    start = random.randint(0, len(data))
    length = random.choice((1, 2, 8, 64, len(data) // 2, len(data)))
    return data[:start] + data[start + length :]


def splice(random: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one input and the end of another, or a stretch of the other put in."""
    at, start = random.randint(0, len(data)), random.randint(0, len(other))
    length = random.choice((8, 64, len(other)))
    return data[:at] + other[start : start + length] + data[at if random.random() < 0.5 else len(data) :]


def repeat(random: Random, data: bytes, other: bytes) -> bytes:
    """A stretch told again and again."""
    start = random.randint(0, len(data))
    end = min(start + random.choice((1, 4, 16, 64, 512)), len(data))
    return data[:end] + data[start:end] * random.choice((1, 3, 50, 2000)) + data[end:]


def renumber(random: Random, data: bytes, other: bytes) -> bytes:
    """A number changed for one at a limit, or for one that stands elsewhere."""
    numbers = list(NUMBER.finditer(data[:200_000]))
    if not numbers:
        return data
    found = random.choice(numbers)
    new = random.choice((*NUMBERS, random.choice(numbers).group()))
    return data[: found.start()] + new + data[found.end() :]


def unpacked(body: bytes) -> bytes | None:
    """Inflated bytes, or None."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return None


def located(data: bytes) -> bytes:
    """A PDF file whose table of objects, where it has one as text, tells their places."""
    places = {
        int(found.group().split()[0]): found.start() for found in re.finditer(rb"(?<![0-9])[0-9]{1,6} 0 obj\b", data)
    }
    at = data.rfind(b"\nxref\n") + 1
    if not at or not places or max(places) > 999:
        return data
    rows = b"".join(
        b"%010d 00000 %b \n" % ((places[n], b"n") if n in places else (0, b"f")) for n in range(max(places) + 1)
    )
    trailer = data.find(b"trailer", at)
    table = b"xref\n0 %d\n%b" % (max(places) + 1, rows)
    return re.sub(
        rb"startxref\s+\d+", b"startxref\n%d" % at, data[:at] + table + data[trailer if trailer > 0 else at :]
    )


def mended(part: bytes) -> bytes:
    """XML whose elements are closed again, where anything of it can be read."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(part, parser)
        return part if root is None else etree.tostring(root)
    except etree.LxmlError:
        return part


def members(data: bytes) -> dict[str, bytes]:
    """Parts of a Word file; none where it is spoilt."""
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as archive:
            warnings.simplefilter("ignore")
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # whatever spoilt bytes make zipfile raise
        return {}
