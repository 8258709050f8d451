"""Notes stay in the station; who wrote one, or a chief, may correct it."""

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
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


register_own_station(ActivityNote, NotePerson, NoteOrganization, NoteStaff)
register_own_station(NoteCorrection, NoteReply, append_only=True)
