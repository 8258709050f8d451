"""Rules with one clause dropped or turned round: the reference model must notice every one."""

import ast
import copy
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from types import ModuleType
from typing import Any

from sqlmodel import SQLModel

from crm import features
from crm.kernel import audit, scope
from crm.kernel.actor import Actor
from crm.kernel.scope import Rule
from tests.proof.databases import sqlite
from tests.proof.decisions import (
    Count,
    compare_nobody,
    compare_reads,
    compare_writes,
    put,
    resolved,
)
from tests.proof.proofs import Outcome, proof
from tests.proof.reference import Who
from tests.proof.worlds import SmallWorld, small_world

MODULES: tuple[ModuleType, ...] = (*features.POLICIES, audit)
Rules = dict[type[SQLModel], Rule]
MOST_WORLDS = 60
HEAD = 60
ALIKE = 3
"""Of many tables that have one rule, so many are enough to judge it by."""


@dataclass(slots=True)
class Mutant:
    """One clause of one module changed, and the rules that come of it."""

    name: str
    where: ModuleType
    statement: int
    node: int
    change: Callable[[Any], None]
    rules: Rules | None = None

    def tree(self) -> ast.Module:
        """Return the module's statements with the one clause changed."""
        tree = ast.Module(copy.deepcopy(_statements(self.where)), type_ignores=[])
        self.change(list(ast.walk(tree.body[self.statement]))[self.node])
        return ast.fix_missing_locations(tree)


@proof("G7", "every clause of every rule, dropped or turned round, is noticed", quick=8, full=5_000)
def every_mutant_is_killed(size: int) -> Outcome:
    """Judge worlds by `size` mutants (all there are, if fewer) until none of them is left."""
    everything = list(mutants())
    chosen = everything if size >= len(everything) else Random(7).sample(everything, size)  # noqa: S311 - no secret, the same every time
    # what nobody changed has to stay alive, or nothing could be said of the others
    unchanged = Mutant("the rules as written", MODULES[0], 0, 0, _unsaid, dict(scope.rules()))
    left = [mutant for mutant in chosen if _grows(mutant)]
    with sqlite() as database:
        for number in range(MOST_WORLDS):
            world = small_world(number)
            with put(database, world) as connection:
                everybody = list(resolved(connection, world, Count()))
                if not number and not _survives(connection, world, everybody, unchanged):
                    return Outcome(len(chosen), len(chosen), f"the rules fail in world {number}")
                left = [one for one in left if _survives(connection, world, everybody, one)]
            if not left:
                break
    names = "; ".join(one.name for one in left)
    return Outcome(len(chosen), len(left), names or f"killed in {number + 1} worlds or fewer")


def mutants() -> Iterator[Mutant]:
    """Yield every module a rule is made of with one clause changed."""
    reached = _reached()
    for module in MODULES:
        for index, statement in enumerate(_statements(module)):
            if _names_of(statement) & reached[module.__name__] or not _names_of(statement):
                yield from _of_statement(module, index, statement)


def _of_statement(module: ModuleType, index: int, statement: ast.stmt) -> Iterator[Mutant]:
    head = ast.unparse(statement).splitlines()[0][:HEAD]
    for place, node in enumerate(ast.walk(statement)):
        for change in _changes(node):
            what = ast.unparse(node).splitlines()[0][:HEAD]
            name = f"{module.__name__}, {head}: {what} {change.__doc__}"
            if name not in ALIKE_ANYWAY:
                yield Mutant(name, module, index, place, change)


def _changes(node: ast.AST) -> Iterator[Callable[[Any], None]]:
    """Yield what may be done to a node; its docstring says it."""
    if isinstance(node, ast.BoolOp):
        yield from (_without("values", number) for number in range(len(node.values)))
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], tuple(TURNED)):
        yield _turned
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Tuple):
        yield from (_without_pair(number) for number in range(len(node.left.elts)))
    if isinstance(node, ast.If | ast.IfExp):
        yield from (_always(said=True), _always(said=False))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _twice
    if isinstance(node, ast.Call):
        yield from _changes_of_call(node)
    if isinstance(node, ast.keyword):
        yield from _changes_of_keyword(node)


def _changes_of_call(node: ast.Call) -> Iterator[Callable[[Any], None]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in SWAPPED:
        yield _swapped
    if name in {"and_", "or_", "has"} and len(node.args) > 1:
        yield from (_without("args", number) for number in range(len(node.args)))


def _changes_of_keyword(node: ast.keyword) -> Iterator[Callable[[Any], None]]:
    if node.arg == "fixed" and isinstance(node.value, ast.Tuple):
        yield from (_unfixed(number) for number in range(len(node.value.elts)))
    if node.arg in {"append_only", "by_nobody"} and isinstance(node.value, ast.Constant):
        yield _unsaid


def _without(field: str, number: int) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        kept = getattr(node, field)
        del kept[number]
        if field == "values" and len(kept) == 1:
            kept.append(kept[0])

    change.__doc__ = f"without clause {number + 1}"
    return change


def _without_pair(number: int) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        del node.left.elts[number], node.comparators[0].elts[number]

    change.__doc__ = f"without pair {number + 1}"
    return change


def _unfixed(number: int) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        del node.value.elts[number]

    change.__doc__ = f"with column {number + 1} not fixed"
    return change


def _unsaid(node: Any) -> None:
    """with the word taken back"""
    node.value = ast.Constant(value=False)


def _turned(node: Any) -> None:
    """turned round"""
    node.ops[0] = TURNED[type(node.ops[0])]()


def _twice(node: Any) -> None:
    """without its not"""
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _swapped(node: Any) -> None:
    """with and for or, true for false"""
    node.func.attr = SWAPPED[node.func.attr]


def _always(*, said: bool) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        node.test = ast.Constant(value=said)

    change.__doc__ = f"always {said}"
    return change


ALIKE_ANYWAY = {
    # the rule has asked for the agency before it asks who may confirm
    (
        "crm.factors.policy, def may_confirm(actor: Actor, reset: FactorReset) -> bool:: others and"
        " may_confirm_resets(actor) and (reset.agency_id == without clause 3"
    ),
    # nobody writes these rows at all
    (
        "crm.seals.policy, def _sealed(table: type[SQLModel]) -> None:: append_only=True"
        " with the word taken back"
    ),
    (
        "crm.kernel.audit, register(AuditSubject, Rule(read=lambda actor: sa.and_(col(A:"
        " append_only=True with the word taken back"
    ),
    # a station is of one agency
    (
        "crm.approvals.policy, def _reads_route(actor: Actor) -> sa.ColumnElement[bool]::"
        " sa.and_(own_agency, cast('Any', ApprovalRoute.station_id ==  without clause 1"
    ),
    # no station is what the items of headquarters have, and those are read anyway
    (
        "crm.bulletins.policy, def _rule(table: type[InformationItem] | type[InformationFil: if"
        " actor.station_id is not None: always True"
    ),
    # every entry is of an office, and a chief without one settles nobody's
    (
        "crm.outbox.policy, def sees_all(actor: Actor) -> bool:: actor.reads_people and"
        " actor.has(Role.SECTION_CHIEF, Role.ST without clause 1"
    ),
    # no copy is without a giver or a recipient, so one who has no office meets none
    (
        "crm.access.policy, def published(table: type[Recipient], *, to_headquarters: bo: if own"
        " is None: always False"
    ),
    # there is one condition to join
    (
        "crm.kernel.audit, register(AuditSubject, Rule(read=lambda actor: sa.and_(col(A:"
        " sa.and_(col(AuditSubject.agency_id) == actor.agency_id) with and for or, true for false"
    ),
}
"""Changes that change nothing: a clause said twice is no gap."""

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SWAPPED = {"and_": "or_", "or_": "and_", "true": "false", "false": "true"}


def _grows(mutant: Mutant) -> bool:
    """Make the rules a mutant leads to; one that cannot even be stated is dead already."""
    try:
        mutant.rules = _rules_of(mutant)
    except Exception:  # noqa: BLE001 - whatever stops the start stops the mutant
        return False
    return True


def _rules_of(mutant: Mutant) -> Rules:
    """State every rule anew, with the mutant in the place of its module."""
    stated: Rules = {}
    worlds: dict[str, dict[str, Any]] = {}
    for module in MODULES:
        names = dict(vars(module))
        for imported in _imports_of(module):
            names |= {
                name: worlds[imported.module or ""][name]
                for name in (alias.name for alias in imported.names)
                if imported.module in worlds
            }
        names["register"] = stated.__setitem__
        worlds[module.__name__] = names
        tree = mutant.tree() if module is mutant.where else _as_written(module)
        exec(compile(tree, module.__name__, "exec"), names)  # noqa: S102 - our own source, one clause changed
    return {table: rule for table, rule in stated.items() if _concerns(mutant, table, rule)}


def _concerns(mutant: Mutant, table: type[SQLModel], rule: Rule) -> bool:
    """Whether a rule is made by the mutant's module or by one that uses it, or says otherwise."""
    written = scope.rules()[table]
    said = (written.append_only, written.fixed, written.by_nobody)
    if said != (rule.append_only, rule.fixed, rule.by_nobody):
        return True
    users = {
        module.__name__
        for module in MODULES
        if any(one.module == mutant.where.__name__ for one in _imports_of(module))
    }
    made_in = {function.__globals__["__name__"] for function in (rule.read, rule.write) if function}
    return bool(made_in & {mutant.where.__name__, *users})


def _survives(
    connection: Any,
    world: SmallWorld,
    everybody: Sequence[tuple[Who, Actor]],
    mutant: Mutant,
) -> bool:
    assert mutant.rules is not None
    kinds = [kind for kind in _judged_by(mutant.rules) if kind in world.rows]
    count = Count()
    try:
        with stated(mutant.rules):
            for who, actor in everybody:
                compare_reads(connection, world, who, actor, kinds, count)
                compare_writes(connection, world, who, actor, kinds, count)
                if count.wrong:
                    return False
            compare_nobody(connection, world, kinds, count)
    except Exception:  # noqa: BLE001 - a fault is noticed as well
        return False
    return not count.wrong


def _judged_by(rules: Rules) -> list[type[SQLModel]]:
    """Return a few tables of each shape of rule: forty are the station's in the same words."""
    found: dict[object, list[type[SQLModel]]] = {}
    for kind, rule in rules.items():
        cells = [cell.cell_contents for cell in getattr(rule.read, "__closure__", None) or ()]
        opened = next((cell for cell in cells if isinstance(cell, str)), "")
        shape = (rule.append_only, rule.fixed, opened, _code(rule.read), _code(rule.write))
        found.setdefault(shape, []).append(kind)
    return [kind for kinds in found.values() for kind in kinds[:ALIKE]]


def _code(function: Any) -> object:
    return getattr(function, "__code__", None)


@contextmanager
def stated(rules: Rules) -> Iterator[None]:
    """Let other rules hold for as long as the block lasts."""
    kept = dict(scope._rules)  # noqa: SLF001 - a mutant has no other way in
    scope._rules.update(rules)  # noqa: SLF001 - as above
    _forget()
    try:
        yield
    finally:
        scope._rules.update(kept)  # noqa: SLF001 - as above
        _forget()


def _forget() -> None:
    """Forget what the session made of the rules once, for everybody who may ask again."""
    for made_once in vars(scope).values():
        if hasattr(made_once, "cache_clear"):
            made_once.cache_clear()


def _statements(module: ModuleType) -> list[ast.stmt]:
    """Return what states rules: of a policy all but its imports, of models only `register`."""
    kept = [one for one in _parsed(module).body if not isinstance(one, ast.Import | ast.ImportFrom)]
    if module in features.POLICIES:
        return kept
    return [one for one in kept if isinstance(one, ast.Expr) and _names_of(one) == set()]


def _names_of(statement: ast.stmt) -> set[str]:
    """Return the names a statement defines; none for one that does something."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return set()


def _reached() -> dict[str, set[str]]:
    """Return by module the names that rules are made of, whoever imports them."""
    reached: dict[str, set[str]] = {module.__name__: set() for module in MODULES}
    grown = True
    while grown:
        before = sum(map(len, reached.values()))
        for module in MODULES:
            own = reached[module.__name__]
            for statement in _statements(module):
                if not _names_of(statement) or _names_of(statement) & own:
                    own |= {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}
            for imported in _imports_of(module):
                used = {alias.name for alias in imported.names} & own
                reached.setdefault(imported.module or "", set()).update(used)
        grown = before < sum(map(len, reached.values()))
    return reached


def _imports_of(module: ModuleType) -> list[ast.ImportFrom]:
    return [one for one in _parsed(module).body if isinstance(one, ast.ImportFrom)]


def _as_written(module: ModuleType) -> ast.Module:
    return ast.Module(_statements(module), type_ignores=[])


def _parsed(module: ModuleType) -> ast.Module:
    if module.__name__ not in _PARSED:
        _PARSED[module.__name__] = ast.parse(inspect.getsource(sys.modules[module.__name__]))
    return _PARSED[module.__name__]


_PARSED: dict[str, ast.Module] = {}
