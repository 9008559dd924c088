"""The way from the prior to a pair's weight, drawn: a bar per fact, which begins where the one before ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from crmclean.match.model import Model
from crmclean.messages import Lang, say
from crmclean.report.blocks import decimal
from crmclean.report.html import Html, Part, join, tag

__all__ = ["Step", "drawn_steps", "steps_of"]

Step = tuple[str, float]
"""What a fact says, and the bits that it adds."""
_WIDTH = 1000


def steps_of(levels: str, kind: str, weight: float, models: Mapping[str, Model], lang: Lang) -> list[Step]:
    """Prior, one step per compared fact (strongest first), and what rarity of values and caution add.

    The bits of a level are those of its average value: log2 of m / u. Empty where the model is not known.

    Args:
        levels: As in `scores`: ``family=equal;given=initial``.
        kind: Of the two parties.
        weight: Match weight of the pair, to which the steps add up.
        models: The trained models by kind.
        lang: Language.
    """
    model = models.get(kind)
    if model is None:
        return []
    known = {c.name: {level.name: level for level in c.levels} for c in model.comparisons}
    found: list[Step] = []
    for part in filter(None, levels.split(";")):
        comparison, _, name = part.partition("=")
        level = known.get(comparison, {}).get(name)
        if level is not None:
            sentence = say(f"match.level.{kind}.{comparison}.{name}", lang)
            found.append((sentence, float(np.log2(level.m / level.u))))
    found.sort(key=lambda step: (-abs(step[1]), step[0]))
    prior = float(np.log2(model.prior_match / (1.0 - model.prior_match)))
    rest = weight - prior - sum(bits for _, bits in found)
    return [(say("report.steps.prior", lang), prior), *found, (say("report.steps.rest", lang), rest)]


def drawn_steps(steps: Sequence[Step], lang: Lang) -> Html:
    """The steps as bars under a heading that unfolds; nothing for no steps."""
    if not steps:
        return Html("")
    ends = np.cumsum([bits for _, bits in steps])
    starts = np.concatenate([[0.0], ends[:-1]])
    low, high = min(0.0, float(ends.min())), max(0.0, float(ends.max()))
    scale = _WIDTH / max(high - low, 1e-9)
    rows: list[Part] = []
    for (label, bits), start, end in zip(steps, starts.tolist(), ends.tolist(), strict=True):
        left = round((min(start, end) - low) * scale, 1)
        width = round(max(abs(bits) * scale, 2.0), 1)
        fill = "yes-fill" if bits >= 0 else "maybe-fill"
        strip = Html(
            f'<svg viewBox="0 0 {_WIDTH} 20" preserveAspectRatio="none" aria-hidden="true" class="strip">'
            f'<rect class="{fill}" x="{left}" y="0" width="{width}" height="20"></rect></svg>'
        )
        figure = ("+" if bits >= 0 else "−") + decimal(abs(bits), 1, lang)
        parts = (tag("span", label, class_="bar-label"), strip, tag("span", figure, class_="bar-figure"))
        rows.append(tag("div", *parts, class_="bar-row"))
    title = tag("summary", say("report.steps.title", lang))
    return tag("details", title, tag("div", join(rows), class_="bars"))
