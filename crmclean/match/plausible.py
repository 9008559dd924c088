"""Whether matching can be trusted: nonsense in the data or the model is said, not merged.

What is found is a `Doubt`. A broken one ends the run (`ModelError`, exit code 5): nothing useful
can come of it. Of the others the run learns: a value or number that says nothing of who somebody
is (one telephone number for all, a birth date that is a default) is left out of matching, and an
issue tells so; ``--strict`` ends on these too.

All limits are ours, set so that no open data set with truth comes near them; see docs/match.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import ModelError
from crmclean.match.codes import Codes, Ints, arrow_of, combine, texts_of
from crmclean.match.compare import Compared
from crmclean.match.evidence import posterior, summed_evidence, total_evidence
from crmclean.match.features import Features
from crmclean.match.model import Model
from crmclean.match.slipped import slipped_names
from crmclean.messages import say
from crmclean.tables import Addresses, Contacts

__all__ = [
    "Doubt",
    "check_model",
    "check_outcome",
    "check_plausible",
    "check_rows",
    "odd_rows",
    "refuse",
    "sound_features",
]

Flags = npt.NDArray[np.bool_]
TELLING = ("email", "phone", "handle", "birth", "customer_no", "national_id", "other_id", "vat_id")
"""Facts that are taken to tell people or companies apart."""
NUMBERS = ("customer_no", "national_id", "other_id", "vat_id")
DERIVED = {
    "email": ("email_local", "domain", "email_start", "email_digits"),
    "phone": ("trunk", "phone_start", "phone_end"),
    "birth": ("birth_year",),
}
COMMON, FEWEST = 0.05, 20
"""Share of the records, and records, from which a value with unlike names is no evidence."""
ONE_ADDRESS = 0.3
"""The same for an address: many may live in one house, but hardly three of ten customers."""
HOME = ("full", "street", "number", "postal", "city", "place")
CONSTANT = 0.5
"""Share of the records with one name from which the column is taken for broken."""
UNLIKE = 0.5
"""Share of repeated numbers on unlike names from which the numbers are not people's."""
FEWEST_NUMBERS = 10
MISPLACED, MISPLACED_MOST = 0.02, 0.2
"""Share of records with values in wrong columns that is told, and that ends the run."""
HIGHEST_PRIOR = 0.2
MOST_DUPLICATES = 40.0
"""Duplicates per record that a model may expect."""
ALONE, FEWEST_PAIRS = 0.5, 50
"""Share of the matches that one field decides against all others."""
LOST = 0.25
"""Share of the records in implausible clusters that ends the run."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason to mistrust.

    Args:
        code: Issue code.
        field: Fact or comparison it is about.
        share: Share of the records or pairs concerned, 0 to 1; a prior.
        count: How many.
        broken: Whether nothing useful can come of it.
    """

    code: str
    field: str
    share: float
    count: int
    broken: bool = False


def refuse(doubts: Iterable[Doubt]) -> None:
    """Ends the run where a doubt is broken.

    Raises:
        ModelError: With what was found and what to do.
    """
    for doubt in doubts:
        if doubt.broken:
            key, percent = f"match.refused.{doubt.code}", f"{100 * doubt.share:.3g} %"
            values: dict[str, object] = {"field": doubt.field, "percent": percent, "count": doubt.count}
            what, hint = (say(name, "en", **values) for name in (key, f"{key}.hint"))
            raise ModelError(what, hint=hint, key=key, values=values)


def sound_features(features: Features) -> tuple[Features, tuple[Doubt, ...]]:
    """The features without values that tell nobody apart, and what was left out.

    A value is left out where at least one in twenty records (and twenty of them) has it under unlike
    names; numbers are left out as a whole where most that repeat stand beside unlike names.
    """
    if features.n < FEWEST:
        return features, ()
    facts, doubts = dict(features.facts), _constant_names(features)
    names = _name_keys(features)
    for fact in TELLING:
        if fact not in facts:
            continue
        common = _common_values(facts[fact], names, features.n)
        if len(common):
            hidden = np.isin(facts[fact].codes, common)
            for name in (fact, *DERIVED.get(fact, ())):
                facts[name] = _without(facts[name], hidden)
            count = int(hidden.reshape(len(hidden), -1).any(axis=1).sum())
            doubts.append(Doubt("field_constant", fact, count / features.n, count))
        share, count = _unlike_bearers(facts[fact], features) if fact in NUMBERS else (0.0, 0)
        if share >= UNLIKE and count >= FEWEST_NUMBERS:
            facts[fact] = _without(facts[fact], np.ones_like(facts[fact].codes, dtype=bool))
            doubts.append(Doubt("numbers_not_unique", fact, share, count))
    _without_one_address(facts, doubts, names, features.n)
    return replace(features, facts=facts), tuple(doubts)


def _without_one_address(facts: dict[str, Codes], doubts: list[Doubt], names: Ints, n: int) -> None:
    """Leaves out an address that stands on too many records of unlike names; in place."""
    common = _common_values(facts["full"], names, n, share=ONE_ADDRESS) if "full" in facts else np.array([])
    if not len(common):
        return
    hidden = np.isin(facts["full"].codes, common)
    facts.update({name: _without(facts[name], hidden) for name in HOME})
    count = int(hidden.reshape(n, -1).any(axis=1).sum())
    doubts.append(Doubt("field_constant", "address", count / n, count))


def _constant_names(features: Features) -> list[Doubt]:
    """A given or family name, or a company's, that most records share: told; it weighs nothing anyway."""
    doubts = []
    for fact in ("family", "given", "name"):
        column = features.facts.get(fact)
        if column is None or not len(column.counts):
            continue
        most = int(column.counts.max())
        if most >= FEWEST and most >= CONSTANT * features.n:
            doubts.append(Doubt("field_constant", fact, most / features.n, most))
    return doubts


def _name_keys(features: Features) -> Ints:
    """One key per name; -1 where there is none."""
    if features.kind == "organization":
        return features.facts["name_sound"].codes
    return combine(features.facts["family_sound"].codes, features.facts["given_sound"].codes)


def _common_values(column: Codes, names: Ints, n: int, *, share: float = COMMON) -> Ints:
    """Codes of values that so many records of unlike names have that they tell nothing."""
    slots = column.codes.reshape(len(column.codes), -1)
    least = max(FEWEST, int(np.ceil(share * n)))
    suspects = np.flatnonzero(column.counts >= least)
    found = []
    for code in suspects.tolist():
        bearers = names[(slots == code).any(axis=1)]
        bearers = bearers[bearers >= 0]
        if len(bearers) >= least and len(np.unique(bearers)) * 3 >= len(bearers):
            found.append(code)
    return np.array(found, dtype=np.int64)


def _without(column: Codes, hidden: Flags) -> Codes:
    codes = np.asfortranarray(np.where(hidden, -1, column.codes))
    flat = codes.ravel()
    counts = np.bincount(flat[flat >= 0], minlength=len(column.values)).astype(np.int64)
    return Codes(codes, column.values, counts)


def _unlike_bearers(column: Codes, features: Features) -> tuple[float, int]:
    """Of the numbers that several records have: share whose bearers have unlike names, and how many.

    Unlike means that neither the beginning of the family name nor that of the given name (of a
    company: no sound of the name) stands on the other side, in any order.
    """
    order = np.lexsort((np.arange(features.n), column.codes))
    code = column.codes[order]
    pair = (code[1:] == code[:-1]) & (code[1:] >= 0)
    left, right = order[:-1][pair], order[1:][pair]
    person = features.kind == "person"
    one, two = (
        features.facts[f] for f in (("family_start", "given_start") if person else ("name_sound", "name"))
    )
    named = (one.codes[left] >= 0) & (one.codes[right] >= 0)
    alike = one.codes[left] == one.codes[right]
    if person:
        alike |= (two.codes[left] == two.codes[right]) & (two.codes[left] >= 0)
        alike |= _crossed(one, two, left, right) | _crossed(one, two, right, left)
    numbers, first = np.unique(column.codes[left[named]], return_inverse=True)
    if not len(numbers):
        return 0.0, 0
    unlike = np.bincount(first, weights=~alike[named]) * 2 > np.bincount(first)
    return float(unlike.mean()), int(unlike.sum())


def _crossed(family: Codes, given: Codes, left: Ints, right: Ints) -> Flags:
    number = {name: i for i, name in enumerate(family.values)}
    table = np.array([number.get(v, -2) for v in given.values] + [-2], dtype=np.int64)
    return np.asarray(family.codes[left] == table[given.codes[right]])


def odd_rows(contacts: Contacts, addresses: Addresses) -> list[pa.Array]:
    """Whose rows have a value where it cannot belong, sign by sign: the parties.

    A town without letters, and no postcode beside it; a street without letters, a postcode without digits, an
    e-mail address without @.
    """
    city, postal = texts_of(addresses["city"]), texts_of(addresses["postal_code"])
    raw, emails = texts_of(contacts["raw"]), pc.equal(texts_of(contacts["kind"]), "email")
    nameless = _lacking(city, r"\pL", _LETTERS)
    found = []
    for frame, wrong in (
        (addresses, nameless),
        (addresses, pc.and_(nameless, pc.is_null(postal))),
        (addresses, _lacking(texts_of(addresses["street"]), r"\pL", _LETTERS)),
        (addresses, _lacking(postal, r"\p{Nd}", _DIGITS)),
        (contacts, pc.and_(emails, _no_address(raw))),
    ):
        bad = np.flatnonzero(wrong.fill_null(fill_value=False).to_numpy(zero_copy_only=False))
        if len(bad):
            found.append(texts_of(frame["party"]).take(pa.array(bad)))
    return found


def check_rows(features: Features, odd: Iterable[pa.Array]) -> tuple[Doubt, ...]:
    """Shifted rows: values that stand in columns where they cannot belong.

    A row counts where two signs meet. Names that fit the e-mail addresses of other rows at a fixed distance
    are a column that slipped against the others.

    Args:
        features: Facts of the parties.
        odd: From `odd_rows`.
    """
    if features.n < FEWEST_NUMBERS:
        return ()
    signs = np.zeros(features.n, dtype=np.int64)
    for owners in odd:
        signs += pc.is_in(arrow_of(features.parties), value_set=owners).to_numpy(zero_copy_only=False)
    count = int((signs >= 2).sum())
    share = count / max(1, features.n)
    doubts = []
    if share >= MISPLACED and count >= FEWEST_NUMBERS:
        doubts.append(Doubt("values_misplaced", "", share, count, broken=share >= MISPLACED_MOST))
    slipped = slipped_names(features)
    if slipped is not None:
        doubts.append(Doubt("names_shifted", "family_name", *slipped, broken=True))
    return tuple(doubts)


def _lacking(texts: pa.Array, pattern: str, likely: frozenset[int]) -> pa.Array:
    """Which texts have no match of a pattern; most have one in the byte they begin with."""
    _, places, data = texts.buffers()
    begins = np.frombuffer(places, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    known = np.zeros(256, dtype=bool)
    known[list(likely)] = True
    there = begins[1:] > begins[:-1]
    there[there] = known[letters[begins[:-1][there]]]
    asked = np.flatnonzero(~there)
    found = pc.match_substring_regex(texts.take(pa.array(asked)), pattern)
    result = pa.array(~there)
    return pc.replace_with_mask(result, result, pc.invert(found))


_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset(b"0123456789")


def _no_address(texts: pa.Array) -> pa.Array:
    return pc.and_(pc.invert(pc.match_substring(texts, "@")), pc.greater(pc.utf8_length(texts), 3))


def check_model(model: Model, n: int) -> tuple[Doubt, ...]:
    """Priors and probabilities of a model that was handed in: in range, and of these data's size.

    Args:
        model: The model.
        n: Parties it is to judge.
    """
    priors = {
        "prior_match": model.prior_match,
        "prior_kin": model.prior_kin,
        "prior_associate": model.prior_associate,
    }
    wrong = [
        Doubt("model_implausible", k, v, n, broken=True)
        for k, v in priors.items()
        if not 0 < v <= HIGHEST_PRIOR
    ]
    if not wrong and n > 2 * MOST_DUPLICATES and model.prior_match * (n - 1) > MOST_DUPLICATES:
        wrong.append(Doubt("model_implausible", "prior_match", model.prior_match, n, broken=True))
    for comparison in model.comparisons:
        for level in comparison.levels:
            for name in ("m", "kin", "associate", "u"):
                value = float(getattr(level, name))
                if not 0 < value <= 1:
                    field = f"{comparison.name}.{level.name}.{name}"
                    wrong.append(Doubt("model_implausible", field, value, n, broken=True))
    return tuple(wrong)


def check_plausible(model: Model, features: Features, compared: Compared) -> tuple[Doubt, ...]:
    """Whether one comparison decides alone: matches that everything else speaks against.

    Args:
        model: The model in use.
        features: Facts of the parties.
        compared: All compared pairs.
    """
    found = check_model(model, features.n)
    if found or not len(compared.left):
        return found
    weight, _, _ = posterior(model, summed_evidence(model, compared)[0])
    count = int((weight > 0).sum())
    if count < FEWEST_PAIRS:
        return ()
    total, parts = total_evidence(model, compared.take(weight > 0))
    doubts = []
    for comparison, part in zip(model.comparisons, parts, strict=True):
        alone = total.chance - part.chance < -3.0
        share = float(alone.sum()) / count
        if share >= ALONE:
            doubts.append(Doubt("field_decides", comparison.name, share, int(alone.sum()), broken=True))
    return tuple(doubts)


def check_outcome(features: Features, sizes: Mapping[int, int]) -> tuple[Doubt, ...]:
    """Whether too many records fall into implausible clusters for the rest to be believed.

    Args:
        features: Facts of the parties.
        sizes: Label -> size of the implausible clusters.
    """
    count = sum(sizes.values())
    share = count / max(1, features.n)
    if share < LOST or count < FEWEST_PAIRS:
        return ()
    return (Doubt("cluster_implausible", "", share, count, broken=True),)
