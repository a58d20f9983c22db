"""How the time of each regular expression, and of reading and analysing a text, grows on hostile input.

    python bench/regexes.py

Every compiled expression that a module of the package holds is run, by each method, over texts grown from its own
alphabet: one sign again and again, two or three in turn, and each of these behind a beginning and before an end that
nearly fits. Of a text and one four times as long the table shows the times and the exponent of growth: 1 is linear.
Behind them stand hostile texts on their whole way, from bytes to units, tokens, mentions, metadata and suspects.
The status is 1 where anything grows with an exponent of more than 1.3.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import permutations
from math import log
from pathlib import Path

import wsis_nlp
from wsis_nlp import open_study
from wsis_nlp.metadata import propose_metadata
from wsis_nlp.readers import read_document

SHORT, LONG = 5_000, 20_000  # characters
MOST, LEAST = 1.3, 0.02  # an exponent, and seconds below which the clock says little
SIGNS = " \n-.,:;()[]<>*_#/0a1A’"
HOSTILE = (
    "(", "[", "1.", "1. A ", " ", "-\n", "a", "a.b.", "(a) ", "[a](b)", "<b>", "*", "_", "Aa ", "Aa\n\n", "A/1 ", "a-",
    "’", "é", "\u202f1", "AI ", "digital ", "2 May 2031 ", "The General Assembly, ", "Recalling a, ", "A/RES/70/1\n",
)  # fmt: skip
SIZE = 25_000  # characters of a hostile text on its whole way; and four times as many


def expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Expressions of text that modules, and their tables, hold."""
    seen = set()
    for found in pkgutil.walk_packages(wsis_nlp.__path__, "wsis_nlp."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            held = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
            for one in held:
                if isinstance(one, re.Pattern) and (one.pattern, one.flags) not in seen:
                    seen.add((one.pattern, one.flags))
                    yield f"{found.name.removeprefix('wsis_nlp.')}.{name}", one


def alphabet(pattern: str) -> list[str]:
    """Signs and words of a pattern, and some that come near."""
    words = re.findall(r"[A-Za-zÀ-ÿ]{2,12}", re.sub(r"\\[A-Za-z]|\(\?[a-zP<>:=!]*", " ", pattern))[:6]
    own = [sign for sign in dict.fromkeys(pattern) if not sign.isalnum()][:12]
    return list(dict.fromkeys([*SIGNS, *own, *words]))


def texts(pattern: str, size: int) -> Iterator[tuple[str, str]]:
    """Hostile texts for a pattern, each after what it repeats."""
    signs = alphabet(pattern)
    pieces = [
        *signs,
        *("".join(pair) for pair in permutations(signs[:10], 2)),
        "a, ",
        "A. ",
        "a-b",
        "[a",
        "1/2",
        "a b\n",
    ]
    for piece in pieces:
        run = piece * (size // len(piece))
        yield piece, run + "\x00"
    for opening in ("[", "(", "A", "1", "<a", "**"):
        for piece in (" ", "a", "a ", "1", "-", "*", "[", "("):
            yield opening + piece, opening + piece * (size // len(piece)) + "\x00"


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def growth(short: Callable[[], object], long: Callable[[], object]) -> tuple[float, float]:
    """Exponent of growth from a text to one four times as long, and the time of that; the lesser of two trials."""
    last = seconds(long)
    if last < LEAST:
        return 0.0, last
    first, last = min(seconds(short), seconds(short)), min(last, seconds(long))
    return log(last / max(first, LEAST / 20), 4), last


def scan(pattern: re.Pattern[bytes] | re.Pattern[str], text: str) -> None:
    """Search all of a text, and try to match it as a whole."""
    data: str | bytes = text if isinstance(pattern.pattern, str) else text.encode()
    for _ in pattern.finditer(data):  # type: ignore[arg-type]
        pass
    pattern.fullmatch(data)  # type: ignore[arg-type]


def steepest(pattern: re.Pattern[str]) -> tuple[float, float, str]:
    """Exponent, time and repeated piece of the text on which an expression grows fastest."""
    found = (0.0, 0.0, "")
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for (piece, short), (_, long) in zip(texts(source, SHORT), texts(source, LONG), strict=True):
        exponent, last = growth(lambda text=short: scan(pattern, text), lambda text=long: scan(pattern, text))
        found = max(found, (exponent, last, piece))
    return found


def whole_way(text: str, folder: Path) -> None:
    """Read, part, count and judge a text as one document."""
    folder.mkdir(exist_ok=True)
    file = folder / "hostile.txt"
    file.write_text(f"A {text} a.\n", "utf-8", newline="")
    study = open_study(folder)
    for part in (study.paragraphs, study.tokens, study.mentions):
        len(part)
    propose_metadata(read_document(file), file.name)
    study.suspects("hostile")


def main() -> int:
    """Print the growth of each expression, and of each hostile text on its whole way."""
    worst = 0.0
    for name, pattern in expressions():
        exponent, last, piece = steepest(pattern)
        worst = max(worst, exponent)
        if exponent > 1.1:
            print(f"{exponent:6.2f} {last:8.3f} s  {name:44} {piece!r}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        for piece in HOSTILE:
            short, long = (piece * (size // len(piece)) for size in (SIZE, 4 * SIZE))
            exponent, last = growth(
                lambda text=short: whole_way(text, Path(name)), lambda text=long: whole_way(text, Path(name))
            )
            worst = max(worst, exponent)
            print(f"{exponent:6.2f} {last:8.3f} s  whole way {piece!r}", flush=True)
    print(f"steepest growth: {worst:.2f}")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
