"""The index and the finder: keys, names in every spelling, many threads, a store that changes."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.errors import ConfigError, StoreError
from crmclean.store import Store
from crmclean.tables import CONTACTS, CUSTOMERS, MEMBERS, PERMISSIONS, RELATIONS, TOUCHPOINTS
from crmclean.view import Finder, ranking
from crmclean.view.arrays import open_arrays, texts_of, write_arrays
from crmclean.view.finder import find_in
from crmclean.view.index import Index, open_index
from crmclean.view.index_build import index_arrays
from crmclean.view.query import read_fields, read_query
from crmclean.view.saved import index_folder, index_of, present_index
from tests.view.shop import ERIKA, FIRM, PAUL, saved

PEOPLE = (
    ("anna", "Annegret", "Lüdenscheidt-Maier", "Berliner Straße", "12", "10115", "Berlin"),
    ("bernd", "Johannes", "Schmidt", "Hauptstraße", "5", "50667", "Köln"),
    ("carla", "Carla", "Schmitz", "Hauptstraße", "7", "50667", "Köln"),
    ("dieter", "Dieter", "Vogel", "Am Kirchplatz", "1a", "01067", "Dresden"),
    ("erna", "Erna", "Weißgerber", "Goethestr.", "33", "80331", "München"),
    ("franz", "Franz", "Przybylski", "Gartenweg", "8", "44135", "Dortmund"),
)
FIELDS = ("given_name", "family_name", "street", "house_number", "postal_code", "city")


def made(*, contacts=(), permissions=(), touchpoints=(), relations=()):
    """An index of six people and a company."""
    rows = [
        {"customer_id": person[0], "field": field, "value": value, "is_primary": True}
        for person in PEOPLE
        for field, value in zip(FIELDS, person[1:], strict=True)
    ]
    rows.append(
        {"customer_id": "firm", "field": "organization", "value": "Kranbau Nord GmbH", "is_primary": True}
    )
    ids = [*(p[0] for p in PEOPLE), "firm"]
    members = [
        {"customer_id": i, "party": f"s:{i}", "source": "s", "record_id": i, "kind": "organization" if i == "firm" else "person", "is_primary": True}
        for i in ids
    ]  # fmt: skip
    points = [
        {"party": f"s:{i}", "kind": kind, "value": value, "key": value, "valid": valid}
        for i, kind, value, valid in contacts
    ]
    tables = {
        "customers": CUSTOMERS.check(pd.DataFrame(rows)),
        "members": MEMBERS.check(pd.DataFrame(members)),
        "contacts": CONTACTS.check(pd.DataFrame(points)) if points else CONTACTS.empty(),
        "permissions": PERMISSIONS.check(pd.DataFrame(permissions)) if permissions else PERMISSIONS.empty(),
        "touchpoints": TOUCHPOINTS.check(pd.DataFrame(touchpoints)) if touchpoints else TOUCHPOINTS.empty(),
        "relations": RELATIONS.check(pd.DataFrame(relations)) if relations else RELATIONS.empty(),
    }
    return Index(*index_arrays(tables))


@pytest.fixture(scope="module")
def index():
    """Six people and a company."""
    return made()


@pytest.mark.parametrize(
    ("query", "who", "why"),
    [
        ("Ludenscheidt Berlin", "anna", "exact:family_name"),
        ("Luedenscheidtmaier Annegret", "anna", "exact:family_name"),
        ("meier berlin", "anna", "sound:family_name"),
        ("Schmid Hans Köln", "bernd", "nick:given_name"),
        ("Schmitd Köln Haupt Str. 5", "bernd", "exact:street"),
        ("Köln, Hauptstraße 7, Schmidt", "bernd", "exact:family_name"),
        ("C. Schmitz Köln", "carla", "exact:family_name"),
        ("Fogel Kirchplatz Dresden", "dieter", "sound:family_name"),
        ("01067 vogel", "dieter", "exact:postal_code"),
        ("Weissgerber Göthestraße", "erna", "exact:family_name"),
        ("weissg münchen", "erna", "start:family_name"),
        ("Przibilski Garten Weg", "franz", "sound:family_name"),
        ("Przybylsky Dortmunt", "franz", "sound:city"),
        ("Kran Bau Nord", "firm", "exact:organization"),
    ],
)
def test_names_in_every_spelling(index, query, who, why):
    """Order, umlauts, one slip, sound, short forms, beginnings: the first candidate is who was meant."""
    found = find_in(index, read_query(query))
    assert found[0].customer_id == who
    assert why in found[0].why


def test_indexes_of_several_sizes_asked_in_turn_by_one_thread():
    """A short query to a large index, a longer one to a small one, then a longer one to the large one."""

    def asked(count, words):
        marks = ranking._marks(count, words)
        assert [len(mark) >= count for mark in marks] == [True] * words

    def in_turn():
        asked(9, 1)
        asked(3, 3)
        asked(9, 3)
        asked(20, 2)

    with ThreadPoolExecutor(1) as fresh:
        fresh.submit(in_turn).result()


@given(
    st.sampled_from(PEOPLE),
    st.integers(0, 40),
    st.sampled_from(["drop", "double", "swap", "change"]),
    st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_one_slip_anywhere_is_found(person, at, kind, turned):
    """One letter too few, too many, wrong or swapped in any word of name and place: among the first five."""
    words = [*person[1:3], person[3], person[6]]
    if turned:
        words.reverse()
    text = " ".join(words)
    at %= len(text) - 1
    damaged = {
        "drop": text[:at] + text[at + 1 :],
        "double": text[:at] + text[at] + text[at:],
        "swap": text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        "change": text[:at] + "q" + text[at + 1 :],
    }[kind]
    index = _shared()
    assert person[0] in [c.customer_id for c in find_in(index, read_query(damaged), limit=5)]


_MADE: list[Index] = []


def _shared() -> Index:
    if not _MADE:
        _MADE.append(made())
    return _MADE[0]


def test_wrong_numbers_come_last_and_say_so():
    """Who has the number now comes first; whose number is known to be wrong comes last, and says so."""
    bounced = [
        {"touchpoint_id": "t", "source": "s", "at": "2026-01-01T00:00:00Z", "channel": "call", "direction": "out",
         "identifier_kind": "phone", "key": "+493012345678", "outcome": "Kein Anschluss unter dieser Nummer"},
    ]  # fmt: skip
    index = made(
        contacts=[("anna", "phone", "+492211234567", False), ("carla", "phone", "+492211234567", True),
                  ("dieter", "phone", "+493012345678", True)],
        touchpoints=bounced,
    )  # fmt: skip
    found = find_in(index, read_query("0221 1234567"))
    assert [(c.customer_id, c.why[0]) for c in found] == [("carla", "phone"), ("anna", "wrong_phone")]
    assert [c.why[0] for c in find_in(index, read_query("030 12345678"))] == ["wrong_phone"]


def test_suppressed_customers_have_no_name():
    """Erased and suppressed: the candidate is told, the name and address are not."""
    index = made(
        contacts=[("anna", "email", "a@example.org", True)],
        permissions=[{"customer_id": "anna", "channel": "email", "purpose": "marketing", "allowed": False, "reason": "SUPPRESSED"}],
    )  # fmt: skip
    found = find_in(index, read_query("a@example.org"))[0]
    assert (found.name, found.street, found.city, found.hidden) == ("", "", "", True)
    assert [p["reason"] for p in found.permissions] == ["SUPPRESSED"]


def test_head_number_leads_to_the_company_and_its_people():
    """The company first, then who works there; a mobile number has no extensions."""
    index = made(
        contacts=[("firm", "phone", "+49407788990", True), ("anna", "phone", "+491712345", True)],
        relations=[{"left": "bernd", "right": "firm", "kind": "works_at", "records": 1}],
    )
    found = find_in(index, read_query("+49 40 778899-17"))
    assert [(c.customer_id, c.why) for c in found] == [
        ("firm", ("switchboard",)),
        ("bernd", ("works_there",)),
    ]
    assert find_in(index, read_query("0171 2345678")) == []


def test_a_number_within_words_and_a_number_without_area_code(index):
    """A number between words is a key; the last seven digits alone are a hint."""
    index = made(contacts=[("carla", "phone", "+492211234567", True)])
    found = find_in(index, read_query("Schmitz, Köln, Tel. 0221/1234567"))
    assert (found[0].customer_id, found[0].why[0]) == ("carla", "phone")
    assert found[0].score > 0.98
    assert [c.why for c in find_in(index, read_query("1234567"))] == [("local",)]


def test_last_contact_and_consent_come_with_a_candidate():
    """The latest contact, its channel, and the answers of the last run; contact points of a channel are one."""
    index = made(
        permissions=[
            {"customer_id": "bernd", "channel": "phone", "purpose": "marketing", "contact_point": "1", "allowed": False, "reason": "NO_CONSENT"},
            {"customer_id": "bernd", "channel": "phone", "purpose": "marketing", "contact_point": "2", "allowed": True, "reason": "CONSENT"},
        ],
        touchpoints=[
            {"touchpoint_id": str(i), "source": "s", "at": at, "channel": channel, "customer_id": "bernd"}
            for i, (at, channel) in enumerate([("2024-01-01T00:00:00Z", "call"), ("2025-01-01T00:00:00Z", "fax")])
        ],
    )  # fmt: skip
    found = find_in(index, read_query("Schmidt Johannes"))[0]
    assert (found.last_contact, found.last_channel) == ("2025-01-01T00:00:00Z", "fax")
    assert [(p["allowed"], p["reason"]) for p in found.permissions] == [(True, "CONSENT")]


def test_fields_look_for_names_in_names_and_places_in_places(index):
    """A name is no town: Berlin as a family name finds nobody there."""
    assert find_in(index, read_fields({"name": "Berlin"})) == []
    found = find_in(index, read_fields({"family_name": "Schmidt", "city": "Köln"}))
    assert found[0].customer_id == "bernd"
    with pytest.raises(ConfigError, match="shoe_size"):
        read_fields({"shoe_size": "44"})


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_no_text_breaks_it(text):
    """Whatever is typed: a list, at most as long as asked for, best first."""
    found = find_in(_shared(), read_query(text), limit=3)
    assert len(found) <= 3
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_an_empty_store_finds_nobody():
    """No customers: no candidates, no error."""
    assert find_in(Index(*index_arrays({})), read_query("Schmidt Köln 0221 1234567")) == []


@given(st.lists(st.text(max_size=8), max_size=20))
@settings(max_examples=60, deadline=None)
def test_texts_come_back(texts):
    """A list of texts as arrays is the same list."""
    from crmclean.view.arrays import Texts

    arrays = texts_of(texts)
    listed = Texts(arrays["data"], arrays["starts"])
    assert [listed[i] for i in range(len(listed))] == texts


def test_a_damaged_index_is_refused(tmp_path):
    """A foreign file and a file cut off are no index; whoever needs one makes it anew."""
    file = tmp_path / "a.idx"
    file.write_bytes(b"something else")
    with pytest.raises(ValueError, match="not a file of arrays"):
        open_arrays(file)
    write_arrays(file, {"a": np.arange(1000)}, {"format": 0})
    with pytest.raises(ValueError, match="another version"):
        open_index(file)
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(ValueError, match="cut off"):
        open_arrays(file)


@pytest.fixture
def service(tmp_path):
    """A store of its own with a finder on it, and the ids by party."""
    path = tmp_path / "crmclean.db"
    ids = saved(path)
    return path, Finder(path, every=0.0), ids


def test_a_finder_sees_the_next_run(service):
    """A run of another program: the next question is answered from the new index."""
    path, finder, ids = service
    assert finder.find("erika@example.org")[0].customer_id == ids[ERIKA]
    before = present_index(path)
    with Store(path) as store:
        customers = store.load("customers")
        customers["value"] = customers["value"].where(customers["value"] != "Paul", "Balthasar")
        store.save_run({"customers": customers}, {"at": "2026-02-01T00:00:00Z", "command": "run"})
    assert finder.find("Balthasar Meyer")[0].customer_id == ids[PAUL]
    assert present_index(path) != before
    assert len(list(index_folder(path).glob("*.idx"))) == 1


def test_what_did_not_change_is_taken_over(service, monkeypatch):
    """A run that brings contacts alone leaves names, places and keys as they were."""
    path, finder, ids = service

    def refuse(*_arguments):
        raise AssertionError

    monkeypatch.setattr("crmclean.view.index_build.vocabulary_arrays", refuse)
    monkeypatch.setattr("crmclean.view.index_build._keys", refuse)
    with Store(path) as store:
        touchpoints = store.load("touchpoints")
        later = touchpoints.head(1).assign(touchpoint_id="t9", at="2026-03-09T10:00:00Z", channel="fax")
        tables = {"touchpoints": TOUCHPOINTS.check(pd.concat([touchpoints, later], ignore_index=True))}
        store.save_run(tables, {"at": "2026-03-10T00:00:00Z", "command": "run"})
    found = finder.find("Erika Meyer Hamburg")[0]
    assert (found.customer_id, found.last_channel) == (ids[ERIKA], "fax")


def test_a_removed_index_is_made_again(service):
    """Whoever deletes the folder loses nothing."""
    path, _, ids = service
    shutil.rmtree(index_folder(path))
    assert Finder(path).find("100")[0].customer_id == ids[ERIKA]
    assert index_folder(path).is_dir()


def test_a_folder_that_cannot_be_written_serves_from_memory(service, monkeypatch):
    """No room for the index: it lives in memory, the answers are the same."""
    path, _, ids = service
    shutil.rmtree(index_folder(path))

    def refuse(*_arguments):
        raise PermissionError

    monkeypatch.setattr("crmclean.view.saved.write_arrays", refuse)
    assert Finder(path).find("040 7788-0")[0].customer_id == ids[FIRM]
    assert present_index(path) is None


def test_many_threads_get_the_same_answers(service):
    """Eight threads ask and refresh at once: every answer is the one that a single thread gets."""
    _, finder, _ = service
    queries = ["Erika Meyer", "040 3334445", "Kranbau Nord", "erica mejer", "Meyer Hamburg"] * 20
    alone = [[c.customer_id for c in finder.find(q)] for q in queries]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda q: [c.customer_id for c in finder.find(q)], queries))
    assert together == alone


def test_the_same_store_gives_the_same_bytes(service):
    """The index depends on the tables alone."""
    path, _, _ = service
    first = present_index(path)[1].read_bytes()
    shutil.rmtree(index_folder(path))
    with Store(path, read_only=True) as store:
        index_of(store)
    assert present_index(path)[1].read_bytes() == first


def test_no_store_is_an_error(tmp_path):
    """A finder without a store says so."""
    with pytest.raises(StoreError):
        Finder(tmp_path / "nothing.db")
