"""Rules that cannot be forgotten: one per table, added to every statement of an actor's session.

Each feature registers a rule for each of its tables. A session is bound to one actor for its whole
life: reads are narrowed by `with_loader_criteria` in one hook (so loads, counts, joins, subqueries
and bulk changes are covered alike), writes are judged at flush, and a tripwire on the engine
refuses whatever reached the database without passing either. Where the hook is known to be blind
(`security.md` F5) the statement is refused here or the way is banned by the source check.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.engine import Compiled, Connection, Engine
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import TextualSelect
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.sql.visitors import anon_map
from sqlmodel import Session, SQLModel

from crm.kernel.actor import Actor
from crm.kernel.written import insert_together, tell_written

type_of_row = type[SQLModel]

AnySelect = sa.Select[*tuple[Any, ...]]
"""A select of several columns."""

SEEN = "crm_scope"
SYSTEM = "system"
FLUSHING = "crm_flushing"
BUILT_ONCE = "crm_built_once"


class ScopeError(RuntimeError):
    """A statement or a write went around the rules: a fault of ours, never of the user's."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may read and who may write the rows of one table.

    `read` gives the condition a row must meet for an actor; None means every signed-in actor.
    `write` judges one row about to be inserted, changed or deleted; `fixed` names columns that
    never change once written (the owner of a row); `append_only` rows are never changed at all;
    `by_nobody` rows may be written before anybody has signed in (the sign-in itself).
    """

    read: Callable[[Actor], sa.ColumnElement[bool]] | None
    write: Callable[[Actor, Any], bool]
    fixed: tuple[str, ...] = ()
    append_only: bool = False
    by_nobody: bool = False


def nobody_reads(actor: Actor) -> sa.ColumnElement[bool]:
    """Hide every row: the table is the system's own."""
    del actor
    return sa.false()


def nobody_writes(actor: Actor, row: object) -> bool:
    """Refuse every write through a session: migrations and system statements keep the table."""
    del actor, row
    return False


_rules: dict[type_of_row, Rule] = {}


def register(table: type_of_row, rule: Rule) -> None:
    """State the rule of `table`; once, in its feature's `policy.py`."""
    if table in _rules:
        raise ScopeError(f"{table.__name__} has two rules")
    _rules[table] = rule
    _reach_of.cache_clear()
    _narrowed.cache_clear()


def rules() -> Mapping[type_of_row, Rule]:
    """Return every registered rule."""
    return _rules


def require_rules() -> None:
    """Stop start-up when a mapped table has no rule."""
    mapped = {mapper.class_ for mapper in SQLModel._sa_registry.mappers}  # noqa: SLF001 - the only list of mapped classes
    if missing := mapped - set(_rules):
        names = ", ".join(sorted(table.__name__ for table in missing))
        raise ScopeError(f"no access rule is registered for: {names}")


class ScopedSession(Session):
    """A session that sees and changes only what its actor may; without an actor, nothing."""

    def __init__(self, bind: Engine | Connection, actor: Actor | None) -> None:
        super().__init__(bind, expire_on_commit=False)
        self._actor = actor
        self._reader = replace(actor, address="") if actor else None
        self._gathered: list[SQLModel] | None = None
        self._hear: Callable[[Any], None] = _nobody_hears

    @property
    def actor(self) -> Actor | None:
        """The one on whose behalf this session works; never changes."""
        return self._actor

    def rows(
        self, statement: AnySelect, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Any]:
        """Return the rows of a select of several columns, as plain named tuples.

        `parameters` are the values of a statement that was built once, for every request.
        """
        options = {BUILT_ONCE: parameters is not None}
        return orm.Session.execute(self, statement, parameters, execution_options=options).all()

    def change(self, statement: sa.Update, parameters: Mapping[str, Any]) -> int:
        """Carry out an update that was built once, for every request; return how many rows met it.

        Rows already loaded are left as they were read.
        """
        options = {BUILT_ONCE: True, "synchronize_session": False}
        done = orm.Session.execute(self, statement, parameters, execution_options=options)
        return int(done.rowcount)  # type: ignore[attr-defined]  # an update always counts its rows

    @contextmanager
    def gathering(self, hear: Callable[[Any], None] | None = None) -> Iterator[None]:
        """Write what the block adds at its end, table after table: hundreds of rows at a time.

        The rules judge each row and `on_written` hears of it, as in a flush; `hear` is told of it
        when it is added. What the block added cannot be asked for inside it, and is no object of
        the session afterwards: whoever changes it reads it first.
        """
        self.flush()
        self._gathered, self._hear = [], hear or _nobody_hears
        try:
            yield
            gathered = self._gathered
        finally:
            self._gathered = None
        for row in gathered:
            _require(self.actor, row, changed=False)
        connection = self.connection()
        with _flushing(connection):
            insert_together(connection, gathered)
            tell_written(self, connection, gathered)

    def add(self, instance: Any, *, _warn: bool = True) -> None:  # noqa: ANN401 - SQLAlchemy's signature
        """Add a row; at the end of the block that gathers."""
        if self._gathered is None:
            super().add(instance, _warn=_warn)
        else:
            self._hear(instance)
            self._gathered.append(instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """Add rows, as `add`."""
        if self._gathered is None:
            super().add_all(instances)
        else:
            for each in instances:
                self.add(each)

    @property
    def writes_alone(self) -> bool:
        """Whether nobody else can write until this transaction ends, as on SQLite."""
        return self.get_bind().dialect.name == "sqlite"

    def flush(self, objects: Any = None) -> None:  # noqa: ANN401 - SQLAlchemy's signature
        """Write pending changes; only here may the engine see a statement without criteria."""
        if self._gathered is not None or not (self.new or self.dirty or self.deleted):
            return
        with _flushing(self.connection()):
            super().flush(objects)


def _nobody_hears(row: object) -> None:
    del row


class _Criteria(orm.LoaderCriteriaOption):
    """`with_loader_criteria` that also speaks of an alias by the alias' own columns.

    SQLAlchemy adapts them where an alias is what a select is from, but not in the ON clause of a
    join: there the criteria would narrow the table beside it and leave the alias open.
    """

    inherit_cache = True
    _cache_key_traversal = orm.LoaderCriteriaOption._traverse_internals  # noqa: SLF001 - the same facts make it

    def _resolve_where_criteria(self, ext_info: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy's own
        criteria = super()._resolve_where_criteria(ext_info)
        if not ext_info.is_aliased_class:
            return criteria
        return ClauseAdapter(ext_info.selectable).traverse(criteria)


class _Reach(orm.interfaces.CriteriaOption):
    """The criteria of every table for one actor, as a single option of a statement.

    As options of their own they cost half of a page's time: each was coerced, and read for the
    cache of compiled statements, once per statement. What compiling depends on is worked out once
    instead: which criteria there are (a number per shape), and the values bound in them.
    """

    __slots__ = ("_bound", "_criteria", "_shape", "propagate_to_loaders")

    inherit_cache = False

    def __init__(self, criteria: Sequence[_Criteria]) -> None:
        self._criteria = tuple(criteria)
        bound: list[sa.BindParameter[Any]] = []
        seen = anon_map()
        said = tuple(each._gen_cache_key(seen, bound) for each in self._criteria)  # noqa: SLF001 - the key is ours to make
        self._bound = tuple(bound)
        self._shape = _shapes.setdefault(said, next(_numbers))
        self.propagate_to_loaders = True

    def _gen_cache_key(
        self, anon_map: anon_map, bindparams: list[sa.BindParameter[Any]]
    ) -> tuple[Any, ...]:
        del anon_map
        bindparams.extend(self._bound)
        return (_Reach, self._shape)

    def process_compile_state(self, compile_state: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        """Let each table's criteria narrow the statement being compiled."""
        self.get_global_criteria(compile_state.global_attributes)

    def process_compile_state_replaced_entities(
        self,
        compile_state: Any,  # noqa: ANN401 - SQLAlchemy's own
        mapper_entities: object,
    ) -> None:
        """Narrow a statement whose entities were replaced just the same."""
        del mapper_entities
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Put each table's criteria where SQLAlchemy looks for them."""
        for each in self._criteria:
            each.get_global_criteria(attributes)


_numbers = count()
_shapes: dict[tuple[Any, ...], int] = {}
"""A number for each combination of criteria there is: roles and tables, not values."""


@lru_cache(maxsize=200)
def _reach_of(actor: Actor | None) -> _Reach:
    """Return what is added to every statement of `actor`; made once, for an actor never changes."""
    return _Reach(
        [
            _Criteria(
                table, sa.false() if actor is None else rule.read(actor), include_aliases=True
            )
            for table, rule in _rules.items()
            if rule.read is not None
        ]
    )


@lru_cache(maxsize=500)
def _narrowed(statement: sa.Executable, actor: Actor | None) -> sa.Executable:
    """Return a statement that was built once with the criteria of `actor`; made once as well."""
    return statement.options(_reach_of(actor))


@contextmanager
def _flushing(connection: Connection) -> Iterator[None]:
    connection.info[FLUSHING] = True
    try:
        yield
    finally:
        connection.info.pop(FLUSHING, None)


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    """Add every table's criteria to the statement, or refuse what they cannot cover."""
    session = state.session
    if not isinstance(session, ScopedSession):  # pragma: no cover - the event is ours alone
        raise ScopeError("a session of another kind")
    if state.execution_options.get(SYSTEM):
        return
    if state.is_insert or (state.is_update and state.is_executemany):
        raise ScopeError("rows are written by the unit of work, not by bulk statements")
    if state.is_from_statement or state.bind_mapper is None:
        raise ScopeError("only statements over mapped classes can be narrowed")
    # what is asked again and again need not be narrowed again for the same actor
    built_once = state.execution_options.get(BUILT_ONCE)
    narrowed = _narrowed if built_once else _narrowed.__wrapped__
    state.statement = narrowed(state.statement, session._reader)  # noqa: SLF001 - its own hook
    state.update_execution_options(**{SEEN: True})


def _refuse_text(statement: Any) -> None:  # noqa: ANN401 - any executable
    """Raise for SQL of somebody's own inside a statement: it would widen what the rules narrow."""
    for element in visitors.iterate(statement):
        if isinstance(element, TextClause | TextualSelect) or _is_spelled_out(element):
            raise ScopeError("SQL text inside a statement widens what the rules narrow")


def _is_spelled_out(element: object) -> bool:
    """Whether an element is SQL of somebody's own; `*` and `1` are SQLAlchemy's (count, exists)."""
    return isinstance(element, sa.ColumnClause) and element.is_literal and element.name not in "*1"


@event.listens_for(ScopedSession, "before_flush")
def _judge(session: ScopedSession, context: UOWTransaction, instances: object) -> None:
    del context, instances
    for row in session.new:
        _require(session.actor, row, changed=False)
    for row in session.dirty:
        if session.is_modified(row):
            _require(session.actor, row, changed=True)
            _require_fixed(row)
    for row in session.deleted:
        _require(session.actor, row, changed=True)


@event.listens_for(ScopedSession, "after_flush")
def _tell(session: ScopedSession, context: UOWTransaction) -> None:
    del context
    rows = (*session.new, *session.dirty, *session.deleted)
    tell_written(session, session.connection(), rows)


def _require(actor: Actor | None, row: SQLModel, *, changed: bool) -> None:
    rule = _rules[type(row)]
    if changed and rule.append_only:
        raise ScopeError(f"{type(row).__name__} rows are never changed")
    allowed = rule.by_nobody if actor is None else rule.write(actor, row)
    if not allowed:
        raise ScopeError(f"{type(row).__name__} is not this actor's to write")


def _require_fixed(row: SQLModel) -> None:
    state = sa.inspect(row)
    for name in _rules[type(row)].fixed:
        if state.attrs[name].history.has_changes():
            raise ScopeError(f"{type(row).__name__}.{name} never changes")


def arm(engine: Engine) -> None:
    """Refuse on `engine` every statement that passed neither the criteria nor a flush."""

    @event.listens_for(engine, "before_execute")
    def _tripwire(
        connection: Connection,
        clause: Any,  # noqa: ANN401 - any executable
        multiparams: object,
        params: object,
        execution_options: Mapping[str, Any],
    ) -> None:
        del multiparams, params
        options = {**connection.get_execution_options(), **execution_options}
        if options.get(SEEN) or options.get(SYSTEM):
            return
        if isinstance(clause, sa.UpdateBase) and connection.info.get(FLUSHING):
            return
        raise ScopeError(f"a statement went around the rules: {type(clause).__name__}")

    @event.listens_for(engine, "before_cursor_execute")
    def _read_once(*facts: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own arguments
        # each shape of statement is compiled once, so reading it once covers all its executions
        context = facts[4]
        compiled = context.compiled
        if compiled is None or compiled in _read or not context.execution_options.get(SEEN):
            return
        _refuse_text(compiled.statement)
        _read.add(compiled)


_read: WeakSet[Compiled] = WeakSet()
"""Compiled statements that hold no text of somebody's own."""
