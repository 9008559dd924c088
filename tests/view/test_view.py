"""One customer all round, and who is this."""

from __future__ import annotations

import json

import pytest

from crmclean.config import ViewConfig
from crmclean.errors import NotFoundError
from crmclean.view import customer_text, find_customers, pick_customer, view_customer, why_text
from crmclean.view.currency import age_months, currency_of, half_life
from tests.view.shop import ERIKA, FIRM, PAUL


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("erp:100", "record"),
        ("web:1", "record"),
        ("100", "customer_no"),
        (" ERIKA@example.org ", "email"),
        ("@erika_m", "handle"),
        ("Erika_M", "handle"),
        ("00000000-0000-5000-8000-000000000000", "former_id"),
        ("Erika Meyer", "exact:family_name exact:given_name"),
        ("meyer erika hamburg", "exact:family_name exact:given_name exact:city"),
    ],
)
def test_find_by_everything(shop, query, why):
    """Whatever identifies leads to the one customer, with the reason."""
    store, ids = shop
    found = find_customers(store, query)
    assert found["customer_id"].iloc[0] == ids[ERIKA]
    assert found["why"].iloc[0] == why
    assert pick_customer(store, query) == ids[ERIKA]


@pytest.mark.parametrize("number", ["040 3334445", "+49 (40) 333 44 45", "0049403334445"])
def test_shared_number_gives_both(shop, number):
    """Two customers share the landline: both are named, none is picked."""
    store, ids = shop
    found = find_customers(store, number)
    assert set(found["customer_id"]) == {ids[ERIKA], ids[PAUL]}
    with pytest.raises(NotFoundError, match="2 customers") as error:
        pick_customer(store, number)
    assert ids[ERIKA] in error.value.hint
    assert "Meyer" not in str(error.value)


def test_extension_finds_the_switchboard(shop):
    """A direct number nobody has leads to the company with its head number, then to its people."""
    store, ids = shop
    found = find_customers(store, "040 7788-123")
    assert found[["customer_id", "why"]].to_numpy().tolist() == [
        [ids[FIRM], "switchboard"],
        [ids[PAUL], "works_there"],
    ]


@pytest.mark.parametrize("query", ["Maier Erika", "Mayer, E. Erika", "erica mejer", "Kranbau", "Kranb nord"])
def test_find_by_sound_and_beginning(shop, query):
    """Names are found in any order and spelling; sound and beginning score less than equality."""
    store, ids = shop
    found = find_customers(store, query)
    assert found["customer_id"].iloc[0] == (ids[FIRM] if query.startswith("Kran") else ids[ERIKA])
    assert found["score"].iloc[0] <= 0.9


@pytest.mark.parametrize(
    "query", ["", "  ", "?", "Unbekannt", "0999 12", "nobody@example.net", "x:y", "Hamburg"]
)
def test_nobody(shop, query):
    """Nonsense and a town alone find nobody; that is no error for find, and one for pick."""
    store, _ = shop
    assert len(find_customers(store, query)) == 0
    with pytest.raises(NotFoundError):
        pick_customer(store, query)


def test_limit_and_words(shop):
    """At most so many candidates; the reason codes become sentences in both languages."""
    store, _ = shop
    assert len(find_customers(store, "Meyer", limit=1)) == 1
    assert why_text("sound:family_name", "de") == "Nachname klingt gleich"
    assert why_text("phone switchboard") == "has this phone number, has the switchboard of this number"


def test_view_holds_everything(shop):
    """Master data with origin and age, other values, relations, timeline, orders, consents, conflicts."""
    store, ids = shop
    view = view_customer(store, "erp:100")
    json.dumps(view, allow_nan=False)
    assert (view["customer_id"], view["name"], view["as_of"]) == (ids[ERIKA], "Dr. Erika Meyer", "2026-01-31")
    street = next(v for v in view["master"] if v["field"] == "street")
    assert (street["value"], street["source"], street["age_months"], street["state"]) == (
        "Alsterufer",
        "web",
        2,
        "fresh",
    )
    assert [v["value"] for v in view["others"] if v["field"] == "street"] == ["Elbweg"]
    assert [(r["kind"], r["customer_id"], r["name"]) for r in view["relations"]] == [
        ("household", ids[PAUL], "Paul Meyer")
    ]
    assert [t["touchpoint_id"] for t in view["touchpoints"]] == ["t1"]
    assert [t["touchpoint_id"] for t in view["possible"]] == ["t2"]
    assert view["orders"]["revenue_by_year"] == {"2024": {"EUR": 1000.0}, "2025": {"EUR": 10.0}}
    assert (view["orders"]["count"], view["orders"]["last"]) == (3, "2025-02-01")
    assert [c["event_id"] for c in view["consents"]] == ["e1", "e2"]
    assert [(c["field"], c["raw"]) for c in view["conflicts"]] == [("given_name", "Erica")]
    assert view["identity"]["took_over"] == ["00000000-0000-5000-8000-000000000000"]
    assert set(view["currency"]["parts"]) == {"address", "email", "phone"}


def test_relations_from_the_other_side(shop):
    """The company employs whom the person's page says works there."""
    store, ids = shop
    assert [(r["kind"], r["customer_id"]) for r in view_customer(store, "300")["relations"]] == [
        ("employs", ids[PAUL])
    ]


def test_view_of_a_former_id_says_so(shop):
    """An old id leads to the survivor."""
    store, ids = shop
    view = view_customer(store, "00000000-0000-5000-8000-000000000000")
    assert (view["customer_id"], view["asked"]) == (ids[ERIKA], "00000000-0000-5000-8000-000000000000")


def test_as_of_leaves_out_what_came_later(shop):
    """The view of a day knows nothing later; ages are counted from it."""
    store, _ = shop
    view = view_customer(store, "erp:100", as_of="2024-02-15")
    assert view["orders"]["count"] == 1
    assert view["touchpoints"] == []
    late = view_customer(store, "erp:100", as_of="2026-12-31")
    assert [t["touchpoint_id"] for t in late["touchpoints"]] == ["t3", "t1"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            [
                "Dr. Erika Meyer (Person)",
                "Master data",
                "same household as Paul Meyer",
                "2024: 1,000.00 EUR",
                "proven consent",
            ],
        ),
        (
            "de",
            [
                "Stammdaten",
                "Straße:",
                "im selben Haushalt wie Paul Meyer",
                "2024: 1.000,00 EUR",
                "nachgewiesene Einwilligung",
                "Widersprüche",
            ],
        ),
    ],
)
def test_text(shop, lang, words):
    """The page in both languages; empty parts are left out."""
    text = customer_text(view_customer(shop[0], "erp:100"), lang)
    for word in words:
        assert word in text
    assert "None" not in text
    assert "nan" not in text
    assert "Verkaufschancen" not in text


def test_age_and_currency():
    """Full months; the score halves with each half-life; classes by half-lives; configuration wins."""
    assert age_months("2026-01-31", "2026-02-28") == 0
    assert age_months("2025-06", "2026-01-01") == 7
    assert age_months("2027-01-01", "2026-01-01") == 0
    assert age_months("soon", "2026-01-01") is None
    assert currency_of(24, 24) == ("fresh", 0.5)
    assert currency_of(25, 24)[0] == "ageing"
    assert currency_of(49, 24)[0] == "stale"
    assert currency_of(None, 24) == ("undated", None)
    assert currency_of(9, None) == ("", None)
    assert half_life("mobile", ViewConfig(half_life_months={"phone": 6})) == 6
    assert half_life("mobile", ViewConfig(half_life_months={"phone": 6, "mobile": 3})) == 3
    assert half_life("given_name", ViewConfig()) is None
