"""The report: complete, escaped, self-contained, the same every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from crmclean.fields import FIELDS
from crmclean.match.model import ORGANIZATION, PERSON
from crmclean.messages import Lang, catalogue
from crmclean.report import ReportFacts, render_report
from crmclean.report.blocks import day, decimal, percent
from crmclean.report.consents import decided
from crmclean.report.document import SECTIONS
from crmclean.report.overview import figures

EVIL = '<script>alert("x")</script>'
VOID = {"meta", "br"}


def facts() -> ReportFacts:
    """Two people in two sources, told apart and together, with an ill-meaning name."""
    pairs = pd.DataFrame(
        [
            (
                "erp",
                "1",
                "shop",
                "9",
                4.5,
                0.95,
                "match",
                "same family name, same phone; but different given name",
            ),
            ("erp", "1", "shop", "8", 14.0, 0.9999999, "match", "same family name"),
            ("erp", "2", "shop", "9", 1.0, 0.6, "review", "same place"),
        ],
        columns=[
            "source_l",
            "record_id_l",
            "source_r",
            "record_id_r",
            "weight",
            "probability",
            "band",
            "reason",
        ],
    )
    return ReportFacts(
        sources=pd.DataFrame(
            {
                "source": ["erp", "shop", "alt"], "file": ["erp.csv", "shop.jsonl", "alt.bin"],
                "roles": ["customers", "customers consents", "unknown"], "rows": [2, 2, 0],
                "format": ["csv", "jsonl", None], "encoding": ["cp1252", "utf-8", None],
                "delimiter": ["\t", None, None], "id_column": ["Kundennummer", None, None],
            }
        ),
        mappings=pd.DataFrame(
            {
                "source": ["erp", "erp"], "column": ["Nachname", EVIL], "position": [0, 1],
                "field": ["family_name", None], "confidence": [0.97, 0.0], "reason": ["alias", "unknown"],
            }
        ),
        customers_flat=pd.DataFrame(
            {
                "customer_id": ["a", "b"], "kind": ["person", "organization"], "family_name": [EVIL, None],
                "organization": [None, "Weber GmbH"], "email": ["x@weber.example", None], "records": [3, 1],
                "street": ["Weg 1", None], "postal_code": ["01067", None], "city": ["Dresden", None],
            }
        ),
        pairs=pairs,
        issues=pd.DataFrame(
            {
                "source": ["erp", "erp", "shop", None], "record_id": ["1", "1", "9", None],
                "field": ["phone", "email", "email", None], "code": ["phone_letters", "email_no_at", "email_no_at", "bom"],
                "severity": ["warning", "error", "error", "info"], "raw": ["x", EVIL, "y", None],
                "file": ["erp.csv", "erp.csv", "shop.jsonl", "shop.jsonl"],
            }
        ),
        permissions=pd.DataFrame(
            [
                ("a", "email", "marketing.offers", True, "CONSENT"),
                ("b", "email", "marketing.offers", False, "NO_CONSENT"),
            ],
            columns=["customer_id", "channel", "purpose", "allowed", "reason"],
        ),
        relations=pd.DataFrame({"customer_id_l": ["a"], "customer_id_r": ["b"], "kind": ["works_at"]}),
        touchpoints=pd.DataFrame(
            {"channel": ["call", "call"], "customer_id": ["a", None], "candidates": [None, "a b"]}
        ),
        records=pd.DataFrame(
            {
                "source": ["erp", "shop", "shop"], "record_id": ["1", "9", "8"], "file": ["e", "s", "s"],
                "family_name": ["Weber", EVIL, "WEBER"], "phone": ["030 901820-0", "+49 30 9018200", None],
            }
        ),
        policy="de-default", as_of="2026-06-30", version="0.1.0",
        notes=(f"1 {EVIL}",), models=(PERSON, ORGANIZATION),
    )  # fmt: skip


class _Reader(HTMLParser):
    """Collects tags, links and ids, and fails on elements that do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        self.ids += [str(named["id"])] if "id" in named else []
        self.links += [str(v) for k, v in attrs if k in {"href", "src", "action", "data"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(document: str) -> _Reader:
    reader = _Reader()
    reader.feed(document)
    assert reader.open == []
    return reader


@pytest.mark.parametrize("lang", ["en", "de"])
def test_it_is_a_whole_document_that_loads_nothing(lang: Lang) -> None:
    """All elements nest, all links lead into the document, there is no script and no address."""
    document = render_report(facts(), lang)
    reader = _read(document)
    assert document.startswith("<!DOCTYPE html>\n<html")
    assert f'lang="{lang}"' in document[:60]
    assert not reader.tags & {"script", "img", "link", "iframe", "object", "form"}
    assert sorted(reader.links) == sorted(f"#{key}" for key in SECTIONS)
    assert set(SECTIONS) <= set(reader.ids)
    assert not re.search(r"https?://|@import|url\(", document)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_everything_from_the_data_is_escaped(lang: Lang) -> None:
    """Names, columns, raw values and notes are shown, not run."""
    document = render_report(facts(), lang)
    assert "<script" not in document
    assert document.count("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;") >= 4


def test_the_same_facts_give_the_same_text_in_any_row_order() -> None:
    """Neither the time of day nor the order of rows is in it, but for examples of findings."""
    one = facts()
    assert render_report(one, "de") == render_report(facts(), "de")
    names = ("pairs", "permissions", "relations", "touchpoints", "records", "mappings", "sources")
    turned = {name: getattr(one, name).iloc[::-1] for name in names}
    rest = {
        name: getattr(one, name)
        for name in ("customers_flat", "issues", "policy", "as_of", "version", "notes", "models")
    }
    assert render_report(ReportFacts(**turned, **rest), "de") == render_report(one, "de")


@pytest.mark.parametrize("lang", ["en", "de"])
def test_without_facts_every_section_says_so(lang: Lang) -> None:
    """An empty run gives a report, not an error."""
    reader = _read(render_report(ReportFacts(), lang))
    assert set(SECTIONS) <= set(reader.ids)


def test_tables_without_rows_are_like_no_tables() -> None:
    """Headers without rows are the usual form of nothing."""
    full = facts()
    names = ("sources", "mappings", "customers_flat", "pairs", "issues", "permissions", "relations")
    _read(render_report(ReportFacts(**{n: getattr(full, n).head(0) for n in names}), "de"))


def test_only_pairs_to_review_are_no_obstacle() -> None:
    """A run that merged nothing still shows what may be one."""
    pairs = facts().pairs
    document = render_report(ReportFacts(pairs=pairs[pairs["band"] == "review"]), "en")
    assert "erp:2" in document


def test_figures_come_from_the_tables_unless_given() -> None:
    """What the caller counted wins."""
    found = figures(facts())
    assert (found["records"], found["files"], found["customers"], found["review"]) == (4, 3, 2, 1)
    assert (found["persons"], found["organizations"], found["merged"]) == (1, 1, 1)
    given = ReportFacts(counts={"records": 9936})
    assert figures(given)["records"] == 9936
    assert "9.936" in render_report(given, "de")


def test_the_least_certain_merge_stands_first() -> None:
    """Ascending weight, and those that the caller chose where he did."""
    document = render_report(facts(), "en")
    assert document.index("4.5 bits") < document.index("14.0 bits")
    chosen = facts().pairs.query("weight == 14.0")
    full = facts()
    told = render_report(ReportFacts(pairs=full.pairs, riskiest=chosen), "en")
    assert told.index("14.0 bits") < told.index("4.5 bits")


def test_values_side_by_side_agree_beyond_their_writing() -> None:
    """The same number written in two ways is the same, another name differs."""
    document = render_report(facts(), "en")
    row = document[document.index("030 901820-0") :]
    assert 'title="the same">=<' in row[: row.index("</tr>")]
    assert 'title="differs">≠<' in document


def test_evidence_is_counted_from_reasons_or_from_levels() -> None:
    """The words of the reason are taken apart; levels, where they are given, are surer."""
    told = render_report(facts(), "en")
    assert "same family name</span>" in told
    assert "different given name</span>" in told
    pairs = facts().pairs.assign(levels="family=equal;given=missing")
    assert "different given name</span>" not in render_report(ReportFacts(pairs=pairs), "en")


def test_a_customer_with_several_addresses_counts_once() -> None:
    """With the one that may be used, if there is any."""
    rows = [
        ("a", "email", "marketing", "1", False, "WITHDRAWN"),
        ("a", "email", "marketing", "2", True, "CONSENT"),
        ("b", "email", "marketing", "3", False, "NO_CONSENT"),
    ]
    columns = ["customer_id", "channel", "purpose", "contact_point", "allowed", "reason"]
    counts = decided(pd.DataFrame(rows, columns=columns))
    assert counts[["allowed", "reason", "customers"]].to_numpy().tolist() == [
        [True, "CONSENT", 1],
        [False, "NO_CONSENT", 1],
    ]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 4, "25 %"),
        (1, 200, "0,5 %"),
        (999_999, 1_000_000, "> 99,9 %"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 0, ""),
    ],
)
def test_percentages_do_not_round_to_all_or_nothing(part: int, whole: int, shown: str) -> None:
    """A hundred per cent is said only of all."""
    assert percent(part, whole, "de") == shown


def test_numbers_and_dates_follow_the_language() -> None:
    """1.234,5 and 30.06.2026 in German."""
    assert (decimal(1234.5, 1, "de"), decimal(1234.5, 1, "en")) == ("1.234,5", "1,234.5")
    assert (day("2026-06-30", "de"), day("2026-06-30", "en"), day("", "de")) == (
        "30.06.2026",
        "2026-06-30",
        "–",
    )


def test_every_sentence_of_the_report_is_in_both_languages() -> None:
    """None is empty, and placeholders are the same."""
    for key, (english, german) in catalogue().items():
        if key.startswith(("report.", "write.")):
            assert english, key
            assert german, key
            assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", german)), key


def test_all_reasons_of_a_mapping_have_words() -> None:
    """The codes of the mappings table are explained."""
    for code in ("profile", "alias", "values", "config", "sensitive", "note", "unknown", "duplicate"):
        assert f"report.mapping.by.{code}" in catalogue()
    assert "family_name" in FIELDS
