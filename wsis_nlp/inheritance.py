"""What texts take over from earlier ones: the origin of words, and how kept, edited and new text changes a concept."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from wsis_nlp._checks import InputError, check_columns, check_known
from wsis_nlp.documents import is_before
from wsis_nlp.lineage import WORD_COLUMNS, paragraph_lineage

PLACE = ["para_id", "position"]
CHANGE_COLUMNS = ("concept", "sort", "paras_a", "paras_b", "count_a", "count_b", "change")


def word_origins(documents: pd.DataFrame, paragraphs: pd.DataFrame, tokens: pd.DataFrame) -> pd.Series[str]:
    """Oldest document that has each word in a shared passage: a ``doc_id`` for each token, in the order of the tokens.

    A word goes back along the aligned words of the lineage as far as they lead; one without is new in its own document.
    A paragraph that an earlier document has word for word is copied: its words go back to those of the earliest, and
    the lineage is that of the paragraphs which are not. So copies neither are new nor make others so.

    Parameters are those of `paragraph_lineage`.
    """
    check_columns(documents, ["doc_id", "date"], name="documents")
    check_columns(tokens, ["doc_id", *PLACE, "term"], name="tokens")
    copied = _copied_words(documents, tokens)
    own, counted = (~table["para_id"].isin(copied["to_para"]) for table in (paragraphs, tokens))
    links = pd.concat([copied, paragraph_lineage(documents, paragraphs[own], tokens[counted]).words])
    order = documents.sort_values(["date", "doc_id"])["doc_id"].to_numpy()
    origin = pd.Index(order).get_indexer(tokens["doc_id"])
    places = pd.MultiIndex.from_frame(tokens[PLACE])
    earlier, later = (
        places.get_indexer(pd.MultiIndex.from_frame(links[[f"{end}_para", f"{end}_position"]]))
        for end in ("from", "to")
    )
    document = origin.copy()
    for place in range(len(order)):
        ending = document[later] == place
        np.minimum.at(origin, later[ending], origin[earlier[ending]])
    return pd.Series(order[origin], index=tokens.index, name="origin")


def _copied_words(documents: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Words of the paragraphs that an earlier document has word for word, with those of the earliest."""
    dates = documents.set_index("doc_id")["date"]
    held = tokens.groupby("para_id", sort=False).agg(
        doc_id=("doc_id", "first"), terms=("term", tuple), places=("position", tuple)
    )
    held = held.assign(date=held["doc_id"].map(dates)).sort_values(["date", "doc_id"], kind="stable").reset_index()
    rows: list[tuple[str, int, str, int]] = []
    for _, twins in held.groupby("terms", sort=False):
        texts = list(twins[["date", "para_id", "places"]].itertuples(index=False, name=None))
        for date, para_id, places in texts:
            first = next((text for text in texts if is_before(text[0], date)), None)
            if first:
                rows += [(first[1], at, para_id, other) for at, other in zip(first[2], places, strict=True)]
    return pd.DataFrame(rows, columns=list(WORD_COLUMNS))


def inherited_words(documents: pd.DataFrame, tokens: pd.DataFrame, origins: pd.Series[str]) -> pd.DataFrame:
    """How many words of each document come from which: by date of both, its own, which are new, last.

    ``doc_id``, ``from_doc`` (equal to ``doc_id`` for new words, which always have a row), ``words`` and ``share`` (of
    all words of the document, 0 to 1; NaN where it has none). ``origins`` are those of `word_origins`.
    """
    order = documents.sort_values(["date", "doc_id"])["doc_id"].tolist()
    counts = pd.crosstab(tokens["doc_id"], origins).reindex(index=order, columns=order, fill_value=0)
    rows = [
        (doc_id, source, int(counts.loc[doc_id, source]))
        for at, doc_id in enumerate(order)
        for source in order[: at + 1]
        if source == doc_id or counts.loc[doc_id, source]
    ]
    table = pd.DataFrame(rows, columns=["doc_id", "from_doc", "words"])
    sizes = table.groupby("doc_id")["words"].transform("sum")
    return table.assign(share=table["words"] / sizes.where(sizes > 0))


def ancestry(edges: pd.DataFrame, para_id: str) -> pd.DataFrame:
    """Edges that lead to a paragraph from all that it descends from, and on to all that descend from it.

    Rows and columns are those of ``edges``; a paragraph without an edge has none.
    """
    check_columns(edges, ["from_para", "to_para"], name="edges")
    chosen = pd.Series(data=False, index=edges.index)
    for ahead, back in (("from_para", "to_para"), ("to_para", "from_para")):
        reached, frontier = {para_id}, {para_id}
        while frontier:
            met = edges[ahead].isin(frontier)
            chosen |= met
            frontier = set(edges.loc[met, back]) - reached
            reached |= frontier
    return edges[chosen].reset_index(drop=True)


def lineage_groups(paragraphs: pd.DataFrame, edges: pd.DataFrame) -> pd.Series[str]:
    """Group of each paragraph: the first ``para_id`` of all that the edges connect; one without an edge is its own.

    Of edges with most of the words of both (``from_share``, ``to_share``), groups are near duplicates across drafts, of
    which a topic model may take one each.
    """
    check_columns(edges, ["from_para", "to_para"], name="edges")
    names = pd.Index(paragraphs["para_id"])
    ends = [names.get_indexer(edges[end]) for end in ("from_para", "to_para")]
    if any((places < 0).any() for places in ends):
        raise InputError("edges lead to paragraphs that the table lacks; needed are those of the same paragraphs")
    graph = sparse.coo_array((np.ones(len(edges)), (ends[0], ends[1])), shape=(len(names), len(names)))
    component = connected_components(graph, directed=False)[1]
    first = pd.Series(names).groupby(component).transform("first")
    return pd.Series(first.to_numpy(), index=paragraphs.index, name="group")


def concept_change(
    paragraphs: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame, edges: pd.DataFrame, a: str, b: str
) -> pd.DataFrame:
    """Change of the rate of each concept from one document to another, by what became of the text that holds it.

    One row for each concept and connected part of the lineage (all documents take part in it) with a mention in either:

        ``concept``, ``sort``, ``paras_a``, ``paras_b`` : ``kept`` (the same words in both documents), ``edited``,
        ``inserted`` (nothing of the part in ``a``), ``deleted`` (nothing in ``b``), and its paragraphs in both
        ``count_a``, ``count_b``, ``change`` : mentions, and count_b / n_b - count_a / n_a per 1,000 of the n words

    The changes of a concept sum to the change of its rate, to which kept text adds as the texts differ in length. The
    documents exchanged, inserted and deleted are exchanged and every change turns its sign. What a fragment lacks
    counts as deleted or inserted, though its document may have it, as does text of documents whose dates do not tell
    their order. `InputError` where a document has no words.
    """
    check_columns(mentions, ["para_id", "concept"], name="mentions")
    check_known([a, b], dict.fromkeys(tokens["doc_id"]), name="document with words")
    if a == b:
        raise InputError(f"document {a!r} is given twice; two are compared with each other")
    groups = lineage_groups(paragraphs, edges).set_axis(paragraphs["para_id"])
    texts = tokens.groupby("para_id")["term"].agg(" ".join).reindex(paragraphs["para_id"], fill_value="")
    sides, sizes = {}, {}
    for side, doc_id in (("a", a), ("b", b)):
        own = paragraphs.loc[paragraphs["doc_id"] == doc_id, "para_id"]
        parts = pd.DataFrame({"para": own, "text": texts[own].to_numpy()}).groupby(groups[own].to_numpy())
        sides[f"paras_{side}"] = parts["para"].agg(tuple)
        sides[f"text_{side}"] = parts["text"].agg(lambda held: tuple(sorted(held)))
        sizes[side] = (tokens["doc_id"] == doc_id).sum()
    known = pd.DataFrame(sides)
    told = mentions[mentions["para_id"].isin(paragraphs.loc[paragraphs["doc_id"].isin([a, b]), "para_id"])]
    document = told["para_id"].map(paragraphs.set_index("para_id")["doc_id"])
    counts = pd.crosstab([told["concept"], told["para_id"].map(groups)], document)
    counts = counts.reindex(columns=[a, b], fill_value=0).set_axis(["count_a", "count_b"], axis=1)
    counts.index.names = ["concept", "group"]
    table = counts.reset_index().join(known, on="group")
    lacking = {side: table[f"paras_{side}"].isna() for side in "ab"}
    same = table["text_a"].astype("str") == table["text_b"].astype("str")
    table["sort"] = np.select([lacking["a"], lacking["b"], same], ["inserted", "deleted", "kept"], "edited")
    for side in "ab":
        table[f"paras_{side}"] = table[f"paras_{side}"].where(~lacking[side], pd.Series([()] * len(table)))
    table["change"] = 1000 * (table["count_b"] / sizes["b"] - table["count_a"] / sizes["a"])
    return table[list(CHANGE_COLUMNS)]
