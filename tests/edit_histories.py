"""Made-up histories of a text in three versions, of which it is known which paragraph descends from which.

Words come from the corpus by a Markov chain of the first order, so that collocations meet by chance; stock passages
stand in paragraphs of all kinds. From version to version each paragraph has a fate (`FATES`): one that is merged takes
in the next, whatever its fate, or (a share `FAR`) goes into a distant one that is kept; without a partner it is kept.
One too short to split is reworded. A share `MOVED` of kept and reworded ones and `FAR` of second parts is moved. In the
last version a share `RESTORED` of what the step before deleted is back in its old place, half of it reworded. `NEW`
paragraphs come for each earlier one, and `LOOKALIKES` for each that descends: these have one or two stock passages of
an earlier paragraph, 20 to 60 per cent of their words, and half of them stand where it stood.

An edge is moved where the paragraph, or its part, was set down past more than six that were not and come from the same
version. At most five a step are moved and the others keep their order, so that they are the one longest run of edges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from wsis_nlp import token_table
from wsis_nlp.paragraphs import PARAGRAPH_COLUMNS
from wsis_nlp.readings import character_extents

FATES = {"kept": 0.36, "reworded": 0.32, "split": 0.10, "merged": 0.07, "deleted": 0.15}
MOVED, MOST_MOVED, FAR, RESTORED, NEW, LOOKALIKES = 0.10, 5, 0.2, 0.2, 0.05, 0.3
REPLACED, TOUCHED = (0.2, 0.6), (-0.2, 0.2)  # least and most of the words that rewording takes; below 0 is none
SHORTEST, OWN, JUMP = 12, 4, 0.1  # words of a paragraph; those left outside stock passages; share out of the chain
SECTIONS = ("Preamble", "Digital divides", "Development", "Human rights", "Governance", "Follow-up and review")
PASSAGES = """\
least developed countries, landlocked developing countries, small island developing States
the private sector, civil society, international organizations, the technical and academic communities
the implementation of and follow-up to the outcomes of the World Summit on the Information Society
the report of the Secretary-General on the progress made in the implementation of
Transforming our world: the 2030 Agenda for Sustainable Development
the technical and academic communities and all other relevant stakeholders"""
# A word has the comma, semicolon or full stop after it; at work, one of a stock passage begins with STOCK.
STOPS, STOCK, LETTERS = ",;.", "*", r"[^\W\d_¹²³⁰-⁹]+"  # letters without the marks of footnotes
WORD = re.compile(rf"(?:[A-Z]/[A-Z0-9./-]+[0-9]|{LETTERS}(?:[-’']{LETTERS})*|[0-9]+(?:/[0-9]+)*)(?:[,;]|\.(?=\s))?")
Words = list[str]


@dataclass(frozen=True)
class History:
    """Paragraphs as (para_id, section, text); for each pair that descends, the relation and whether it is moved."""

    versions: tuple[tuple[tuple[str, str, str], ...], ...]
    edges: dict[tuple[str, str], tuple[str, bool]]
    replaced: dict[tuple[str, str], float]  # the share of words gone in rewording
    lookalikes: dict[str, str]  # and whose stock passages they have
    passages: tuple[str, ...]  # in lower case, without stops


@dataclass
class Draft:
    # A paragraph at work. Its home gives its place among the others, and stays with what descends from it.
    words: Words
    home: float
    relation: str = ""
    parents: tuple[str, ...] = ()
    moved: str = ""
    replaced: float = 0.0
    model: str = ""
    para_id: str = ""


@cache
def learn_chain() -> dict[str, Words]:
    """Words of the corpus by the word before; those that open a sentence are under ".", and all under ""."""
    paths = sorted((Path(__file__).parents[1] / "corpus" / "raw").glob("*.txt"))
    words = [word for path in paths for word in WORD.findall(path.read_text("utf-8"))]
    lower = {word.strip(STOPS) for word in words if word.islower()}
    words = [word.lower() if word.lower().strip(STOPS) in lower else word for word in words]
    chain = {"": words, ".": [then for word, then in pairwise(words) if word[-1] in ".;"]}
    for word, then in pairwise(words):
        chain.setdefault(word.strip(STOPS), []).append(then)
    return chain


def plain(words: Words) -> str:
    return " ".join(word.strip(STOPS + STOCK) for word in words).lower()


def render(words: Words) -> str:
    forms = zip([".", *words[:-1]], (word.lstrip(STOCK) for word in words), strict=True)
    text = " ".join(form[0].upper() + form[1:] if before[-1] == "." else form for before, form in forms)
    return text.rstrip(STOPS) + "."


class Editor:
    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        passages = [WORD.findall(one) for one in PASSAGES.split("\n")]
        passages += [self.write(n, ".") for n in self.rng.integers(5, 21, 30 - len(passages)).tolist()]
        self.stock = [[STOCK + word.rstrip(".;") for word in passages[n]] for n in self.rng.permutation(30)]

    def write(self, size: int, before: str = "", *passages: Words) -> Words:
        """So many words of the chain, and the passages in random places among them."""
        chain, made = learn_chain(), []
        for jump, pick in self.rng.random((size, 2)).tolist():
            options = chain.get(before if jump >= JUMP or not made else "", chain[""])
            made.append(options[int(pick * len(options))])
            before = made[-1].strip(STOPS)
        places = sorted(self.rng.integers(0, size + 1, len(passages)).tolist(), reverse=True)
        for place, passage in zip(places, passages, strict=True):
            made[place:place] = passage
        return made

    def independent(self, home: float) -> Draft:
        """A paragraph with up to two passages, of Zipf-like frequency and at most half of its words."""
        size, weights = int(min(max(self.rng.lognormal(4.1, 0.4), 25), 120)), 1 / np.arange(1, 31)
        drawn = self.rng.choice(30, self.rng.choice(3, p=(0.35, 0.45, 0.2)), replace=False, p=weights / weights.sum())
        passages = [self.stock[n] for n in drawn]
        while 2 * sum(map(len, passages)) > size:
            passages.pop()
        return Draft(self.write(size - sum(map(len, passages)), ".", *passages), home)

    def lookalikes(self, earlier: list[Draft], count: int) -> list[Draft]:
        known, made = [(f" {plain(passage)} ", passage) for passage in self.stock], []
        texts = (f" {plain(one.words)} " for one in earlier)
        held = ([passage for words, passage in known if words in text] for text in texts)
        hosts = [(one, passages) for one, passages in zip(earlier, held, strict=True) if passages]
        for host, shared in (hosts[n] for n in self.rng.integers(0, len(hosts), count)):
            passages = [shared[n] for n in self.rng.permutation(len(shared))[: self.rng.integers(1, 3)]]
            taken = sum(map(len, passages))
            size = min(max(25, int(np.ceil(taken / self.rng.uniform(0.2, 0.6)))), 5 * taken)
            home = (host.home + self.rng.uniform(0, 0.01), self.rng.uniform(0, earlier[-1].home))[self.rng.integers(2)]
            made.append(Draft(self.write(size - taken, ".", *passages), home, model=host.para_id))
        return made

    def reword(self, words: Words, lowest: float, highest: float) -> tuple[Words, float]:
        """Replace runs of words, leave out one run in five and insert as many; tells the share of words gone."""
        rng, size = self.rng, len(words)
        while True:
            lost = max(0, int(rng.integers(np.ceil(lowest * size), int(highest * size), endpoint=True)))
            ends = sorted({min(end, lost) for end in rng.geometric(0.4, lost).cumsum().tolist()})
            runs = [end - start for start, end in pairwise([0, *ends])] + [0] * int(rng.binomial(len(ends), 0.2))
            slots = rng.permutation(size - lost + 1)[: len(runs)].tolist()
            if len(slots) < len(runs):
                continue
            made, kept, gone = [], [], 0
            for slot, run in [*sorted(zip(slots, runs, strict=True)), (size - lost, -1)]:
                same = words[len(kept) + gone : slot + gone]
                new = [] if run < 0 or (run and rng.random() < 0.2) else self.write(int(rng.geometric(0.4)))
                made, kept, gone = [*made, *same, *new], [*kept, *same], gone + run
            if len(made) >= SHORTEST and sum(word[0] != STOCK for word in kept) >= OWN:
                return made, lost / size

    def repunctuate(self, words: Words) -> Words:
        made = []
        for word, draw in zip(words, self.rng.random(len(words)).tolist(), strict=True):
            form = word.title() if 0.3 < draw < 0.35 and "/" not in word else word
            made.append(form.strip(",") if draw < 0.3 else form + "," * (draw > 0.95 and form[-1] not in STOPS))
        return made

    def descendant(self, draft: Draft, relation: str) -> Draft:
        words, gone = self.reword(draft.words, *REPLACED) if relation == "reworded" else (draft.words, 0.0)
        words = self.repunctuate(words) if relation == "kept" and self.rng.random() < 0.5 else words
        return Draft(words, draft.home, relation, (draft.para_id,), replaced=gone)

    def split(self, draft: Draft, end: float) -> list[Draft]:
        """The paragraph in two, each part with enough words and enough of its own, or else reworded."""
        words, own = draft.words, np.cumsum([word[0] != STOCK for word in draft.words]).tolist()
        cuts = [n for n in range(SHORTEST, len(words) - SHORTEST + 1) if 2 * OWN <= own[n - 1] <= own[-1] - 2 * OWN]
        if not cuts:
            return [self.descendant(draft, "reworded")]
        cut = cuts[self.rng.integers(len(cuts))]
        ends = ((words[:cut], draft.home), (words[cut:], (draft.home + end) / 2))
        return [Draft(self.reword(part, *TOUCHED)[0], home, "split", (draft.para_id,)) for part, home in ends]

    def unite(self, first: Draft, second: Draft) -> Draft:
        first.words, first.relation = self.reword([*first.words, *second.words], *TOUCHED)[0], "merged"
        first.parents += second.parents
        return first

    def lift(self, stayers: list[Draft], draft: Draft) -> list[Draft]:
        """Set a paragraph down past more than six others or, if it is to be merged, in one that is farther."""
        old = sum(one.home < draft.home for one in stayers)
        hosts = [one for n, one in enumerate(stayers) if abs(n - old) > 7 and one.relation == "kept"]
        places = [n for n in range(len(stayers) + 1) if abs(n - old) > 6]
        if draft.relation == "merged" and hosts:
            self.unite(hosts[self.rng.integers(len(hosts))], draft).moved = draft.parents[0]
            return []
        draft.relation = draft.relation.replace("merged", "kept")
        homes = [-1.0, *(one.home for one in stayers), stayers[-1].home + 1]
        new = self.rng.choice(places or [old])
        draft.home, draft.moved = self.rng.uniform(homes[new], homes[new + 1]), draft.parents[0] if places else ""
        return [draft]

    def descend(self, earlier: list[Draft]) -> list[Draft]:
        """What the paragraphs of one version become in the next."""
        stay, lifted = [], []
        fates = self.rng.choice(list(FATES), len(earlier), p=list(FATES.values())).tolist()
        rest = iter(zip(earlier, [*earlier[1:], None], fates, strict=True))
        for draft, then, fate in rest:
            far = self.rng.random() < (FAR if fate in ("split", "merged") else MOVED) and len(lifted) < MOST_MOVED
            if fate == "split":
                *earliest, later = self.split(draft, then.home if then else draft.home + 1)
                stay += earliest
            elif fate == "merged" and then and not far:
                later = self.unite(*(self.descendant(one, fate) for one in (draft, next(rest)[0])))
            else:
                later = self.descendant(draft, "kept" if fate == "merged" and not far else fate)
            if fate != "deleted":
                (lifted if far else stay).append(later)
        return stay + [one for draft in lifted for one in self.lift(stay, draft)]

    def revise(self, earlier: list[Draft], gone: list[Draft]) -> list[Draft]:
        """The next version: what descends, what comes back of those ``gone``, look-alikes, and new paragraphs."""
        drafts, back = self.descend(earlier), [draft for draft in gone if self.rng.random() < RESTORED]
        drafts += [self.descendant(draft, ("kept", "reworded")[self.rng.integers(2)]) for draft in back]
        drafts += self.lookalikes(earlier, round(LOOKALIKES * len(drafts)))
        homes = self.rng.uniform(0, earlier[-1].home, self.rng.binomial(len(earlier), NEW)).tolist()
        return drafts + [self.independent(home) for home in homes]


def edit_history(seed: int) -> History:
    editor = Editor(seed)
    bounds = np.sort(editor.rng.uniform(0, 28, len(SECTIONS) - 1))
    drafts = [editor.independent(float(home)) for home in range(editor.rng.integers(25, 31))]
    gone, versions, parents, models = [], [], {}, {}
    for version in ("v1", "v2", "v3"):
        earlier, drafts = drafts, editor.revise(drafts, gone) if versions else drafts
        drafts.sort(key=lambda draft: draft.home)
        for place, draft in enumerate(drafts, 1):
            draft.para_id = f"{version}:{place}"
            parents |= {(parent, draft.para_id): draft for parent in draft.parents}
        gone = [draft for draft in earlier if versions and draft.para_id not in {one for one, _ in parents}]
        names = [SECTIONS[n] for n in np.searchsorted(bounds, [draft.home for draft in drafts])]
        versions.append(tuple((one.para_id, name, render(one.words)) for one, name in zip(drafts, names, strict=True)))
        models |= {draft.para_id: draft.model for draft in drafts if draft.model}
    edges = {pair: (draft.relation, pair[0] == draft.moved) for pair, draft in parents.items()}
    replaced = {pair: draft.replaced for pair, draft in parents.items() if draft.replaced}
    return History(tuple(versions), edges, replaced, models, tuple(plain(passage) for passage in editor.stock))


def history_frames(history: History) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Documents, body paragraphs and tokens, as a study has them."""
    documents = pd.DataFrame({"doc_id": ["v1", "v2", "v3"], "date": ["2005", "2015", "2025"]})
    rows = [(name[:2], name, int(name[3:]), "operative", name[3:], None, (section,), (), ((0, len(text)),), text,
             character_extents(np.arange(len(text), dtype=np.int32)))
            for version in history.versions for name, section, text in version]  # fmt: skip
    paragraphs = pd.DataFrame(rows, columns=list(PARAGRAPH_COLUMNS))
    return documents.assign(stage="draft", series="history"), paragraphs, token_table(paragraphs)
