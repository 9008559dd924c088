"""``crmclean train``: a model from labelled records or from the decisions in a store."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import tell, tell_json
from crmclean.cli.matching import matching_config, matching_options
from crmclean.cli.options import common_options, configured, inputs_of, store_path
from crmclean.config import Config
from crmclean.errors import ConfigError, ModelError
from crmclean.match.features import features_of
from crmclean.match.labels import Labels, labels_from_decisions, models_text
from crmclean.match.model import ORGANIZATION, PERSON, Model
from crmclean.match.plausible import sound_features
from crmclean.match.taught import train_with_labels
from crmclean.measure import read_labels
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.tables import Addresses, Contacts, Decisions, Parties

__all__ = ["command"]

Tables = tuple[Parties, Contacts, Addresses]


@click.command("train")
@click.argument("files", nargs=-1, metavar="[FILES...]")
@click.option(
    "--labels",
    type=click.Path(dir_okay=False, path_type=Path),
    help="True clusters or judged pairs, a table.",
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Store whose records and decisions are learned from, instead of FILES.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("model.json"),
    show_default=True,
    help="The model, as text.",
)
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@matching_options
@common_options
def command(
    files: tuple[str, ...], labels: Path | None, store: Path | None, output: Path, **options: Any
) -> None:
    """Learn a model from FILES with --labels, or from the records and decisions of a store.

    The model is text, to be compared with diff; use it with dedupe --model and run --model.
    """
    config = matching_config(configured(options["config"], lang=options["lang"], store=store), options)
    inputs = inputs_of(files, options["sources"])
    if inputs and labels is None:
        raise ConfigError.of("errors.train.labels")
    known = read_labels(labels) if labels else None
    tables, said = _of_files(inputs, config) if inputs else _of_store(store, config)
    models, learned = _trained(tables, known or said, config)
    try:
        output.write_text(models_text(models), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError.of("errors.write.file", name=output.name, reason=error.strerror or "?") from error
    if options["as_json"]:
        fitted = {kind: m.calibration and asdict(m.calibration) for kind, m in models.items()}
        tell_json({"output": str(output), "kinds": learned, "calibration": fitted})
    elif not options["quiet"]:
        for kind, n in learned.items():
            tell(say("cli.train.learned", config.lang, kind=say(f"cli.kind.{kind}", config.lang), records=n))
            tell(_calibrated(models[kind], config.lang))
        tell(say("cli.train.written", config.lang, file=output.as_posix()))


def _calibrated(model: Model, lang: Lang) -> str:
    """Whether labels made the probabilities mean what they say, and how well."""
    kind, fitted = say(f"cli.kind.{model.kind}", lang), model.calibration
    if fitted is None:
        return say("cli.train.uncalibrated", lang, kind=kind)
    errors = {"before": f"{fitted.error_before:.4f}", "after": f"{fitted.error:.4f}"}
    return say("cli.train.calibrated", lang, kind=kind, pairs=fitted.pairs, **errors)


def _of_files(inputs: list[Any], config: Config) -> tuple[Tables, Labels]:
    from crmclean.normalize.records import normalize_records
    from crmclean.read import read_records

    read = read_records(inputs, config.read)
    normal = normalize_records(read.records, config.normalize, sources=read.sources)
    none = labels_from_decisions(Decisions(_no_decisions()))
    return (normal.parties, normal.contacts, normal.addresses), none


def _no_decisions() -> Any:
    from crmclean.tables import DECISIONS

    return DECISIONS.empty()


def _of_store(store: Path | None, config: Config) -> tuple[Tables, Labels]:
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        tables = (
            Parties(opened.load("parties")),
            Contacts(opened.load("contacts")),
            Addresses(opened.load("addresses")),
        )
        return tables, labels_from_decisions(Decisions(opened.load("decisions")))


def _trained(tables: Tables, labels: Labels, config: Config) -> tuple[dict[str, Model], dict[str, int]]:
    """Models of the kinds that the labels speak of, and how many parties each is from.

    Raises:
        ModelError: The labels speak of no two parties of one kind.
    """
    models: dict[str, Model] = {}
    learned: dict[str, int] = {}
    refusal: ModelError | None = None
    for kind, start in (("person", PERSON), ("organization", ORGANIZATION)):
        features, _ = sound_features(features_of(kind, *tables))
        try:
            models[kind] = train_with_labels(
                start, features, tables[0], labels, cap=config.match.block_cap, seed=config.match.seed
            )
        except ModelError as error:
            refusal = error
            continue
        learned[kind] = features.n
    if not models and refusal is not None:
        raise refusal
    return models, learned
