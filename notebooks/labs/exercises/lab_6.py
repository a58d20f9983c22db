"""Lab 6: where does a paragraph come from?"""

from checker import Exercise, NotHereError

from wsis_nlp import inherited_words, paragraph_lineage


def pairs_of(given):
    """Similarities of two different documents, each pair once."""
    order = list(given.study.documents["doc_id"])
    table = given.similarity
    return table[table["doc_a"].map(order.index) < table["doc_b"].map(order.index)]


def below(table, floors):
    """Rows whose similarity is below how many of the floors, at least."""
    return (sum((table["similarity"] < table[floor]).astype(int) for floor in ("floor_a", "floor_b")) >= floors).sum()


def edges_of(given, relation=None):
    """Edges to the lab's document, of all relations or of one."""
    edges = given.study.lineage.edges
    edges = edges[edges["to_doc"] == given.document]
    if edges.empty:
        raise NotHereError("The exercise needs a document that shares wording with an earlier one.")
    return edges if relation is None else edges[edges["relation"] == relation]


def ends_of(given, relation, column):
    """Paragraphs at one end of the edges of a relation; a corpus may have none."""
    edges = edges_of(given, relation)
    if edges.empty:
        raise NotHereError(f"The exercise needs a document with paragraphs that were {relation}.")
    return edges[column].unique().tolist()


def nearest_of(given):
    """Nearest earlier paragraph of each paragraph of the lab's document."""
    dates = given.study.documents.set_index("doc_id")["date"]
    near = given.study.paragraph_similarity(top_n=1)
    near = near[(near["doc_a"] == given.document) & (near["doc_b"].map(dates) < dates[given.document])]
    return near.sort_values("similarity", ascending=False, kind="stable").drop_duplicates("para_a")


def believed(given, *, descended, least=None):
    """How many paragraphs have a nearest one at least so similar, and descend from some paragraph, or from none."""
    near = nearest_of(given)
    related = near["para_a"].isin(edges_of(given)["to_para"]) == descended
    return (related & (near["similarity"] >= (given.threshold if least is None else least))).sum()


def relations_of_two(given):
    """Numbers of edges by relation, of the document and of the one that most edges come from, taken alone."""
    two = [edges_of(given)["from_doc"].value_counts().idxmax(), given.document]
    tables = (given.study.documents, given.study.body, given.study.tokens)
    edges = paragraph_lineage(*(table[table["doc_id"].isin(two)] for table in tables)).edges
    return edges["relation"].value_counts(), edges


def shares_of(given):
    """Share of the words of the lab's document by the document that they come from."""
    shares = inherited_words(given.study.documents, given.study.tokens, given.study.origins)
    shares = shares[shares["doc_id"] == given.document].set_index("from_doc")["share"]
    if len(shares) < 2:
        raise NotHereError("The exercise needs a document that shares wording with an earlier one.")
    return shares


def mentions_of(given, *, inherited):
    """Mentions of the concept in the lab's document, in paragraphs with an ancestor or without."""
    mentions = given.study.mentions
    mentions = mentions[(mentions["doc_id"] == given.document) & (mentions["concept"] == given.concept)]
    if mentions.empty:
        raise NotHereError("The exercise needs a concept that the document has: set the parameter concept.")
    return mentions[mentions["para_id"].isin(edges_of(given)["to_para"]) == inherited]


EXERCISES = {
    "6.1": Exercise(
        expected=lambda given: below(pairs_of(given), 2),
        form="a whole number",
        right="These are less alike than two halves of one text are: a high number alone would not have told.",
        wrong=[
            (lambda given: below(given.similarity, 2), "Is each pair counted twice, once from either side?"),
            (lambda given: len(pairs_of(given)) - below(pairs_of(given), 1), "Are these below the floors, or above?"),
            (lambda given: below(pairs_of(given), 1), "Are these below both floors, or below one at least?"),
            (lambda given: len(pairs_of(given)), "These are all pairs. Which of them are below their floors?"),
        ],
    ),
    "6.2": Exercise(
        expected=lambda given: ends_of(given, "kept", "to_para"),
        form="a list of para_ids",
        right="Somebody decided to leave these as they were: that is a decision as well.",
        wrong=[
            (lambda given: ends_of(given, "kept", "from_para"), "Which end of the edge is the later paragraph?"),
            (lambda given: edges_of(given)["to_para"], "Are all of these the same, word for word? See the relation."),
            (
                lambda given: edges_of(given).query("score == 1")["to_para"],
                "A score of one says that the smaller paragraph is in the other whole. Had the other one more words?",
            ),
            (
                lambda given: lambda answer: set(answer) < set(ends_of(given, "kept", "to_para")),
                "All of these are right. Are there more?",
            ),
        ],
    ),
    "6.3": Exercise(
        expected=lambda given: believed(given, descended=False),
        form="a whole number",
        right="Each would be a source that never was. A higher threshold has fewer of them, and loses true ones.",
        wrong=[
            (lambda given: believed(given, descended=True), "Does an edge lead to these, or none?"),
            (
                lambda given: believed(given, descended=True) + believed(given, descended=False),
                "These are all that would be believed. Which of them have no edge?",
            ),
            (
                lambda given: believed(given, descended=False, least=0),
                "These have no edge. Are they as similar as the threshold asks?",
            ),
            (
                lambda given: believed(given, descended=False, least=0) - believed(given, descended=False),
                "Are these at least as similar as the threshold, or less?",
            ),
        ],
    ),
    "6.4": Exercise(
        expected=lambda given: ends_of(given, "split", "from_para"),
        form="a list of para_ids",
        right="A comparison of paragraph with paragraph would have called each of these deleted.",
        wrong=[
            (lambda given: ends_of(given, "split", "to_para"), "Are these the earlier paragraphs, or their parts?"),
            (
                lambda given: [*ends_of(given, "split", "to_para"), *ends_of(given, "split", "from_para")],
                "Both ends are among these. Which of them are the earlier ones?",
            ),
            (lambda given: ends_of(given, "merged", "from_para"), "Did one become several here, or several one?"),
            (
                lambda given: lambda answer: set(answer) < set(ends_of(given, "split", "from_para")),
                "All of these are right. Are there more, from another document perhaps?",
            ),
        ],
    ),
    "6.5": Exercise(
        expected=lambda given: relations_of_two(given)[0].get("split", 0),
        form="a whole number",
        right="A split seen backwards is a merger. The words do not know which text is the older.",
        wrong=[
            (
                lambda given: len(relations_of_two(given)[1]),
                "These are all edges. Those of kept paragraphs are kept in both directions, are they not?",
            ),
            (
                lambda given: relations_of_two(given)[1].query("relation == 'split'")["from_para"].nunique(),
                "These are paragraphs that were split. How many edges lead away from them?",
            ),
            (
                lambda given: relations_of_two(given)[0].get("reworded", 0),
                "What was reworded is reworded in both directions. What is it that looks different backwards?",
            ),
            (
                lambda given: relations_of_two(given)[0].get("merged", 0),
                "These are merged as time runs. Backwards, what do they become, and what becomes merged?",
            ),
        ],
    ),
    "6.6": Exercise(
        expected=lambda given: shares_of(given).drop(given.document).sum(),
        form="a number",
        right="At least so much is agreed language: what was put into other words is not in it.",
        wrong=[
            (lambda given: 100 * shares_of(given).drop(given.document).sum(), "Between 0 and 1, or per cent?"),
            (lambda given: shares_of(given)[given.document], "Are these words taken over, or the new ones?"),
            (lambda given: shares_of(given).sum(), "Are the document's own, new words among these?"),
            (
                lambda given: shares_of(given).drop(given.document).max(),
                "That is one of the earlier documents. Are there others?",
            ),
        ],
    ),
    "6.7": Exercise(
        expected=lambda given: len(mentions_of(given, inherited=False)),
        form="a whole number",
        right="Only these stand in text without a past on file. The others were left in: that is worth telling apart.",
        wrong=[
            (lambda given: len(mentions_of(given, inherited=True)), "Have these paragraphs an ancestor, or none?"),
            (
                lambda given: len(mentions_of(given, inherited=True)) + len(mentions_of(given, inherited=False)),
                "These are all mentions. Which of them stand in paragraphs without an ancestor?",
            ),
            (
                lambda given: mentions_of(given, inherited=False)["para_id"].nunique(),
                "Are these paragraphs, or mentions? A paragraph can have several.",
            ),
        ],
    ),
}
