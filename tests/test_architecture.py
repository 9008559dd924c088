"""The house rules as tests: layers, one home per library, no cycles, public names that are true."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import crmclean

ROOT = Path(crmclean.__file__).parent
STAGES = {"read", "profile", "normalize", "match", "consent", "merge", "store", "write"}
BASE = {"schema", "tables", "decisions", "fields", "values", "issues", "config", "memory", "text", "data"}
LAYERS: tuple[set[str], ...] = (
    {"cli", "web", "__main__"},
    {"steward"},
    {
        "pipeline",
        "duplicates",
        "stages",
        "common_tables",
        "result",
        "summary",
        "following",
        "permissions",
        "ledger",
        "intake",
        "continuity",
        "confined",
        "comparing",
        "choices",
        "increment",
        "lean",
        "measure",
        "spark",
    },
    {"view", "report"},
    STAGES,
    BASE,
    {"errors"},
    {"messages"},
)
SIDEWAYS = {
    frozenset({"pipeline", other})
    for other in (
        "result",
        "following",
        "permissions",
        "ledger",
        "intake",
        "continuity",
        "confined",
        "stages",
        "common_tables",
        "choices",
    )
} | {
    *(frozenset({"duplicates", other}) for other in ("stages", "common_tables", "lean", "choices")),
    *(frozenset({"common_tables", other}) for other in ("result", "summary", "increment")),
    frozenset({"measure", "duplicates"}),
    frozenset({"summary", "result"}),
    frozenset({"intake", "comparing"}),
    frozenset({"choices", "continuity"}),
    *(
        frozenset({"increment", other})
        for other in (
            *("result", "following", "permissions", "ledger", "intake", "continuity", "comparing", "choices"),
            "pipeline",
        )
    ),
    frozenset({"ledger", "permissions"}),
}
"""Rooms of one layer that may know each other, beside the base layer."""
EXEMPT = {("cli", "crmclean"), ("__main__", "cli")}
HOMES = {
    "click": {"cli"},
    "rich": {"cli"},
    "sqlite3": {"store"},
    "phonenumbers": {"normalize"},
    "email_validator": {"normalize"},
    "nameparser": {"normalize"},
    "stdnum": {"normalize"},
    "ftfy": {"normalize"},
    "jellyfish": {"text"},
    "rapidfuzz": {"text"},
    "scipy": {"match"},
    "chardet": {"read"},
    "python_calamine": {"read"},
    "sqlalchemy": {"read", "write"},
    "xlsxwriter": {"write"},
}
NO_PANDAS = ("text/",)
LOWER_MATCH = {
    "model": 0, "codes": -1, "forms": -1, "rows": 0, "shapes": 0, "numbers": 0, "contact_features": 1, "features": 2, "block": 3, "compare_names": 3, "compare_facts": 3,
    "compare_organizations": 3, "compare": 4, "joining": 1, "cluster": 2, "evidence": 5, "namesakes": 6, "score": 7, "caution": 7, "damage": 6, "crowds": 3, "kept": 6, "around": 11, "scarce": 7, "train": 8, "relate": 8, "explain": 8,
    "beside": 0, "bits": 5, "used": 0, "slipped": 5, "slips": 3, "fitted": -1, "presence": 3, "gaps": 8, "bound": 6, "pairing": 9, "edges": 10, "outcome": 10, "evaluate": 8, "calibrate": 1, "estimate": 8, "plausible": 6, "tune": 8, "link": 5, "growth": 12, "meeting": 4, "labels": 9, "taught": 10, "review": 8, "parties": 11, "region": 11, "touched": 12, "__init__": 13,
}  # fmt: skip


@cache
def modules() -> dict[str, tuple[Path, ast.Module]]:
    """Dotted name -> file and syntax tree of every module of the package."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = ("crmclean", *path.relative_to(ROOT).with_suffix("").parts)
        found[".".join(parts)] = (path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def room(module: str) -> str:
    """The layer's room a module is in: crmclean.match.score is in match."""
    return module.split(".")[1] if module.count(".") else "crmclean"


def imports(tree: ast.Module) -> list[tuple[str, int]]:
    """All imported module names with their lines."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            found.append((node.module or "", node.lineno))
    return found


def rank(name: str) -> int:
    """The layer of a room, 0 is the highest."""
    for number, rooms in enumerate(LAYERS):
        if name in rooms:
            return number
    pytest.fail(f"{name} is in no layer: give it a home or another name")


@pytest.mark.parametrize("module", sorted(modules()))
def test_imports_go_down(module: str) -> None:
    """A module imports lower layers or its own room: never sideways, never up."""
    if module == "crmclean.__init__":
        return
    here = room(module)
    for target, line in imports(modules()[module][1]):
        if not target.startswith("crmclean"):
            continue
        there = room(target)
        if here == there or (here, there) in EXEMPT or there == "crmclean":
            continue
        down = rank(here) < rank(there)
        beside = rank(here) == rank(there) and (here in BASE or frozenset({here, there}) in SIDEWAYS)
        assert down or beside, f"{module}:{line} imports {target}"


@pytest.mark.parametrize("module", sorted(modules()))
def test_libraries_have_one_home(module: str) -> None:
    """Each outside library is imported in its home alone."""
    here = room(module)
    for target, line in imports(modules()[module][1]):
        top = target.split(".")[0]
        if top in HOMES:
            assert here in HOMES[top], f"{module}:{line} imports {top}, whose home is {HOMES[top]}"


@pytest.mark.parametrize("module", sorted(modules()))
def test_no_hidden_imports(module: str) -> None:
    """No TYPE_CHECKING blocks: an import knot is untied, not hidden."""
    for node in ast.walk(modules()[module][1]):
        if isinstance(node, ast.ImportFrom):
            assert "TYPE_CHECKING" not in {alias.name for alias in node.names}, f"{module}:{node.lineno}"


def test_strings_without_pandas() -> None:
    """The text package works on strings; pandas stays out of it."""
    for module, (_, tree) in modules().items():
        if room(module) == "text":
            assert "pandas" not in {target.split(".")[0] for target, _ in imports(tree)}, module


def test_match_has_an_order() -> None:
    """Inside match: the stage > explain, relate > train > score > compare > block, cluster > model."""
    for module, (_, tree) in modules().items():
        parts = module.split(".")
        if parts[1:2] != ["match"]:
            continue
        assert parts[-1] in LOWER_MATCH, f"{module}: give it a place in the order"
        for target, line in imports(tree):
            if target.startswith("crmclean.match."):
                assert LOWER_MATCH[parts[-1]] > LOWER_MATCH[target.split(".")[2]], (
                    f"{module}:{line} imports {target}"
                )


def test_no_import_cycle() -> None:
    """The import graph of the package has no cycle."""
    graph = {}
    for module, (_, tree) in modules().items():
        name = module.removesuffix(".__init__")
        targets = set()
        for target, _ in imports(tree):
            if target.startswith("crmclean."):
                targets.add(target)
        graph[name] = targets
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name in done:
            return
        for target in sorted(graph.get(name, ())):
            visit(target, (*path, name))
        done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize("module", sorted(modules()))
def test_sizes_stay_small(module: str) -> None:
    """Files have at most 400 lines and functions at most 60."""
    path, tree = modules()[module]
    lines = path.read_text(encoding="utf-8").count("\n")
    catalogue = room(module) in {"tables", "messages"}  # declarations and sentences, no code
    assert lines <= 400 or catalogue, f"{module} has {lines} lines: two ideas in one room?"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            assert length <= 60, f"{module}:{node.lineno} {node.name} has {length} lines"


@pytest.mark.parametrize("module", sorted(modules()))
def test_all_is_true(module: str) -> None:
    """`__all__` is sorted and names only what is there."""
    tree = modules()[module][1]
    names = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {t.id for t in targets if isinstance(t, ast.Name)}
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "__all__"
            and isinstance(node.value, ast.List)
        ):
            listed = [ast.literal_eval(item) for item in node.value.elts]
            assert len(listed) == len(set(listed)), module
            lazy = "__getattr__" in names  # names that load on first use: test_api resolves them
            assert lazy or set(listed) <= names, f"{module}: {set(listed) - names}"
