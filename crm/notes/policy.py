"""Notes stay in the station; who wrote one, or a chief, may correct it."""

import re
import unicodedata

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.notes.models import (
    ActivityNote,
    NoteCompanion,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteStaff,
    StationPhrase,
)

# 「120世帯」 and 「世帯数」 are facts about an association, not about a household
OF_ANOTHER_RECORD = re.compile(
    r"被疑者|被害者|被害届|逮捕|犯歴|前科|(?<![A-Z])DV(?![A-Z])|ストーカー|虐待"
    r"|(?<![0-9])世帯(?!数)|家族構成|生年月日|病気|病歴|障害者"
)
"""Words of a case, a consultation or a household; browsers read the same pattern."""


def may_correct(actor: Actor, note: ActivityNote) -> bool:
    """Whether `actor` may correct `note`: its author, or a chief of the station."""
    return note.author_id == actor.staff_id or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


def may_keep_phrases(actor: Actor) -> bool:
    """Whether `actor` decides which words the own station offers at one tap: the chiefs."""
    return actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


def belongs_elsewhere(*texts: str) -> bool:
    """Whether words suggest a case, a consultation or a household, which are kept elsewhere.

    A reason to remind the writer (別途処理), never to refuse what was written.
    """
    written = unicodedata.normalize("NFKC", "\n".join(texts)).upper()
    return OF_ANOTHER_RECORD.search(written) is not None


register_own_station(
    *(ActivityNote, NotePerson, NoteOrganization, NoteStaff, NoteCompanion, StationPhrase)
)
register_own_station(NoteCorrection, append_only=True)
