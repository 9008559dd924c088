"""Agreement levels of candidate pairs: one small number per pair and comparison.

Pairs are compared in chunks; each chunk touches strings once per distinct pair of values. Beside
the levels come the frequency adjustments: a shared rare value says more than a shared common one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Codes, Ints, arrow_of, in_common
from crmclean.match.compare_facts import (
    compare_address,
    compare_birth,
    compare_email,
    compare_equal,
    compare_identifier,
    compare_phone,
)
from crmclean.match.compare_names import (
    compare_family,
    compare_given,
    compare_middle,
    compare_suffix,
    swapped_names,
)
from crmclean.match.compare_organizations import compare_company_name, compare_employer
from crmclean.match.features import Features
from crmclean.match.model import Comparison, Level, Model
from crmclean.match.presence import compare_presence
from crmclean.match.shapes import digits_in
from crmclean.text.columns import by_column, fold_column

__all__ = ["Compared", "compare_homes", "compare_pairs", "rarity_fact", "rarity_of"]

CHUNK, SMALL = 500_000, 20_000
Levels = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float32]
Each = Callable[..., Iterable[None]]
"""Works on several columns: `map`, or that of a pool."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs with their levels.

    Args:
        left: Row of the smaller party.
        right: Row of the greater party.
        levels: (pairs, comparisons), level number; 0 is missing.
        rarity: (pairs, comparisons), bits added at frequency levels: log2 of the average
            frequency over the value's frequency.
    """

    left: Ints
    right: Ints
    levels: Levels
    rarity: Floats

    def take(self, at: npt.NDArray[np.bool_] | Ints) -> Compared:
        """The chosen pairs."""
        return Compared(self.left[at], self.right[at], self.levels[at], self.rarity[at])


def compare_pairs(model: Model, features: Features, left: Ints, right: Ints, *, threads: int = 1) -> Compared:
    """The levels and rarities of these pairs.

    Args:
        model: Which comparisons to make, in which order.
        features: Facts of the parties.
        left: Rows, each smaller than its partner in `right`.
        right: Rows.
        threads: Comparisons made at once.
    """
    shape = (len(left), len(model.comparisons))
    levels = np.zeros(shape, dtype=np.int8, order="F")  # whole columns are what is asked for
    rarity = np.zeros(shape, dtype=np.float32, order="F")

    def all_parts(each: Each) -> None:
        for start in range(0, len(left), CHUNK):
            part = slice(start, start + CHUNK)
            _compare(model, features, (left[part], right[part]), (levels[part], rarity[part]), each)

    if threads > 1 and len(left) > SMALL:
        with ThreadPoolExecutor(threads) as pool:
            all_parts(pool.map)
    else:
        all_parts(map)
    return Compared(left, right, levels, rarity)


def compare_homes(model: Model, features: Features, left: Ints, right: Ints) -> tuple[Model, Compared]:
    """Of pairs that are no match what `relate.homes_of` asks for: family name, address and contact points.

    Returns:
        The model with these comparisons alone, and the levels; rarity is not told.
    """
    chosen = tuple(c for c in model.comparisons if c.name in _HOME)
    levels = np.zeros((len(left), len(chosen)), dtype=np.int8, order="F")
    for column, comparison in enumerate(chosen):
        levels[:, column] = _COMPARE[model.kind, comparison.name](comparison, features, left, right)
        if comparison.name == "family":
            _join_family(comparison, features, (left, right), levels[:, column])
    rarity = np.zeros((0, 0), dtype=np.float32)
    return replace(model, comparisons=chosen), Compared(left, right, levels, rarity)


_HOME = frozenset({"family", "address", "phone", "email"})


def _compare(
    model: Model, features: Features, pairs: tuple[Ints, Ints], found: tuple[Levels, Floats], each: Each
) -> None:
    """Fills in levels and rarities of a chunk of pairs."""
    levels, rarity = found

    def compare(column: int, comparison: Comparison) -> None:
        one = compare_presence if comparison.presence else _COMPARE[model.kind, comparison.name]
        levels[:, column] = one(comparison, features, *pairs)

    def weigh(column: int, comparison: Comparison) -> None:
        rarity[:, column] = _rarity(comparison, features, pairs, levels[:, column])

    columns = range(len(model.comparisons))
    list(each(compare, columns, model.comparisons))
    if model.kind == "person":
        _join_names(model, features, pairs, levels)
    list(each(weigh, columns, model.comparisons))


def _join_names(model: Model, features: Features, pairs: tuple[Ints, Ints], levels: Levels) -> None:
    """What family and given name say only together: swapped names, birth names, middle as given."""
    position = {c.name: i for i, c in enumerate(model.comparisons)}
    family, given = model.comparisons[position["family"]], model.comparisons[position["given"]]
    facts, (a, b) = features.facts, pairs
    crossed = _join_family(family, features, pairs, levels[:, position["family"]])
    levels[crossed, position["given"]] = given.index("equal")
    unlike = np.isin(levels[:, position["given"]], [given.index(n) for n in ("different", "alike", "close")])
    further = _crosswise(facts["given"], facts["middle"], a, b) | _same(facts["given_first"], a, b)
    levels[further & unlike, position["given"]] = given.index("middle")
    levels[_same(facts["given_whole"], a, b), position["given"]] = given.index("equal")
    _mind_names(model, features, pairs, levels)


def _join_family(
    family: Comparison, features: Features, pairs: tuple[Ints, Ints], levels: Levels
) -> npt.NDArray[np.bool_]:
    """Fills in swapped names and birth names; returns which names are swapped."""
    facts, (a, b) = features.facts, pairs
    crossed = swapped_names(facts["family"], facts["given"], a, b)
    levels[crossed] = family.index("swapped")
    weak = np.isin(levels, (family.index("different"), family.index("close")))
    levels[_crosswise(facts["family"], facts["birth_name"], a, b) & weak] = family.index("part")
    return crossed


def _mind_names(model: Model, features: Features, pairs: tuple[Ints, Ints], levels: Levels) -> None:
    """E-mail addresses are made of names: what the names have said already is not said again.

    An address one edit away is no slip where the given names differ (k.meyer, b.meyer) or where the
    local parts differ in separators alone (ida.berg, ida_berg: two mailboxes of one name), and an
    equal local part without digits is no evidence where the family names agree.
    """
    position = {c.name: i for i, c in enumerate(model.comparisons)}
    family, given, email = (model.comparisons[position[n]] for n in ("family", "given", "email"))
    column, names = levels[:, position["email"]], levels[:, position["given"]]
    unlike = np.isin(names, [given.index(n) for n in ("different", "gendered", "close")])
    alike = np.isin(
        levels[:, position["family"]], [family.index(n) for n in ("equal", "spelling", "typo", "part")]
    )
    local = features.facts["email_local"]
    plain, first = local.memo("plain", lambda: np.append(digits_in(local) < 2, False)), local.slots[0]
    telling = plain[first.take(pairs[0])] | plain[first.take(pairs[1])]
    slip = column == email.index("typo")
    at = np.flatnonzero(slip & alike & telling & ~unlike)
    unlike[at] = _one_mailbox(features, pairs[0][at], pairs[1][at])
    wrong = slip & unlike
    wrong |= (column == email.index("local")) & alike & telling
    column[wrong] = email.index("different")


def _one_mailbox(features: Features, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    """Whether two addresses of one domain differ in separators alone."""
    local, domain = (features.facts[fact] for fact in ("email_local", "domain"))
    texts = (arrow_of(local.values).take(pa.array(local.slots[0].take(rows))) for rows in (left, right))
    one, two = (fold_column(part, _letters) for part in texts)
    same = pc.equal(one, two).to_numpy(zero_copy_only=False).astype(bool)
    return np.asarray(same & (domain.codes[left, 0] == domain.codes[right, 0]))


@by_column(lambda texts: pc.replace_substring_regex(texts, "[^0-9A-Za-z]+", ""))
def _letters(local: str) -> str:
    """The letters and digits of a local part."""
    return "".join(c for c in local if c.isalnum())


def _same(column: Codes, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    one = column.codes.take(left)
    return np.asarray((one == column.codes.take(right)) & (one >= 0))


def _crosswise(one: Codes, other: Codes, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    """Whether a value of one fact stands in the other fact of the partner."""
    if not len(other.values):
        return np.zeros(len(left), dtype=bool)
    numbers = in_common(one, other)
    x, y = (
        (n[c.codes.take(left)], n[c.codes.take(right)]) for n, c in zip(numbers, (one, other), strict=True)
    )
    return np.asarray((x[0] == y[1]) | (y[0] == x[1]))


_RARITY_FACT = {
    ("family", "equal"): "family",
    ("family", "spelling"): "family_sound",
    ("family", "swapped"): "family",
    ("given", "equal"): "given",
    ("given", "spelling"): "given_sound",
    ("address", "full"): "full",
    ("address", "place"): "place",
    ("address", "moved"): "place",
    ("organization", "equal"): "organization",
    ("name", "equal"): "name",
    ("name", "words"): "name_sound",
}


def _rarity(comparison: Comparison, features: Features, pairs: tuple[Ints, Ints], levels: Levels) -> Floats:
    """log2(average frequency / frequency of the more frequent value), at frequency levels only."""
    result = np.zeros(len(levels), dtype=np.float32)
    for number, level in enumerate(comparison.levels):
        if not level.frequency:
            continue
        at = np.flatnonzero(levels == number)
        if len(at):
            column = features.facts[_RARITY_FACT[comparison.name, level.name]]
            result[at] = _bits(column, pairs[0][at], pairs[1][at])
    return result


def rarity_fact(comparison: Comparison, level: Level) -> str | None:
    """The fact whose frequency a level follows; None where it follows none."""
    return _RARITY_FACT[comparison.name, level.name] if level.frequency else None


def rarity_of(column: Codes) -> Floats:
    """log2(average frequency / frequency of the row's value), per row; 0 where it has none."""
    codes = column.codes if column.codes.ndim == 1 else column.codes[:, 0]
    return column.memo("rarity", lambda: _bit_table(column)[codes])


def _bits(column: Codes, left: Ints, right: Ints) -> Floats:
    rarity = rarity_of(column)
    return np.asarray(np.minimum(rarity.take(left), rarity.take(right)))


def _bit_table(column: Codes) -> Floats:
    """Bits per value; the last entry is for missing ones."""
    frequency = column.frequency()
    average = float((frequency**2).sum()) or 1.0
    return np.append(np.log2(average / np.maximum(frequency, 1e-12)), 0.0).astype(np.float32)


Compare = Callable[[Comparison, Features, Ints, Ints], Levels]


def _on(fact: str, compare: Callable[[Comparison, Codes, Ints, Ints], Levels]) -> Compare:
    """A comparison of one fact."""
    return lambda comparison, features, a, b: compare(comparison, features.facts[fact], a, b)


_COMPARE: dict[tuple[str, str], Compare] = {
    ("person", "family"): _on("family", compare_family),
    ("person", "given"): _on("given", compare_given),
    ("person", "middle"): _on("middle", compare_middle),
    ("person", "gender"): _on("gender", compare_equal),
    ("person", "suffix"): _on("suffix", compare_suffix),
    ("person", "birth"): _on("birth", compare_birth),
    ("person", "national_id"): _on("national_id", compare_identifier),
    ("person", "email"): compare_email,
    ("person", "phone"): compare_phone,
    ("person", "handle"): _on("handle", compare_equal),
    ("person", "address"): compare_address,
    ("person", "organization"): _on("organization", compare_employer),
    ("person", "customer_no"): _on("customer_no", compare_equal),
    ("person", "other_id"): _on("other_id", compare_identifier),
    ("organization", "name"): compare_company_name,
    ("organization", "legal_form"): _on("legal_form", compare_equal),
    ("organization", "vat_id"): _on("vat_id", compare_equal),
    ("organization", "email"): compare_email,
    ("organization", "domain"): _on("domain", compare_equal),
    ("organization", "phone"): compare_phone,
    ("organization", "address"): compare_address,
    ("organization", "customer_no"): _on("customer_no", compare_equal),
    ("organization", "other_id"): _on("other_id", compare_identifier),
}
