"""``crmclean evaluate``: how good a result is, against labels or by an honest estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.matching import matching_config, matching_options, models_of
from crmclean.cli.options import common_options, configured, inputs_of, store_path
from crmclean.config import Config
from crmclean.match.model import Model
from crmclean.match.tune import decision_threshold
from crmclean.measure import (
    Measured,
    Outcome,
    gate,
    measure,
    outcome_of,
    read_labels,
    read_outcome,
    stored_outcome,
)
from crmclean.messages import Lang, say
from crmclean.store import Store

__all__ = ["command"]

_TABLES = ("by_source", "by_kind", "by_level", "reliability")
MOST_LEVELS = 25
"""Levels shown on a terminal, those that cost the most pairs; --json has all."""


@click.command("evaluate")
@click.argument("files", nargs=-1, metavar="[FILES...]")
@click.option(
    "--labels",
    type=click.Path(dir_okay=False, path_type=Path),
    help="True clusters or judged pairs, a table.",
)
@click.option(
    "--result",
    type=click.Path(file_okay=False, path_type=Path),
    help="Output folder of dedupe or run, instead of FILES.",
)
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option(
    "--min-f1", type=click.FloatRange(0, 1), metavar="X", help="End with exit code 1 below this F1."
)
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@matching_options
@common_options
def command(
    files: tuple[str, ...], labels: Path | None, result: Path | None, store: Path | None, **options: Any
) -> None:
    """Say how good a result is: of FILES matched now, of an output folder, or of the store.

    With --labels: precision, recall and F1 of pairs, B-cubed, exact clusters, figures by source,
    kind and what differs, and whether probabilities mean what they say. Without: an estimate from
    the model and the decisions in the store, with its uncertainty.
    """
    config = matching_config(configured(options["config"], lang=options["lang"], store=store), options)
    known = read_labels(labels) if labels else None
    outcome = _outcome(inputs_of(files, options["sources"]), result, store, config, options)
    threshold = decision_threshold(config.match)
    measured = measure(outcome, known, threshold=threshold, seed=config.match.seed)
    if options["as_json"]:
        fitted = {kind: m.calibration and asdict(m.calibration) for kind, m in outcome.models.items()}
        tell_json({**as_json(measured), "model_calibration": fitted})
    elif not options["quiet"]:
        for line in measured_lines(measured, config.lang):
            tell(line)
        for line in _held_out(outcome.models, config.lang) if known else ():
            tell(line)
    gate(measured, options["min_f1"])


def _held_out(models: Mapping[str, Model], lang: Lang) -> list[str]:
    """What calibrated models said of their own error, as they may be measured by the labels that taught them."""
    return [
        say(
            "cli.evaluate.held_out",
            lang,
            kind=say(f"cli.kind.{kind}", lang),
            pairs=model.calibration.pairs,
            error=f"{model.calibration.error:.4f}",
        )
        for kind, model in sorted(models.items())
        if model.calibration is not None
    ]


def _outcome(
    inputs: list[Any], result: Path | None, store: Path | None, config: Config, options: dict[str, Any]
) -> Outcome:
    """The result to judge: of files, of a folder, of a store."""
    if inputs:
        from crmclean.duplicates import dedupe

        return outcome_of(dedupe(inputs, config, models=models_of(options["model"])))
    if result is not None:
        return read_outcome(result)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        return stored_outcome(opened)


def as_json(measured: Measured) -> dict[str, Any]:
    """The figures for machines; tables as lists of rows."""
    found: dict[str, Any] = {}
    if measured.agreement is not None:
        a = measured.agreement
        found["pairs"] = {"precision": a.precision, "recall": a.recall, "f1": a.f1}
        found["b_cubed"] = {"precision": a.b_cubed_precision, "recall": a.b_cubed_recall, "f1": a.b_cubed_f1}
        found["counts"] = asdict(a)
        found["calibration_error"] = measured.calibration_error
        found["thresholds"] = None if measured.thresholds is None else asdict(measured.thresholds)
        found["unlabelled"], found["missing"] = measured.unlabelled, measured.missing
        for name in _TABLES:
            table = getattr(measured, name)
            found[name] = None if table is None else table.to_dict("records")
    if measured.estimate is not None:
        e = measured.estimate
        found["estimate"] = {
            "precision": asdict(e.precision),
            "recall": asdict(e.recall),
            "merged": e.merged,
            "reviewed": e.reviewed,
            "by_band": e.by_band.to_dict("records"),
        }
    return found


def measured_lines(measured: Measured, lang: Lang) -> list[str]:
    """The figures as lines for a terminal."""
    if measured.estimate is not None:
        return _estimate_lines(measured, lang)
    a = measured.agreement
    if a is None:  # pragma: no cover  one of both is always there
        return []
    lines = [
        say(
            "cli.evaluate.pairs",
            lang,
            precision=f"{a.precision:.4f}",
            recall=f"{a.recall:.4f}",
            f1=f"{a.f1:.4f}",
        ),
        say("cli.evaluate.counts", lang, true=a.true, found=a.found, both=a.both),
    ]
    if a.b_cubed_f1 is not None and a.clusters is not None and a.clusters_exact is not None:
        lines.append(
            say(
                "cli.evaluate.b_cubed",
                lang,
                precision=f"{a.b_cubed_precision:.4f}",
                recall=f"{a.b_cubed_recall:.4f}",
                f1=f"{a.b_cubed_f1:.4f}",
            )
        )
        lines.append(say("cli.evaluate.exact", lang, exact=a.clusters_exact, clusters=a.clusters))
    if measured.missing or measured.unlabelled:
        lines.append(
            say("cli.evaluate.unknown", lang, missing=measured.missing, unlabelled=measured.unlabelled)
        )
    return [*lines, *_calibration_lines(measured, lang), *_segment_lines(measured, lang)]


def _calibration_lines(measured: Measured, lang: Lang) -> list[str]:
    if measured.reliability is None or not len(measured.reliability):
        return []
    lines = ["", say("cli.evaluate.reliability", lang), _table(measured.reliability)]
    if measured.calibration_error is not None:
        lines.append(say("cli.evaluate.error", lang, error=f"{measured.calibration_error:.4f}"))
    if measured.thresholds is not None:
        t = measured.thresholds
        lines.append(
            say(
                "cli.evaluate.threshold",
                lang,
                best=f"{t.best:.3f}",
                best_f1=f"{t.best_f1:.4f}",
                f1=f"{t.f1:.4f}",
            )
        )
    return lines


def _segment_lines(measured: Measured, lang: Lang) -> list[str]:
    lines = []
    for name in ("by_source", "by_kind"):
        table = getattr(measured, name)
        if table is not None and len(table) > 1:
            lines += ["", say(f"cli.evaluate.{name}", lang), _table(table)]
    if measured.by_level is not None:
        table = measured.by_level
        lost = (table["true"] - table["found"] + table["wrong"]).sort_values(ascending=False, kind="stable")
        worst = table.loc[lost.index[:MOST_LEVELS]]
        lines += ["", say("cli.evaluate.by_level", lang), _table(worst)]
    return lines


def _table(frame: pd.DataFrame) -> str:
    return table_text([str(c) for c in frame.columns], frame.to_numpy(dtype=object).tolist())


def _estimate_lines(measured: Measured, lang: Lang) -> list[str]:
    e = measured.estimate
    if e is None:  # pragma: no cover  asked for only where there is one
        return []
    lines = [
        say(
            f"cli.evaluate.estimated_{name}",
            lang,
            value=f"{interval.value:.3f}",
            low=f"{interval.low:.3f}",
            high=f"{interval.high:.3f}",
        )
        for name, interval in (("precision", e.precision), ("recall", e.recall))
    ]
    lines.append(say("cli.evaluate.estimated_from", lang, merged=e.merged, reviewed=e.reviewed))
    return [*lines, "", _table(e.by_band.round(3)), "", say("cli.evaluate.estimated_limits", lang)]
