"""What tests of a tour do again and again."""

import datetime as dt

from crm.consents.models import ConsentGrant, ConsentMethod, ConsentRecord, ConsentScope
from crm.contacts.models import Holder
from crm.liaisons.models import AcceptanceRecord, Decision, LiaisonTerm, LiaisonTermArea
from tests.support.world import NOW, START, World


def put_liaison(
    world: World,
    holder: Holder,
    *areas: str,
    station: str = "若葉署",
    since: dt.date = START,
    until: dt.date | None = None,
) -> None:
    """Put a liaison who accepted on the first day of the term, with consent to sharing."""
    chief = world.actors["chief" if station == "若葉署" else "stranger_chief"]
    owner = {"agency_id": world.agency_id, "station_id": world.units[station]}
    said = {
        "decided_on": since,
        "method": ConsentMethod.ORAL,
        "recorded_by": chief.staff_id,
        "recorded_at": NOW,
    }
    accepted = AcceptanceRecord(**owner, **said, **holder.columns, decision=Decision.ACCEPTED)
    agreed = ConsentRecord(**owner, **said, **holder.columns, form_version="1")
    term = LiaisonTerm(
        **owner,
        **holder.columns,
        acceptance_id=accepted.id,
        asked_on=since,
        valid_from=since,
        valid_to=until,
    )
    world.put(
        accepted,
        agreed,
        ConsentGrant(
            **owner, record_id=agreed.id, scope=ConsentScope.WITHIN_STATION, valid_from=since
        ),
        term,
        *(LiaisonTermArea(**owner, term_id=term.id, area_id=world.areas[area]) for area in areas),
    )
