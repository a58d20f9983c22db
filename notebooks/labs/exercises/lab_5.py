"""What lab 5 asks, and what it says of the usual wrong answers.

The lab hands over its two runs, and later its tables of agreement: refitting them for each check would take long.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
from checker import Exercise, Given, NotHereError

from wsis_nlp import match_topics, typical_paragraphs

FEW = "Below 30 paragraphs, or 20 terms, agreement says nothing, and this corpus has no more."


def of_ones(told: Callable[[set[str], set[str]], float]) -> Callable[[Given], float]:
    """Something told of the ten terms of topic 1 in both runs."""

    def value(given: Given) -> float:
        runs = (run.terms for run in (given.first, given.second))
        return float(told(*(set(terms.loc[terms["topic"] == 1, "term"]) for terms in runs)))

    return value


def jaccard_grid(given: Given) -> np.ndarray:
    """The Jaccard index of each topic of the first run (rows) with each of the second."""
    first, second = (run.terms.groupby("topic")["term"].agg(set) for run in (given.first, given.second))
    return np.array([[len(a & b) / len(a | b) for b in second] for a in first])


def matched(given: Given) -> float:
    """The mean agreement of partners."""
    return float(match_topics(given.first.factors.terms, given.second.factors.terms)[1].mean())


def loose_pairs(given: Given) -> pd.DataFrame:
    """Pairs of the topic with the most that never meet: paragraphs with the one, the other and both, and the NPMI."""
    model = given.first
    stands = (model.matrix.values.toarray() > 0).astype(float)
    both = stands.T @ (stands * model.weights[:, None])
    place = {term: at for at, term in enumerate(model.matrix.terms)}
    ten = model.terms.groupby("topic")["term"].agg(lambda terms: [place[term] for term in terms])
    found = [np.array([(both[v, v], both[w, w], both[v, w]) for v, w in combinations(one, 2)]) for one in ten]
    pairs = pd.DataFrame(max(found, key=lambda one: (one[:, 2] == 0).sum()), columns=["one", "other", "both"])
    with np.errstate(all="ignore"):
        total = model.weights.sum()
        pairs["npmi"] = np.log(pairs["both"] * total / (pairs["one"] * pairs["other"])) / -np.log(pairs["both"] / total)
    if not (pairs["both"] == 0).any():
        raise NotHereError("In this corpus all terms of each topic meet somewhere, so that nothing needs mending.")
    return pairs


def mean_npmi(instead: float) -> Callable[[Given], float]:
    """The mean over pairs, with something in the place of those that never meet."""

    def value(given: Given) -> float:
        pairs = loose_pairs(given)
        return float(pairs["npmi"].where(pairs["both"] > 0, instead).mean())

    return value


def agreement(table: str, column: str = "agreement") -> Callable[[Given], pd.Series]:
    """A column of a table of agreement."""

    def value(given: Given) -> pd.Series:
        held = getattr(given, table)[column]
        if held.isna().any():
            raise NotHereError(FEW)
        return held

    return value


def readable(column: str = "agreement", told: Callable[[pd.Series], pd.Series] = lambda held: held >= 0.6):
    """How many topics of the model without dice are so."""
    return lambda given: int(told(agreement("quality", column)(given)).sum())


def mean_of(column: str) -> Callable[[Given], float]:
    """The mean of a column of the patient table."""
    return lambda given: float(agreement("patient", column)(given).mean())


def typical(choice: Callable[[pd.Series], int], rank: int = 1, column: str = "para_id") -> Callable[[Given], str]:
    """A typical paragraph of a topic that is chosen by agreements, whose index are the topics."""

    def value(given: Given) -> str:
        held = agreement("quality")(given).set_axis(given.quality["topic"])
        table = typical_paragraphs(given.model, given.study.body, number=2)
        rows = table[(table["topic"] == choice(held)) & (table["rank"] == rank)]
        if rows.empty:
            raise NotHereError("This topic has no such paragraph.")
        return str(rows.iloc[0][column])

    return value


EXERCISES = {
    "5.1": Exercise(
        expected=of_ones(lambda a, b: len(a & b) / len(a | b)),
        form="a number",
        right="Two topics of one number need not have much in common: the number is no name.",
        wrong=[
            (of_ones(lambda a, b: 10 * len(a & b) / len(a | b)), "An index between 0 and 1 is asked for."),
            (of_ones(lambda a, b: 1 - len(a & b) / len(a | b)), "That is a distance: 0 for the same. Turn it round."),
            (of_ones(lambda a, b: len(a & b) / len(a)), "That is the share of ten terms. What stands below the line?"),
            (of_ones(lambda a, b: len(a & b) / (len(a) + len(b))), "Terms that both have are counted twice below."),
            (of_ones(lambda a, b: len(a & b)), "So many terms both have. Of how many different ones?"),
            (of_ones(lambda a, b: len(a | b)), "So many different terms there are. How many of them do both have?"),
        ],
    ),
    "5.2": Exercise(
        expected=matched,
        form="a number",
        right="This is what two runs of one model on one text have in common, at the best pairing that there is.",
        wrong=[
            (
                lambda given: float(np.diag(jaccard_grid(given)).mean()),
                "That pairs topics by their numbers, which mean nothing. Which array has the matched ones?",
            ),
            (
                lambda given: float(jaccard_grid(given).max(axis=1).mean()),
                "There each topic takes its favourite, and two may take the same. Partners are one to one.",
            ),
            (lambda given: float(jaccard_grid(given).mean()), "That is the mean of all pairs. Only partners count."),
            (
                lambda given: float(match_topics(given.first.factors.terms, given.second.factors.terms)[1].max()),
                "That is the best pair. The mean of all pairs of partners is asked for.",
            ),
            (
                lambda given: float(match_topics(given.first.factors.terms, given.second.factors.terms)[1].sum()),
                "That is the sum. Of how many pairs?",
            ),
            (
                lambda given: float(match_topics(given.first.factors.terms, given.second.factors.terms)[0].mean()),
                "Those are the places of the partners. Their agreement is the other array.",
            ),
        ],
    ),
    "5.3": Exercise(
        expected=mean_npmi(-1),
        form="a number",
        right="Now the pairs that never meet speak against the topic, as they should.",
        wrong=[
            (
                lambda given: lambda answer: np.isnan(answer),
                "This is NaN, not a number: one pair without a value spoils the mean. Which pairs are they?",
            ),
            (
                mean_npmi(np.nan),
                "Here the pairs that never meet were left out without a word. Put their value in first.",
            ),
            (mean_npmi(0), "0 is the value of terms that meet as often as chance has it. These never meet."),
            (mean_npmi(1), "1 is the value of terms that only occur together. Is that so here?"),
            (
                lambda given: float(loose_pairs(given)["npmi"].where(loose_pairs(given)["both"] == 0, -1).mean()),
                "The condition of .where is true for what is kept. Which pairs has yours kept?",
            ),
        ],
    ),
    "5.4": Exercise(
        expected=readable(),
        form="a whole number",
        right="Only these come again when a fifth of the text is missing, although the method has no dice at all.",
        wrong=[
            (readable("agreement_high"), "That is the luckiest of the thinned texts. What does the mean say?"),
            (
                readable("agreement_low"),
                "Are these the unluckiest of the thinned texts, or the two runs of section 4? What does the mean say?",
            ),
            (
                readable("agreement_seeds"),
                "That column is of random starts on the whole text. Which is of thinned ones?",
            ),
            (readable(told=lambda held: held < 0.6), "Those are below 0.6."),
            (readable(told=lambda held: held > -1), "Those are all topics. Which of them reach 0.6?"),
        ],
    ),
    "5.5": Exercise(
        expected=mean_of("agreement"),
        form="a number",
        right="Set it beside the quick scan: the difference is what few resamples leave to luck.",
        wrong=[
            (mean_of("npmi"), "That is coherence. Which column tells whether topics come again?"),
            (mean_of("agreement_high"), "That is the upper end of the spread. The mean agreement is asked for."),
            (lambda given: float(agreement("patient")(given).max()), "That is the best topic. And all of them?"),
            (
                lambda given: float(agreement("quality")(given).mean()),
                "That is the model of section 6. Which table is new?",
            ),
        ],
    ),
    "5.6": Exercise(
        expected=typical(pd.Series.idxmax),
        form="a text",
        right="Read it as a whole, in its document, before you give the topic a name.",
        wrong=[
            (typical(pd.Series.idxmin), "That topic comes again least of all. Which one does most?"),
            (typical(pd.Series.idxmax, rank=2), "The topic is right. Which rank is the most typical?"),
            (typical(pd.Series.idxmax, column="text"), "Those are its words. What is its name, the para_id?"),
            (typical(pd.Series.idxmax, column="label"), "That is the label. The para_id of a paragraph is asked for."),
            (typical(lambda held: held.index[0]), "Topic 1 is the largest, not the steadiest. Sort by agreement."),
            (
                lambda given: lambda answer: answer in set(given.study.body["para_id"]),
                "That is a paragraph, of another topic or rank. Which topic has the highest agreement?",
            ),
        ],
    ),
}
