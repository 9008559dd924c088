"""Text as such: damage in transport, and words that stand for nothing.

Repairs what loses nothing: blanks at the ends, Unicode composition (NFC, UAX #15), invisible
characters, and mojibake (UTF-8 bytes read as another encoding) where undoing the repair gives the
damaged text back. A repair that cannot be undone is a proposal. Text that has lost characters
(U+FFFD, or a question mark between letters) is refused: nothing tells what stood there.
Mojibake is found by ftfy (`fix_encoding` alone, which leaves quotes, width and HTML as they are).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from crmclean.data import read_list
from crmclean.text.fold import INVISIBLE, fold
from crmclean.values import Cleaned, Finding, Status

__all__ = ["empty_or_placeholder", "is_placeholder", "placeholder_words", "repair_text"]

_EXCEL_ERROR = re.compile(
    r"#(?:n/?[av]|nv|ref!?|wert!?|value!?|name\??|null!?|zahl!?|num!?|bezug!?|div/0!?)", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[\s.,;:]+")
_REPEATED = re.compile(r"([xyz?*._/#-])\1*")
_QUESTION = re.compile(r"(?<=[^\W\d_])\?(?=[a-zäöüß])")
_ROUNDS = 10  # each but the last shortens or composes the text; two are rare
_ADDRESS_LIKE = re.compile(r"://|www\.|=|\?\?")


def repair_text(text: str) -> Cleaned[str]:
    r"""The text without damage of transport, or None where characters are lost for good.

    Blanks inside stay as they are (also no-break spaces): they may be meant. Mojibake whose
    repair is not reversible stays too and carries the better text as proposal.

    Example:
        >>> repair_text(" MÃ¼ller ").value
        'Müller'
        >>> repair_text("M\ufffdller").status
        'invalid'
    """
    if text.isascii() and text.isprintable() and "?" not in text:
        return _plain(text)
    findings: dict[str, Finding] = {}
    current = text
    for _ in range(_ROUNDS):
        before, current = current, _repaired(current, findings)
        if current == before:
            break
    issues = tuple(findings.values())
    if not current:
        return Cleaned(text, None, "empty", (*issues, Finding("empty")))
    if _has_lost(current):
        return Cleaned(text, None, "invalid", (*issues, Finding("replacement_character")))
    status: Status = "repaired" if current != text else "ok"
    if any(f.proposal is not None for f in issues):
        status = "ambiguous"
    return Cleaned(text, current, status, issues)


def _repaired(text: str, findings: dict[str, Finding]) -> str:
    """The text after one round: taking out what is invisible may lay mojibake bare."""
    noticed: list[Finding] = []
    value, lossless = _unscramble(text)
    if value != text:
        noticed.append(
            Finding("mojibake_repaired", confidence=0.99)
            if lossless
            else Finding("mojibake_suspected", proposal=_tidy(value, []), confidence=0.8)
        )
    current = _tidy(value if lossless else text, noticed)
    for finding in noticed:
        findings.setdefault(finding.code, finding)
    return current


def _has_lost(text: str) -> bool:
    """Whether characters are gone: U+FFFD, or in short texts `?` inside a word (Stra?e)."""
    if "\ufffd" in text:
        return True
    inside = _QUESTION.search(text) and not _ADDRESS_LIKE.search(text)
    return bool(inside) and len(text.split()) <= 4


def _plain(text: str) -> Cleaned[str]:
    value = text.strip()
    if not value:
        return Cleaned(text, None, "empty", (Finding("empty"),))
    if value == text:
        return Cleaned(text, text, "ok")
    return Cleaned(text, value, "repaired", (Finding("whitespace"),))


def _unscramble(text: str) -> tuple[str, bool]:
    """The text without mojibake, and whether the repair can be undone exactly."""
    if text.isascii():
        return text, True
    import ftfy  # few texts need it

    fixed = ftfy.fix_encoding_and_explain(text)
    if fixed.text == text:
        return text, True
    try:
        back = _scramble(fixed.text, [(step.action, step.parameter) for step in fixed.explanation or []])
    except UnicodeError:
        return fixed.text, False
    return fixed.text, back == text


def _scramble(text: str, steps: list[tuple[str, str]]) -> str | None:
    """The text with the steps of a repair undone; None where a step cannot be undone."""
    for (decode, target), (encode, origin) in zip(steps[::-2], steps[-2::-2], strict=False):
        if (decode, encode) != ("decode", "encode"):
            return None
        text = text.encode(target).decode(origin)
    return text if len(steps) % 2 == 0 else None


def _tidy(text: str, findings: list[Finding]) -> str:
    """The text trimmed, composed and without invisible characters; says what it did."""
    value = INVISIBLE.sub("", text)
    if value != text:
        findings.append(Finding("invisible_characters"))
    composed = unicodedata.normalize("NFC", value)
    if composed != value:
        findings.append(Finding("not_nfc"))
    trimmed = composed.strip()
    if trimmed != composed:
        findings.append(Finding("whitespace"))
    return trimmed


@cache
def placeholder_words() -> frozenset[str]:
    """The fillers that stand for nothing known, folded and without separators."""
    return frozenset(_SEPARATORS.sub("", line) or line for line in read_list("placeholders.txt"))


def is_placeholder(text: str) -> bool:
    """Whether the text stands for nothing known: k. A., unbekannt, n/a, xxx, -, #NV.

    Example:
        >>> is_placeholder("k. A."), is_placeholder("Meier")
        (True, False)
    """
    if len(text) > 40:
        return False
    letters = text.isascii() and text.isalpha()
    word = text.lower() if letters else _SEPARATORS.sub("", fold(text))
    if not word:
        return bool(text.strip())
    return word in placeholder_words() or bool(_REPEATED.fullmatch(word) or _EXCEL_ERROR.fullmatch(word))


def empty_or_placeholder(text: str) -> Cleaned[None] | None:
    """The result for a text that holds no value, None for any other text."""
    if not text or not text.strip():
        return Cleaned(text, None, "empty", (Finding("empty"),))
    if is_placeholder(text):
        return Cleaned(text, None, "empty", (Finding("placeholder"),))
    return None
