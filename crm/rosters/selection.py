"""Which part of a station's liaisons a roster is of.

It is made of keys only, so that it can stand in an address and be compared with an earlier one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlencode
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Selection:
    """What narrows a roster: every field that is set does; nothing set is everybody.

    `unit_id` is a box, whose areas are meant; `body_id` a body, whose members are;
    `recipient_id` the office a roster is provided to.
    """

    unit_id: UUID | None = None
    area_id: UUID | None = None
    post_type_id: UUID | None = None
    body_id: UUID | None = None
    meeting_id: UUID | None = None
    recipient_id: UUID | None = None

    @property
    def key(self) -> str:
        """The selection as one line, the same whenever the same is asked for."""
        return urlencode(list(self))

    @classmethod
    def of_key(cls, key: str) -> "Selection":
        """Return the selection a line stands for; what it no longer knows of narrows nothing."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: UUID(text) for name, text in parse_qsl(key) if name in known})

    def __iter__(self) -> Iterator[tuple[str, UUID]]:
        """Yield what is set, in the order of the fields."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None:
                yield field.name, value


EVERYBODY = Selection()
