"""Names that need the world's vocabulary: read by nameparser.

The one place that uses nameparser (LGPL-2.1+): foreign titles, conjunctions (``y``), bound given
names, ambiguous particles (``Van``), scripts other than Latin. Slow (above 100 us), so only names
that hold such a word come here.
"""

from __future__ import annotations

from functools import cache

from nameparser import Lexicon, ParsedName, Parser, PatronymicRule, Policy, Role

from crmclean.normalize.person_pieces import Pieces

__all__ = ["is_world_word", "parse_world"]


@cache
def _parser() -> Parser:
    return Parser(policy=Policy(patronymic_rules=frozenset({PatronymicRule.EAST_SLAVIC})))


@cache
def _vocabulary() -> frozenset[str]:
    known = Lexicon.default()
    words = known.titles | known.suffix_acronyms | known.suffix_words | known.particles
    return frozenset(words | known.conjunctions | known.bound_given_names | known.surnames)


def is_world_word(word: str) -> bool:
    """Whether nameparser knows the word as something other than a plain name."""
    known = _vocabulary()
    lower = word.lower().strip(".,")
    return (
        lower in known
        or lower.replace(".", "") in known
        or any(p in known for p in lower.split("-") if len(p) > 2)
    )


def parse_world(text: str, pieces: Pieces) -> None:
    """Reads the text and adds what it holds to the pieces."""
    parsed = _parser().parse(text)
    pieces.titles += _words(parsed, Role.TITLE)
    pieces.given = _words(parsed, Role.GIVEN) + _words(parsed, Role.MIDDLE)
    particles = parsed.family_particles.split()
    family = _words(parsed, Role.FAMILY)
    if particles and family[: len(particles)] == particles and len(family) > len(particles):
        pieces.prefix, pieces.family = particles, family[len(particles) :]
    else:
        pieces.family = family
    pieces.suffix += [s for s in parsed.suffix.split(", ") if s]
    if parsed.nickname:
        pieces.nickname = parsed.nickname
    if parsed.maiden:
        pieces.birth_name = parsed.maiden


def _words(parsed: ParsedName, role: Role) -> list[str]:
    return [token.text for token in parsed.tokens_for(role)]
