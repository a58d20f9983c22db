"""Exercises of lab 2: tokens, and what they hide."""

import re

from checker import Exercise, NotHereError

from wsis_nlp import Concept, Form, Lexicon, find_phrase, mention_table


def own_tokens(given):
    """Tokens of the document."""
    tokens = given.study.tokens
    return tokens[tokens["doc_id"] == given.document]


def at_blanks(given):
    """Pieces between blanks that are exactly the word."""
    body = given.study.body
    return " ".join(body.loc[body["doc_id"] == given.document, "text"]).split().count(given.word)


def as_term(given):
    """Tokens that the word is the term of."""
    return int((own_tokens(given)["term"] == given.word).sum())


def as_typed(given):
    """Tokens that are the word with its capitals as typed."""
    return int((own_tokens(given)["surface"] == given.word).sum())


def raw_text(given):
    """The file as it is."""
    return given.study.document(given.document).read().text


def plain(text):
    """Text as the checker compares it, its words parted by one blank."""
    return " ".join(text.split())


def first_place(given, column):
    """Where the first token of the word begins or ends."""
    tokens = own_tokens(given)
    return int(tokens.loc[tokens["term"] == given.word, column].iloc[0])


def spellings(given):
    """Tokens of each spelling, for words with more than one: a group for each word."""
    counts = given.study.tokens["term"].value_counts()
    groups = counts.groupby(counts.index.str.replace("-", ""))
    return counts[groups.transform("size") > 1].groupby(lambda term: term.replace("-", ""))


def breaks(given):
    """Number of pieces into which the simple pattern breaks each surface."""
    surfaces = own_tokens(given)["surface"]
    return surfaces.map(lambda surface: len(re.findall(r"\w+", surface)))


def drift_row(given):
    """Counts of the concept in the document."""
    drift = given.study.drift([given.concept])
    return drift[drift["doc_id"] == given.document].iloc[0]


def hidden(given):
    """Mentions that the printed characters hide."""
    row = drift_row(given)
    if row["count"] == row["count_printed"]:
        raise NotHereError(f"The printed text of {given.document} hides no mention of {given.concept}.")
    return int(row["count"] - row["count_printed"])


def listed(given):
    """Whether each token is on the general stop list."""
    return own_tokens(given)["term"].isin(given.study.stop_words("general"))


def listed_kinds(given):
    """Share of the different terms that are on the list."""
    kinds = own_tokens(given)["term"].drop_duplicates()
    return kinds.isin(given.study.stop_words("general")).mean()


def phrase_count(given):
    """Places of the phrase, whatever follows."""
    return len(find_phrase(own_tokens(given), "Internet governance"))


def governance(given, *excluded):
    """Mentions of Internet governance outside of excluded phrases."""
    if not phrase_count(given):
        raise NotHereError(f"{given.document} does not speak of Internet governance.")
    forms = (Form.of("Internet governance"), *(Form.of(one, counted=False) for one in excluded))
    return len(mention_table(own_tokens(given), Lexicon((Concept("mine", "Internet governance", forms),))))


FORUM, FORUMS = "Internet Governance Forum", "Internet Governance Forums"
EXERCISES = {
    "2.1": Exercise(
        expected=lambda given: as_term(given) - at_blanks(given),
        form="a whole number",
        right="A sign or a capital at the end of a word is enough to lose it.",
        wrong=[
            (at_blanks, "This is how many cutting at blanks finds. How many of all places are left?"),
            (as_term, "These are all places. Some of them cutting at blanks does find."),
            (
                lambda given: at_blanks(given) - as_term(given),
                "The two numbers are right: take the smaller off the larger.",
            ),
            (
                lambda given: as_typed(given) - at_blanks(given),
                "You left out the places that are written with capitals: the rows of the table have them.",
            ),
        ],
    ),
    "2.2": Exercise(
        expected=lambda given: raw_text(given)[first_place(given, "end") : first_place(given, "end") + 30],
        form="a text",
        right="Every token leads back to its place in the file, and so does every count.",
        wrong=[
            (
                lambda given: raw_text(given)[first_place(given, "start") : first_place(given, "start") + 30],
                "This begins with the word itself: where does the token end?",
            ),
            (
                lambda given: raw_text(given)[first_place(given, "start") - 30 : first_place(given, "start")],
                "These characters stand before the word; those behind it are asked for.",
            ),
            (
                lambda given: raw_text(given)[first_place(given, "start") : first_place(given, "end")],
                "This is the word itself; its slice ends where yours should begin.",
            ),
            (
                lambda given: (
                    lambda answer: plain(raw_text(given)[first_place(given, "end") :][:200]).startswith(answer)
                ),
                "This begins at the right place, and has another length than thirty characters.",
            ),
            (
                lambda given: lambda answer: answer not in plain(raw_text(given)),
                "This does not stand in the file. Cut it out of `raw`, the file as it is.",
            ),
        ],
    ),
    "2.3": Exercise(
        expected=lambda given: int((spellings(given).sum() - spellings(given).max()).sum()),
        form="a whole number",
        right="A hyphen more or less moves whole mentions out of sight.",
        wrong=[
            (lambda given: int(spellings(given).max().sum()), "This is what she finds; what does she miss?"),
            (
                lambda given: int(spellings(given).sum().sum()),
                "These are all tokens of all spellings; she does find some.",
            ),
            (
                lambda given: len(spellings(given)),
                "This is the number of words with two spellings. How many tokens have the rarer ones?",
            ),
            (
                lambda given: int(spellings(given).size().sum()),
                "This is the number of rows. The column `count` says how often each spelling stands in the texts.",
            ),
        ],
    ),
    "2.4": Exercise(
        expected=lambda given: int((breaks(given) > 1).sum()),
        form="a whole number",
        right="Each of them would be counted as words that nobody wrote.",
        wrong=[
            (
                lambda given: own_tokens(given).loc[breaks(given) > 1, "surface"].nunique(),
                "You counted different words; each time that one stands in the text counts.",
            ),
            (
                lambda given: int(own_tokens(given)["surface"].str.contains("-").sum()),
                "These are the words with hyphens. Apostrophes and slashes break words too.",
            ),
            (lambda given: int((breaks(given) == 1).sum()), "These are the tokens that stay whole."),
            (lambda given: int(breaks(given).sum()), "This is the number of all pieces, of all tokens."),
        ],
    ),
    "2.5": Exercise(
        expected=hidden,
        form="a whole number",
        right="A letter misread or a word half struck hides a mention from every program, and from no reader.",
        wrong=[
            (
                lambda given: int(drift_row(given)["count"]),
                "These are all mentions. How many of them does the printed text show?",
            ),
            (
                lambda given: int(drift_row(given)["count_printed"]),
                "These are the mentions that the printed text shows. Which are missing?",
            ),
            (lambda given: -hidden(given), "The sign is wrong: take the printed count off the corrected one."),
            (
                lambda given: int(given.study.drift([given.concept])["count"].sum()),
                "This adds up all documents; one of them is asked about, and only what is hidden in it.",
            ),
        ],
    ),
    "2.6": Exercise(
        expected=lambda given: listed(given).mean(),
        form="a number",
        right="So large a part of every policy text carries grammar, and no topic.",
        wrong=[
            (lambda given: 100 * listed(given).mean(), "This is in per cent; a share lies between 0 and 1."),
            (lambda given: listed(given).sum(), "This is how many tokens are on the list. How many of each one?"),
            (lambda given: 1 - listed(given).mean(), "This is the share that stays."),
            (
                listed_kinds,
                "You counted each term once. Few words are on the list, but they come again and again: count tokens.",
            ),
        ],
    ),
    "2.7": Exercise(
        expected=lambda given: governance(given, FORUM, FORUMS),
        form="a whole number",
        right="Now the number counts the idea alone, and the list of forms says how it came about.",
        wrong=[
            (
                lambda given: governance(given, FORUM),
                "Forums in the plural are still among them: look at the paragraphs.",
            ),
            (
                governance,
                "These are all places of the phrase, the body among them. Are the longer forms `counted=False`?",
            ),
            (
                lambda given: governance(given) - governance(given, FORUM, FORUMS),
                "These are the places that name the body; the others are asked for.",
            ),
            (
                lambda given: governance(given, FORUMS),
                "The plural is out, and the singular is back: both lines are needed.",
            ),
        ],
    ),
}
