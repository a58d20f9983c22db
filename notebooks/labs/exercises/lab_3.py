"""Exercises of lab 3: counting with uncertainty."""

import numpy as np
import pandas as pd
from checker import Exercise, NotHereError

from wsis_nlp import rate_interval


def row(given):
    """What the study knows of the concept in the document."""
    drift = given.drift
    found = drift[(drift["doc_id"] == given.document) & (drift["concept"] == given.concept)].iloc[0]
    if not found["count"]:
        raise NotHereError(f"{given.document} has no concept of the lexicon.")
    return found


def by_paragraph(given):
    """Mentions and words of each paragraph of the document."""
    row(given)  # without any mention there is nothing to compare
    study = given.study
    units = study.body.loc[study.body["doc_id"] == given.document, "para_id"]
    mentions = study.mentions[study.mentions["concept"] == given.concept]
    return [
        table.groupby("para_id").size().reindex(units).fillna(0).astype(int).to_numpy()
        for table in (mentions, study.tokens)
    ]


def limits(given, method):
    """Limits of the rate per 1,000 words."""
    interval = rate_interval(*by_paragraph(given), method=method)
    return 1000 * interval.low, 1000 * interval.high


def inside(given):
    """Share of redrafts inside the limits by word."""
    counts, lengths = by_paragraph(given)
    dealt = np.random.default_rng(0).integers(len(counts), size=(1000, len(counts)))
    rates = 1000 * counts[dealt].sum(axis=1) / lengths[dealt].sum(axis=1)
    low, high = limits(given, "wilson")
    return ((rates >= low) & (rates <= high)).mean()


def widths(given):
    """Widths of the limits by word and by paragraph."""
    return [high - low for low, high in (limits(given, method) for method in ("wilson", "korn-graubard"))]


def widening(given):
    """By concept, the widths by paragraph and by section."""
    drift = given.drift
    seen = drift[(drift["doc_id"] == given.document) & (drift["count"] > 0)].set_index("concept")
    if seen["section_high"].isna().all():
        raise NotHereError(f"{given.document} has no sections to compare.")
    return seen["high"] - seen["low"], seen["section_high"] - seen["section_low"]


def factors(given):
    """How many times the limits by section are as wide as those by paragraph."""
    paragraph, section = widening(given)
    return section / paragraph


def spoken(given):
    """The highest rate per 1,000 words of the concept that some documents lack."""
    if given.absent not in given.study.lexicon.ids:
        raise NotHereError(f"The lexicon of this corpus has no concept {given.absent}.")
    rates = given.drift.loc[given.drift["concept"] == given.absent, "rate_per_1000"]
    if not rates.max() > 0:
        raise NotHereError(f"No document of this corpus has the concept {given.absent}.")
    return rates.max()


def long_enough(given, tail=0.025):
    """Words without a mention whose upper limit is the rate spoken: all of them silent has the probability `tail`."""
    return np.log(tail) / np.log1p(-spoken(given) / 1000)


def silent_lengths(given):
    """Lengths of the documents without a mention."""
    drift = given.drift
    return list(drift.loc[(drift["concept"] == given.absent) & (drift["count"] == 0), "tokens"])


def about_equal(answer, wanted):
    """Whether two lengths are the same to two figures."""
    return abs(answer - wanted) <= 0.03 * wanted


def differences(given, level):
    """Differences of the two documents at a level, which take a moment and are asked for again and again."""
    known = vars(given).setdefault("differences", {})
    if level not in known:
        known[level] = given.study.difference(*given.pair, level=level)
    return known[level]


def changed(given, level, rising=True, falling=True):
    """Concepts whose difference excludes zero."""
    table = differences(given, level)
    sure = rising & (table["difference_low"] > 0) | falling & (table["difference_high"] < 0)
    return list(table.loc[sure, "concept"])


def together(given):
    """The level at which all intervals hold together."""
    return 1 - 0.05 / len(given.study.lexicon.ids)


def shares(given):
    """Share of all words that each paragraph has."""
    lengths = given.study.tokens.loc[given.study.tokens["doc_id"] == given.document].groupby("para_id").size()
    return lengths / lengths.sum()


def least_of_all(given):
    """The least DP of all words of the document, however many hits they have."""
    tokens = given.study.tokens[given.study.tokens["doc_id"] == given.document]
    hits = pd.crosstab(tokens["para_id"], tokens["term"])
    return (hits / hits.sum()).sub(shares(given), axis=0).abs().sum().min() / 2


EXERCISES = {
    "3.1": Exercise(
        expected=lambda given: row(given)["rate_per_1000"],
        form="a number",
        right="Now texts of different lengths can be compared.",
        wrong=[
            (lambda given: row(given)["rate_per_1000"] / 1000, "This is for one word; multiply it by 1,000."),
            (
                lambda given: row(given)["rate_per_1000"] / 10,
                "This is per cent, which is for 100 words; 1,000 are asked for.",
            ),
            (
                lambda given: row(given)["tokens"] / row(given)["count"],
                "This is how many words there are for one mention: it is upside down.",
            ),
            (lambda given: 1000 * row(given)["tokens"] / row(given)["count"], "Upside down: divide by the words."),
            (
                lambda given: 1000 * row(given)["count"] / row(given)["paragraphs"],
                "You divided by the paragraphs; the words are in the column `tokens`.",
            ),
            (lambda given: row(given)["count"], "This is the count; how many words is it in?"),
        ],
    ),
    "3.2": Exercise(
        expected=inside,
        form="a number",
        right="The limits by word promise 95 in 100; compare that with what they keep.",
        wrong=[
            (lambda given: 0.95, "This is what the limits promise. Count what they keep."),
            (lambda given: 1 - inside(given), "This is the share outside."),
            (lambda given: 100 * inside(given), "This is in per cent; a share lies between 0 and 1."),
            (lambda given: 1000 * inside(given), "This is how many are inside. How many of each one?"),
        ],
    ),
    "3.3": Exercise(
        expected=lambda given: widths(given)[1] / widths(given)[0],
        form="a number",
        right="By so much did the first limits promise too much, of the same counts.",
        wrong=[
            (
                lambda given: widths(given)[0] / widths(given)[1],
                "Upside down: the wider is to be divided by the narrower.",
            ),
            (
                lambda given: widths(given)[1] - widths(given)[0],
                "This is a difference; *how many times* is a quotient.",
            ),
            (lambda given: widths(given)[1], "This is the width by paragraph. Divide it by the one by word."),
            (
                lambda given: widths(given)[1] / widths(given)[0] - 1,
                "This is how much wider they are. Twice as wide is 2, and not 1.",
            ),
            (
                lambda given: limits(given, "korn-graubard")[1] / limits(given, "wilson")[1],
                "You compared the upper limits. The width is what lies between the lower and the upper one.",
            ),
        ],
    ),
    "3.4": Exercise(
        expected=lambda given: factors(given).idxmax(),
        form="a text",
        right="Its strip shows why: neighbours that were written as one are one decision, and not many.",
        wrong=[
            (
                lambda given: widening(given)[0].idxmax(),
                "This one has the widest limits by paragraph already. Where do they grow most?",
            ),
            (
                lambda given: widening(given)[1].idxmax(),
                "This one has the widest limits by section. By what factor are they wider than by paragraph?",
            ),
            (lambda given: factors(given).idxmin(), "This one grows least: is your quotient upside down?"),
            (
                lambda given: lambda answer: answer in given.study.lexicon.labels.values(),
                "This is the label; the id stands at the left of the table.",
            ),
            (
                lambda given: lambda answer: answer not in factors(given).index,
                "This is no id of the table; they stand at its left, in lower case.",
            ),
        ],
    ),
    "3.5": Exercise(
        expected=long_enough,
        form="a number",
        compare=about_equal,
        right="A silence has to be long before it says anything, and longer, the rarer the concept.",
        wrong=[
            (
                lambda given: lambda answer: answer in silent_lengths(given),
                "This is how long one of the silent documents is. Try lengths until the limit is `spoken`.",
            ),
            (
                lambda given: 1000 / spoken(given),
                "In so many words one mention is expected. That a single one stays away happens too easily.",
            ),
            (
                lambda given: long_enough(given, 0.05),
                "This is the *rule of three*, about 3 divided by the rate: it leaves 5 of 100 cases above, ours half as"
                " many.",
            ),
            (
                lambda given: lambda answer: answer < long_enough(given),
                "Try it: the upper limit of so few words is still above `spoken`.",
            ),
            (
                lambda given: lambda answer: answer > long_enough(given),
                "Try it: the upper limit of so many words is below `spoken` already.",
            ),
        ],
    ),
    "3.6": Exercise(
        expected=lambda given: changed(given, together(given)),
        form="a list of words",
        right="What is left stands also when all looks are counted.",
        wrong=[
            (lambda given: [], "None at all? Look once more at which rows of `strict` are sure."),
            (lambda given: changed(given, 0.95), "These are sure each for itself. Did you hand on the new `level`?"),
            (
                lambda given: changed(given, together(given), falling=False),
                "These are the rises; a fall is sure where the upper limit is below zero.",
            ),
            (
                lambda given: changed(given, together(given), rising=False),
                "These are the falls; a rise is sure where the lower limit is above zero.",
            ),
            (
                lambda given: set(given.study.lexicon.ids) - set(changed(given, together(given))),
                "These are those that are *not* sure.",
            ),
        ],
    ),
    "3.7": Exercise(
        expected=lambda given: 1 - shares(given).max(),
        form="a number",
        compare=lambda answer, wanted: abs(answer - wanted) <= 0.0005,
        right="No author can get a single word below this: the number of paragraphs makes the value, and not the word.",
        wrong=[
            (lambda given: 0, "For that it would have to stand in all paragraphs at once, and it stands in one."),
            (least_of_all, "This is the least of all words, frequent ones too. What could a single hit have?"),
            (
                lambda given: 1 - shares(given).min(),
                "This is the most: the smallest paragraph makes it. Where is it least?",
            ),
            (
                lambda given: 1 - 1 / len(shares(given)),
                "This would be so if all paragraphs were equally long. Which is the longest?",
            ),
            (lambda given: shares(given).max(), "This is the size of the right paragraph. What does 1 less it give?"),
            (lambda given: 2 * (1 - shares(given).max()), "This is the sum of the differences; DP is half of it."),
        ],
    ),
}
