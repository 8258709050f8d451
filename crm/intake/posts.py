"""Posts and organizations as lists write them, read into the kinds the station's book has."""

import re
from collections.abc import Mapping

from crm.contacts.models import OrganizationKind
from crm.intake.known import PostKind
from crm.kernel.text import search_key

CHAIR = "association_chair"
OTHER = "other"
MAX_TITLE = 80
ONE_HOLDER = frozenset({CHAIR})
"""Posts an organization has one of: a new holder follows on the one before."""

_SYNONYMS = {
    CHAIR: "自治会長 自治会会長 町内会長 町会長 区長",
    "association_vice_chair": "自治会副会長 副自治会長 町内会副会長 副区長",
    "association_crime_prevention": "自治会防犯部長 防犯部長 防犯委員",
    "federation_chair": "連合自治会長 自治会連合会長 連合町内会長",
    "community_council_chair": "コミュニティ協議会長 コミュニティ協議会会長",
    "welfare_commissioner": "民生委員 民生児童委員 民生委員児童委員",
    "preschool_head": "園長 保育園長 幼稚園長",
    "pta_chair": "PTA会長",
    "fire_corps_leader": "消防団分団長 分団長",
    "facility_head": "館長 所長",
}
_CODE_OF = {search_key(word): code for code, words in _SYNONYMS.items() for word in words.split()}
_CODE_AT = {
    (OrganizationKind.NEIGHBORHOOD_ASSOCIATION, "会長"): CHAIR,
    (OrganizationKind.NEIGHBORHOOD_ASSOCIATION, "副会長"): "association_vice_chair",
    (OrganizationKind.SHOPKEEPERS_ASSOCIATION, "会長"): "shopkeepers_chair",
    (OrganizationKind.COMMUNITY_COUNCIL, "会長"): "community_council_chair",
}
_KINDS = (
    (r"(自治会|町内会|町会)(連合会)?$", OrganizationKind.NEIGHBORHOOD_ASSOCIATION),
    (r"(小学校|中学校|高等学校|高校|義務教育学校|支援学校|学校)$", OrganizationKind.SCHOOL),
    (r"(幼稚園|保育所|保育園|こども園)$", OrganizationKind.PRESCHOOL),
    (r"(公民館|交流センター|コミュニティセンター)$", OrganizationKind.COMMUNITY_CENTER),
    (r"(商店会|商店街|商店街振興組合)$", OrganizationKind.SHOPKEEPERS_ASSOCIATION),
    (r"コミュニティ(推進)?協議会$", OrganizationKind.COMMUNITY_COUNCIL),
    (r"^(株式会社|有限会社|㈱|㈲)|(株式会社|有限会社|㈱|㈲|店)$", OrganizationKind.BUSINESS),
    (r"(図書館|体育館|会館|児童館)$", OrganizationKind.PUBLIC_FACILITY),
)


def organization_kind(name: str) -> OrganizationKind:
    """Return what an organization is by the end of its name."""
    for pattern, kind in _KINDS:
        if re.search(pattern, name):
            return kind
    return OrganizationKind.OTHER


def post_kind(
    text: str, at: OrganizationKind | None, kinds: Mapping[str, PostKind]
) -> tuple[PostKind, str]:
    """Return the kind of post a text names, and the post's own words where they say more.

    「会長」 alone is read by the organization it is at; what is unknown is その他の役職 under its
    own words.
    """
    key = search_key(text)
    if at is not None and (code := _CODE_AT.get((at, key))):
        return kinds[code], ""
    named = next((kind for kind in kinds.values() if search_key(kind.name) == key), None)
    if named is not None:
        return named, ""
    return kinds[_CODE_OF.get(key, OTHER)], text[:MAX_TITLE]
