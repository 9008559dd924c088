"""The model as text: which comparisons there are, their levels, and what each level means.

A comparison has levels that say what differs. Each level carries four probabilities: `m` among pairs that
are one customer, `kin` among members of one household (of organizations: branches of one company), `associate`
among colleagues (companies under one roof), and `u` among pairs taken at random. The two middle classes keep
families and offices apart: surname, address and landline are one fact in a household, company, switchboard
and address are one fact in an office, and only the rest decides between "same" and "related".

The start values of m, kin and associate are ours, set from what German customer data look like;
`train` moves m towards the data within bounds and takes u from the data. A comparison is `personal`
where it tells members of one household apart, and an `identity` where it says who someone is.

Source of the approach: I. Fellegi, A. Sunter, "A Theory for Record Linkage", JASA 64 (1969).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from crmclean.errors import ModelError
from crmclean.match.fitted import Calibration, fitted_in
from crmclean.messages import say

__all__ = [
    "NAMESAKES_IN_TOWN",
    "ORGANIZATION",
    "PERSON",
    "Comparison",
    "Level",
    "Model",
    "model_from_text",
    "model_text",
    "no_model",
]

NAMESAKES_IN_TOWN = 1.5
NAMESAKES = 5.5
"""Bits by which equal names in one town, and elsewhere, say less than independence has it. Ours; learned."""
_NUMBERS = ("prior_match", "prior_kin", "prior_associate", "town", "streets", "apart", "names")


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two values agree or differ.

    Args:
        name: As shown in reasons: equal, spelling, typo, missing ...
        m: Probability among pairs of one customer, given both values are there.
        kin: Probability among members of one household, or branches of one company.
        associate: Probability among colleagues, or companies under one roof.
        u: Probability among random pairs.
        frequency: Whether the weight follows the frequency of the value.
    """

    name: str
    m: float
    kin: float
    associate: float
    u: float
    frequency: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field, or several fields taken as one fact, and its levels; level 0 is "missing".

    Args:
        name: The fact.
        levels: Its levels.
        personal: Whether it tells members of one household apart.
        identity: Whether it says who someone is, and not where or how to reach them.
        presence: Whether it is about what both have or only one of them has, and not about values.
    """

    name: str
    levels: tuple[Level, ...]
    personal: bool = False
    identity: bool = False
    presence: bool = False

    def index(self, level: str) -> int:
        """The number of a level; 0 is "missing".

        Raises:
            KeyError: No such level.
        """
        for i, known in enumerate(self.levels):
            if known.name == level:
                return i
        raise KeyError(f"{self.name}: {level}")


@dataclass(frozen=True, slots=True)
class Model:
    """All comparisons of one kind of party, the prior probabilities of the classes, and caution.

    Args:
        kind: person or organization.
        comparisons: The facts compared.
        prior_match: Share of all pairs that are one customer.
        prior_kin: Share that are one household.
        prior_associate: Share that are colleagues.
        converged: Whether training came to rest.
        town: Bits by which equal names in one town alone say less than independence has it; see `namesakes`.
        streets: The same for equal names in two streets of a town.
        apart: The same for equal names in two towns.
        names: The same for equal names where a place is missing.
        calibration: What labels make of the weights; None where there were too few.
    """

    kind: str
    comparisons: tuple[Comparison, ...]
    prior_match: float
    prior_kin: float
    prior_associate: float
    converged: bool = True
    town: float = NAMESAKES_IN_TOWN
    streets: float = NAMESAKES
    apart: float = NAMESAKES
    names: float = NAMESAKES
    calibration: Calibration | None = None


def _comparison(name: str, rows: str, *, personal: bool = False, identity: bool = False) -> Comparison:
    """A comparison written as a table: level, m, kin, associate, u; a star marks frequency levels."""
    levels = [Level("missing", 1.0, 1.0, 1.0, 1.0)]
    for row in rows.strip().splitlines():
        label, *numbers = row.split()
        m, kin, associate, u = map(float, numbers)
        levels.append(Level(label.rstrip("*"), m, kin, associate, u, label.endswith("*")))
    return Comparison(name, tuple(levels), personal, identity)


PERSON = Model(
    "person",
    (
        _comparison(
            "family",
            """
            equal*     0.800  0.750  0.0100 0.0020
            spelling*  0.060  0.055  0.0020 0.0010
            typo       0.065  0.055  0.0010 0.0005
            part       0.015  0.020  0.0010 0.0005
            close      0.010  0.010  0.0040 0.0040
            alike      0.015  0.020  0.0100 0.0100
            swapped*   0.015  0.0100 0.0002 0.0020
            different  0.020  0.090  0.9720 0.9820
            """,
            identity=True,
        ),
        _comparison(
            "given",
            """
            equal*     0.780  0.0100 0.0100 0.0070
            nickname   0.030  0.0015 0.0015 0.0010
            initial    0.060  0.0300 0.0300 0.0150
            spelling*  0.030  0.0020 0.0020 0.0015
            typo       0.050  0.0015 0.0015 0.0010
            middle     0.010  0.0020 0.0020 0.0010
            close      0.010  0.0200 0.0120 0.0120
            alike      0.012  0.0150 0.0100 0.0100
            gendered   0.003  0.0300 0.0060 0.0060
            different  0.008  0.8880 0.9260 0.9460
            """,
            personal=True,
            identity=True,
        ),
        _comparison(
            "middle",
            """
            equal      0.800  0.060  0.0500 0.0500
            initial    0.150  0.040  0.0300 0.0300
            different  0.050  0.900  0.9200 0.9200
            """,
            personal=True,
            identity=True,
        ),
        _comparison(
            "gender",
            """
            equal      0.980  0.400  0.5000 0.5000
            different  0.020  0.600  0.5000 0.5000
            """,
            personal=True,
            identity=True,
        ),
        _comparison(
            "suffix",
            """
            equal      0.690  0.050  0.3000 0.3000
            one_sided  0.305  0.550  0.4000 0.4000
            different  0.005  0.400  0.3000 0.3000
            """,
            personal=True,
            identity=True,
        ),
        _comparison(
            "birth",
            """
            equal      0.935  0.0100 0.0001 0.00005
            swapped    0.015  0.0010 0.0001 0.00005
            typo       0.030  0.0040 0.0020 0.0020
            part       0.010  0.0080 0.0060 0.0060
            different  0.010  0.9770 0.9900 0.9919
            """,
            personal=True,
            identity=True,
        ),
        _comparison(
            "national_id",
            """
            equal      0.900  0.0010 0.0001 0.00001
            typo       0.080  0.0010 0.0010 0.0001
            different  0.020  0.9980 0.9990 0.9999
            """,
            personal=True,
            identity=True,
        ),
        _comparison(
            "email",
            """
            equal      0.650  0.0200 0.0100 0.000005
            shared     0.060  0.2000 0.1000 0.000020
            typo       0.040  0.0040 0.0040 0.000010
            local      0.030  0.0060 0.0005 0.000100
            different  0.220  0.7700 0.8800 0.999860
            """,
        ),
        _comparison(
            "phone",
            """
            mobile     0.500  0.0150 0.0020 0.000005
            landline   0.250  0.1500 0.0800 0.000010
            shared     0.060  0.4000 0.5000 0.000020
            typo       0.020  0.0060 0.0100 0.000050
            trunk      0.010  0.0100 0.2000 0.000200
            different  0.160  0.4190 0.2080 0.999700
            """,
        ),
        _comparison(
            "handle",
            """
            equal      0.700  0.0050 0.0010 0.00001
            different  0.300  0.9950 0.9990 0.99999
            """,
        ),
        _comparison(
            "address",
            """
            full*      0.640  0.780  0.600  0.00005
            near       0.090  0.090  0.070  0.00005
            place*     0.110  0.080  0.120  0.0030
            moved*     0.030  0.020  0.060  0.0030
            different  0.130  0.030  0.150  0.9940
            """,
        ),
        _comparison(
            "organization",
            """
            equal*     0.700  0.100  0.850  0.0010
            near       0.150  0.020  0.130  0.0020
            different  0.150  0.880  0.020  0.9970
            """,
        ),
        _comparison(
            "customer_no",
            """
            equal      0.600  0.0020 0.0010 0.00001
            different  0.400  0.9980 0.9990 0.99999
            """,
        ),
        _comparison(
            "other_id",
            """
            equal      0.820  0.0100 0.0100 0.0001
            typo       0.030  0.0200 0.0200 0.0001
            different  0.150  0.9700 0.9700 0.9998
            """,
        ),
    ),
    prior_match=1e-4,
    prior_kin=1e-4,
    prior_associate=1e-4,
)
ORGANIZATION = Model(
    "organization",
    (
        _comparison(
            "name",
            """
            equal*     0.700  0.700  0.0010 0.0005
            words*     0.040  0.040  0.0005 0.0002
            typo       0.150  0.120  0.0010 0.0003
            near       0.080  0.110  0.0200 0.0050
            different  0.030  0.030  0.9775 0.9940
            """,
            identity=True,
        ),
        _comparison(
            "legal_form",
            """
            equal      0.930  0.850  0.3500 0.3000
            different  0.070  0.150  0.6500 0.7000
            """,
            identity=True,
        ),
        _comparison(
            "vat_id",
            """
            equal      0.950  0.600  0.0100 0.00001
            different  0.050  0.400  0.9900 0.99999
            """,
            identity=True,
        ),
        _comparison(
            "email",
            """
            equal      0.700  0.200  0.0200 0.00001
            shared     0.100  0.200  0.2000 0.00010
            different  0.200  0.600  0.7800 0.99989
            """,
        ),
        _comparison(
            "domain",
            """
            equal      0.900  0.850  0.1000 0.0003
            different  0.100  0.150  0.9000 0.9997
            """,
        ),
        _comparison(
            "phone",
            """
            equal      0.550  0.050  0.0600 0.00001
            trunk      0.270  0.050  0.1000 0.00010
            typo       0.020  0.005  0.0050 0.00005
            different  0.160  0.895  0.8350 0.99984
            """,
        ),
        _comparison(
            "address",
            """
            full*      0.650  0.020  0.800  0.0002
            near       0.080  0.020  0.080  0.0001
            place*     0.130  0.060  0.080  0.0040
            moved*     0.030  0.200  0.020  0.0040
            different  0.110  0.700  0.020  0.9917
            """,
        ),
        _comparison(
            "customer_no",
            """
            equal      0.600  0.0100 0.0010 0.00001
            different  0.400  0.9900 0.9990 0.99999
            """,
        ),
        _comparison(
            "other_id",
            """
            equal      0.820  0.0500 0.0100 0.0001
            typo       0.030  0.0200 0.0200 0.0001
            different  0.150  0.9300 0.9700 0.9998
            """,
        ),
    ),
    prior_match=1e-4,
    prior_kin=1e-4,
    prior_associate=1e-4,
)


def model_text(model: Model) -> str:
    """The model as JSON text, stable line by line, so that two models can be compared with diff."""
    return json.dumps(asdict(model), indent=1, sort_keys=True) + "\n"


def no_model() -> ModelError:
    """The error of a text that is no model, with its sentence in the catalogue."""
    key = "match.no_model"
    return ModelError(say(key, "en"), hint=say(f"{key}.hint", "en"), key=key)


def model_from_text(text: str) -> Model:
    """The model that `model_text` wrote.

    Raises:
        ModelError: The text is no model.
    """
    try:
        data = json.loads(text)
        comparisons = tuple(
            Comparison(**{**c, "levels": tuple(Level(**level) for level in c["levels"])})
            for c in data["comparisons"]
        )
        bits: dict[str, Any] = {k: float(data[k]) for k in _NUMBERS if k in data}
        bits |= {"converged": data["converged"], "calibration": fitted_in(data)}
        return Model(data["kind"], comparisons, **bits)
    except (KeyError, TypeError, ValueError) as error:
        raise no_model() from error
