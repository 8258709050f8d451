"""The main menu, in the words of the people who work here (wording.md)."""

from dataclasses import dataclass

from crm.kernel.actor import STATION_ROLES, Actor, AgencyKind, Role
from crm.kernel.i18n import N_, translate
from crm.web.visit import Visit

POLICE = frozenset({AgencyKind.PREFECTURAL_POLICE})
PARTNERS = frozenset(AgencyKind) - POLICE
"""At a city hall nobody goes on a tour, and the liaisons are the police's network."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu and who needs it, at which kinds of agency."""

    key: str
    label: str
    route: str
    path: str
    icon: str
    roles: frozenset[Role]
    at: frozenset[AgencyKind] = POLICE | PARTNERS

    def is_for(self, actor: Actor) -> bool:
        """Whether `actor` needs it."""
        return actor.has(*self.roles) and actor.agency_kind in self.at


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry as the layout draws it."""

    key: str
    label: str
    route: str
    icon: str
    current: bool


PLACES = (
    Place("today", N_("本日の当務"), "today.show", "/today", "home", STATION_ROLES, POLICE),
    Place("agenda", N_("本日の予定"), "today.show", "/today", "home", STATION_ROLES, PARTNERS),
    Place(
        "people",
        N_("連絡員・協力者"),
        "contacts.people",
        "/people",
        "people",
        STATION_ROLES,
        POLICE,
    ),
    Place(
        "contacts", N_("連絡先"), "contacts.people", "/people", "people", STATION_ROLES, PARTNERS
    ),
    Place(
        "organizations",
        N_("関係機関・団体"),
        "contacts.organizations",
        "/organizations",
        "building",
        STATION_ROLES,
    ),
    Place(
        "received",
        N_("提供を受けた連絡先"),
        "sharing.received",
        "/shared",
        "inbox",
        STATION_ROLES,
        PARTNERS,
    ),
    Place("requests", N_("意見・要望"), "requests.index", "/requests", "request", STATION_ROLES),
    Place("meetings", N_("会議"), "meetings.index", "/meetings", "calendar", STATION_ROLES),
    Place(
        "strengthening",
        N_("訪問強化日"),
        "strengthening.index",
        "/strengthening-days",
        "walk",
        STATION_ROLES,
        POLICE,
    ),
    Place(
        "handovers",
        N_("受持ちの引継ぎ"),
        "handovers.index",
        "/handovers",
        "history",
        STATION_ROLES,
        POLICE,
    ),
    Place("roster", N_("連絡員一覧表"), "rosters.show", "/roster", "table", STATION_ROLES, POLICE),
    Place(
        "candidates",
        N_("連絡員候補"),
        "candidates.index",
        "/candidates",
        "handshake",
        STATION_ROLES,
        POLICE,
    ),
    Place(
        "coverage",
        N_("構築状況"),
        "coverage.show",
        "/coverage",
        "chart",
        STATION_ROLES | {Role.HQ_VIEWER},
        POLICE,
    ),
    Place(
        "information",
        N_("地域安全情報"),
        "bulletins.items",
        "/information",
        "bulletin",
        STATION_ROLES | {Role.HQ_VIEWER},
    ),
    Place(
        "requests_received",
        N_("依頼された意見・要望"),
        "requests.received",
        "/requests/received",
        "note",
        frozenset({Role.HQ_VIEWER}),
        POLICE,
    ),
    Place(
        "received",
        N_("提供を受けた連絡先"),
        "sharing.received",
        "/shared",
        "inbox",
        STATION_ROLES,
        POLICE,
    ),
    Place("approvals", N_("決裁"), "approvals.index", "/approvals", "check", STATION_ROLES),
    Place("circulations", N_("供覧"), "circulations.index", "/circulations", "eye", STATION_ROLES),
    Place(
        "agreements",
        N_("提供の取決め"),
        "sharing.agreements",
        "/agreements",
        "handshake",
        frozenset({Role.SECTION_CHIEF, Role.STATION_CHIEF}),
    ),
    Place(
        "openings",
        N_("緊急閲覧"),
        "breakglass.index",
        "/openings",
        "alert",
        frozenset({Role.HQ_VIEWER, Role.SECTION_CHIEF, Role.STATION_CHIEF, Role.AUDITOR}),
        POLICE,
    ),
    Place(
        "exports",
        N_("書出しの記録"),
        "exports.index",
        "/exports",
        "download",
        frozenset({Role.SECTION_CHIEF, Role.STATION_CHIEF, Role.AUDITOR}),
    ),
    Place(
        "retention",
        N_("保存期間と廃棄"),
        "retention.index",
        "/retention",
        "calendar",
        frozenset({Role.SECTION_CHIEF, Role.STATION_CHIEF}),
    ),
    Place(
        "readings",
        N_("読取り点検"),
        "oversight.readings",
        "/readings",
        "check",
        frozenset({Role.SECTION_CHIEF, Role.STATION_CHIEF}),
    ),
    Place("audit", N_("監査記録"), "access.audit", "/audit", "log", frozenset({Role.AUDITOR})),
    Place(
        "oversight",
        N_("点検"),
        "oversight.index",
        "/oversight",
        "search",
        frozenset({Role.AUDITOR}),
    ),
    Place(
        "administration",
        N_("管理"),
        "administration.index",
        "/administration",
        "gear",
        frozenset({Role.SYSTEM_ADMINISTRATOR}),
    ),
)


def navigation(visit: Visit) -> list[NavItem]:
    """Return the menu entries for whoever is signed in, the current one marked."""
    if visit.who is None:
        return []
    return [
        NavItem(place.key, translate(place.label), place.route, place.icon, _is_at(place, visit))
        for place in PLACES
        if place.is_for(visit.who)
    ]


def first_page(actor: Actor) -> str:
    """Return the route of the page a member of staff starts the day on."""
    return next((place.route for place in PLACES if place.is_for(actor)), "today.show")


def _is_at(place: Place, visit: Visit) -> bool:
    return visit.path == place.path or visit.path.startswith(place.path + "/")
