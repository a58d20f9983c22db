"""What lab 4 asks, and what it says of the usual wrong answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from checker import Exercise, Given, NotHereError

from wsis_nlp import group_rows, idf_comparison


def counts(given: Given) -> pd.DataFrame:
    """Counts of words (rows) in documents (columns)."""
    held = group_rows(given.study.content_matrix)
    return pd.DataFrame(held.values.toarray().T, index=held.terms, columns=held.rows["doc_id"])


def having(table: pd.DataFrame) -> pd.Series:
    """In how many documents each word stands."""
    return (table > 0).sum(axis=1)


def smoothed(table: pd.DataFrame) -> pd.Series:
    """scikit-learn's idf, documents being the units."""
    return np.log((1 + table.shape[1]) / (1 + having(table))) + 1


def of_word(idf: Callable[[int, int], float]) -> Callable[[Given], float]:
    """An idf of the word of 4.1, which is the most used of those that not all documents have."""

    def value(given: Given) -> float:
        table = counts(given)
        df, size = having(table), table.shape[1]
        used = table[given.document].sort_values(ascending=False, kind="stable").index
        word = next((term for term in used if df[term] < size), None)
        if word is None:
            raise NotHereError("All documents have the same words, so that every idf of the textbook is 0.")
        return float(idf(size, int(df[word])))

    return value


def silenced(part: Callable[[pd.DataFrame, pd.Series, str], float]) -> Callable[[Given], float]:
    """Something told of the words that every document has."""

    def value(given: Given) -> float:
        table = counts(given)
        everywhere = having(table) == table.shape[1]
        if not everywhere.any():
            raise NotHereError("No word stands in every document, so that none has lost its weight.")
        return float(part(table, everywhere, given.document))

    return value


def left_out(told: Callable[..., int]) -> Callable[[Given], int]:
    """Something told of words before and after the smallest of the other documents is left out."""

    def value(given: Given) -> int:
        table = counts(given)
        fewer = table.drop(columns=table.drop(columns=given.document).sum().idxmin())
        before, now = having(table) < table.shape[1], having(fewer) == fewer.shape[1]
        return int(told(table[given.document], before, now))

    return value


def lists(given: Given) -> dict[str, set[str]]:
    """The ten heaviest words of the document by each formula."""
    table = counts(given)
    tf, textbook = table[given.document], np.log(table.shape[1] / having(table))
    in_paragraphs = idf_comparison(given.study.content_matrix).set_index("term")["paragraphs_textbook"]
    used = tf[tf > 0]
    weights = {
        "textbook": tf * textbook,
        "smoothed": tf * smoothed(table),
        "sublinear": (1 + np.log(used)) * smoothed(table)[used.index],
        "paragraphs": tf * in_paragraphs[table.index],
    }
    return {name: set(one.sort_values(ascending=False, kind="stable").index[:10]) for name, one in weights.items()}


def in_all(given: Given) -> list[str]:
    """Words of all four lists."""
    found = sorted(set.intersection(*lists(given).values()))
    if not found:
        raise NotHereError("No word stands in all four lists.")
    return found


def too_few_lists(given: Given) -> Callable[[Any], bool]:
    """Whether an answer is what some of the lists share, but not all of them."""
    of = lists(given)
    some = [set.intersection(*(of[name] for name in of if name != out)) for out in of]
    some += [of[one] & of[other] for one in of for other in of]
    return lambda answer: set(answer) in some


def rising(told: Callable[[pd.Series, pd.Series], pd.Series]) -> Callable[[Given], int]:
    """A number of words, by whether their weight rises and whether their rate falls."""

    def value(given: Given) -> int:
        table = counts(given)
        weights, rates = table.mul(smoothed(table), axis=0), 1000 * table / table.sum()
        document, earlier = given.document, given.earlier
        return int(told(weights[document] > weights[earlier], rates[document] < rates[earlier]).sum())

    return value


def of_vectors(measure: Callable[[pd.Series, pd.Series], float], kind: str = "smoothed") -> Callable[[Given], float]:
    """A measure of the vectors of two documents."""

    def value(given: Given) -> float:
        table = counts(given)
        idf = {"counts": 1, "smoothed": smoothed(table), "textbook": np.log(table.shape[1] / having(table))}[kind]
        return float(measure(table[given.earlier] * idf, table[given.document] * idf))

    return value


def cosine(a: pd.Series, b: pd.Series) -> float:
    """The cosine of the angle between two vectors."""
    lengths = np.sqrt((a**2).sum() * (b**2).sum())
    return (a * b).sum() / lengths if lengths else np.nan


EXERCISES = {
    "4.1": Exercise(
        expected=of_word(lambda size, df: np.log(size / df)),
        form="a number",
        right="A word that nearly all documents have gets little: the rarer among documents, the heavier.",
        wrong=[
            (of_word(lambda size, df: np.log10(size / df)), "Which logarithm is that? The formula has ln, to base e."),
            (of_word(lambda size, df: np.log(df / size)), "Below zero? Which number stands above the line?"),
            (of_word(lambda size, df: size / df), "That is the fraction. What does the formula do with it then?"),
            (
                of_word(lambda size, df: np.log((1 + size) / (1 + df)) + 1),
                "That is a smoothed formula, which comes in section 5. The textbook's has no 1 in it.",
            ),
        ],
    ),
    "4.2": Exercise(
        expected=silenced(lambda table, every, name: table.loc[every, name].sum() / table[name].sum()),
        form="a number",
        right="So much of the text is invisible in its own list of characteristic words.",
        wrong=[
            (
                silenced(lambda table, every, name: every.sum() / (table[name] > 0).sum()),
                "That counts each different word once. What share have they of all words, each as often as it stands?",
            ),
            (
                silenced(lambda table, every, name: every.mean()),
                "That is a share of the different words of the whole corpus. What of this text?",
            ),
            (
                silenced(lambda table, every, name: 100 * table.loc[every, name].sum() / table[name].sum()),
                "Per cent? A number between 0 and 1 is asked for.",
            ),
            (
                silenced(lambda table, every, name: 1 - table.loc[every, name].sum() / table[name].sum()),
                "That is the share that keeps its weight. The other part is asked for.",
            ),
            (
                silenced(lambda table, every, name: table[every].sum().sum() / table.sum().sum()),
                "That is the share in all documents together. Which column is this document's?",
            ),
            (
                silenced(lambda table, every, name: table.loc[every, name].sum()),
                "That is a number of words. Of how many? A share is asked for.",
            ),
        ],
    ),
    "4.3": Exercise(
        expected=left_out(lambda tf, before, now: ((tf > 0) & before & now).sum()),
        form="a whole number",
        right="An idf is no property of a text. It is one of a text in a collection.",
        wrong=[
            (
                left_out(lambda tf, before, now: ((tf > 0) & now).sum()),
                "That counts all words that weigh nothing now. Some of them weighed nothing before.",
            ),
            (
                left_out(lambda tf, before, now: (~before).sum()),
                "Those had no weight from the beginning. Which ones lost theirs?",
            ),
            (
                left_out(lambda tf, before, now: tf[before & now].sum()),
                "That counts a word as often as it stands there. How many different words are they?",
            ),
            (
                left_out(lambda tf, before, now: ((tf > 0) & before).sum()),
                "Those had a weight before. Which of them have none now?",
            ),
            (
                left_out(lambda tf, before, now: 0),
                "N has changed too: with how many documents is df_fewer to be compared now?",
            ),
        ],
    ),
    "4.4": Exercise(
        expected=in_all,
        form="a list of words",
        right="These do not depend on the formula. All others in the lists do.",
        wrong=[
            (
                lambda given: sorted(set.union(*lists(given).values())),
                "Those are the words of any of the lists. Which sign joins sets so that only what both have is left?",
            ),
            (too_few_lists, "Some word of these is missing from one of the lists. Are all four in your line?"),
            (lambda given: lambda answer: set(answer) < set(in_all(given)), "Right, and there are more."),
        ],
    ),
    "4.5": Exercise(
        expected=rising(lambda rises, falls: rises & falls),
        form="a whole number",
        right="Each of these would be told as a rise by its weight, and is used less in proportion.",
        wrong=[
            (rising(lambda rises, falls: rises), "Which of those have a falling rate?"),
            (rising(lambda rises, falls: falls), "Of which of those does the weight rise?"),
            (rising(lambda rises, falls: rises | falls), "Which sign asks that both hold?"),
            (
                rising(lambda rises, falls: rises & ~falls),
                "Of these the weight rises and the rate does not fall. Look at the direction of the second sign.",
            ),
        ],
    ),
    "4.6": Exercise(
        expected=of_vectors(cosine),
        form="a number",
        right="Without its formula this number would say little, as the next table shows.",
        wrong=[
            (
                of_vectors(lambda a, b: (a * b).sum()),
                "That is what stands above the line: it grows with the length of the texts. Divide by both lengths.",
            ),
            (of_vectors(lambda a, b: 1 - cosine(a, b)), "That is a distance. The cosine is asked for."),
            (of_vectors(lambda a, b: np.arccos(cosine(a, b))), "That is the angle. Its cosine is asked for."),
            (
                of_vectors(lambda a, b: (a * b).sum() / ((a**2).sum() * (b**2).sum())),
                "The lengths are roots: np.sqrt of the sum of the squares.",
            ),
            (of_vectors(cosine, "counts"), "That is the cosine of the counts. Are a and b the weights?"),
            (of_vectors(cosine, "textbook"), "Those are the weights of the textbook. The smoothed ones are asked for."),
        ],
    ),
}
