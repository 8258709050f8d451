"""By which ways somebody may be invited: a person by those they agreed to, and by a visit."""

import datetime as dt
from collections.abc import Collection, Iterable

from crm.consents.models import ConsentScope
from crm.consents.queries import grants_in_force
from crm.contacts.models import Holder
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings.models import Channel

ASKED = {
    Channel.PHONE: ConsentScope.BY_PHONE,
    Channel.POST: ConsentScope.BY_POST,
    Channel.FAX: ConsentScope.BY_FAX,
    Channel.MAIL: ConsentScope.BY_EMAIL,
}
"""What a person must have agreed to for each way; a visit needs nothing."""


def may_take(holder: Holder, channel: Channel, agreed: Collection[ConsentScope]) -> bool:
    """Whether `holder` may be reached by `channel`; an organization by whatever it has on file."""
    return holder.person_id is None or channel not in ASKED or ASKED[channel] in agreed


def require_agreed(
    db: ScopedSession, holders: Iterable[Holder], channel: Channel | None, day: dt.date
) -> None:
    """Refuse a way that some of `holders` have not agreed to on `day`, and say what remains."""
    if channel not in ASKED:
        return
    agreed = grants_in_force(db, holders, day)
    number = sum(not may_take(holder, channel, scopes) for holder, scopes in agreed.items())
    if number:
        raise Refused(REFUSALS[channel], field="channel", number=number)


REFUSALS = {
    Channel.PHONE: N_(
        "電話での連絡に同意のない方が%(number)s人います。その方を外すか、「訪問」を選んでください。"
    ),
    Channel.POST: N_(
        "郵送での連絡に同意のない方が%(number)s人います。その方を外すか、「訪問」を選んでください。"
    ),
    Channel.FAX: N_(
        "ＦＡＸでの連絡に同意のない方が%(number)s人います。その方を外すか、「訪問」を選んでください。"
    ),
    Channel.MAIL: N_(
        "メールでの連絡に同意のない方が%(number)s人います。その方を外すか、「訪問」を選んでください。"
    ),
}
