"""Nothing without a caller: each public function and class of a method is reached from elsewhere in jobs/."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import jobs

JOBS = Path(jobs.__file__).parent
TREES = {
    ".".join(("jobs", *path.relative_to(JOBS).with_suffix("").parts)): ast.parse(path.read_text("utf-8"))
    for path in JOBS.rglob("*.py")
}
METHODS = [name for name in TREES if name.startswith("jobs.stats.") or ".methods." in name]
Definition = ast.FunctionDef | ast.ClassDef


@cache
def names_in(tree: ast.AST) -> set[str]:
    """Every name and attribute that is read in a piece of program."""
    nodes = list(ast.walk(tree))
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {n.attr for n in nodes if isinstance(n, ast.Attribute)}


def imports(tree: ast.AST) -> dict[str, set[str]]:
    """Names that a module imports, by where from."""
    result: dict[str, set[str]] = {}
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom) and each.module:
            result.setdefault(each.module, set()).update(alias.name for alias in each.names)
    return result


IMPORTS = {name: imports(tree) for name, tree in TREES.items()}


def reached(module: str, defined: dict[str, Definition]) -> set[str]:
    """Definitions that another module of jobs/ imports, and those that these use."""
    package, _, last = module.rpartition(".")
    others = [name for name in TREES if name != module]
    known = set().union(*(IMPORTS[name].get(module, set()) for name in others))
    known |= set().union(*(names_in(TREES[name]) for name in others if last in IMPORTS[name].get(package, ())))
    own = [node for node in TREES[module].body if not isinstance(node, Definition | ast.Import | ast.ImportFrom)]
    known |= set().union(*(names_in(node) for node in own))
    known &= defined.keys()
    waiting = list(known)
    while waiting:
        more = (names_in(defined[waiting.pop()]) & defined.keys()) - known
        known |= more
        waiting += more
    return known


@pytest.mark.parametrize("module", METHODS)
def test_every_function_of_a_method_is_reached_from_elsewhere(module: str) -> None:
    defined = {node.name: node for node in TREES[module].body if isinstance(node, Definition)}
    assert sorted(defined.keys() - reached(module, defined)) == []
