"""What headquarters may count, it may not read: the module of the counts is read here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CRM = Path(__file__).parents[2] / "crm"
MODULE = CRM / "coverage" / "queries.py"
OF_A_STATION = {
    "Organization",
    "CoverageSpan",
    "NotePerson",
    "NoteOrganization",
}
KEYS = {"id", "station_id", "area_id", "person_id", "organization_id"}
"""Columns a count may pass through on its way to an aggregate; none says anything of anybody."""
AGGREGATES = {"count", "max"}


def tree() -> ast.Module:
    return ast.parse(MODULE.read_text(encoding="utf-8"))


def calls(node: ast.AST, name: str) -> Iterator[ast.Call]:
    for found in ast.walk(node):
        if isinstance(found, ast.Call) and ast.unparse(found.func).split(".")[-1] == name:
            yield found


def columns_outside_aggregates(node: ast.AST) -> Iterator[str]:
    """Yield `Table.column` for every model column of `node` not inside a count or a maximum."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"sa.func.count", "sa.func.max"}:
        return
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield ast.unparse(node)
    for child in ast.iter_child_nodes(node):
        yield from columns_outside_aggregates(child)


def test_only_one_function_of_the_product_counts_past_the_rules() -> None:
    marked = [
        (path.relative_to(CRM).as_posix(), function.name)
        for path in CRM.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and node.value == "coverage counts"
    ]
    assert marked == [("coverage/queries.py", "_counted")]
    assert [ast.unparse(call) for call in calls(tree(), "execution_options")] == [
        call for call in map(ast.unparse, calls(tree(), "execution_options")) if "counts" in call
    ]


def test_counted_statements_give_keys_of_places_and_aggregates() -> None:
    (statement,) = [
        call
        for function in ast.walk(tree())
        if isinstance(function, ast.FunctionDef) and function.name == "_counted"
        for call in calls(function, "select")
    ]
    assert [ast.unparse(argument) for argument in statement.args] == [
        "*places",
        "*counts",
    ]
    places = {
        node.attr
        for call in calls(tree(), "_counted")
        for node in ast.walk(call.args[1])
        if isinstance(node, ast.Attribute)
    }
    assert places == {"c", "station_id", "unit_id", "area_id", "reach"}
    given = [
        re.findall(r"^sa\.func\.(count|sum|max)\(", ast.unparse(argument))
        for call in calls(tree(), "_counted")
        for argument in call.args[2:]
    ]
    assert given == [["sum"], ["sum"], ["sum"], ["max"], ["count"]]


def test_spans_are_read_by_nobody_but_who_works_them_out() -> None:
    marked = {
        path.relative_to(CRM).as_posix()
        for path in CRM.rglob("*.py")
        if '"coverage spans"' in path.read_text(encoding="utf-8")
    }
    users = {
        path.relative_to(CRM).as_posix()
        for path in CRM.rglob("*.py")
        if "span_queries" in path.read_text(encoding="utf-8")
    }
    assert (marked, users) == (
        {"coverage/span_queries.py"},
        {"coverage/service.py", "features.py"},
    )


def test_no_select_takes_more_than_keys_from_a_stations_tables() -> None:
    taken = {
        tuple(column.split("."))
        for call in calls(tree(), "select")
        for argument in call.args
        for column in columns_outside_aggregates(argument)
        if column.split(".")[0] in OF_A_STATION
    }
    assert {column for _, column in taken} <= KEYS
    whole = [
        ast.unparse(argument)
        for call in calls(tree(), "select")
        for argument in call.args
        if ast.unparse(argument) in OF_A_STATION
    ]
    assert whole == []


def test_people_themselves_are_not_even_known_here() -> None:
    imported = {
        alias.name
        for node in ast.walk(tree())
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("crm.contacts", "crm.liaisons", "crm.notes"))
        for alias in node.names
    }
    assert imported == OF_A_STATION - {"CoverageSpan"} | {"TWO_WAY"}
