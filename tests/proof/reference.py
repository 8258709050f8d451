"""Who may read and write which row: the specification said once more, naively, without any SQL.

Written from `security.md` ("Decided"), S1 3(1)ウ and the glossary, not from the rules it judges: a
station reads its own people; headquarters none, but for the one person it has open; agencies read
what was published to them and nothing else of each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Who:
    """A member of staff as the specification knows one on a day."""

    account: UUID
    staff: UUID
    agency: UUID
    is_police: bool
    unit: UUID
    station: UUID | None
    roles: frozenset[str]
    in_network_office: bool
    session: str | None = None
    opened: UUID | None = None

    @property
    def works_with_people(self) -> bool:
        """Whether somebody serves at a station or at a partner's office."""
        if self.station is None:
            return False
        return any(
            role in self.roles for role in ("officer", "member", "section_chief", "station_chief")
        )

    @property
    def is_chief(self) -> bool:
        return "section_chief" in self.roles or "station_chief" in self.roles

    @property
    def administers(self) -> bool:
        return "system_administrator" in self.roles

    @property
    def audits(self) -> bool:
        return "auditor" in self.roles

    @property
    def looks_on(self) -> bool:
        """Whether somebody is headquarters of the police, which opens people in an emergency."""
        return self.is_police and "hq_viewer" in self.roles


Judgment = Callable[[Who, Row], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """What the specification says of one table: who reads, who adds, who changes a row.

    `owner` are the columns that say whose a row is: they never change. `is_record` rows are only
    added. `by_nobody` rows are added before anybody has signed in as well.
    """

    reads: Judgment
    writes: Judgment
    owner: tuple[str, ...] = ()
    is_record: bool = False
    by_nobody: bool = False


def judgment(table: str) -> Kind:
    """Return what holds for a table; LookupError for one nobody has thought about."""
    for names, kind in SPECIFIED:
        if table in names:
            return kind
    raise LookupError(f"the reference model says nothing about {table}")


def specified() -> set[str]:
    """Return every table the model speaks of."""
    return {name for names, _ in SPECIFIED for name in names}


def everybody(who: Who, row: Row) -> bool:
    del who, row
    return True


def nobody(who: Who, row: Row) -> bool:
    del who, row
    return False


def of_own_station(who: Who, row: Row) -> bool:
    """All sections and koban of a station, and nobody else (S1 3(1)ウ)."""
    if not who.works_with_people:
        return False
    return bool(row["station_id"] == who.station)


def written_by_own_station(who: Who, row: Row) -> bool:
    return of_own_station(who, row) and row["agency_id"] == who.agency


def or_opened(column: str) -> Judgment:
    """The own station, or the one person headquarters opened with a reason (break-glass)."""

    def reads(who: Who, row: Row) -> bool:
        if of_own_station(who, row):
            return True
        if who.opened is None or not who.looks_on:
            return False
        return bool(row[column] == who.opened and row["agency_id"] == who.agency)

    return reads


def of_own_agency(who: Who, row: Row) -> bool:
    return bool(row["agency_id"] == who.agency)


def by_own_administrator(who: Who, row: Row) -> bool:
    return who.administers and of_own_agency(who, row)


def own(who: Who, row: Row) -> bool:
    return bool(row["account_id"] == who.account)


def written_as_own(who: Who, row: Row) -> bool:
    return own(who, row) and of_own_agency(who, row)


def own_at_the_station(who: Who, row: Row) -> bool:
    """What was made for somebody at one station is theirs only while they serve there."""
    return own(who, row) and row["station_id"] == who.station


def written_at_the_station(who: Who, row: Row) -> bool:
    return own_at_the_station(who, row) and of_own_agency(who, row)


def kept_for_oneself_or_the_unit(who: Who, row: Row) -> bool:
    shared = row["of_unit"] and row["unit_id"] == who.unit
    return of_own_station(who, row) and (own(who, row) or shared)


def kept_for_oneself(who: Who, row: Row) -> bool:
    return of_own_station(who, row) and written_as_own(who, row)


def own_or_administered(who: Who, row: Row) -> bool:
    return own(who, row) or by_own_administrator(who, row)


def own_account(who: Who, row: Row) -> bool:
    return row["id"] == who.account or by_own_administrator(who, row)


def keeps_areas(who: Who, row: Row) -> bool:
    """The administrator, or the chief of the office that keeps the network."""
    del row
    return who.administers or (who.in_network_office and "section_chief" in who.roles)


def audited(who: Who, row: Row) -> bool:
    """The auditor reads the own agency's trail, and what nobody known did."""
    return who.audits and (row["agency_id"] is None or of_own_agency(who, row))


def of_auditor(who: Who, row: Row) -> bool:
    return who.audits and of_own_agency(who, row)


def of_session(who: Who, row: Row) -> bool:
    return who.session is not None and bool(row["session_key"] == who.session)


def may_issue(who: Who) -> bool:
    return who.works_with_people or "hq_viewer" in who.roles


def information(who: Who, row: Row) -> bool:
    """Headquarters' items for all stations, and those of the own station."""
    if not may_issue(who) or not of_own_agency(who, row):
        return False
    return row["station_id"] is None or row["station_id"] == who.station


def information_issued(who: Who, row: Row) -> bool:
    return may_issue(who) and of_own_agency(who, row) and row["station_id"] == who.station


def published(who: Who, row: Row) -> bool:
    """Whoever received a copy, and whoever gave it."""
    if not who.works_with_people:
        return False
    return who.station in (row["recipient_station_id"], row["giver_station_id"])


def published_by(who: Who, row: Row) -> bool:
    if not who.works_with_people:
        return False
    return (row["giver_station_id"], row["giver_agency_id"]) == (who.station, who.agency)


def asked_of(who: Who, row: Row) -> bool:
    """What a station asked of an office or a division: for both, and for nobody else."""
    if who.looks_on and not who.works_with_people:
        return who.unit in (row["recipient_station_id"], row["giver_station_id"])
    return published(who, row)


def asked_by(who: Who, row: Row) -> bool:
    if who.looks_on and not who.works_with_people:
        return (row["giver_station_id"], row["giver_agency_id"]) == (who.unit, who.agency)
    return published_by(who, row)


def told_of_opening(who: Who, row: Row) -> bool:
    """Who opened, the chiefs of the person's station, and the auditor."""
    if not who.is_police or not of_own_agency(who, row):
        return False
    if who.audits:
        return True
    if who.looks_on and row["opened_by"] == who.account:
        return True
    return who.is_chief and of_own_station(who, row)


def opens(who: Who, row: Row) -> bool:
    return who.looks_on and of_own_agency(who, row) and row["opened_by"] == who.account


def reviews(who: Who, row: Row) -> bool:
    """The chief of the person's station or the auditor, never whoever opened."""
    if not who.is_police or row["opened_by"] == who.account or row["reviewed_by"] != who.account:
        return False
    if who.audits:
        return of_own_agency(who, row)
    return "station_chief" in who.roles and written_by_own_station(who, row)


def taken_out(who: Who, row: Row) -> bool:
    """What left the house: its requester's while there, the station's chiefs', the auditor's."""
    if who.audits:
        return of_own_agency(who, row)
    if who.is_chief:
        return who.station is not None and row["station_id"] == who.station
    return own_at_the_station(who, row)


def takes_out(who: Who, row: Row) -> bool:
    return written_as_own(who, row) and row["station_id"] == who.station


def confirms_resets(who: Who) -> bool:
    """An administrator, or a chief where there is but one administrator."""
    return who.administers or ("station_chief" if who.is_police else "section_chief") in who.roles


def told_of_reset(who: Who, row: Row) -> bool:
    return own(who, row) or (confirms_resets(who) and of_own_agency(who, row))


def resets(who: Who, row: Row) -> bool:
    """Two people: whoever confirms neither asked nor is it for them."""
    if not of_own_agency(who, row):
        return False
    if row["confirmed_by"] is None:
        return confirms_resets(who) or own(who, row)
    if row["confirmed_by"] != who.account or not confirms_resets(who):
        return False
    return who.account not in (row["asked_by"], row["account_id"])


def links_openid(who: Who, row: Row) -> bool:
    if not of_own_agency(who, row):
        return False
    return own(who, row) or (who.administers and row["accepted_at"] is None)


def route_of(who: Who, row: Row) -> bool:
    """The administrator, and whoever works at the station the route is of."""
    return of_own_agency(who, row) and (who.administers or of_own_station(who, row))


def keeps_route(who: Who, row: Row) -> bool:
    """The administrator, and the chief of the station."""
    if not of_own_agency(who, row):
        return False
    own = "station_chief" in who.roles and row["station_id"] == who.station
    return who.administers or bool(own)


def sent(who: Who, row: Row) -> bool:
    """An entry is its author's, wherever they serve by now, and the chiefs' of its office."""
    if not of_own_agency(who, row):
        return False
    if row["author_id"] == who.staff:
        return True
    return who.works_with_people and who.is_chief and row["office_id"] == who.station


def any_auditor(who: Who, row: Row) -> bool:
    del row
    return who.audits


STATION = ("station_id", "agency_id")
PERSONAL = ("account_id", "agency_id")
PUBLISHED = (
    *("giver_agency_id", "giver_station_id"),
    *("recipient_agency_id", "recipient_station_id"),
)

MADE = (*PERSONAL, "station_id", "job_id", "content", "sha256")
ASKED = (
    *(*PERSONAL, "reason", "renews_password"),
    *("asked_by", "asked_at", "expires_at", "login"),
)
KEPT = (*STATION, "account_id", "export_id", "content", "expires_at")

DRAFTED = (
    *(*STATION, "kind", "subject_type", "subject_id", "title", "reason", "people", "digest"),
    *("year", "serial", "number", "path", "terms", "content", "route", "drafted_by"),
    *("drafted_at", "drafter_name", "unit_id", "unit_name"),
)


def _of_station(*, is_record: bool = False, opened: str = "") -> Kind:
    reads = or_opened(opened) if opened else of_own_station
    return Kind(reads, written_by_own_station, STATION, is_record=is_record)


SPECIFIED: tuple[tuple[set[str], Kind], ...] = (
    ({"person"}, _of_station(opened="id")),
    ({"telephone", "appointment", "liaison_term"}, _of_station(opened="person_id")),
    (
        {
            *("organization", "registration", "liaison_candidate", "liaison_term_area"),
            *("activity_note", "note_person", "note_organization", "note_staff"),
            *("note_companion", "station_phrase", "site_issue", "site_photo"),
            *("community_request", "request_party"),
            *("meeting", "meeting_party", "meeting_series", "body", "body_member"),
            *("agenda_item", "meeting_paper", "meeting_sequel", "meeting_guests"),
            "meeting_matter",
            *("note_information", "sharing_agreement", "contact_link"),
            *("intake_batch", "intake_row", "intake_change", "disposal"),
            *("suspension_request", "quiet_period", "visit_cadence"),
            *("shift_message", "shift_confirmation"),
            *("strengthening_day", "strengthening_unit", "strengthening_area"),
            "strengthening_target",
            "beat_brief",
        },
        _of_station(),
    ),
    (
        {
            *("approach", "acceptance_record", "consent_record", "consent_grant"),
            *("asking_rule", "candidate_step"),
            *("note_correction", "request_step", "roster_issue", "reading_check"),
            *("roster_document", "roster_copy", "roster_copy_act"),
            *("disclosure", "disclosure_end", "provision_record", "approval_step"),
            *("circulation", "circulation_recipient", "circulation_confirmation"),
            *("brief_reading", "succession_answer"),
            *("minutes_version", "minutes_section"),
        },
        _of_station(is_record=True),
    ),
    (
        {
            *("unit", "unit_placement", "unit_jurisdiction"),
            *("staff", "staff_assignment", "agency_setting"),
        },
        Kind(of_own_agency, by_own_administrator, ("agency_id",)),
    ),
    ({"agency", "post_type"}, Kind(everybody, nobody)),
    ({"area"}, Kind(everybody, keeps_areas)),
    ({"account"}, Kind(own_account, own_account, ("agency_id", "staff_id"))),
    (
        {"sign_in_session"},
        Kind(own, own, ("account_id", "created_at", "expires_at"), by_nobody=True),
    ),
    ({"sign_in_attempt", "errand", "openid_request", "coverage_span"}, Kind(nobody, nobody)),
    (
        {"known_device"},
        Kind(
            by_own_administrator,
            by_own_administrator,
            ("agency_id", "cookie_hash"),
            by_nobody=True,
        ),
    ),
    (
        {
            *("totp_factor", "passkey", "recovery_code", "factor_challenge"),
        },
        Kind(own, written_as_own, PERSONAL),
    ),
    ({"draft"}, Kind(own, written_as_own, (*PERSONAL, "page", "target", "content"))),
    (
        {"roster_filter"},
        Kind(kept_for_oneself_or_the_unit, kept_for_oneself, (*STATION, "account_id", "unit_id")),
    ),
    ({"calendar_feed"}, Kind(own, written_as_own, PERSONAL)),
    ({"job"}, Kind(own, written_as_own, (*PERSONAL, "name", "args", "request_key"))),
    ({"job_file"}, Kind(own_at_the_station, written_at_the_station, MADE)),
    (
        {"openid_link"},
        Kind(own_or_administered, links_openid, (*PERSONAL, "issuer", "subject")),
    ),
    ({"factor_reset"}, Kind(told_of_reset, resets, ASKED)),
    ({"stored_search", "stored_filter"}, Kind(of_session, of_session, is_record=True)),
    ({"import_batch"}, Kind(of_own_agency, of_own_agency, is_record=True)),
    (
        {"information_item", "information_file"},
        Kind(information, information_issued, STATION),
    ),
    (
        {"published_contact", "published_note", "published_information"},
        Kind(published, published_by, PUBLISHED),
    ),
    ({"published_request", "published_site"}, Kind(asked_of, asked_by, PUBLISHED)),
    ({"published_progress"}, Kind(asked_of, asked_by, PUBLISHED, is_record=True)),
    ({"audit_entry"}, Kind(audited, own, is_record=True, by_nobody=True)),
    ({"audit_subject"}, Kind(of_auditor, nobody, is_record=True)),
    ({"leak_case"}, Kind(of_auditor, of_auditor, is_record=True)),
    ({"person_opening"}, Kind(told_of_opening, opens, is_record=True)),
    ({"opening_review"}, Kind(told_of_opening, reviews, is_record=True)),
    (
        {"export", "export_subject", "export_file", "export_fetch"},
        Kind(taken_out, takes_out, is_record=True),
    ),
    ({"approval"}, Kind(of_own_station, written_by_own_station, DRAFTED)),
    ({"approval_route"}, Kind(route_of, keeps_route, (*STATION, "kind", "valid_from"))),
    (
        {"sent_entry"},
        Kind(sent, sent, ("agency_id", "author_id", "office_id", "entry_key", "digest")),
    ),
    ({"export_content"}, Kind(own_at_the_station, takes_out, KEPT)),
    (
        {"audit_leaf", "checkpoint", "countersigned"},
        Kind(any_auditor, nobody, is_record=True, by_nobody=True),
    ),
    ({"witness_signature"}, Kind(any_auditor, of_auditor, is_record=True, by_nobody=True)),
)
