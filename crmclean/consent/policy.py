"""The policy by which decisions are made: a preset, changed by what the configuration says.

The presets differ in what a company chooses; what the law of a country says follows the country of
the person asked about (presumed interest in Germany, the ECG list in Austria, live calls in
Switzerland). See docs/consent.md for every key and the source of its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from crmclean.config import ConsentConfig, PresumedConfig, SoftOptInConfig
from crmclean.consent.clock import zone_of
from crmclean.errors import ConfigError
from crmclean.fields import CHANNELS

__all__ = ["DEFAULT_POLICY", "PRESETS", "Policy", "Presumed", "SoftOptIn", "policy_of", "without_presumption"]

_AGES = {"DE": 16, "AT": 14, "CH": 16, "default": 16}
_RETENTION = {"phone_years": 5, "other_years": 3, "pending_days": 30}
_PROOF = frozenset(
    {"date", "source", "origin", "evidence", "evidence_ref", "text_version", "method", "actor"}
    | {"contact_point", "controller", "declaration", "legal_basis"}
    | {"sale_ref", "address_from_sale", "notice_at_collection"}
)


@dataclass(frozen=True, slots=True)
class SoftOptIn:
    """Advertising to existing customers without consent (UWG 7(3), TKG 174(4), UWG-CH 3(1)(o))."""

    channels: tuple[str, ...] = ("email",)
    purposes: tuple[str, ...] = ("marketing.similar_products",)
    months: int = 24
    evidence: tuple[str, ...] = ("date", "sale_ref", "address_from_sale", "notice_at_collection")


@dataclass(frozen=True, slots=True)
class Presumed:
    """Calls to businesses on presumed interest (UWG 7(2) no. 1)."""

    countries: tuple[str, ...] = ("DE",)
    months: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a decision depends on besides the events; the keys are those of `[consent]`."""

    name: str = "de-default"
    timezone: str = "Europe/Berlin"
    jurisdiction: str = "DE"
    controller: str = ""
    double_opt_in: tuple[str, ...] = ("email",)
    double_opt_in_methods: tuple[str, ...] = ("web_form",)
    pending_ttl_days: int = 30
    proof_fields: tuple[str, ...] = ("text_version", "source")
    stale_after_months: Mapping[str, int] = field(default_factory=lambda: {"default": 24})
    soft_opt_in: SoftOptIn = SoftOptIn()
    presumed: Presumed = Presumed()
    live_call_ch: bool = True
    post_marketing: Literal["legitimate_interest", "consent"] = "legitimate_interest"
    age_check: bool = True
    age_of_consent: Mapping[str, int] = field(default_factory=lambda: dict(_AGES))
    shared_contact_denials: bool = True
    shared_contact_grants: Literal["owner", "nobody"] = "nobody"
    grants_without_point: Literal["record", "customer"] = "record"
    certain_link: float = 0.95
    doubtful_denials: float = 0.5
    external_lists: bool = True
    accept_legacy_flags: bool = False
    unknown_party: Literal["consumer", "business"] = "consumer"
    channel_map: Mapping[str, str] = field(default_factory=dict)
    purpose_map: Mapping[str, str] = field(default_factory=dict)
    event_map: Mapping[str, str] = field(default_factory=dict)
    retention: Mapping[str, int] = field(default_factory=lambda: dict(_RETENTION))

    def stale_months(self, channel: str) -> int:
        """Months of disuse that end a consent on a channel; 0: never."""
        return self.stale_after_months.get(channel, self.stale_after_months.get("default", 0))

    def consent_age(self, country: str) -> int:
        """Age from which people of a country consent themselves."""
        return self.age_of_consent.get(country, self.age_of_consent.get("default", 16))


_STRICT: dict[str, Any] = {
    "double_opt_in_methods": ("any",),
    "pending_ttl_days": 14,
    "stale_after_months": {"default": 18},
    "soft_opt_in": SoftOptIn(months=12),
    "presumed": Presumed(countries=()),
    "live_call_ch": False,
}
PRESETS: dict[str, Policy] = {
    "de-default": Policy(),
    "de-strict": Policy(name="de-strict", **_STRICT),
    "at": Policy(name="at", timezone="Europe/Vienna", jurisdiction="AT", shared_contact_grants="owner"),
    "ch": Policy(name="ch", timezone="Europe/Zurich", jurisdiction="CH"),
    "opt-in-only": Policy(
        name="opt-in-only",
        soft_opt_in=SoftOptIn(channels=()),
        presumed=Presumed(countries=()),
        live_call_ch=False,
        post_marketing="consent",
    ),
}
DEFAULT_POLICY = PRESETS["de-default"]


def policy_of(config: ConsentConfig) -> Policy:
    """The preset with what the configuration sets; its name then ends in ``+``.

    Raises:
        ConfigError: A value is out of range: an unknown channel, zone, proof field, a negative number.
    """
    preset = PRESETS[config.policy]
    changes: dict[str, Any] = {}
    for key in fields(ConsentConfig):
        value = getattr(config, key.name)
        if key.name == "policy" or value is None or value == {}:
            continue
        if isinstance(value, SoftOptInConfig | PresumedConfig):
            value = _nested(getattr(preset, key.name), value)
        elif key.name == "stale_after_months":
            value = _months(value, preset)
        elif key.name in {"age_of_consent", "retention"}:
            value = {**getattr(preset, key.name), **value}
        if value != getattr(preset, key.name):
            changes[key.name] = value
    policy = replace(preset, name=f"{preset.name}+", **changes) if changes else preset
    _check(policy)
    return policy


def _nested(preset: Any, config: SoftOptInConfig | PresumedConfig) -> Any:
    said = {f.name: getattr(config, f.name) for f in fields(config)}
    return replace(preset, **{k: v for k, v in said.items() if v is not None})


def _months(value: object, preset: Policy) -> Mapping[str, int]:
    if isinstance(value, Mapping):
        for number in value.values():
            _whole("stale_after_months", number)
        return {**preset.stale_after_months, **value}
    return {"default": _whole("stale_after_months", value)}


def _whole(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigError(f"consent.{key} = {value!r} is not a whole number from 0")
    return value


def _check(policy: Policy) -> None:
    zone_of(policy.timezone)
    for key, number in (
        ("pending_ttl_days", policy.pending_ttl_days),
        ("soft_opt_in.months", policy.soft_opt_in.months),
        ("presumed.months", policy.presumed.months),
        *((f"age_of_consent.{k}", v) for k, v in policy.age_of_consent.items()),
        *((f"retention.{k}", v) for k, v in policy.retention.items()),
    ):
        _whole(key, number)
    for key, share in (("certain_link", policy.certain_link), ("doubtful_denials", policy.doubtful_denials)):
        if not 0 <= share <= 1:
            raise ConfigError(f"consent.{key} = {share!r} is not a probability", hint="from 0 to 1")
    stale = [c for c in policy.stale_after_months if c != "default"]
    _among("stale_after_months", stale, CHANNELS)
    _among("double_opt_in", policy.double_opt_in, CHANNELS)
    _among("soft_opt_in.channels", policy.soft_opt_in.channels, CHANNELS)
    _among("channel_map", policy.channel_map.values(), (*CHANNELS, "any"))
    _among("proof_fields", policy.proof_fields, _PROOF)
    _among("soft_opt_in.evidence", policy.soft_opt_in.evidence, _PROOF)


def _among(key: str, values: Any, known: Any) -> None:
    for value in values:
        if value not in known:
            raise ConfigError(
                f"consent.{key}: {value!r} is not known", hint=f"one of {', '.join(sorted(known))}"
            )


def without_presumption(policy: Policy) -> Policy:
    """The same policy for people known from bought addresses alone: nothing is presumed of them.

    Letters and calls need a consent; what is proven by events (a consent, a sale) holds as before.
    """
    return replace(policy, post_marketing="consent", presumed=Presumed(countries=()), live_call_ch=False)
