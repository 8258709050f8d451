"""The main menu, in the words of the people who work here (wording.md)."""

from dataclasses import dataclass

from crm.kernel.actor import STATION_ROLES, Role
from crm.kernel.i18n import N_, translate
from crm.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu and who needs it."""

    key: str
    label: str
    route: str
    path: str
    icon: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry as the layout draws it."""

    key: str
    label: str
    route: str
    icon: str
    current: bool


PLACES = (
    Place("today", N_("本日の当務"), "today.show", "/today", "home", STATION_ROLES),
    Place("people", N_("連絡員・協力者"), "contacts.people", "/people", "people", STATION_ROLES),
    Place(
        "organizations",
        N_("関係機関・団体"),
        "contacts.organizations",
        "/organizations",
        "building",
        STATION_ROLES,
    ),
    Place("roster", N_("連絡員一覧表"), "rosters.show", "/roster", "table", STATION_ROLES),
    Place(
        "coverage",
        N_("構築状況"),
        "coverage.show",
        "/coverage",
        "chart",
        STATION_ROLES | {Role.HQ_VIEWER},
    ),
    Place(
        "information",
        N_("地域安全情報"),
        "bulletins.items",
        "/information",
        "bulletin",
        STATION_ROLES | {Role.HQ_VIEWER},
    ),
    Place("audit", N_("監査記録"), "access.audit", "/audit", "log", frozenset({Role.AUDITOR})),
    Place(
        "installation",
        N_("システムの状態"),
        "access.system",
        "/system",
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
        if visit.who.has(*place.roles)
    ]


def first_page(roles: frozenset[Role]) -> str:
    """Return the route of the page a member of staff with `roles` starts the day on."""
    return next(
        (place.route for place in PLACES if not place.roles.isdisjoint(roles)), "today.show"
    )


def _is_at(place: Place, visit: Visit) -> bool:
    return visit.path == place.path or visit.path.startswith(place.path + "/")
