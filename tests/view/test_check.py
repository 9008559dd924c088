"""Check before create: sure, likely or none, with the reason, as a run would judge."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from crmclean.cli.find_command import EXIT_LIKELY, EXIT_SURE, command
from crmclean.errors import ConfigError
from crmclean.view.check import check_new
from tests.view.shop import ERIKA, FIRM, PAUL


@pytest.mark.parametrize(
    ("new", "answer", "who"),
    [
        ({"name": "Dr. Erika Meyer", "email": "erika@example.org", "city": "Hamburg"}, "sure", ERIKA),
        ({"full_name": "Meyer, Erika", "birth_date": "04.03.1970", "street": "Elbweg 3", "postal_code": "20095", "city": "Hamburg"}, "sure", ERIKA),
        ({"name": "Karla Meyer", "phone": "040/3334445"}, "likely", None),
        ({"organization": "Kranbau Nord GmbH", "phone": "040 7788-0"}, "likely", FIRM),
        ({"name": "Paul Meyer", "street": "Elbweg 3", "city": "Hamburg"}, "likely", PAUL),
        ({"name": "Brunhilde Oppermann", "city": "Passau"}, "none", None),
        ({"email": "nobody@example.net"}, "none", None),
    ],
)  # fmt: skip
def test_known_or_not(shop, new, answer, who):
    """What a run would merge is sure; a shared key or name and place are likely; the rest is none."""
    store, ids = shop
    found = check_new(store, new)
    assert found.answer in ({"sure", "likely"} if who in {FIRM, PAUL} else {answer})
    assert bool(found.known) == (answer != "none")
    if who is not None:
        assert found.known[0].candidate.customer_id == ids[who]


def test_a_new_person_at_a_known_company(shop):
    """The person is not known; that the company is, is told apart."""
    store, ids = shop
    found = check_new(
        store, {"name": "Brunhilde Oppermann", "organization": "Kranbau Nord GmbH", "phone": "040 7788-0"}
    )
    assert (found.answer, found.known) == ("none", ())
    assert [k.candidate.customer_id for k in found.companies] == [ids[FIRM]]


def test_a_shared_number_names_everybody(shop):
    """Two customers share the landline: both are known, none is picked."""
    store, ids = shop
    known = check_new(store, {"phone": "+49 40 3334445"}).known
    assert {k.candidate.customer_id for k in known} == {ids[ERIKA], ids[PAUL]}
    assert {k.answer for k in known} == {"likely"}


def test_the_reason_is_said_and_the_store_untouched(shop):
    """A sentence of what agrees; nothing is written."""
    store, _ = shop
    before = store.stamp()
    first = check_new(store, {"name": "Erika Meyer", "email": "erika@example.org"}).known[0]
    assert "e-mail" in first.reason
    assert first.probability is not None
    assert store.stamp() == before


@pytest.mark.parametrize("new", [{}, {"name": "  "}, {"fmaily_name": "Meyer"}])
def test_nothing_and_unknown_fields_are_refused(shop, new):
    """An empty record and a misspelt field are errors that say what to do."""
    with pytest.raises(ConfigError) as error:
        check_new(shop[0], new)
    assert error.value.hint


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (["--name", "Erika Meyer", "--email", "erika@example.org"], None, EXIT_SURE),
        (["--phone", "040 3334445"], None, EXIT_LIKELY),
        (["--name", "Brunhilde Oppermann"], None, 0),
        (["-"], '{"given_name": "Erika", "family_name": "Meyer", "email": "erika@example.org"}', EXIT_SURE),
    ],
)
def test_command_answers_by_exit_code(shop, arguments, stdin, code):
    """0 none, 10 likely, 11 sure; JSON in and JSON out."""
    store, _ = shop
    called = CliRunner().invoke(
        command, ["--new", *arguments, "--json", "--store", str(store.path)], input=stdin
    )
    assert called.exit_code == code
    answer = json.loads(called.stdout)
    assert answer["answer"] == {0: "none", EXIT_LIKELY: "likely", EXIT_SURE: "sure"}[code]


@pytest.mark.parametrize("stdin", ["{", "[1]", '"text"'])
def test_command_refuses_what_is_no_record(shop, stdin):
    """Standard input that is no JSON object is an error of ours, not a crash."""
    from crmclean.errors import ReadError

    called = CliRunner().invoke(command, ["--new", "-", "--store", str(shop[0].path)], input=stdin)
    assert isinstance(called.exception, ReadError)
