"""Concepts: what counts as a mention is data in ``cases/lexicon.json``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_nlp import Concept, Form, InputError, Lexicon, Study, mention_table, read_lexicon, token_ids
from wsis_nlp.lexicon import word_parts


def one_concept(*forms: Form) -> Lexicon:
    return Lexicon((Concept("c", "C", forms),))


def surfaces(mentions: pd.DataFrame) -> dict[str, list[str]]:
    return {str(concept): group["surface"].tolist() for concept, group in mentions.groupby("concept")}


@pytest.mark.cases("lexicon.json", "mentions")
def test_mentions(case: dict, make_tokens, study: Study) -> None:  # type: ignore[no-untyped-def]
    assert surfaces(mention_table(make_tokens({"d:1": case["text"]}), study.lexicon)) == case["mentions"]


def test_every_form_of_the_corpus_finds_itself_once(make_tokens, study: Study) -> None:  # type: ignore[no-untyped-def]
    for concept in study.lexicon.concepts:
        for form in concept.forms:
            for variant in form.variants:
                phrase = " ".join(variant)
                found = mention_table(make_tokens({"d:1": f"We note that {phrase} matters."}), study.lexicon)
                own = found[found["concept"] == concept.id]
                if form.counted:
                    assert own["surface"].tolist() == [phrase], (concept.id, phrase)
                    assert own["form"].tolist() == [form.text]
                else:
                    assert own.empty, (concept.id, phrase)


def test_concepts_of_the_corpus(study: Study) -> None:
    assert study.lexicon.ids[:3] == ("ai", "data-governance", "gdc")
    assert len(study.lexicon.ids) >= 15
    assert study.lexicon.labels["gdc"] == "Global Digital Compact"


def test_mentions_are_places_in_the_raw_text(printed: Study, raws: dict[str, str]) -> None:
    assert len(printed.mentions) > 500
    for row in printed.mentions.itertuples():
        words = "".join(sign for sign in raws[row.doc_id][row.start : row.end] if sign.isalnum())
        assert words == "".join(sign for sign in row.surface if sign.isalnum())


def test_mentions_of_a_concept_do_not_overlap(study: Study) -> None:
    for _, unit in study.mentions.groupby(["para_id", "concept"]):
        first = unit["position"].to_numpy()
        last = first + unit["words"].to_numpy()
        assert (first[1:] >= last[:-1]).all()


def test_longest_form_wins_and_a_long_excluded_phrase_hides_a_short_form(make_tokens) -> None:  # type: ignore[no-untyped-def]
    tokens = make_tokens({"d:1": "digital public goods, public goods, public goods market"})
    forms = [Form.of("public goods"), Form.of("digital public goods")]
    assert mention_table(tokens, one_concept(*forms))["form"].tolist() == [
        "digital public goods", "public goods", "public goods"
    ]  # fmt: skip
    without = mention_table(tokens, one_concept(*forms, Form.of("public goods market", counted=False)))
    assert without["form"].tolist() == ["digital public goods", "public goods"]


def test_order_of_forms_does_not_matter(make_tokens) -> None:  # type: ignore[no-untyped-def]
    tokens = make_tokens({"d:1": "the digital gender divide and the digital divide"})
    forms = [Form.of("digital"), Form.of("digital gender divide"), Form.of("divide")]
    found = mention_table(tokens, one_concept(*forms))
    assert found["surface"].tolist() == ["digital gender divide", "digital", "divide"]
    pd.testing.assert_frame_equal(mention_table(tokens, one_concept(*reversed(forms))), found)


def test_case_counts_where_it_is_asked_for(make_tokens) -> None:  # type: ignore[no-untyped-def]
    tokens = make_tokens({"d:1": "IT enables it; It works"})
    assert mention_table(tokens, one_concept(Form.of("IT", case_sensitive=True)))["position"].tolist() == [0]
    assert mention_table(tokens, one_concept(Form.of("IT")))["position"].tolist() == [0, 2, 3]


def test_forms_stop_at_the_end_of_a_unit(make_tokens) -> None:  # type: ignore[no-untyped-def]
    tokens = make_tokens({"d:1": "the digital", "d:2": "divide", "e:1": "digital divide"})
    assert mention_table(tokens, one_concept(Form.of("digital divide")))["para_id"].tolist() == ["e:1"]


@given(text=st.text("AIai'’s-. l1²", max_size=40))
def test_mentions_in_wild_texts_stand_where_they_say(make_tokens, text: str) -> None:  # type: ignore[no-untyped-def]
    found = mention_table(make_tokens({"d:1": text}), one_concept(Form.of("AI", case_sensitive=True)))
    for start, end, surface in found[["start", "end", "surface"]].itertuples(index=False):
        assert text[start:end] == surface
        assert "AI" in surface


def test_texts_without_a_mention_give_an_empty_table(make_tokens, study: Study) -> None:  # type: ignore[no-untyped-def]
    for texts in ({"d:1": "We agree."}, {"d:1": ""}):
        found = mention_table(make_tokens(texts), study.lexicon)
        assert len(found) == 0
        assert list(found.columns) == list(study.mentions.columns)


def test_select_keeps_the_order_asked_for_and_refuses_the_unknown(study: Study) -> None:
    assert study.lexicon.select(["gdc", "ai"]).ids == ("gdc", "ai")
    assert study.lexicon.select(None) == study.lexicon
    with pytest.raises(InputError, match="concept 'blockchain' is unknown; known are: ai, data-governance, gdc"):
        study.lexicon.select(["ai", "blockchain"])


def test_lexicon_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    forms = '["forum", { text = "IGF", inflections = ["IGFs"] }]'
    text = f'\ufeff[[concept]]\nid = "forum"\nlabel = "Forum"\nforms = {forms}\n'
    (tmp_path / "lexicon.toml").write_text(text, "utf-8")
    concept = read_lexicon(tmp_path / "lexicon.toml").concepts[0]
    assert (concept.id, [form.variants for form in concept.forms]) == ("forum", [(("forum",),), (("IGF",), ("IGFs",))])


def mentions_one_by_one(units: dict[str, list[str]], lexicon: Lexicon) -> list[tuple[str, str, str, int, int]]:
    """Mentions by the definition: at each word each variant is tried, of one concept what is excluded first."""
    found = []
    for para_id, surfaces_ in units.items():
        words = [(place, word) for place, surface in enumerate(surfaces_) for word in word_parts(surface)]
        rows = []
        for concept in lexicon.concepts:
            variants = [(form, variant) for form in concept.forms for variant in form.variants]
            taken: set[int] = set()
            for counted in (False, True):
                for at in range(len(words)):
                    for form, variant in sorted(variants, key=lambda one: -len(one[1])):
                        there = [word for _, word in words[at : at + len(variant)]]
                        wanted = list(variant)
                        if not form.case_sensitive:
                            there, wanted = ([word.lower() for word in part] for part in (there, wanted))
                        places = set(range(at, at + len(variant)))
                        if form.counted == counted and there == wanted and not places & taken:
                            taken |= places
                            first, last = words[at][0], words[at + len(variant) - 1][0]
                            rows += [(at, -len(variant), concept.id, form.text, first, last - first + 1)] * counted
        found += [(para_id, *row[2:]) for row in sorted(rows, key=lambda row: row[:2])]
    return found


WORDS = st.sampled_from(["data", "Data", "AI", "ai", "the", "data-the", "ai-Data-the", "governance", "x"])
FORMS = st.builds(
    lambda words, more, case, counted: Form.of(" ".join(words), inflections=more, case_sensitive=case, counted=counted),
    st.lists(WORDS, min_size=1, max_size=3), st.lists(WORDS, max_size=2), st.booleans(), st.booleans(),
)  # fmt: skip


@given(
    st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=4),
    st.lists(st.lists(FORMS, min_size=1, max_size=4), max_size=4),
)
def test_mentions_are_those_found_one_by_one(make_paragraphs, texts, forms) -> None:  # type: ignore[no-untyped-def]
    lexicon = Lexicon(tuple(Concept(f"c{place}", "C", tuple(held)) for place, held in enumerate(forms)))
    units = {f"d:{place}": words for place, words in enumerate(texts)}
    ids = token_ids(make_paragraphs({para_id: " ".join(words) for para_id, words in units.items()}))
    found = mention_table(ids, lexicon)
    columns = ["para_id", "concept", "form", "position", "words"]
    rows = [tuple(row) for row in found[columns].itertuples(index=False)]
    assert sorted(rows) == sorted(mentions_one_by_one(units, lexicon))
    assert found["position"].groupby(found["para_id"]).is_monotonic_increasing.all()


def test_mentions_of_a_table_and_of_its_numbers_are_the_same(study: Study) -> None:
    ids = token_ids(study.body)
    pd.testing.assert_frame_equal(mention_table(study.tokens, study.lexicon), mention_table(ids, study.lexicon))
    shuffled = study.tokens.sample(frac=1, random_state=1).sort_values("position", kind="stable")
    keys = ["para_id", "position", "concept"]
    again = mention_table(shuffled, study.lexicon).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(again, study.mentions.sort_values(keys, ignore_index=True))


def test_signs_alone_are_no_word_of_a_phrase(make_tokens) -> None:  # type: ignore[no-untyped-def]
    tokens = make_tokens({"d:1": "data x governance and data governance"})
    given = tokens.assign(surface=tokens["surface"].replace("x", "-"))
    found = mention_table(given, one_concept(Form.of("data governance")))
    assert found["position"].tolist() == [4]
