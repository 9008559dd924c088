"""The model as text: which comparisons there are, their levels, and what each level means.

A comparison has levels that say what differs. Each level carries three probabilities: `m` among
pairs that are one customer, `related` among pairs that belong together and are two (a household,
colleagues, branches of a company), `u` among pairs taken at random. The third class is what keeps
families apart: surname, address and landline are one fact there, and only the given name, the
birth date and personal contact points decide between "same" and "related".

The start values of m and related are ours, set from what German customer data look like; `train`
moves m towards the data within bounds and takes u from the data. A comparison is `personal` where
it tells members of one household apart.

Source of the approach: I. Fellegi, A. Sunter, "A Theory for Record Linkage", JASA 64 (1969).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from crmclean.errors import ModelError

__all__ = ["ORGANIZATION", "PERSON", "Comparison", "Level", "Model", "model_from_text", "model_text"]


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two values agree or differ.

    Args:
        name: As shown in reasons: equal, spelling, typo, missing ...
        m: Probability among pairs of one customer, given both values are there.
        related: Probability among pairs that belong together and are two customers.
        u: Probability among random pairs.
        frequency: Whether the weight follows the frequency of the value.
    """

    name: str
    m: float
    related: float
    u: float
    frequency: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field, or several fields taken as one fact, and its levels; level 0 is "missing"."""

    name: str
    levels: tuple[Level, ...]
    personal: bool = False

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
    """All comparisons of one kind of party, and the prior probabilities of the three classes."""

    kind: str
    comparisons: tuple[Comparison, ...]
    prior_match: float
    prior_related: float
    converged: bool = True

    def with_priors(self, match: float, related: float) -> Model:
        """The model with other prior probabilities."""
        return replace(self, prior_match=match, prior_related=related)


def _comparison(name: str, rows: str, *, personal: bool = False) -> Comparison:
    """A comparison written as a table: level, m, related, u; a star marks frequency levels."""
    levels = [Level("missing", 1.0, 1.0, 1.0)]
    for row in rows.strip().splitlines():
        label, m, related, u = row.split()
        levels.append(Level(label.rstrip("*"), float(m), float(related), float(u), label.endswith("*")))
    return Comparison(name, tuple(levels), personal)


PERSON = Model(
    "person",
    (
        _comparison(
            "family",
            """
            equal*     0.800  0.800  0.0020
            spelling*  0.060  0.015  0.0010
            typo       0.070  0.010  0.0005
            part       0.015  0.010  0.0005
            close      0.015  0.015  0.0040
            swapped    0.010  0.0001 0.00002
            different  0.030  0.150  0.9920
            """,
        ),
        _comparison(
            "given",
            """
            equal*     0.780  0.0100 0.0070
            nickname   0.020  0.0015 0.0010
            initial    0.060  0.0300 0.0150
            spelling*  0.025  0.0020 0.0015
            typo       0.070  0.0015 0.0010
            middle     0.010  0.0020 0.0010
            close      0.012  0.0200 0.0120
            gendered   0.004  0.0300 0.0060
            swapped    0.010  0.0001 0.00002
            different  0.013  0.9030 0.9560
            """,
            personal=True,
        ),
        _comparison(
            "middle",
            """
            equal      0.750  0.060  0.0500
            initial    0.150  0.040  0.0300
            different  0.100  0.900  0.9200
            """,
            personal=True,
        ),
        _comparison(
            "gender",
            """
            equal      0.985  0.400  0.5000
            different  0.015  0.600  0.5000
            """,
            personal=True,
        ),
        _comparison(
            "suffix",
            """
            equal      0.950  0.100  0.5000
            different  0.050  0.900  0.5000
            """,
            personal=True,
        ),
        _comparison(
            "birth",
            """
            equal      0.930  0.0100 0.00005
            swapped    0.015  0.0010 0.00005
            typo       0.030  0.0040 0.0020
            part       0.010  0.0080 0.0060
            different  0.015  0.9770 0.9919
            """,
            personal=True,
        ),
        _comparison(
            "national_id",
            """
            equal      0.900  0.0010 0.00001
            typo       0.080  0.0010 0.0001
            different  0.020  0.9980 0.9999
            """,
            personal=True,
        ),
        _comparison(
            "email",
            """
            equal      0.620  0.0200 0.000005
            shared     0.060  0.2000 0.000020
            typo       0.040  0.0040 0.000010
            local      0.030  0.0060 0.000100
            different  0.250  0.7700 0.999860
            """,
        ),
        _comparison(
            "phone",
            """
            mobile     0.500  0.0150 0.000005
            landline   0.250  0.1500 0.000010
            shared     0.060  0.4000 0.000020
            typo       0.020  0.0060 0.000050
            trunk      0.010  0.1000 0.000200
            different  0.160  0.3290 0.999700
            """,
        ),
        _comparison(
            "handle",
            """
            equal      0.700  0.0050 0.00001
            different  0.300  0.9950 0.99999
            """,
        ),
        _comparison(
            "address",
            """
            full*      0.640  0.850  0.00005
            near       0.090  0.060  0.00005
            place*     0.110  0.040  0.0030
            moved*     0.030  0.020  0.0030
            different  0.130  0.030  0.9940
            """,
        ),
        _comparison(
            "organization",
            """
            equal*     0.700  0.600  0.0010
            near       0.100  0.080  0.0020
            different  0.200  0.320  0.9970
            """,
        ),
        _comparison(
            "customer_no",
            """
            equal      0.600  0.0020 0.00001
            different  0.400  0.9980 0.99999
            """,
        ),
        _comparison(
            "other_id",
            """
            equal      0.850  0.0100 0.0001
            different  0.150  0.9900 0.9999
            """,
        ),
    ),
    prior_match=1e-4,
    prior_related=1e-4,
)
ORGANIZATION = Model(
    "organization",
    (
        _comparison(
            "name",
            """
            equal*     0.700  0.300  0.0005
            words*     0.120  0.060  0.0010
            typo       0.120  0.020  0.0003
            near       0.030  0.060  0.0050
            different  0.030  0.560  0.9932
            """,
            personal=True,
        ),
        _comparison(
            "legal_form",
            """
            equal      0.930  0.500  0.3000
            different  0.070  0.500  0.7000
            """,
        ),
        _comparison(
            "vat_id",
            """
            equal      0.950  0.100  0.00001
            different  0.050  0.900  0.99999
            """,
            personal=True,
        ),
        _comparison(
            "email",
            """
            equal      0.700  0.100  0.00001
            shared     0.100  0.200  0.00010
            different  0.200  0.700  0.99989
            """,
        ),
        _comparison(
            "domain",
            """
            equal      0.850  0.300  0.0003
            different  0.150  0.700  0.9997
            """,
        ),
        _comparison(
            "phone",
            """
            equal      0.550  0.100  0.00001
            trunk      0.250  0.100  0.00010
            typo       0.020  0.005  0.00005
            different  0.180  0.795  0.99984
            """,
        ),
        _comparison(
            "address",
            """
            full*      0.650  0.300  0.0002
            near       0.080  0.020  0.0001
            place*     0.130  0.080  0.0040
            moved*     0.040  0.200  0.0040
            different  0.100  0.400  0.9917
            """,
        ),
        _comparison(
            "customer_no",
            """
            equal      0.600  0.0100 0.00001
            different  0.400  0.9900 0.99999
            """,
        ),
        _comparison(
            "other_id",
            """
            equal      0.850  0.0500 0.0001
            different  0.150  0.9500 0.9999
            """,
        ),
    ),
    prior_match=1e-4,
    prior_related=1e-4,
)


def model_text(model: Model) -> str:
    """The model as JSON text, stable line by line, so that two models can be compared with diff."""
    return json.dumps(asdict(model), indent=1, sort_keys=True) + "\n"


def model_from_text(text: str) -> Model:
    """The model that `model_text` wrote.

    Raises:
        ModelError: The text is no model.
    """
    try:
        data = json.loads(text)
        comparisons = tuple(
            Comparison(c["name"], tuple(Level(**level) for level in c["levels"]), c["personal"])
            for c in data["comparisons"]
        )
        return Model(data["kind"], comparisons, data["prior_match"], data["prior_related"], data["converged"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError("the model file is not a model", hint="crmclean train writes one") from error
