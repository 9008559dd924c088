"""Parts of telephone numbers: the same groups whether cut as numbers or as texts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from crmclean.match.codes import encode, recode_texts
from crmclean.match.numbers import _TEXTS, number_facts

WHOLE = [
    "+4942155501010",
    "+49421555010",
    "+494215550",
    "+49421",
    "+4942155501017x12",
    "+4314215550",
    "+4942155501099",
]


@pytest.mark.parametrize("numbers", [WHOLE, [*WHOLE, "04215550101"], ["+49421"], []])
def test_parts_are_those_of_the_texts(numbers):
    """Beginnings, ends and trunks group the numbers as their texts do; short numbers have none."""
    phone = encode(pa.array([*numbers, None], pa.large_string()), in_order=False)
    found = number_facts(phone)
    for name, part in _TEXTS.items():
        wanted = recode_texts(phone, part)
        assert (found[name].codes == wanted.codes).all()
        assert found[name].counts.tolist() == wanted.counts.tolist()
        assert len(found[name].values) == len(wanted.values)


def test_a_switchboard_and_its_extensions_share_a_trunk():
    """-0 and -17 of one head number have one trunk; another head number has another."""
    trunk = number_facts(
        encode(pa.array(["+49421555010", "+494215550117", "+49421555110"], pa.large_string()))
    )["trunk"].codes
    assert trunk[0] == trunk[1] != trunk[2]
    assert (np.asarray(trunk) >= 0).all()
