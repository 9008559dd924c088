"""The docs are complete, fresh, and true: what code says is on a page, what a page shows runs."""

from __future__ import annotations

import doctest
import glob
import importlib
import importlib.util
import os
import re
import shlex
import shutil
from pathlib import Path
from types import ModuleType

import click
import pytest

import crmclean
from crmclean import tables
from crmclean.cli import COMMANDS, cli, main
from crmclean.config import Config
from crmclean.consent.reasons import REASONS
from crmclean.issues import CODES
from tests.conftest import EXAMPLES, ROOT, Example

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", EXAMPLES / "README.md"])
MADE = ("api.md", "cli.md", "config.md", "data.md", "issues.md", "quality.md", "speed.md", "tables.md")
RUN = (
    "README.md",
    "docs/concepts.md",
    "docs/match.md",
    "docs/pipeline.md",
    "docs/profile.md",
    "docs/tutorial.md",
)
MODULES = sorted(
    ".".join(("crmclean", *p.relative_to(ROOT / "crmclean").with_suffix("").parts)).removesuffix(".__init__")
    for p in (ROOT / "crmclean").rglob("*.py")
    if p.parent.name != "build" and p.name != "__main__.py"
)


def text_of(name: str) -> str:
    """A page as text."""
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return fence.findall(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """docs/build.py as a module."""
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", MADE)
def test_made_pages_are_fresh(build: ModuleType, name: str) -> None:
    """A page that code says is as docs/build.py makes it now."""
    fresh = text_of(name) == build.PAGES[name]()
    assert fresh, f"stale: python docs/build.py writes docs/{name}"


def test_excerpt_is_what_the_example_says(build: ModuleType, example: Example) -> None:
    """The terminal excerpt in README.md is the example run of now."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    fresh = build.with_excerpt(readme, example.said) == readme
    assert fresh, "stale: python docs/build.py writes it"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_commands_are_described(name: str) -> None:
    """Every command and each of its options has a place in docs/cli.md, and a help text."""
    page = text_of("cli.md")
    assert f"## crmclean {name}\n" in page
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for inner in command.commands.values() if isinstance(command, click.Group) else [command]:
        for parameter in inner.params:
            if isinstance(parameter, click.Option):
                assert all(option in page for option in parameter.opts)
                assert parameter.help, f"{name} {parameter.opts[0]} has no help"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_commands_have_a_page_that_shows_them(name: str) -> None:
    """Every command is shown in a page of its stage or in the tutorial, beside what Python does."""
    pages = [p for p in PAGES if p.name not in {*MADE, "changelog.md"}]
    assert any(f"crmclean {name} " in page.read_text(encoding="utf-8") for page in pages)


def test_issue_codes_are_described() -> None:
    """Every issue code has a row in docs/issues.md."""
    page = text_of("issues.md")
    assert [code for code in CODES if f"| `{code}` |" not in page] == []


def test_tables_are_described() -> None:
    """Every table and column has a place in docs/tables.md, and says what it holds."""
    page = text_of("tables.md")
    for table in tables.TABLES:
        assert f"## {table.name}\n" in page
        assert [c.name for c in table.columns if f"| `{c.name}` |" not in page or not c.doc] == []


def test_settings_are_described(build: ModuleType) -> None:
    """Every key of the configuration says what it does."""
    rows = [line for line in build.section("", Config) if line.startswith("| `")]
    assert len(rows) > 40
    assert [row for row in rows if row.rstrip(" |").endswith("|")] == []


def test_consent_reasons_are_described() -> None:
    """Every reason of a decision stands in docs/consent.md."""
    page = text_of("consent.md")
    assert [reason for reason in REASONS if reason not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    """Every link to a file of ours leads somewhere."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    assert [t for t in targets if not (page.parent / t).exists()] == []


def test_every_page_is_in_the_index() -> None:
    """docs/index.md leads to every page."""
    index = text_of("index.md")
    assert [p.name for p in DOCS.glob("*.md") if p.name != "index.md" and f"({p.name})" not in index] == []


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples, where a reader would sit."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_python_on_pages_runs(name: str, workplace: Path) -> None:
    """The Python blocks of a page run, one after the other, and what they assert holds."""
    assert workplace.is_dir()
    space: dict[str, object] = {}
    for block in blocks(ROOT / name, "python"):
        exec(compile(block, name, "exec"), space)  # noqa: S102  our own pages


@pytest.mark.slow
@pytest.mark.parametrize("name", ["docs/tutorial.md"])
def test_commands_on_pages_run(name: str, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands of the tutorial run in their order and end with 0, or with what their comment says."""
    assert workplace.is_dir()
    lines = [line for block in blocks(ROOT / name, "sh") for line in block.splitlines() if line.strip()]
    assert lines
    for line in lines:
        words = shlex.split(line, comments=True)
        arguments = [found for word in words[1:] for found in (sorted(glob.glob(word)) or [word])]  # noqa: PTH207  as a shell
        said = re.search(r"# exit code (\d)", line)
        code: object = 0
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
        captured = capsys.readouterr()
        assert code == (int(said[1]) if said else 0), f"{line}\n{captured.err}"


@pytest.mark.parametrize("module", MODULES)
def test_docstring_examples_run(module: str) -> None:
    """The examples in docstrings show what happens."""
    found = doctest.testmod(importlib.import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0


def test_three_sentences_and_two_commands() -> None:
    """README.md says what it is in three sentences; two commands do all."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = readme.split("\n\n")[1]
    assert len(re.findall(r"\.(?:\s|$)", first)) == 3
    commands = re.findall(r"^python3 -m venv .*$", readme, re.MULTILINE)
    assert len(commands) == 2
    assert "examples/data/* --output out/" in commands[0]
    assert commands[1].endswith("pytest -q")


def test_nothing_names_this_machine() -> None:
    """No page and no module names a folder of the machine it was written on."""
    files = [
        *PAGES,
        *(ROOT / "crmclean").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        *EXAMPLES.glob("*.*"),
    ]
    folders = tuple(os.sep + part + os.sep for part in ("work", "tmp", "root", "home"))
    mine = Path(__file__).resolve()
    named = [
        f"{file.relative_to(ROOT)}: {folder}"
        for file in files
        if file.resolve() != mine and file.suffix in {".py", ".md", ".toml"}
        for folder in folders
        if folder in file.read_text(encoding="utf-8")
    ]
    assert named == []


def test_version_is_in_the_changelog() -> None:
    """The changelog has a heading for the version."""
    assert f"## {crmclean.__version__}" in text_of("changelog.md")
