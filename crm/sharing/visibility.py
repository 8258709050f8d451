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


def station_line(actor: Actor, consent: Consent | None) -> VisibilityLine:
    """Say that the own office sees everything, and whether its rosters may name the contact.

    All sections read what the station keeps (S1 3(1)ウ) and it needs no consent; being named on
    the roster that is handed to them (S1 2(4)) does.
    """
    agreed = consent is not None and ConsentScope.WITHIN_STATION in consent.scopes
    return VisibilityLine(
        Viewer.STATION,
        actor.station_name,
        translate("登録されている全ての項目と活動記録"),
        translate("担当の所属として。一覧表への掲載に同意あり")
        if agreed
        else translate("担当の所属として。一覧表への掲載に同意なし"),
    )


def headquarters_line(consent: Consent | None) -> VisibilityLine:
    """Say that headquarters reads counts, and one person in an emergency, whatever was agreed.

    Who agreed that headquarters learns their name can be named to it in writing; no page of
    headquarters shows a name, so the line promises none.
    """
    who = translate("警察本部")
    what = translate("件数のみ。緊急閲覧では、理由を記録して氏名・連絡先・役職を30分")
    if consent and ConsentScope.HQ_NAME in consent.scopes:
        day = wareki(consent.decided_on)
        why = translate(
            "%(day)sに氏名の提供に同意。氏名は書面で提供し、本部の画面には出ない", day=day
        )
        return VisibilityLine(Viewer.HEADQUARTERS, who, what, why)
    why = translate("氏名の提供への同意がないため")
    return VisibilityLine(Viewer.HEADQUARTERS, who, what, why)


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
