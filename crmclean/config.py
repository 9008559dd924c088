"""All settings: one frozen `Config`, a section per stage, read from crmclean.toml.

``Config()`` without a file works for German, Austrian and Swiss data. Order of precedence:
defaults, file, command options. Nothing is read from the environment or at import. Unknown keys
are errors with a suggestion. Each field's metadata "doc" makes docs/config.md.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from crmclean.errors import ConfigError

__all__ = [
    "DEFAULT",
    "Config",
    "ConsentConfig",
    "LimitsConfig",
    "MatchConfig",
    "MergeConfig",
    "NormalizeConfig",
    "PresumedConfig",
    "ReadConfig",
    "SoftOptInConfig",
    "SourceConfig",
    "TrustConfig",
    "ViewConfig",
    "WriteConfig",
    "config_from",
    "load_config",
    "thread_count",
]


def setting(default: Any, doc: str) -> Any:
    """A field with its default and its line in docs/config.md."""
    if isinstance(default, dict | list):
        return field(default_factory=lambda: type(default)(default), metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """What a steward says about one source; empty means: find out."""

    files: tuple[str, ...] = setting((), "file names or patterns that are this source")
    roles: tuple[str, ...] = setting((), "customers, consents, touchpoints, orders, ...")
    encoding: str = setting("", "encoding of the file")
    delimiter: str = setting("", "delimiter of the file")
    date_order: Literal["", "DMY", "MDY", "YMD"] = setting("", "order of day, month and year")
    id_column: str = setting("", "column that identifies a row")
    columns: Mapping[str, str] = setting({}, "column = field; an empty field leaves the column out")
    also_known_as: tuple[str, ...] = setting((), "names that other files use for this source")
    no_duplicates: bool = setting(default=False, doc="no two rows are the same customer")
    mode: Literal["", "delta", "snapshot"] = setting(
        "", "snapshot: a record that is missing is gone; delta (as if empty): it stays as it was"
    )
    country: str = setting("", "country of rows that name none")
    rank: int = setting(0, "rank in survivorship, 1 is best; 0: by order of quality")
    include: bool = setting(default=True, doc="false keeps the records out of the customers")
    min_quality: float = setting(
        0.0, "records whose share of expected, valid facts is lower are kept out of the customers, 0 to 1"
    )
    max_age: int = setting(
        0, "months since a record was last changed (else created) after which it is kept out; 0: no limit"
    )
    origin: Literal["", "purchased"] = setting("", "purchased: bought addresses")
    obtained: str = setting("", "day on which bought addresses were got, ISO; empty: the day of the run")
    sql_url: str = setting("", "database URL that this source is read from, by its name as input")
    sql_query: str = setting("", "query, or name of a table, that gives its rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConfig:
    """How files are read."""

    sources: Mapping[str, SourceConfig] = setting({}, "one table per source")
    sensitive: Mapping[str, str] = setting({}, "sensitive column = purpose for which it is read")
    notes: Mapping[str, str] = setting({}, "free-text column = purpose for which it is read")
    source_column: str = setting("", "column that names each row's source; empty: found by its header")
    allow_loss: float = setting(
        0.1, "share of its records that a snapshot may lose without being asked, 0 to 1"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizeConfig:
    """How values are normalised."""

    default_country: str = setting(
        "DE", "country assumed where neither row nor source names one; empty: none"
    )
    source_countries: Mapping[str, str] = setting({}, "source = country of its rows that name none")
    timezone: str = setting("Europe/Berlin", "zone of times that name none")
    restore_postcodes: bool = setting(
        default=True, doc="put a lost leading zero back into postcodes of known country; always reported"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchConfig:
    """How duplicates are found."""

    match_threshold: float = setting(0.5, "probability from which a pair is merged")
    review_threshold: float = setting(0.2, "probability from which a pair is shown for review")
    block_cap: int = setting(100, "largest block compared whole; larger ones are refined")
    max_cluster: int = setting(40, "clusters larger than this go to review")
    no_duplicates: tuple[str, ...] = setting((), "sources in which no two rows are one customer")
    link_only: bool = setting(
        default=False, doc="only across sources: each is free of duplicates, one row links to one of another"
    )
    cost_of_false_merge: float = setting(
        0.0, "how many missed merges a false one weighs: sets the match threshold; 0: match_threshold holds"
    )
    max_merge_share: float = setting(
        0.1, "share of the known customers that a run may merge into others without being asked, 0 to 1"
    )
    review_pairs: int = setting(0, "pairs a steward can settle, the most valuable first; 0: all")
    seed: int = setting(1, "seed of the sample used for training")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftOptInConfig:
    """Advertising to existing customers without consent; what is not set is as the preset says."""

    channels: tuple[str, ...] | None = setting(None, "channels on which it is permitted [email]; []: none")
    purposes: tuple[str, ...] | None = setting(None, "purposes it covers [marketing.similar_products]")
    months: int | None = setting(None, "months after the sale, 0: no limit [24; de-strict 12]")
    evidence: tuple[str, ...] | None = setting(
        None, "fields the sale must show [date, sale_ref, address_from_sale, notice_at_collection]"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PresumedConfig:
    """Calls to businesses on presumed interest; what is not set is as the preset says."""

    countries: tuple[str, ...] | None = setting(
        None, "countries whose law knows it [DE; de-strict, opt-in-only: none]"
    )
    months: int | None = setting(None, "months after the grounds were noted, 0: no limit [24]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentConfig:
    """The policy by which `may_contact` decides; what is not set is as the preset says ([...])."""

    policy: Literal["de-default", "de-strict", "at", "ch", "opt-in-only"] = setting(
        "de-default", "preset: de-default de-strict at ch opt-in-only"
    )
    timezone: str | None = setting(
        None, "zone of times without one and of days [Europe/Berlin; at Europe/Vienna; ch Europe/Zurich]"
    )
    jurisdiction: str | None = setting(
        None, "country whose rules hold for people of unknown country [DE; at AT; ch CH]"
    )
    controller: str | None = setting(
        None, "the company that keeps this log; grants that name no company are its own [not named]"
    )
    double_opt_in: tuple[str, ...] | None = setting(
        None, "channels on which a grant waits for a confirmation [email]"
    )
    double_opt_in_methods: tuple[str, ...] | None = setting(
        None, "ways of granting that wait; any: all of the channel [web_form; de-strict any]"
    )
    pending_ttl_days: int | None = setting(
        None, "days in which a confirmation must follow, 0: no limit [30; de-strict 14]"
    )
    proof_fields: tuple[str, ...] | None = setting(
        None, "fields a grant must show: date text_version source evidence ... [text_version, source]"
    )
    stale_after_months: int | Mapping[str, int] | None = setting(
        None, "months of disuse that end a consent, one number or per channel and default; 0: never [24; 18]"
    )
    soft_opt_in: SoftOptInConfig = field(default_factory=SoftOptInConfig, metadata={"doc": ""})
    presumed: PresumedConfig = field(default_factory=PresumedConfig, metadata={"doc": ""})
    live_call_ch: bool | None = setting(
        None, "Swiss customers without star entry may be called [true; de-strict, opt-in-only false]"
    )
    post_marketing: Literal["legitimate_interest", "consent"] | None = setting(
        None, "what a letter needs [legitimate_interest; opt-in-only consent]"
    )
    age_check: bool | None = setting(None, "consents given below the age of consent do not count [true]")
    age_of_consent: Mapping[str, int] | None = setting(
        None, "age per country and default [DE 16, AT 14, CH 16, default 16]"
    )
    shared_contact_denials: bool | None = setting(
        None, "a denial on a shared address or number closes it for all who use it [true]"
    )
    shared_contact_grants: Literal["owner", "nobody"] | None = setting(
        None, "whose is a grant keyed only by a shared address or number [nobody; at owner]"
    )
    grants_without_point: Literal["record", "customer"] | None = setting(
        None, "a grant that names no address holds for those of its record, or of the customer [record]"
    )
    certain_link: float | None = setting(
        None,
        "probability from which a merge carries a consent if more than the name agrees; 0: every merge [0.95]",
    )
    doubtful_denials: float | None = setting(
        None, "probability from which a denial closes the channel for a possible double, too; 0: never [0.5]"
    )
    external_lists: bool | None = setting(None, "Robinson, ECG and star entries count [true]")
    accept_legacy_flags: bool | None = setting(
        None, "an imported yes counts if it has a date and a channel [false]"
    )
    unknown_party: Literal["consumer", "business"] | None = setting(
        None, "what somebody of unknown kind is taken for [consumer]"
    )
    channel_map: Mapping[str, str] = setting({}, "word in the data = channel")
    purpose_map: Mapping[str, str] = setting({}, "word in the data = purpose, a dotted path")
    event_map: Mapping[str, str] = setting({}, "word in the data = kind of event")
    retention: Mapping[str, int] | None = setting(
        None, "years or days: phone_years 5, other_years 3, pending_days 30"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustConfig:
    """How far a source is trusted, for the rule trust_decay."""

    maximum: float = setting(80.0, "trust in a value just written, 0 to 100")
    minimum: float = setting(20.0, "trust in a value of which the age is unknown or past the decay")
    months: int = setting(36, "months over which trust falls from one to the other")
    downgrade: float = setting(50.0, "percent of trust that a value loses which is not known to be good")


Link = str | Callable[..., Any]
"""A link of a chain of rules: a name, or a function of the evidence (docs/merge.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeConfig:
    """Which value wins."""

    source_priority: tuple[str, ...] = setting((), "sources, best first")
    rules: Mapping[str, tuple[Link, ...]] = setting(
        {}, "field or group = chain of rules; from Python a function may be a link"
    )
    trust: Mapping[str, TrustConfig] = setting({}, "one table per source, for the rule trust_decay")


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewConfig:
    """What the view of one customer shows."""

    half_life_months: Mapping[str, int] = setting({}, "kind of value = months until it is half as current")
    controller: str = setting("", "who is responsible, with address, for answers to requests for access")
    purposes: Mapping[str, str] = setting({}, "purpose of keeping customer data = its legal basis")
    recipients: Mapping[str, str] = setting({}, "who gets customer data = for what")
    retention: Mapping[str, str] = setting({}, "kind of data = how long it is kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteConfig:
    """How results are written."""

    csv_format: Literal["standard", "excel-de"] = setting(
        "standard", "standard: comma, UTF-8, LF; excel-de: semicolon, BOM, comma decimals"
    )
    workbook: bool = setting(default=True, doc="write the xlsx workbook")
    workbook_rows: int = setting(
        100_000, "rows of one table in the workbook, the csv files have all; 0: all, over several sheets"
    )
    consent_channels: tuple[str, ...] = setting(
        ("email", "phone", "post"), "channels that consent.csv answers for, beside those of the events"
    )
    consent_purposes: tuple[str, ...] = setting(
        (), "purposes that consent.csv answers for; empty: those of the events, else marketing.newsletter"
    )
    writeback_threshold: float = setting(
        0.99, "least probability of a merge that the source systems are told of; confirmed ones always are"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsConfig:
    """What a run may take of the machine; the result is the same whatever is set here."""

    threads: int = setting(0, "threads that work at once; 0: one per processor core")
    memory: str = setting("", "memory the run may take, for example 2GB; empty: no limit")


def thread_count(limits: LimitsConfig) -> int:
    """The number of threads that work at once.

    Raises:
        ConfigError: A negative number.
    """
    if limits.threads < 0:
        raise ConfigError.of("errors.config.threads", value=str(limits.threads))
    if limits.threads:
        return limits.threads
    allowed = getattr(os, "sched_getaffinity", None)
    return max(1, len(allowed(0)) if allowed else os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All sections."""

    lang: Literal["en", "de"] = setting("en", "language of the sentences that people read")
    as_of: str = setting("", "day of all decisions, ISO; empty: today")
    read: ReadConfig = field(default_factory=ReadConfig, metadata={"doc": ""})
    normalize: NormalizeConfig = field(default_factory=NormalizeConfig, metadata={"doc": ""})
    match: MatchConfig = field(default_factory=MatchConfig, metadata={"doc": ""})
    consent: ConsentConfig = field(default_factory=ConsentConfig, metadata={"doc": ""})
    merge: MergeConfig = field(default_factory=MergeConfig, metadata={"doc": ""})
    view: ViewConfig = field(default_factory=ViewConfig, metadata={"doc": ""})
    write: WriteConfig = field(default_factory=WriteConfig, metadata={"doc": ""})
    limits: LimitsConfig = field(default_factory=LimitsConfig, metadata={"doc": ""})


DEFAULT = Config()


def load_config(path: str | Path) -> Config:
    """The configuration of a TOML file, checked key by key.

    Raises:
        ConfigError: The file is missing or no TOML, a key is unknown or has the wrong type.
    """
    target = Path(path)
    try:
        data = tomllib.loads(target.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError.of("errors.config.missing", file=target.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError.of("errors.config.toml", file=target.name, cause=error) from error
    except OSError as error:
        raise ConfigError.of("errors.config.unreadable", file=target.name, cause=error.strerror) from error
    return config_from(data)


def config_from(data: Mapping[str, Any]) -> Config:
    """The configuration of nested dictionaries, as TOML gives them.

    Raises:
        ConfigError: A key is unknown (with the nearest known one) or a value has the wrong type.
    """
    config = _build(Config, data, "")
    if not isinstance(config, Config):  # pragma: no cover  _build returns what it is asked for
        raise TypeError
    return config


def _build(kind: type, data: Any, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise ConfigError.of("errors.config.table", where=where)
    hints = typing.get_type_hints(kind)
    known = {f.name for f in dataclasses.fields(kind)}
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(str(key), sorted(known), n=1)
            place = f" in [{where}]" if where else ""
            name = f"{key!r}{place}"
            if near:
                raise ConfigError.of("errors.config.key_near", name=name, near=repr(near[0]))
            raise ConfigError.of("errors.config.key", name=name, known=", ".join(sorted(known)))
    return kind(**{k: _value(hints[k], v, f"{where}.{k}".lstrip(".")) for k, v in data.items()})


def _value(hint: Any, value: Any, where: str) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, value, where)
    if origin is Literal:
        if value not in args:
            raise ConfigError.of(
                "errors.config.choice", where=where, value=repr(value), known=", ".join(map(repr, args))
            )
        return value
    if origin in (Mapping, dict) or hint is Mapping:
        if not isinstance(value, Mapping):
            raise ConfigError.of("errors.config.table", where=where)
        return {str(k): _value(args[1], v, f"{where}.{k}") for k, v in value.items()}
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError.of("errors.config.list", where=where)
        return tuple(_value(args[0], v, where) for v in value)
    if origin is types.UnionType or origin is typing.Union:
        kinds = [kind for kind in args if kind is not types.NoneType]
        return _value(kinds[0], value, where) if len(kinds) == 1 else value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and (not isinstance(value, hint) or (hint is int and isinstance(value, bool))):
        raise ConfigError.of("errors.config.type", where=where, value=repr(value), kind=hint.__name__)
    return value
