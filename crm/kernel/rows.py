"""What every row of a table is: an object made and changed at little more than a dict costs.

SQLModel sets each column of a new row twice, once for SQLAlchemy and once for pydantic, and finds
out anew how each default is made: of taking in a list that was a quarter of the time.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel


class Row(SQLModel):
    """A row as SQLModel knows it; TypeError for what is neither a column nor a relation of it."""

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - any column's value
        if not values:  # SQLModel itself makes rows so, to fill them in afterwards
            super().__init__()
            return
        made = _made(type(self))
        if unknown := values.keys() - made.names:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        related = {name: values.pop(name) for name in made.relations & values.keys()}
        fresh = {name: make() for name, make in made.fresh if name not in values}
        # a row that is not written yet has no history: its columns are put where they belong
        self.__dict__.update(made.constants | fresh | values)
        object.__setattr__(self, "__pydantic_fields_set__", set(values))
        if made.has_private:
            self.model_post_init(None)
        for name, value in related.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401 - as above
        """Set a column once, by SQLAlchemy; anything else as SQLModel does."""
        if name in _made(type(self)).columns:
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)


class _Made(NamedTuple):
    """How the rows of one table are made."""

    names: frozenset[str]
    columns: frozenset[str]
    relations: frozenset[str]
    constants: dict[str, Any]
    fresh: tuple[tuple[str, Callable[[], Any]], ...]
    has_private: bool


@cache
def _made(table: type[SQLModel]) -> _Made:
    relations = frozenset(table.__sqlmodel_relationships__)
    defaults = {
        name: field for name, field in table.model_fields.items() if not field.is_required()
    }
    fresh: dict[str, Any] = {
        name: field.default_factory for name, field in defaults.items() if field.default_factory
    }
    return _Made(
        names=relations | table.model_fields.keys(),
        columns=frozenset(sa.inspect(table).column_attrs.keys()),
        relations=relations,
        constants={name: defaults[name].default for name in defaults.keys() - fresh.keys()},
        fresh=tuple(fresh.items()),
        has_private=bool(table.__private_attributes__),
    )
