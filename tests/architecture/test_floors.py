"""Who may import whom (docs/decisions/0001): packages by floor, rooms inside a package."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CRM = ROOT / "crm"

FLOORS = (
    {"kernel", "web", "formats"},
    {
        *("areas", "agencies", "access", "jobs", "seals", "factors", "exports"),
        *("approvals", "circulations"),
    },
    {"contacts", "consents"},
    {
        *("liaisons", "candidates", "requests", "notes", "bulletins", "bodies", "meetings"),
        *("minutes", "visiting"),
    },
    {
        *("relationships", "today", "coverage", "rosters", "search", "imports", "intake"),
        *("sharing", "administration", "breakglass", "samples"),
        *("oversight", "retention", "outbox", "shifts", "strengthening", "handovers"),
    },
)
COMPOSITION = {"app", "features", "cli", "migrations", "worker"}
WITHIN_FLOOR = {
    "web": {"kernel"},
    "formats": {"kernel"},
    "agencies": {"areas"},
    "access": {"areas", "agencies"},
    "consents": {"contacts"},
    "jobs": {"access", "agencies"},
    "factors": {"access", "agencies"},
    "approvals": {"access", "agencies"},
    "circulations": {"access", "agencies"},
    "exports": {"access", "agencies", "jobs", "approvals"},
    "seals": {"access", "agencies", "jobs"},
    "candidates": {"liaisons"},
    "requests": {"liaisons"},
    "meetings": {"liaisons", "bodies"},
    "minutes": {"bulletins", "meetings", "requests"},
    "notes": {"liaisons", "bulletins", "requests", "visiting"},
    "relationships": {"sharing"},
    "today": {"rosters", "breakglass", "coverage", "shifts", "strengthening"},
    "samples": {"coverage", "rosters", "sharing", "strengthening", "handovers", "shifts"},
    "oversight": {"sharing"},
    "retention": {"intake", "search", "sharing", "rosters"},
    "rosters": {"sharing"},
}
OPEN_ROOMS = {
    *("models", "queries", "lines", "service", "filing", "policy", "desk", "asking", "errands"),
    *("passwords", "throttle", "attempts", "filters", "drawings"),
    *("staffing", "reorganization", "transfers", "settings", "subjects", "accounts"),
    *("trail_lines", "standing", "checks", "seconds", "entering", "burden"),
    *("naming", "name_queries", "post_queries", "vacancy_queries", "running_queries"),
    *("reassigning", "feeds", "rhythm", "issue_queries", "files", "handling"),
    *("issuing", "copies", "selection", "selecting_queries", "papers", "ways"),
}
"""What another package may use; pages, forms and columns stay at home. `lines` are the plain tuples
queries give, `filing` derives the columns names are sorted and found by, `desk` and `asking` are
what pages begin with; the others hold more verbs, each kind of change in a file of its own."""
ORDER = ("pages", "forms", "columns", "service", "queries", "policy", "models")
"""Rooms from the top of a package to its ground."""

STANDS_ALONE = "seals/verify.py"
"""The verifier is handed over as one file that needs nothing else: it may be long, and imports none
of ours."""

FLOOR_OF = {package: number for number, floor in enumerate(FLOORS) for package in floor}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(CRM.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imports_of(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def edges() -> Iterator[tuple[Path, str, str, str]]:
    """Yield (file, its package, the imported package, the imported module inside it)."""
    for path, tree in modules():
        own = path.relative_to(CRM).parts[0].removesuffix(".py")
        for _, name in imports_of(tree):
            parts = name.split(".")
            if parts[0] == "crm" and len(parts) > 1 and parts[1] != own:
                yield path, own, parts[1], parts[2] if len(parts) > 2 else ""


def test_every_package_stands_on_a_floor() -> None:
    found = {path.parent.name for path in CRM.glob("*/__init__.py")}
    assert found - set(FLOOR_OF) == COMPOSITION - {"app", "features", "worker"}


def test_packages_import_only_from_below() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {own} -> {other}"
        for path, own, other, _ in edges()
        if own not in COMPOSITION and not allowed(own, other)
    ]
    assert wrong == []


def allowed(own: str, other: str) -> bool:
    if other in COMPOSITION:
        return False
    return FLOOR_OF[other] < FLOOR_OF[own] or other in WITHIN_FLOOR.get(own, set())


def test_edges_inside_a_floor_have_no_cycle() -> None:
    order = list(TopologicalSorter(WITHIN_FLOOR).static_order())
    assert set(order) >= set(WITHIN_FLOOR)


def test_other_packages_use_only_open_rooms() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {other}.{room}"
        for path, own, other, room in edges()
        if own not in COMPOSITION and FLOOR_OF[other] > 0 and room not in OPEN_ROOMS
    ]
    assert wrong == []


def test_rooms_import_downward() -> None:
    wrong = []
    for path, tree in modules():
        own, room = path.parent.name, path.stem
        if room not in ORDER:
            continue
        for _, name in imports_of(tree):
            parts = name.split(".")
            below = parts[:2] == ["crm", own] and len(parts) > 2 and parts[2] in ORDER
            if below and ORDER.index(parts[2]) < ORDER.index(room):
                wrong.append(f"{path.relative_to(ROOT)}: {room} -> {parts[2]}")
    assert wrong == []


def test_what_stands_alone_imports_nothing_of_ours_or_of_others() -> None:
    tree = ast.parse((CRM / STANDS_ALONE).read_text(encoding="utf-8"))
    imported = {name.split(".")[0] for _, name in imports_of(tree)}
    assert imported - sys.stdlib_module_names == set()


def test_imports_inside_functions_say_why() -> None:
    wrong = []
    for path, tree in modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node, name in imports_of(function):
                said = lines[node.lineno - 1]
                if "# slow import" not in said and "# optional dependency" not in said:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert wrong == []


@pytest.mark.parametrize("limit", [400])
def test_files_stay_short(limit: int) -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path, _ in modules()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > limit
        and "versions" not in path.parts
        and path.relative_to(CRM).as_posix() != STANDS_ALONE
    ]
    assert long == []
