"""What people agree to in a sample, and how it becomes a consent on record."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.consents.models import (
    ConsentGrant,
    ConsentMethod,
    ConsentRecord,
    ConsentScope,
    SharedField,
)
from crm.consents.queries import Provision
from crm.consents.service import FORM_VERSION
from crm.samples.partners import Partner
from crm.samples.rows import Rows, moment

METHODS = tuple(ConsentMethod)
_WIDTH = {
    ConsentScope.WITHIN_STATION: 0.92,
    ConsentScope.HQ_NAME: 0.7,
    ConsentScope.MUNICIPALITY: 0.5,
    ConsentScope.OTHER_LIAISONS: 0.55,
    ConsentScope.BY_PHONE: 0.86,
    ConsentScope.BY_POST: 0.55,
    ConsentScope.BY_FAX: 0.2,
    ConsentScope.BY_EMAIL: 0.15,
    ConsentScope.PHOTO: 0.2,
}
_GIVEN = {
    SharedField.NAME: 1.0,
    SharedField.READING: 0.9,
    SharedField.POST: 0.85,
    SharedField.AREAS: 0.9,
    SharedField.PHONE: 0.75,
    SharedField.ADDRESS: 0.3,
    SharedField.NOTES: 0.45,
}
"""What people let a city hall have, in the order of the form, and how many do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who agreed on which day, and who put it on record; `signatory` spoke for an organization."""

    holder: Mapping[str, UUID | None]
    signatory: str
    day: dt.date
    method: ConsentMethod
    recorded_by: UUID


def drawn_scopes(rng: random.Random) -> list[ConsentScope]:
    """Return what somebody agrees to, drawn by lot."""
    return [scope for scope, share in _WIDTH.items() if rng.random() < share]


def put_consent(
    rows: Rows,
    answer: Answer,
    scopes: Sequence[ConsentScope],
    city: str,
    hall: Partner | None,
) -> Provision | None:
    """Put a consent into `rows` and return what the city hall may have by it.

    Where the city keeps no ledger here its `hall` is None and stands in words only.
    """
    day, rng, provision = answer.day, rows.rng, None
    record_id = rows.put(
        ConsentRecord,
        day,
        **answer.holder,
        signatory=answer.signatory,
        capacity="代表者" if answer.signatory else "",
        form_version=FORM_VERSION,
        decided_on=day,
        method=answer.method,
        recorded_by=answer.recorded_by,
        recorded_at=moment(day, 17),
    )
    for scope in scopes:
        to: dict[str, object] = {}
        if scope is ConsentScope.MUNICIPALITY and hall:
            fields = [item for item, share in _GIVEN.items() if rng.random() < share]
            to = named_in(hall.agency_id, hall.name, fields)
            provision = Provision(hall.agency_id, hall.name, frozenset(fields), day, None)
        elif scope is ConsentScope.MUNICIPALITY:
            to = {"recipient": f"{city}市民安全課（氏名・電話番号）"}
        rows.put(ConsentGrant, day, **to, record_id=record_id, scope=scope, valid_from=day)
    return provision


def named_in(agency_id: UUID, name: str, fields: Sequence[SharedField]) -> dict[str, object]:
    """Return the columns of a grant that names an agency and what it may have."""
    return {"recipient": name, "recipient_agency_id": agency_id, "fields": list(fields)}
