"""Lab 1: what is a paragraph?"""

import re
from functools import cache

from checker import Exercise, NotHereError

from wsis_nlp import open_study

BODY = ["preambular", "operative", "subparagraph"]


def raw_of(given):
    """Text of the lab's document, as the file has it."""
    return given.study.document(given.document).read().text


def units_of(given, kinds=None):
    """Units of the lab's document, of all kinds or of some."""
    table = given.study.paragraphs
    table = table[table["doc_id"] == given.document]
    return table if kinds is None else table[table["kind"].isin(kinds)]


def pieces_of(given):
    """What comes of cutting at blank lines, without what is empty."""
    return [piece for piece in raw_of(given).split("\n\n") if piece.strip()]


def ends_of(given, kinds):
    """How many units end with a semicolon."""
    return units_of(given, kinds)["text"].str.endswith(";").sum()


def points_of(given):
    """Sub-paragraphs of the first paragraph that has some, and its label."""
    points = units_of(given, ["subparagraph"])
    if points.empty:
        raise NotHereError("The exercise needs a document with sub-paragraphs.")
    parent = points["label"].iloc[0].partition("(")[0]
    return points[points["label"].str.startswith(f"{parent}(")], parent


def with_parent(given):
    """The sub-paragraphs, and the paragraph that they belong to."""
    points, parent = points_of(given)
    units = units_of(given)
    return [*points["para_id"], *units.loc[units["label"] == parent, "para_id"]]


def mentions_of(given, *, inside):
    """Mentions of the phrase in the body, or outside of it, one number for each unit."""
    units = units_of(given)
    return units.loc[units["kind"].isin(BODY) == inside, "text"].str.lower().str.count(given.phrase)


def characters_of(given, kinds=None):
    """Visible characters of units, in the file."""
    raw = raw_of(given)
    places = (place for spans in units_of(given, kinds)["spans"] for place in spans)
    return sum(len(re.sub(r"\s", "", raw[start:end])) for start, end in places)


def body_share(given):
    """Share of the visible characters that belong to the body."""
    return characters_of(given, BODY) / characters_of(given)


def first_with_topic(given, kinds, column="para_id"):
    """The first unit that has the words of the topic."""
    units = units_of(given, kinds)
    found = units.loc[units["text"].str.lower().str.contains(given.topic, regex=False), column]
    if found.empty:
        raise NotHereError("The exercise needs a document that has the words of topic: set the parameter topic.")
    return found.iloc[0]


@cache
def old_body(folder):
    """The body of a corpus in its old reading, which takes a while."""
    return open_study(folder, reading="old").body


def texts_of(given, reading):
    """Texts of the body of the edited document, in a reading."""
    if reading == "old":
        body = old_body(given.study.corpus.folder)
    else:
        body = (given.study.printed if reading == "printed" else given.study).body
    return body.loc[body["doc_id"] == given.edited, "text"].reset_index(drop=True)


def differing(given, one, other):
    """In how many paragraphs of the edited document two readings differ."""
    return (texts_of(given, one) != texts_of(given, other)).sum()


def changed(given):
    """In how many the printed text differs from the new one."""
    if not differing(given, "printed", "new"):
        raise NotHereError("The exercise needs a document with corrections: see the parameter edited.")
    return differing(given, "printed", "new")


EXERCISES = {
    "1.1": Exercise(
        expected=lambda given: len(pieces_of(given)),
        form="a whole number",
        right="The next cells hold it against the number of paragraphs.",
        wrong=[
            (lambda given: len(raw_of(given).split("\n\n")), "Are there pieces with nothing in them among these?"),
            (lambda given: len(raw_of(given).split("\n")), "Are these pieces, or lines of the file?"),
            (lambda given: len(raw_of(given)), "That is how many characters the file has. What has pieces?"),
            (lambda given: len(units_of(given)), "Are these the pieces between blank lines, or units cut another way?"),
        ],
    ),
    "1.2": Exercise(
        expected=lambda given: ends_of(given, ["operative"]),
        form="a whole number",
        right="What is printed as many paragraphs may be, in its grammar, one sentence: full stops do not part them.",
        wrong=[
            (
                lambda given: ends_of(given, BODY),
                "Are preambular paragraphs or sub-paragraphs among these? Or are these semicolons, and not paragraphs?",
            ),
            (
                lambda given: units_of(given, ["operative"])["text"].str.contains(";").sum(),
                "Do these end with a semicolon, or do they only have one somewhere?",
            ),
            (
                lambda given: units_of(given, ["operative"])["text"].str.endswith(".").sum(),
                "Which sign did you look for at the end?",
            ),
            (lambda given: len(units_of(given, ["operative"])), "These are all of them. How do they end?"),
            (lambda given: 0, "None at all? What stands between the quotation marks, for the sign at the end?"),
        ],
    ),
    "1.3": Exercise(
        expected=lambda given: points_of(given)[0]["para_id"],
        form="a list of para_ids",
        right="Chapeau and points belong together: the label says so, whatever stands between them in the file.",
        wrong=[
            (with_parent, "Is the paragraph that has the chapeau itself a sub-paragraph?"),
            (
                lambda given: points_of(given)[0]["label"],
                "These are labels. Which document do they stand in? Another column has the whole name.",
            ),
            (lambda given: units_of(given, ["subparagraph"])["para_id"], "Do all of these hang on the same paragraph?"),
            (
                lambda given: lambda answer: set(answer) < set(points_of(given)[0]["para_id"]),
                "All of these are right. Are there more?",
            ),
        ],
    ),
    "1.4": Exercise(
        expected=lambda given: mentions_of(given, inside=False).sum(),
        form="a whole number",
        right="So much would be counted of what nobody decided: titles, headings and notes are kept apart for that.",
        wrong=[
            (lambda given: mentions_of(given, inside=True).sum(), "Are these outside of the body, or inside?"),
            (
                lambda given: mentions_of(given, inside=True).sum() + mentions_of(given, inside=False).sum(),
                "Are these all mentions in the file, or all units outside? Only the mentions that stand outside count.",
            ),
            (
                lambda given: len(mentions_of(given, inside=False)),
                "That is how many units stand outside. How many mentions do they have?",
            ),
            (
                lambda given: (mentions_of(given, inside=False) > 0).sum(),
                "These are units that have the phrase. Does one of them have it more than once?",
            ),
        ],
    ),
    "1.5": Exercise(
        expected=body_share,
        form="a number",
        right="The rest is title, notes and headings: kept and known, and not counted.",
        wrong=[
            (lambda given: 100 * body_share(given), "Is this a share between 0 and 1, or per cent?"),
            (lambda given: 1 - body_share(given), "Is this the share inside of the body, or outside?"),
            (lambda given: characters_of(given, BODY), "That is how many characters. What share of all are they?"),
            (
                lambda given: lambda answer: abs(answer - characters_of(given, BODY) / len(raw_of(given))) < 1e-6,
                "Are blanks and line ends among the characters that you divide by?",
            ),
            (
                lambda given: len(units_of(given, BODY)) / len(units_of(given)),
                "Is this a share of the characters, or of the units? Units are not equally long.",
            ),
        ],
    ),
    "1.6": Exercise(
        expected=lambda given: first_with_topic(given, BODY),
        form="a text",
        right="Anybody can now open the document there, and disagree with you.",
        wrong=[
            (
                lambda given: str(first_with_topic(given, BODY, "label")),
                "A label says where in a document. In which document?",
            ),
            (lambda given: first_with_topic(given, None), "Does that unit belong to the body?"),
            (lambda given: first_with_topic(given, BODY, "text"), "These are its words. What is its name?"),
            (
                lambda given: lambda answer: answer.partition(":")[0] != given.document,
                "Does that name begin with the document that the lab is about, and a colon?",
            ),
            (
                lambda given: lambda answer: answer in set(units_of(given, BODY)["para_id"]),
                "That is a paragraph of the body. Has it the words, and is it the first that has?",
            ),
        ],
    ),
    "1.7": Exercise(
        expected=changed,
        form="a whole number",
        right="In each of these a program that reads what is printed counts words that nobody wrote.",
        wrong=[
            (
                lambda given: len(texts_of(given, "new")) - changed(given),
                "Are these the paragraphs that differ, or those that are the same?",
            ),
            (lambda given: len(texts_of(given, "new")), "These are all of its paragraphs. Which of them differ?"),
            (
                lambda given: differing(given, "new", "old"),
                "Did you compare the new text with the old one? What stands in the file is a third.",
            ),
            (
                lambda given: differing(given, "printed", "old"),
                "Did you compare what is printed with the old text? The question is about the new one.",
            ),
        ],
    ),
}
