"""Whole columns are guarded as single texts are."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from crmclean.write.guard import guard, guard_texts

_LIKELY = st.from_regex(
    r"(?i)[ \t]?(eur|dm|[=+(-])?[ ]?[0-9]{0,3}[ ./,-]?(jan|mai|märz|sept|dec|e)?[ .+-]?[0-9]{0,4}[ ]?(pm|a|eur|€)?",
    fullmatch=True,
)


@given(st.lists(st.one_of(st.none(), _LIKELY, st.text(st.characters(exclude_categories=("Cs",))))))
@example(
    ["5e3 EUR", "EUR 5e3 eur", "Jänner 5", "MRZ.24", "x1cTRUE", " falsch ", "5 p", "aug9", "\x1c=1", None]
)
def test_the_sieve_lets_through_all_that_the_guard_would_change(texts: list[str | None]) -> None:
    """A column gives value for value what `guard` gives; missing stays missing."""
    expected = [None if text is None else guard(text) for text in texts]
    assert guard_texts(pa.array(texts, pa.string())).to_pylist() == expected


def test_a_column_without_danger_is_returned_as_it_is() -> None:
    """Ids and mail addresses pass at full speed."""
    texts = pa.array(["erika@weber.example", "c0ffee-1", None])
    assert guard_texts(texts) is texts
