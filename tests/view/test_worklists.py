"""Worklists: stale values, leads, unanswered contacts; and the pages of a customer."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from click.testing import CliRunner

from crmclean.cli.show_command import command as show
from crmclean.cli.worklist_command import command as worklist
from crmclean.config import Config, ViewConfig
from crmclean.errors import ConfigError, NotFoundError
from crmclean.report.customer_page import render_customer
from crmclean.store import Store
from crmclean.tables import OPPORTUNITIES, TASKS, TOUCHPOINTS
from crmclean.view import customer_text, opportunity_text, view_customer, view_opportunity
from crmclean.view.access import access_request
from crmclean.view.worklists import lead_list, stale_list, stale_sources, unanswered_list
from tests.view.shop import ERIKA, FIRM, PAUL, saved


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The shop with a bounce, a letter that waits, a sales case and tasks."""
    path = tmp_path_factory.mktemp("office") / "crmclean.db"
    ids = saved(path)
    rows = [
        ("b1", "2026-01-10T08:00:00Z", "email", "out", "Newsletter", "bounced", "erika@example.org", ERIKA),
        ("b2", "2026-01-20T08:00:00Z", "letter", "in", "Frage zu VC-1", None, "200", PAUL),
        ("b3", "2026-01-21T08:00:00Z", "email", "in", "Anfrage", None, "info@kranbau-nord.de", FIRM),
    ]
    names = ("touchpoint_id", "at", "channel", "direction", "subject", "outcome", "key")
    touchpoints = pd.DataFrame(
        [dict(zip(names, row[:7], strict=True)) | {"customer_id": ids[row[7]]} for row in rows]
    )
    sales = [
        {"opportunity_id": "VC-1", "source": "sales", "title": "Kran", "volume": 1000.0, "probability": 0.5, "stage": "offen", "customer_id": ids[who], "buying_role": role}
        for who, role in ((FIRM, "Kunde"), (PAUL, "Entscheider"))
    ]  # fmt: skip
    tasks = [
        {"task_id": "1", "source": "t", "subject": "erledigt", "due_to": "2026-01-01", "status": "done", "customer_id": ids[PAUL]},
        {"task_id": "2", "source": "t", "subject": "nachfassen", "due_to": "2026-01-15", "status": "open", "customer_id": ids[PAUL]},
    ]  # fmt: skip
    with Store(path) as store:
        old = store.load("touchpoints")
        new = touchpoints.assign(source="log", identifier=touchpoints["key"], identifier_kind="email")
        tables = {
            "touchpoints": TOUCHPOINTS.check(pd.concat([old, TOUCHPOINTS.check(new)], ignore_index=True)),
            "opportunities": OPPORTUNITIES.check(pd.DataFrame(sales)),
            "tasks": TASKS.check(pd.DataFrame(tasks)),
        }
        store.save_run(tables, {"at": "2026-01-31T00:00:00Z", "command": "run"})
    with Store(path, read_only=True) as store:
        yield store, ids


def test_a_bounce_is_stale_at_once(office):
    """The address that bounced is first on the list, whatever its age."""
    store, ids = office
    found = stale_list(store, as_of="2026-01-31", config=ViewConfig())
    first = found.iloc[0]
    assert (first["customer_id"], first["field"], first["reason"], first["currency"]) == (
        ids[ERIKA],
        "email",
        "failed",
        0.0,
    )
    view = view_customer(store, "100")
    email = next(v for v in view["master"] if v["field"] == "email")
    assert (email["state"], email["currency"], email["failed_at"][:10]) == ("stale", 0.0, "2026-01-10")
    assert view["channels"]["channels"]["email"]["why"] == "failed"


def test_stale_share_per_source(office):
    """Shares are of the values of a source and kind; failed ones are counted."""
    found = stale_sources(office[0], as_of="2026-01-31", config=ViewConfig())
    assert found["share"].between(0, 1).all()
    assert found["failed"].sum() == 1
    assert (found["values"] >= found["stale"]).all()


def test_ageing_lists_more_than_stale(office):
    """What will soon be stale is on the longer list."""
    store, _ = office
    short, long = (
        len(stale_list(store, as_of="2026-01-31", config=ViewConfig(), state=s)) for s in ("stale", "ageing")
    )
    assert short <= long


def test_leads_are_those_who_bought_nothing(office):
    """Everybody here has a customer number, so nobody is a lead; an unknown source is an error."""
    store, _ = office
    assert len(lead_list(store, as_of="2026-01-31")) == 0
    with pytest.raises(ConfigError, match="wbe") as error:
        lead_list(store, as_of="2026-01-31", source="wbe")
    assert "web" in error.value.hint


def test_who_waits_is_listed(office):
    """The letter and the mail wait, the oldest first; what is older than the limit is past answering."""
    store, ids = office
    found = unanswered_list(store, as_of="2026-01-31", days=30)
    assert found["touchpoint_id"].tolist() == ["b2", "b3"]
    assert found["name"].tolist() == ["Paul Meyer", "Kranbau Nord GmbH"]
    assert found["waiting"].tolist() == [11, 10]
    assert found["customer_id"].tolist() == [ids[PAUL], ids[FIRM]]


@pytest.mark.parametrize("kind", ["stale", "leads", "unanswered"])
@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_command(office, kind, form):
    """Every list in every form."""
    called = CliRunner().invoke(worklist, [kind, *form, "--store", str(office[0].path), "--lang", "de"])
    assert called.exit_code == 0
    assert called.stdout.strip()
    if form == ["--json"]:
        json.loads(called.stdout)


def test_open_tasks_first_and_overdue(office):
    """What is to be done stands on top, and says that it is late."""
    view = view_customer(office[0], "200")
    assert [(t["subject"], t["open"], t["overdue"]) for t in view["tasks"]] == [
        ("nachfassen", True, True),
        ("erledigt", False, False),
    ]
    assert customer_text(view, "de").index("nachfassen") < customer_text(view, "de").index("Stammdaten")


def test_a_company_sees_the_contacts_of_its_people(office):
    """One line of time per company: its own contacts, and those of its people by name."""
    store, ids = office
    rows = view_customer(store, "300")["touchpoints"]
    assert [(t["touchpoint_id"], t.get("who")) for t in rows][:2] == [("b3", None), ("b2", "Paul Meyer")]
    assert rows[1]["who_id"] == ids[PAUL]


def test_a_sales_case_with_all_who_take_part(office):
    """Participants over two customers with their roles, and the contact that names it."""
    sale = view_opportunity(office[0], "VC-1")
    assert {(p["name"], p["buying_role"]) for p in sale["participants"]} == {
        ("Kranbau Nord GmbH", "Kunde"),
        ("Paul Meyer", "Entscheider"),
    }
    assert [t["touchpoint_id"] for t in sale["touchpoints"]] == ["b2"]
    assert "Entscheider" in opportunity_text(sale, "de")
    with pytest.raises(NotFoundError):
        view_opportunity(office[0], "VC-9")


def test_access_leaves_out_the_others(office):
    """All own data with sources, purposes and rights; the household member and shared contacts are not told."""
    store, ids = office
    view, access = access_request(store, "100", Config())
    text = json.dumps([view, access], default=str)
    assert "Paul" not in text
    assert ids[PAUL] not in text
    assert access["shared_contacts"] == 1
    assert [c["event_id"] for c in access["consents"]] == ["e1", "e2"]
    assert {s["source"] for s in access["sources"]} <= {"erp", "web"}
    assert "erasure" in access["rights"]


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("who", ["100", "200", "300"])
def test_page_is_whole_and_safe(office, who, lang):
    """One document without script or outside address; every element is closed; links lead to sections."""
    store, _ = office
    view = view_customer(store, who)
    view["name"] += " <script>alert(1)</script>"
    html = render_customer(view, lang)
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?!#)', html)
    assert all(f'id="{target}"' in html for target in re.findall(r'href="#([^"]+)"', html))
    for name in ("section", "table", "tr", "td", "th", "div", "p", "span"):
        assert len(re.findall(rf"<{name}[ >]", html)) == html.count(f"</{name}>")
    assert "None" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert "nan" not in re.sub(r"<[^>]+>", " ", html).split()


def test_a_day_is_decided_anew(office):
    """What was allowed on another day is decided for that day; without a day the last run's answer stands."""
    store, _ = office
    asked = ["100", "--json", "--store", str(store.path)]
    before, now = (
        json.loads(CliRunner().invoke(show, [*asked, *more]).stdout)["permissions"]
        for more in (["--as-of", "2023-06-30"], [])
    )
    assert {(p["as_of"], p["allowed"]) for p in before} == {("2023-06-30", False)}
    assert [p["allowed"] for p in now] == [True]


def test_show_writes_pages(office, tmp_path):
    """The page and the answer to a request for access, in German; the second has more."""
    store, _ = office
    files = [tmp_path / "a.html", tmp_path / "b.html"]
    for file, more in zip(files, ([], ["--access-request"]), strict=True):
        called = CliRunner().invoke(
            show, ["100", "--html", str(file), "--lang", "de", "--store", str(store.path), *more]
        )
        assert called.exit_code == 0
    page, access = (f.read_text(encoding="utf-8") for f in files)
    assert "Art. 15" not in page
    assert "Auskunft nach Art. 15 DSGVO" in access
    assert len(access) > len(page)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "b.html"]
