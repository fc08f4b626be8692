"""Names of subjects are canonical: one for a subject, and none for two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.lake.subjects import item_id, line_id, subject_id


def test_ids_are_those_that_alerts_have_always_had() -> None:
    assert item_id("800110", "ID") == "hs=800110|origin=ID"
    assert item_id("800110") == "hs=800110"
    assert line_id("12345240400017", 1) == "declaration=12345240400017|line=1"
    assert subject_id(strait="bab_el_mandeb") == "strait=bab_el_mandeb"


def test_separators_within_a_value_are_escaped() -> None:
    assert line_id("A|line=2", 1) == "declaration=A%7Cline%3D2|line=1"


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_two_subjects_have_two_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (line_id(*one) == line_id(*other)) == (one == other)
