"""Ways around the rules that the session cannot see are banned in the source (F5)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CRM = ROOT / "crm"

BANNED_CALLS = {
    "text": {"migrations"},
    "literal_column": set[str](),
    "from_statement": set[str](),
    "create_engine": {"kernel/db.py"},
    "exec_driver_sql": {"kernel/db.py", "migrations/changes.py"},
    "connection": {"kernel/scope.py", "kernel/changes.py"},
    "bulk_insert_mappings": set[str](),
    "bulk_save_objects": set[str](),
}
BANNED_NAMES = {"__table__": set[str]()}
SYSTEM_STATEMENTS = {
    "access/queries.py",
    "access/devices.py",
    "access/service.py",
    "access/session_queries.py",
    "access/throttle.py",
    "agencies/queries.py",
    "breakglass/queries.py",
    "coverage/queries.py",
    "coverage/span_queries.py",
    "exports/queries.py",
    "jobs/leases.py",
    "jobs/queries.py",
    "oversight/queries.py",
    "retention/sweep_queries.py",
    "seals/queries.py",
}
"""Modules whose statements may be marked `system`: the sign-in, counts for headquarters and what
they are kept by, the jobs a
runner takes up for every requester, the seals over all of the audit trail, the numbers a station
gave its exports and the files past their time, the one person an emergency names, and what other
agencies' offices are called (a recipient has to be named; no secret is in a name); for oversight
the keys behind a typed name, and the trail as a dossier and a weekly check show it; and what two
people agreed to dispose of."""
SYSTEM_CONNECTIONS = {
    "kernel/migrate.py",
    "agencies/service.py",
    "cli/migrate.py",
    "samples/loader.py",
}
"""Modules that may open a connection outside the rules: before there is anybody to act for."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(CRM.rglob("*.py")):
        yield path.relative_to(CRM).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def excused(name: str, excuses: set[str]) -> bool:
    return name in excuses or name.split("/", maxsplit=1)[0] in excuses


def test_no_module_reaches_around_the_session() -> None:
    wrong = []
    for name, tree in sources():
        for node in ast.walk(tree):
            called = _called(node)
            if called in BANNED_CALLS and not excused(name, BANNED_CALLS[called]):
                wrong.append(f"{name}:{node.lineno}: {called}()")
            if isinstance(node, ast.Attribute) and node.attr in BANNED_NAMES:
                wrong.append(f"{name}:{node.lineno}: {node.attr}")
    assert wrong == []


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        # a cell's own `text(...)` is no SQL; `sa.text(...)` is
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        return "" if function.attr == "text" and owner not in {"sa", "sqlmodel"} else function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_only_named_modules_mark_statements_as_the_systems() -> None:
    marked = {name for name, tree in sources() if any(map(_marks_system, ast.walk(tree)))}
    assert marked - {"kernel/db.py", "kernel/scope.py", "kernel/fence.py"} <= SYSTEM_STATEMENTS


def _marks_system(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg == "system"
    return isinstance(node, ast.Constant) and node.value == "system"


def test_only_named_modules_open_connections_outside_the_rules() -> None:
    opened = {
        name for name, tree in sources() for node in ast.walk(tree) if _called(node) == "system"
    }
    assert opened <= SYSTEM_CONNECTIONS


def test_only_errands_act_as_the_product_itself() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if _called(node) in {"product_at_offices", "for_each_office"}
        and not name.endswith("/errands.py")
    ]
    assert wrong == []


def test_only_queries_write_selects() -> None:
    excuses = {"kernel", "migrations", "samples"}
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if _called(node) == "select"
        and not name.endswith(("/queries.py", "_queries.py"))
        and name.split("/")[0] not in excuses
    ]
    assert wrong == []


def test_only_edges_commit() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if _called(node) == "commit" and name != "kernel/db.py"
    ]
    assert wrong == []


def test_no_relationships_reach_upward() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if _called(node) in {"Relationship", "relationship"}
    ]
    assert wrong == []


def test_clock_is_read_only_at_the_edges() -> None:
    edges = {
        *("kernel/clock.py", "kernel/columns.py", "access/desk.py", "access/pages.py"),
        "jobs/runner.py",
    }
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if _called(node) in {"utc_now", "now", "today", "utcnow"}
        and name not in edges
        and not name.startswith("cli/")
    ]
    assert wrong == []
