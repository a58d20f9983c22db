"""How well PDF files are read: two resolutions against annotations by hand, a table of checks over all, and the speed.

Run it on a folder with the files: python bench/pdf.py FOLDER. It needs the extra documents and pypdf.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
import tracemalloc
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import partial
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
from pdfminer.high_level import extract_text

from wsis_nlp.formats.pdf import read
from wsis_nlp.inspection import broken_lists
from wsis_nlp.segmentation import Unit, segment

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "bench" / "gold"
# SHA-256 of the characters that pypdf extracts, without white space, in which the offsets of the gold units count
COUNTED_IN = {
    "A_RES_78_1": "757df9aacd3766bc47e7d3f8e5df99230e25120e1ade24cdc7feff8aecde87a0",
    "A_RES_78_265": "bd6f09410616d9e2daf3a8570bccd3527d6ba056e514ef0ae7ead8fa98245b63",
}
COUNTED = ("heading", "preambular", "operative", "subparagraph")
ENOUGH = 0.98  # intersection over union of the characters of two units, in order
LEAST = 0.97  # F1
JOB = r"\d{2}-\d{5}"
LINES = 45  # of a page that is made
LIMIT = 1.3  # times the cost of pdfminer's own extraction, at most


def ink(text: str) -> str:
    return "".join(text.split())


def printed(unit: Unit, raw: str) -> str:
    return ink("".join(raw[start:end] for start, end in unit.spans))


def overlap(one: str, two: str) -> float:
    """Intersection over union of two strings, characters in order; only what is nearly as long is compared."""
    if one == two:
        return 1.0
    if not ENOUGH * len(two) <= len(one) <= len(two) / ENOUGH:
        return 0.0
    common = sum(block.size for block in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks())
    return common / (len(one) + len(two) - common)


def score(
    gold: list[dict[str, Any]], units: Iterable[Unit], raw: str, pages: str
) -> tuple[dict[str, float], list[str]]:
    """F1 by kind and what differs: a unit is right where its kind, label and ink are those of a gold unit."""
    wanted = [(u["kind"], u["label"], "".join(pages[a:b] for a, b in u["spans"])) for u in gold]
    found = [(u.kind, u.label, printed(u, raw)) for u in units]
    wrong: list[str] = []
    scores: dict[str, float] = {}
    for kind in COUNTED:
        left = [entry for entry in found if entry[0] == kind]
        missed = []
        total = len(left) + sum(entry[0] == kind for entry in wanted)
        for want in (entry for entry in wanted if entry[0] == kind):
            same = [one for one in left if one[1] == want[1] and overlap(one[2], want[2]) >= ENOUGH]
            if same:
                left.remove(same[0])
            else:
                missed.append(want)
        right = sum(entry[0] == kind for entry in wanted) - len(missed)
        scores[kind] = 2 * right / total if total else 1.0
        wrong += [
            f"  {sign} {kind} {label} {text[:50]} … {text[-20:]}"
            for sign, entries in (("-", missed), ("+", left))
            for _, label, text in entries
        ]
    return scores, wrong


def labels(units: Iterable[Unit]) -> list[tuple[str, str | None]]:
    return [(unit.kind, unit.label) for unit in units if unit.kind in COUNTED[1:]]


def in_order(units: list[Unit]) -> bool:
    """Whether the lettered items of every paragraph run from the first without a gap."""
    return all(finding != "sub-items" for finding, _, _ in broken_lists(units))


def missing(pages: list[str], raw: str) -> int:
    """How many characters pypdf extracts that the raw text lacks, page by page."""
    own = raw.split("\f")
    lost = 0
    for one, two in zip(pages, own, strict=True):
        counts = [Counter(ink(unicodedata.normalize("NFKC", text))) for text in (one, two)]
        lost += (counts[0] - counts[1]).total()
    return lost


def row(path: Path) -> list[object]:
    raw = read(path.read_bytes(), where=path.name)
    units = segment(raw.text, raw.regions)
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    plain = [segment("\f".join(pages)), segment(extract_text(str(path)))]
    kinds = Counter(unit.kind for unit in units)
    numbers = [int(unit.label) for unit in units if unit.kind == "operative" and (unit.label or "").isdigit()]
    notes = [unit.label for unit in units if unit.kind == "footnote"]
    counted = [int(label) for label in notes if label and label.isdigit()]
    symbol = re.escape(path.stem.replace("_", "/"))
    head = re.compile(rf"{symbol}(?![\w/])|{JOB}|(?<!\d)\d{{1,2}}/{len(pages)}(?![\d/])(?!\s+of )")
    stray = sum(bool(head.search(unit.text)) for unit in units if unit.kind in COUNTED)
    run = f"{min(numbers, default=0)}-{max(numbers, default=0)}"
    return [
        path.stem, len(pages), *(kinds[kind] for kind in COUNTED), run,
        sum(two != one + 1 for one, two in pairwise([0, *numbers])), "yes" if in_order(units) else "no", stray,
        f"{len(notes)}{'' if counted == list(range(1, len(counted) + 1)) else ' (!)'}", missing(pages, raw.text),
        *("yes" if labels(other) == labels(units) else "no" for other in plain),
    ]  # fmt: skip


HEAD = (
    "file",
    "pages",
    "head",
    "pre",
    "oper",
    "sub",
    "numbers",
    "gaps",
    "items",
    "stray",
    "notes",
    "lost",
    "=pypdf",
    "=pdfminer",
)


def cost(task: Any) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def doubled(path: Path) -> bytes:
    writer, out = pypdf.PdfWriter(), BytesIO()
    writer.append(path)
    writer.append(path)
    writer.write(out)
    return out.getvalue()


def made() -> dict[str, bytes]:
    """The registered documents of the corpus as PDF files, some 45 lines a page, by their names."""
    sys.path.insert(0, str(ROOT / "tests"))
    from pdf_files import make_pdf

    files = {}
    for path in sorted((ROOT / "corpus" / "raw").glob("*.txt")):
        pages: list[list[dict[str, Any]]] = [[]]
        left = LINES
        for unit in segment(path.read_bytes().decode()):
            text = unit.text.encode("cp1252", "ignore").decode("cp1252")  # what the fonts of every reader have
            words = f"{unit.label}. {text}" if unit.kind == "operative" else text
            left -= 2 + len(words) // 90
            if left < 0 and pages[-1]:
                pages.append([])
                left = LINES - 2 - len(words) // 90
            pages[-1].append({"text": words[: 90 * LINES]})
        files[path.stem] = make_pdf(pages)
    return files


def rows(folder: Path | None = None) -> list[dict[str, Any]]:
    """Our reading beside pdfminer's plain extraction, one row for each file of a folder and the last for all.

    Without a folder the files are made from the corpus. ``stage, peer, ours_seconds, peer_seconds, ratio, ours_mb,
    peer_mb, limit, equal``: CPU time, best of five, taken in turn in one process; memory is the peak that Python
    allocates; texts are equal where both have the same characters, white space left out, in whatever order.
    """
    files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.pdf"))} if folder else made()
    found = []
    for name, data in files.items():
        tasks = (partial(read, data, where=name), partial(extract_text, BytesIO(data)))
        times = [[cost(task) for task in tasks] for _ in range(5)]
        texts, peaks = zip(*(with_peak(task) for task in tasks), strict=True)
        found.append([f"PDF: {name}", *map(min, zip(*times, strict=True)), *peaks, alike(texts[0].text, texts[1])])
    whole = [*zip(*found, strict=True)]
    found.append(["PDF: all", *map(sum, whole[1:3]), *map(max, whole[3:5]), all(whole[5])])
    return [
        {"stage": name, "peer": "pdfminer extract_text", "ours_seconds": ours, "peer_seconds": peer,
         "ratio": ours / peer, "ours_mb": ours_mb, "peer_mb": peer_mb, "limit": LIMIT, "equal": equal}
        for name, ours, peer, ours_mb, peer_mb, equal in found
    ]  # fmt: skip


def alike(one: str, two: str) -> bool:
    return Counter(ink(unicodedata.normalize("NFKC", one))) == Counter(ink(unicodedata.normalize("NFKC", two)))


def with_peak(task: Callable[[], Any]) -> tuple[Any, float]:
    """What a task gives, and the most megabytes that Python allocates for it."""
    tracemalloc.start()
    found = task()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found, peak / 1e6


def speed(folder: Path, paths: list[Path]) -> None:
    """CPU time of reading each file beside pdfminer's plain extraction, pages a second, and growth with the length."""
    measured = rows(folder)
    for row in measured:
        times = f"{row['ours_seconds']:.2f} s, {row['peer']} {row['peer_seconds']:.2f} s: {row['ratio']:.2f} times"
        memory = f"{row['ours_mb']:.1f} MB, {row['peer_mb']:.1f} MB"
        print(f"{row['stage']:<22} {times}; {memory}; {'equal' if row['equal'] else 'NOT EQUAL'}")
    pages = sum(len(pypdf.PdfReader(path).pages) for path in paths)
    print(f"{pages} pages: {pages / measured[-1]['ours_seconds']:.1f} a second")
    longest = max(paths, key=lambda path: path.stat().st_size)
    once, twice = longest.read_bytes(), doubled(longest)
    read(twice, where="file")
    times = [[cost(lambda data=data: read(data, where="file")) for data in (once, twice)] for _ in range(3)]
    print(f"twice {longest.stem}: {min(t[1] for t in times) / min(t[0] for t in times):.2f} times the cost of once")


def main(arguments: list[str]) -> int:
    paths = sorted(Path(arguments[0]).glob("*.pdf")) if len(arguments) == 1 else []
    if not paths:
        print("usage: python bench/pdf.py FOLDER, a folder with PDF files of resolutions", file=sys.stderr)
        return 2
    poor = 0
    for path in paths:
        file = GOLD / f"{path.stem}.jsonl"
        if file.exists():
            raw = read(path.read_bytes(), where=path.name)
            pages = ink("\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages))
            if hashlib.sha256(pages.encode()).hexdigest() != COUNTED_IN[path.stem]:
                print(f"{path.stem}: not scored; pypdf {pypdf.__version__} extracts other text than was annotated")
                poor += 1
                continue
            gold = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
            scores, wrong = score(gold, segment(raw.text, raw.regions), raw.text, pages)
            print(f"{path.stem}: F1", ", ".join(f"{kind} {value:.3f}" for kind, value in scores.items()))
            print(*wrong, sep="\n", end="\n" if wrong else "")
            poor += min(scores.values()) < LEAST
    for line in [HEAD, *map(row, paths)]:
        print(
            *(
                str(cell).ljust(width)
                for cell, width in zip(line, (15, 6, 5, 4, 5, 4, 8, 5, 6, 6, 6, 5, 7, 9), strict=True)
            )
        )
    speed(Path(arguments[0]), paths)
    return 1 if poor else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
