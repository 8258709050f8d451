"""Every table, rule and listener of the product, gathered so that none is forgotten."""

from crm.access import models as access_models
from crm.access import policy as access_policy
from crm.access.accounts import keep_an_administrator
from crm.agencies import models as agency_models
from crm.agencies import policy as agency_policy
from crm.agencies.models import AdministratorLeaving
from crm.approvals import models as approval_models
from crm.approvals import policy as approval_policy
from crm.areas import models as area_models
from crm.areas import policy as area_policy
from crm.bodies import models as body_models
from crm.bodies import policy as body_policy
from crm.breakglass import models as breakglass_models
from crm.breakglass import policy as breakglass_policy
from crm.bulletins import models as bulletin_models
from crm.bulletins import policy as bulletin_policy
from crm.bulletins.models import InformationChanged, InformationWidening
from crm.candidates import letters as candidate_letters
from crm.candidates import models as candidate_models
from crm.candidates import policy as candidate_policy
from crm.candidates.service import follow_answer, follow_asking
from crm.circulations import models as circulation_models
from crm.circulations import policy as circulation_policy
from crm.consents import models as consent_models
from crm.consents import policy as consent_policy
from crm.consents.models import ConsentRecorded
from crm.contacts import models as contact_models
from crm.contacts import policy as contact_policy
from crm.contacts.models import AppointmentEnded, ContactChanged
from crm.contacts.queries import names_of
from crm.coverage import models as coverage_models
from crm.coverage import policy as coverage_policy
from crm.coverage.service import follow as keep_spans
from crm.coverage.span_queries import LEANS_ON
from crm.exports import jobs as export_jobs
from crm.exports import models as export_models
from crm.exports import policy as export_policy
from crm.exports.screen import name_subjects_by
from crm.factors import models as factor_models
from crm.factors import policy as factor_policy
from crm.handovers import models as handover_models
from crm.handovers import policy as handover_policy
from crm.imports import models as import_models
from crm.imports import policy as import_policy
from crm.intake import errands as intake_errands
from crm.intake import models as intake_models
from crm.intake import policy as intake_policy
from crm.jobs import models as job_models
from crm.jobs import policy as job_policy
from crm.kernel import audit, scope
from crm.kernel.changes import on, on_rows
from crm.liaisons import models as liaison_models
from crm.liaisons import policy as liaison_policy
from crm.liaisons.models import AnswerRecorded, AskingRecorded, LiaisonTermChanged
from crm.liaisons.service import review_contact
from crm.meetings import models as meeting_models
from crm.meetings import policy as meeting_policy
from crm.meetings import printing as meeting_printing
from crm.meetings.page_parts import put_ahead
from crm.minutes import models as minutes_models
from crm.minutes import paper as minutes_paper
from crm.minutes import policy as minutes_policy
from crm.minutes.queries import carried_to
from crm.notes import models as note_models
from crm.notes import policy as note_policy
from crm.notes.burden import also_planned_by, count_told_by
from crm.outbox import models as outbox_models
from crm.outbox import policy as outbox_policy
from crm.oversight import models as oversight_models
from crm.oversight import policy as oversight_policy
from crm.requests import models as request_models
from crm.requests import policy as request_policy
from crm.requests import reports as request_reports
from crm.requests import site_papers as request_site_papers
from crm.requests.site_copies import places_granted_by
from crm.retention import errands as retention_errands
from crm.retention import models as retention_models
from crm.retention import policy as retention_policy
from crm.retention import service as retention_service
from crm.rosters import issuing as roster_issuing
from crm.rosters import models as roster_models
from crm.rosters import policy as roster_policy
from crm.seals import errands as seal_errands
from crm.seals import models as seal_models
from crm.seals import policy as seal_policy
from crm.seals import service as seal_service
from crm.search import models as search_models
from crm.search import policy as search_policy
from crm.sharing import errands as sharing_errands
from crm.sharing import models as sharing_models
from crm.sharing import policy as sharing_policy
from crm.sharing.information import follow_item, refuse_to_widen
from crm.sharing.link_queries import times_told
from crm.sharing.places import places_granted
from crm.sharing.publishing import (
    publish_after_consent,
    publish_changed_contact,
    publish_changed_term,
)
from crm.shifts import errands as shift_errands
from crm.shifts import models as shift_models
from crm.shifts import policy as shift_policy
from crm.strengthening import models as strengthening_models
from crm.strengthening import month_paper as strengthening_papers
from crm.strengthening import policy as strengthening_policy
from crm.strengthening.running_queries import planned_calls
from crm.today import printing as tour_printing
from crm.visiting import models as visiting_models
from crm.visiting import policy as visiting_policy

MODELS = (
    audit,
    area_models,
    agency_models,
    access_models,
    factor_models,
    job_models,
    seal_models,
    export_models,
    approval_models,
    circulation_models,
    contact_models,
    consent_models,
    liaison_models,
    candidate_models,
    request_models,
    visiting_models,
    note_models,
    shift_models,
    body_models,
    meeting_models,
    minutes_models,
    outbox_models,
    coverage_models,
    roster_models,
    search_models,
    import_models,
    bulletin_models,
    intake_models,
    sharing_models,
    breakglass_models,
    oversight_models,
    retention_models,
    strengthening_models,
    handover_models,
)
POLICIES = (
    area_policy,
    agency_policy,
    access_policy,
    factor_policy,
    job_policy,
    seal_policy,
    export_policy,
    approval_policy,
    circulation_policy,
    contact_policy,
    consent_policy,
    liaison_policy,
    candidate_policy,
    request_policy,
    visiting_policy,
    note_policy,
    shift_policy,
    body_policy,
    meeting_policy,
    minutes_policy,
    outbox_policy,
    coverage_policy,
    roster_policy,
    search_policy,
    import_policy,
    bulletin_policy,
    intake_policy,
    sharing_policy,
    breakglass_policy,
    oversight_policy,
    retention_policy,
    strengthening_policy,
    handover_policy,
)

# what can be asked for and is made beside the request, and what the product does by itself
JOBS = (
    seal_errands,
    seal_service,
    roster_issuing,
    tour_printing,
    shift_errands,
    export_jobs,
    intake_errands,
    request_reports,
    request_site_papers,
    meeting_printing,
    strengthening_papers,
    candidate_letters,
    minutes_paper,
    sharing_errands,
    retention_service,
    retention_errands,
)

# what a lower feature announces and a higher one acts on, in the same transaction
on(AdministratorLeaving)(keep_an_administrator)
on(AppointmentEnded)(review_contact)
on(ContactChanged)(publish_changed_contact)
on(ConsentRecorded)(publish_after_consent)
on(AskingRecorded)(follow_asking)
on(AnswerRecorded)(follow_answer)
on(LiaisonTermChanged)(publish_changed_term)
on(InformationWidening)(refuse_to_widen)
on(InformationChanged)(follow_item)
on_rows(LEANS_ON)(keep_spans)

name_subjects_by(names_of)
count_told_by(times_told())
also_planned_by(planned_calls())
places_granted_by(places_granted)
put_ahead(carried_to)


def require_rules() -> None:
    """Stop start-up when a table of any feature has no rule."""
    scope.require_rules()
