"""Limits of the machine: sizes in words, errors that say what to do, results that do not change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmclean.config import Config, LimitsConfig, thread_count
from crmclean.duplicates import dedupe
from crmclean.errors import ConfigError
from crmclean.memory import byte_count, check_memory, mark_peak, peak_memory, used_memory


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 << 30), ("512 MiB", 512 << 20), ("1.5g", 3 << 29), ("", 0), ("1000", 1000)]
)
def test_sizes_in_words(text: str, size: int) -> None:
    """Sizes are read as people write them, in powers of 1024."""
    assert byte_count(text) == size


@pytest.mark.parametrize("text", ["much", "-1GB", "0", "2 GB 3"])
def test_what_is_no_size_is_an_error(text: str) -> None:
    """Anything else is a configuration error that gives an example."""
    with pytest.raises(ConfigError) as error:
        byte_count(text)
    assert "2GB" in error.value.hint


def test_limit_below_what_is_in_use_ends_the_run() -> None:
    """A limit that cannot be kept says how much is needed and what to allow."""
    with pytest.raises(ConfigError, match=r"10MB is not enough: .* MiB are needed after 'read'") as error:
        check_memory(LimitsConfig(memory="10MB"), "read")
    assert "GB" in error.value.hint
    check_memory(LimitsConfig(), "read")
    check_memory(LimitsConfig(memory="900GB"), "read")


def test_peak_is_that_since_the_mark() -> None:
    """The peak holds what was in use in between, though it is free again."""
    mark_peak()
    before = used_memory()
    block = np.ones(40 << 20, dtype=np.uint8)
    held = int(block[-1])
    del block
    assert peak_memory() >= before + (30 << 20) * held


def test_threads_default_to_the_cores() -> None:
    """0 is one per core; a negative number is an error."""
    assert thread_count(LimitsConfig()) >= 1
    assert thread_count(LimitsConfig(threads=3)) == 3
    with pytest.raises(ConfigError):
        thread_count(LimitsConfig(threads=-1))


def people(number: int) -> pd.DataFrame:
    """Invented customers, a third of them written twice with a slip."""
    rng = np.random.default_rng(5)
    given = rng.choice(["Ida", "Ole", "Jette", "Hannes", "Wiebke", "Enno"], number)
    family = rng.choice(["Köhler", "Brandt", "Petersen", "Lüders", "Ahlers"], number)
    born = [f"{1950 + i % 40}-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(number)]
    frame = pd.DataFrame({"first_name": given, "last_name": family, "birth_date": born, "city": "Ulm"})
    frame["email"] = [f"{g}.{i}@mail.example".lower() for i, g in enumerate(given)]
    again = frame.iloc[::3].assign(last_name=frame["last_name"].str.replace("ö", "oe").str.replace("ü", "ue"))
    frame = pd.concat([frame, again], ignore_index=True)
    return frame.assign(id=[f"{i:05d}" for i in range(len(frame))])


def test_threads_and_memory_do_not_change_the_result() -> None:
    """One thread, three threads and a limit that suffices give the same pairs and customers."""
    frame = people(900)
    found = [
        dedupe(frame, Config(limits=limits))
        for limits in (
            LimitsConfig(threads=1),
            LimitsConfig(threads=3),
            LimitsConfig(threads=2, memory=f"{(used_memory() >> 20) + 200}MB"),
        )
    ]
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0].pairs, other.pairs)
        pd.testing.assert_frame_equal(found[0].crosswalk, other.crosswalk)
    assert len(found[0].pairs) >= 250
