"""The shape of the tree as tests: no circle of imports, small folders, result objects that name their fields."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FULL = 15  # modules a folder holds before a reader loses sight of them
POSITIONAL = 2  # fields an object may take by position
BY_POSITION = {"jobs.contracts.types.Scalar"}  # a type's name, seldom more


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


TREES = {
    module_name(path): ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("jobs", "dashboards", "dags")
    for path in (ROOT / folder).rglob("*.py")
}


def run_nodes(node: ast.AST) -> list[ast.AST]:
    """Every part of a module but what only a type checker reads."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return []
    return [node, *(each for child in ast.iter_child_nodes(node) for each in run_nodes(child))]


def imports(tree: ast.Module) -> set[str]:
    """Modules of ours that a module imports, inside its functions too."""
    result: set[str] = set()
    for node in run_nodes(tree):
        if isinstance(node, ast.Import):
            result |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            result |= {
                whole if (whole := f"{node.module}.{alias.name}") in TREES else node.module for alias in node.names
            }
    return result & TREES.keys()


def test_no_module_imports_itself_through_others() -> None:
    try:
        TopologicalSorter({name: imports(tree) - {name} for name, tree in TREES.items()}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_folder_holds_more_modules_than_a_reader_overlooks() -> None:
    folders = {path for name in ("jobs", "dashboards", "dags") for path in (ROOT / name).rglob("*") if path.is_dir()}
    counts = {path.relative_to(ROOT): len([*path.glob("[!_]*.py")]) for path in folders}
    assert {str(path): count for path, count in counts.items() if count > FULL} == {}


def test_objects_of_three_fields_or_more_name_them() -> None:
    wrong = []
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef) or f"{module}.{node.name}" in BY_POSITION:
                continue
            decorators = [ast.unparse(each) for each in node.decorator_list]
            own = [each for each in node.body if isinstance(each, ast.AnnAssign)]
            fields = [each for each in own if not ast.unparse(each.annotation).startswith("ClassVar")]
            is_data = any(each.startswith("dataclass") for each in decorators)
            if is_data and len(fields) > POSITIONAL and not any("kw_only=True" in each for each in decorators):
                wrong.append(f"{module}.{node.name}")
    assert wrong == []
