"""The index of `find` after an increment is the one that a full build would make, array by array."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from crmclean.pipeline import run
from crmclean.store import Store
from crmclean.view import fresh_index, saved
from crmclean.view.index_build import TABLES_USED, index_arrays
from tests.test_increment import BASE, CONFIG, LEADS, first, person, row_of, table

pytestmark = pytest.mark.slow  # each runs the whole pipeline several times
CALLS = table(
    [
        {
            "Datum": f"2026-05-0{n} 10:00:00",
            "Kanal": "E-Mail",
            "Richtung": "out" if n % 2 else "in",
            "Kontakt": BASE["E-Mail"][n],
            "Betreff": "Unzustellbar" if n == 3 else "Angebot",
        }
        for n in range(1, 6)
    ]
)
COMPANIES = table(
    [
        {
            "Kundennummer": f"F{n}",
            "Firma": f"Nordlicht{'ABC'[n]} Werkzeugbau GmbH",
            "Vorname": "Ida",
            "Nachname": f"Sommer{'ABC'[n].lower()}",
            "PLZ": "20095",
            "Ort": "Hamburg",
            "Telefon": f"040 123456{n}",
        }
        for n in range(3)
    ]
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a store of persons and companies with a few contacts, and its index."""
    folder = tmp_path_factory.mktemp("indexed") / "made"
    folder.mkdir()
    with Store(folder / "crmclean.db") as opened:
        first(opened, ("erp", BASE), ("leads", LEADS), ("firmen", COMPANIES), ("kontakte", CALLS))
        assert opened.count("touchpoints") == len(CALLS)
        assert (opened.load("relations")["kind"] == "works_at").sum() >= len(COMPANIES)
    return folder


@pytest.fixture
def store(made, tmp_path):
    """A copy of it."""
    shutil.copytree(made, tmp_path / "copy")
    with Store(tmp_path / "copy" / "crmclean.db") as opened:
        assert fresh_index(opened) is not None
        yield opened


def as_built(store: Store) -> bool:
    """Whether the index beside the store is what its tables give; nothing is made on the way."""
    index = fresh_index(store)
    assert index is not None
    arrays, facts = index_arrays({name: store.load(name) for name in TABLES_USED})
    assert set(index.arrays) == set(arrays)
    wrong = [
        name
        for name, array in arrays.items()
        if array.dtype != index.arrays[name].dtype or not np.array_equal(array, index.arrays[name])
    ]
    assert wrong == []
    unlike = {name for name in facts if name != "digests" and facts[name] != index.facts.get(name)}
    assert unlike == set()
    return True


@pytest.mark.parametrize(
    "delta",
    [
        table(
            [person(60), person(61, Nachname="Zwickelberger"), *(row_of(n, "double") for n in range(20, 26))]
        ),
        table([row_of(n, what) for n, what in ((3, "gone"), (5, "name"), (9, "place"), (11, "mail"))]),
        COMPANIES.tail(1).assign(Firma="Südwind Anlagen AG", Nachname="Lenz"),
    ],
    ids=["new", "changed", "company"],
)
def test_index_is_patched_as_it_would_be_built(store, delta, monkeypatch):
    """Names, places, keys, answers, contacts and people are those of a build; nothing is built."""
    built = []
    monkeypatch.setattr(saved, "save_index", lambda *a: built.append(a))
    source = "firmen" if "Firma" in delta else "erp"
    found = run([(source, delta)], CONFIG, store=store, how="increment")
    assert found.taken == "increment"
    assert as_built(store)
    assert built == []


def test_index_after_another_day_and_new_events(store):
    """Where all are decided anew, the answers of all are in the index."""
    events = table(
        [
            {
                "id": "e1",
                "E-Mail": BASE["E-Mail"][4],
                "Kanal": "E-Mail",
                "Ereignis": "Widerruf",
                "Datum": "2026-05-02",
            }
        ]
    )
    run([("einwilligungen", events)], CONFIG, store=store)
    assert as_built(store)
    run([("erp", table([person(60)]))], replace(CONFIG, as_of="2026-07-31"), store=store)
    assert as_built(store)


def test_index_where_an_address_fails_by_now(store):
    """A bounce concerns whoever has the address, touched or not."""
    bounce = CALLS.head(1).assign(
        Datum="2026-06-20 10:00:00", Kontakt=BASE["E-Mail"][30], Betreff="Unzustellbar"
    )
    assert run([("kontakte", bounce)], CONFIG, store=store).taken == "increment"
    assert as_built(store)


def test_index_without_one_before(store):
    """An index that somebody removed is made anew by the run."""
    for file in saved.index_folder(store.path).iterdir():
        file.unlink()
    run([("erp", table([person(60)]))], CONFIG, store=store)
    assert as_built(store)
