"""Keys of parties taken apart."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.text.party_keys import key_parts

names = st.text("ab:/ä1 \n", max_size=6)


def test_parts_are_what_the_key_was_made_of():
    """Record ids may have colons, slashes and letters of several bytes, and be empty."""

    @given(
        st.lists(
            st.tuples(
                st.text("abä1", max_size=4),
                names,
                st.sampled_from(["person", "organization"]),
                st.integers(0, 30),
            ),
            max_size=8,
        ),
        st.integers(0, 3),
    )
    def check(rows, start):
        keys = pa.array([f"{s}:{r}/{k}{n or ''}" for s, r, k, n in rows], pa.large_string())[start:]
        source, record, kind = key_parts(keys)
        assert list(zip(source.to_pylist(), record.to_pylist(), kind.to_pylist(), strict=True)) == [
            (s, r, k) for s, r, k, _ in rows[start:]
        ]

    check()


@pytest.mark.parametrize(
    "keys", [pa.array([], pa.large_string()), pa.array(["a:1/person"], pa.large_string())[1:]]
)
def test_no_keys(keys):
    """No keys: no parts."""
    assert [len(part) for part in key_parts(keys)] == [0, 0, 0]
