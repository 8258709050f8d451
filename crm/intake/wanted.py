"""Whom and what a list could mean, told by the keys under which they are filed."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from crm.contacts.models import OrganizationKind
from crm.intake.known import Place, name_key, short_key, shortened
from crm.intake.rows import Line, PersonRow
from crm.kernel.text import search_key


class Wanted:
    """The names in a list: most of a station's book is called otherwise, and need not be read."""

    def __init__(self, lines: Iterable[Line], places: Iterable[Place]) -> None:
        rows = [line for line in lines if isinstance(line, PersonRow)]
        self._people = {name_key(row.family + row.given) for row in rows}
        names = {name for row in rows for name in _organizations_in(row)}
        self._exact = {search_key(name) for name in names}
        self._short = {short_key(name) for name in names}
        self._places = {place.id for place in places if short_key(place.name) in self._short}

    def is_person(self, filed_under: str) -> bool:
        """Whether somebody filed under a search key has a name the list has."""
        return _name_of(filed_under) in self._people

    def is_organization(
        self, filed_under: str, kind: OrganizationKind, area_id: UUID | None
    ) -> bool:
        """Whether the list names it; an association also without its ending, or by its area."""
        key = _name_of(filed_under)
        if kind is not OrganizationKind.NEIGHBORHOOD_ASSOCIATION:
            return key in self._exact
        return key in self._exact or shortened(key) in self._short or area_id in self._places


def _name_of(filed_under: str) -> str:
    """Return the first part of a search key: the name, before readings and other spellings."""
    return filed_under.partition(" ")[0]


def _organizations_in(row: PersonRow) -> Iterator[str]:
    yield row.organization
    yield from row.areas
    if row.is_organization:
        yield row.family
