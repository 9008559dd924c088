"""Match weight and probability of compared pairs under a model of four classes.

A pair is one customer (match), two of one household (kin), two colleagues (associates) or neither;
see `evidence` for the weights and `namesakes` for what the weights alone get wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.evidence import posterior, total_evidence
from crmclean.match.fitted import calibrated
from crmclean.match.model import Model
from crmclean.match.namesakes import contradicting, heed_namesakes, namesakes_shown

__all__ = ["Scored", "score_pairs"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores per pair.

    Args:
        weight: Match weight in bits, prior included.
        probability: Of "match", 0 to 1.
        related: Probability of "kin" or "associate".
        contradicts: Whether who they are speaks against one person.
        weak: Whether nothing but names and a town holds them together.
        rival: Whether they are namesakes in different streets of one town.
        joining: The weight by which clusters join: of weak pairs less, where the table shows namesakes,
            and twice as much less where a fact speaks against them.
    """

    weight: Doubles
    probability: Doubles
    related: Doubles
    contradicts: Flags
    weak: Flags
    rival: Flags
    joining: Doubles


def score_pairs(model: Model, compared: Compared) -> Scored:
    """The scores of compared pairs."""
    found, parts = total_evidence(model, compared)
    weight, probability, related = posterior(model, found)
    weak = rival = np.zeros(len(weight), dtype=bool)
    joining = weight
    if model.kind == "person":
        caution = heed_namesakes(model, compared, parts, weight)
        weight, weak, rival = caution.weight, caution.weak, caution.rival
        joining = weight - namesakes_shown(model) * (weak.astype(np.int8) + caution.disputed)
        probability = np.minimum(probability, np.exp2(weight - np.logaddexp2(0.0, weight)))
    contradicts = contradicting(model, compared, parts, probability)
    if model.calibration is not None:
        points = model.calibration.points
        weight, joining = calibrated(points, weight), calibrated(points, joining)
        probability = np.exp2(weight - np.logaddexp2(0.0, weight))
    return Scored(weight, probability, related, contradicts, weak, rival, joining)
