"""Names of subjects are canonical: one for a subject, and none for two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.lake.subjects import item_id, line_id, subject_id, subject_parts


def test_ids_are_those_that_alerts_have_always_had() -> None:
    assert item_id("800110", "ID") == "hs=800110|origin=ID"
    assert item_id("800110") == "hs=800110"
    assert line_id("12345240400017", 1) == "declaration=12345240400017|line=1"
    assert subject_id(strait="bab_el_mandeb") == "strait=bab_el_mandeb"


def test_separators_within_a_value_are_escaped() -> None:
    assert line_id("A|line=2", 1) == "declaration=A%7Cline%3D2|line=1"


NAMES = st.sampled_from(["hs", "origin", "declaration", "line", "device", "certificate"])
SEPARATED = st.text(st.sampled_from("ab1|=%\\/&#7CD25 가é\u0000"), max_size=8)  # what could be taken for a separator
VALUES = st.one_of(SEPARATED, st.text(max_size=12))
SUBJECTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


@given(st.tuples(SEPARATED, SEPARATED), st.tuples(SEPARATED, SEPARATED))
def test_two_subjects_have_two_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (line_id(*one) == line_id(*other)) == (one == other)
    assert (item_id(*one) == item_id(*other)) == (one == other)


@given(SUBJECTS, SUBJECTS)
def test_whatever_the_parts_are_they_can_be_read_back(one: dict[str, str], other: dict[str, str]) -> None:
    assert list(subject_parts(subject_id(**one)).items()) == list(one.items())
    assert (subject_id(**one) == subject_id(**other)) == (list(one.items()) == list(other.items()))


@given(st.dictionaries(NAMES, st.text("abcXYZ0189-_./ :가나", max_size=12), min_size=1, max_size=4))
def test_a_value_without_separators_stands_as_it_is(parts: dict[str, str]) -> None:
    assert subject_id(**parts) == "|".join(f"{name}={value}" for name, value in parts.items())
