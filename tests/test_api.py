"""The public face: names that are true, documented, typed, and load on first use."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import crmclean
from tests.conftest import ROOT

PACKAGE = Path(crmclean.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
IMPORTED_AS = {
    "email-validator": "email_validator",
    "python-calamine": "python_calamine",
    "python-stdnum": "stdnum",
    "xlsxwriter": "xlsxwriter",
}
NEVER_IMPORTED = {"tzdata"}  # data of zoneinfo where the system has none


def test_names_are_sorted_and_complete() -> None:
    """`__all__` is sorted, without doubles, and what `dir` shows."""
    assert crmclean.__all__ == sorted(set(crmclean.__all__))
    assert dir(crmclean) == crmclean.__all__


@pytest.mark.parametrize("name", crmclean.__all__)
def test_names_resolve_and_say_what_they_are(name: str) -> None:
    """Each name is there, and its docstring begins with a sentence."""
    thing = getattr(crmclean, name)
    if name != "__version__":
        doc = inspect.getdoc(thing)
        assert doc is not None
        assert not doc.startswith(f"{name}("), "a dataclass without a docstring of its own"


@pytest.mark.parametrize("name", [n for n in crmclean.__all__ if n.islower() and n != "__version__"])
def test_functions_are_typed(name: str) -> None:
    """Every argument and the result of a public function has a type."""
    signature = inspect.signature(getattr(crmclean, name))
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is refused as Python does it."""
    with pytest.raises(AttributeError, match="no attribute 'merge_people'"):
        _ = crmclean.merge_people


def test_names_hide_no_module() -> None:
    """No function has the name of a module, else an import would replace it."""
    modules = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or p.is_dir()}
    assert modules.isdisjoint(crmclean.__all__)


def test_type_checkers_see_the_same_names() -> None:
    """The stub names the same homes as the module."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    stubbed = {
        alias.asname or alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert stubbed == crmclean._HOME


def test_steward_is_there_without_an_import_of_its_own() -> None:
    """`crmclean.steward` loads on first use, and is no name of `import *`."""
    code = "import crmclean, sys; assert 'crmclean.steward' not in sys.modules; print(crmclean.steward.apply.__name__)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "apply"
    assert "steward" not in crmclean.__all__


def test_package_is_typed() -> None:
    """py.typed tells type checkers to read the annotations."""
    assert (PACKAGE / "py.typed").is_file()


def test_one_version() -> None:
    """Module, metadata and pyproject.toml say the same version."""
    assert crmclean.__version__ == PROJECT["version"] == version("crmclean")


def test_stages_of_the_plan_are_public() -> None:
    """The chain can be walked by public names alone."""
    chain = {"read_records", "normalize_records", "match_parties", "identify_clusters", "merge_clusters"}
    asked = {"may_contact", "may_contact_many", "view_customer", "find_customers", "explain_pair"}
    assert chain | asked | {"run", "dedupe", "Store", "Config", "load_config"} <= set(crmclean.__all__)


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_dependencies_are_used_and_explained(requirement: str) -> None:
    """Every dependency is imported somewhere, and docs/decisions.md says why."""
    name = re.split(r"[ <>=!~;\[]", requirement)[0].lower()
    module = IMPORTED_AS.get(name, name)
    sources = [p.read_text(encoding="utf-8") for p in PACKAGE.rglob("*.py")]
    pattern = re.compile(rf"^\s*(?:import|from) {module}\b", re.MULTILINE)
    assert name in NEVER_IMPORTED or any(pattern.search(source) for source in sources)
    assert name in (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8").lower()
