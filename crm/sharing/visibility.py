"""The lines of 「誰に何が見えるか」 in words."""

from typing import Any

import sqlalchemy as sa

from crm.consents.models import ConsentScope
from crm.consents.queries import Consent
from crm.kernel.actor import Actor
from crm.kernel.i18n import translate
from crm.kernel.wareki import wareki
from crm.sharing.lines import Viewer, VisibilityLine, field_words
from crm.sharing.models import Basis


def station_line(actor: Actor) -> VisibilityLine:
    """Say that the own office sees everything."""
    return VisibilityLine(
        Viewer.STATION,
        actor.station_name,
        translate("登録されている全ての項目と活動記録"),
        translate("担当の所属として"),
    )


def headquarters_line(consent: Consent | None) -> VisibilityLine:
    """Say whether headquarters knows the name, or counts alone."""
    who = translate("警察本部")
    if consent and ConsentScope.HQ_NAME in consent.scopes:
        day = wareki(consent.decided_on)
        why = translate("%(day)sの同意による", day=day)
        return VisibilityLine(Viewer.HEADQUARTERS, who, translate("氏名と件数"), why)
    why = translate("氏名の提供への同意がないため")
    return VisibilityLine(Viewer.HEADQUARTERS, who, translate("件数のみ"), why)


def given_line(row: sa.Row[Any], consent: Consent | None) -> VisibilityLine:
    """Say what one copy lets another office see, and on which ground."""
    what = field_words(row.fields)
    if row.basis is Basis.DISCLOSURE:
        ground = translate(row.basis_text)
        why = translate("個別の提供：%(ground)s。%(reason)s", ground=ground, reason=row.purpose)
        viewer = Viewer.DISCLOSURE
    else:
        viewer = Viewer.STANDING
        day = wareki(consent.decided_on) if consent else ""
        why = translate("取決め「%(title)s」と%(day)sの同意による", title=row.basis_text, day=day)
    return VisibilityLine(viewer, row.recipient_name, what, why, row.valid_until, row.basis_id)
