"""What another agency would be given, as terms that can be decided on (決裁) before it is."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from crm.approvals.models import ApprovalKind
from crm.approvals.service import Matter
from crm.consents.models import SharedField
from crm.contacts.models import Holder
from crm.kernel.i18n import N_
from crm.kernel.wareki import wareki
from crm.sharing.lines import Office, field_words, in_order
from crm.sharing.models import DISCLOSURE_BASIS_LABELS, DisclosureBasis

AGREEMENT_TITLE = N_("提供の取決めの登録")
DISCLOSURE_TITLE = N_("個別の提供の決定")
PLACES_GIVEN = N_("意見・要望の場所の地点と写真")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """The terms of a standing share; `recipient_station_id` is one of `other_offices`."""

    recipient_station_id: UUID
    title: str
    purpose: str
    fields: Collection[SharedField]
    valid_from: dt.date
    valid_to: dt.date | None = None
    conditions: str = ""
    retention: str = ""
    inquiries: str = ""
    gives_places: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureFacts:
    """One decision to give: to whom, on which ground of the law, why, what, until when."""

    recipient_station_id: UUID
    basis: DisclosureBasis
    reason: str
    fields: Collection[SharedField]
    expires_on: dt.date


def agreement_matter(facts: AgreementFacts, office: Office) -> Matter:
    """Return a standing share with `office` as what is to be decided; its terms fill the form."""
    return Matter(
        ApprovalKind.PROVISION,
        ("unit", office.station_id),
        title=AGREEMENT_TITLE,
        path="/agreements/new",
        terms={
            "recipient_station_id": str(office.station_id),
            "title": facts.title,
            "purpose": facts.purpose,
            "fields": list(in_order(facts.fields)),
            "valid_from": facts.valid_from.isoformat(),
            "valid_to": facts.valid_to.isoformat() if facts.valid_to else None,
            "conditions": facts.conditions,
            "retention": facts.retention,
            "inquiries": facts.inquiries,
            # left out where it says nothing: what was decided before there was this term holds
            **({"gives_places": "true"} if facts.gives_places else {}),
        },
        content=[
            (N_("提供先"), office.label),
            (N_("取決めの名称"), facts.title),
            (N_("利用目的"), facts.purpose),
            (N_("提供する項目"), field_words(facts.fields)),
            (N_("依頼に添えるもの"), PLACES_GIVEN if facts.gives_places else ""),
            (N_("利用の条件"), facts.conditions),
            (N_("保存と返却・消去"), facts.retention),
            (N_("問合せ先"), facts.inquiries),
            (N_("始まりの日"), wareki(facts.valid_from)),
            (N_("終わりの日"), wareki(facts.valid_to) if facts.valid_to else ""),
        ],
    )


def disclosure_matter(holder: Holder, facts: DisclosureFacts, office: Office) -> Matter:
    """Return one disclosure about `holder` as what is to be decided; its terms fill the form."""
    kind, key = holder.subject
    below = "people" if kind == "person" else "organizations"
    return Matter(
        ApprovalKind.PROVISION,
        holder.subject,
        title=DISCLOSURE_TITLE,
        path=f"/{below}/{key}/disclosures/new",
        people=1,
        terms={
            "recipient_station_id": str(office.station_id),
            "basis": facts.basis.value,
            "reason": facts.reason,
            "fields": list(in_order(facts.fields)),
            "expires_on": facts.expires_on.isoformat(),
        },
        content=[
            (N_("提供先"), office.label),
            (N_("根拠"), DISCLOSURE_BASIS_LABELS[facts.basis]),
            (N_("提供の理由"), facts.reason),
            (N_("提供する項目"), field_words(facts.fields)),
            (N_("期限"), wareki(facts.expires_on)),
        ],
    )
