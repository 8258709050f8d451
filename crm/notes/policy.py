"""Notes stay in the station; who wrote one, or a chief, may correct it."""

from crm.access.policy import own_station
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import register
from crm.notes.models import (
    ActivityNote,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteReply,
    NoteStaff,
)


def may_correct(actor: Actor, note: ActivityNote) -> bool:
    """Whether `actor` may correct `note`: its author, or a chief of the station."""
    return note.author_id == actor.staff_id or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


for _table in (ActivityNote, NotePerson, NoteOrganization, NoteStaff):
    register(_table, own_station(_table))
for _table in (NoteCorrection, NoteReply):
    register(_table, own_station(_table, append_only=True))
