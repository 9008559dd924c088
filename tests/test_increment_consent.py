"""Decisions of an increment are those of all customers, though only those whom something concerns are decided."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmclean.config import Config, MatchConfig
from crmclean.increment import taking
from crmclean.permissions import decide_stored
from crmclean.pipeline import run
from crmclean.store import Store
from tests.test_increment import BASE, person, row_of, table
from tests.test_increment_index import as_built

pytestmark = pytest.mark.slow  # each runs the whole pipeline several times
CONFIG = Config(as_of="2026-06-30", match=MatchConfig(max_merge_share=1.0))
KEY = ["customer_id", "channel", "purpose", "contact_point"]


def event(number: int, mail: str, what: str, at: str, **more: str) -> dict[str, str]:
    """A consent event keyed by a mail address."""
    said = {"id": f"e{number}", "E-Mail": mail, "Kanal": "E-Mail", "Zweck": "Newsletter", "Ereignis": what}
    proof = {"Textversion": "v1", "Erhebungsort": "Messe Berlin", "Methode": "card", "Beleg": "Karte 7"}
    return {**said, "Datum": at, "Gültig bis": "", **proof, **more}


FIRST = table(
    [
        event(1, BASE["E-Mail"][1], "Einwilligung", "2026-05-01"),
        event(2, BASE["E-Mail"][2], "Einwilligung", "2024-07-15"),  # two years old in July
        event(3, BASE["E-Mail"][3], "Einwilligung", "2026-05-01", **{"Gültig bis": "2026-07-10"}),
        event(5, BASE["E-Mail"][4], "Einwilligung", "2026-01-01"),
        event(6, BASE["E-Mail"][5], "Einwilligung", "2026-06-25"),
        event(7, BASE["E-Mail"][6], "Widerruf", ""),
        event(8, BASE["E-Mail"][7].replace("@", "x@"), "Widerruf", "2026-05-01"),  # one letter away
    ]
)


def decided_of(store: Store, day: str) -> pd.DataFrame:
    """All customers, decided from what the store holds."""
    tables = {n: store.load(n) for n in ("consents", "members", "contacts", "scores", "decisions")}
    tables["values"] = store.load("customers")
    return decide_stored(tables, replace(CONFIG, as_of=day))


def check(store: Store, day: str) -> None:
    """The permissions of the store are those that deciding all gives; so is the index."""
    held, wanted = store.load("permissions"), decided_of(store, day)
    parts = [f.sort_values(KEY).reset_index(drop=True) for f in (held, wanted)]
    pd.testing.assert_frame_equal(*parts)
    assert as_built(store)


def mail(number: int) -> str:
    """The address of a person."""
    return person(number)["E-Mail"]


def reasons(store: Store) -> dict[str, str]:
    """Mail address = why it may be written to or not."""
    held = store.load("permissions")
    held = held[held["channel"].eq("email") & held["contact_point"].notna()]
    return dict(zip(held["contact_point"].str.lower(), held["reason"], strict=True))


def counted(monkeypatch) -> list[tuple[bool, int]]:
    """Notes of each increment whether it decided all, and how many customers."""
    found = []
    real = taking.decide

    def noted(*args, **options):
        result = real(*args, **options)
        found.append((result.everybody, len(set(result.permissions["customer_id"]))))
        return result

    monkeypatch.setattr(taking, "decide", noted)
    return found


@pytest.fixture
def store(tmp_path):
    """A store with events."""
    with Store(tmp_path / "crmclean.db") as opened:
        run([("erp", BASE), ("events", FIRST)], CONFIG, store=opened)
        yield opened


def test_another_day_decides_those_whose_time_has_come(store, monkeypatch):
    """What expires, grows stale or begins between two days is decided anew; nobody else is."""
    before = reasons(store)
    assert before[mail(2)] == before[mail(3)] == "CONSENT"
    seen = counted(monkeypatch)
    found = run([("erp", table([person(60)]))], replace(CONFIG, as_of="2026-07-31"), store=store)
    assert found.taken == "increment"
    assert not seen[-1][0]
    assert 4 <= seen[-1][1] < 12
    check(store, "2026-07-31")
    after = reasons(store)
    assert (after[mail(1)], after[mail(2)], after[mail(3)]) == ("CONSENT", "STALE", "EXPIRED")


def test_a_new_event_decides_whom_it_is_about(store, monkeypatch):
    """The customers of new events, on the same day."""
    seen = counted(monkeypatch)
    events = table(
        [
            event(9, BASE["E-Mail"][9], "Widerruf", "2026-06-01"),
            event(10, BASE["E-Mail"][1], "Widerruf", "2026-06-02"),
        ]
    )
    assert run([("events", events)], CONFIG, store=store).taken == "increment"
    assert seen[-1] == (False, 2)
    check(store, "2026-06-30")


def test_a_shared_address_concerns_the_others_who_have_it(store):
    """A new customer with an address that an event names: its consent is nobody's then."""
    mine = BASE["E-Mail"][1]
    rows = table(
        [
            person(
                61,
                Vorname="Gundula",
                Nachname="Zwick",
                Strasse="Am Wall 1",
                Ort="Ulm",
                PLZ="89073",
                **{"E-Mail": mine},
            )
        ]
    )
    assert run([("erp", rows)], CONFIG, store=store).taken == "increment"
    check(store, "2026-06-30")
    rows = rows.assign(**{"E-Mail": "gundula@zwick.example"})
    assert run([("erp", rows)], CONFIG, store=store).taken == "increment"
    check(store, "2026-06-30")


def test_an_address_that_somebody_has_by_now_means_nobody_else(store):
    """A withdrawal by a mistyped address goes to its owner once there is one."""
    strange = BASE["E-Mail"][7].replace("@", "x@")
    rows = table(
        [
            person(
                62,
                Vorname="Gundula",
                Nachname="Zwick",
                Strasse="Am Wall 1",
                Ort="Ulm",
                PLZ="89073",
                **{"E-Mail": strange},
            )
        ]
    )
    assert run([("erp", rows)], CONFIG, store=store).taken == "increment"
    check(store, "2026-06-30")


step = st.tuples(
    st.integers(0, 60),
    st.sampled_from(["row", "gone", "mail", "double", "Einwilligung", "Widerruf"]),
    st.sampled_from(["2024-08-01", "2026-05-01", "2026-07-15", ""]),
)


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a run takes a second: shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    months=st.lists(st.lists(step, min_size=1, max_size=5, unique_by=lambda s: s[0]), min_size=1, max_size=3)
)
def test_any_months_are_decided_as_all(tmp_path_factory, months):
    """Whatever comes, changes and goes, on whatever day."""
    with Store(tmp_path_factory.mktemp("months") / "s.db") as store:
        run([("erp", BASE), ("events", FIRST)], CONFIG, store=store)
        for number, steps in enumerate(months):
            day = f"2026-0{7 + number}-14"
            rows = [row_of(n, "new" if w == "row" else w) for n, w, _ in steps if w.islower()]
            said = [
                event(100 * (number + 1) + n, person(n)["E-Mail"], w, at)
                for n, w, at in steps
                if not w.islower()
            ]
            given_ = [("erp", table(rows))] * bool(rows) + [("events", table(said))] * bool(said)
            found = run(given_, replace(CONFIG, as_of=day), store=store, how="increment")
            assert found.taken == "increment"
            check(store, day)
