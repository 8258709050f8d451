"""A station reads and works its own requests; what happened to one is only ever added to."""

import re
import unicodedata

from crm.access.policy import published, register_own_station
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import register
from crm.requests.models import (
    CommunityRequest,
    PublishedProgress,
    PublishedRequest,
    PublishedSite,
    RequestParty,
    RequestStep,
    SiteIssue,
    SitePhoto,
    Topic,
)

register_own_station(CommunityRequest, RequestParty, SiteIssue, SitePhoto)
register_own_station(RequestStep, append_only=True)
register(PublishedRequest, published(PublishedRequest, to_headquarters=True))
register(PublishedSite, published(PublishedSite, to_headquarters=True))
register(PublishedProgress, published(PublishedProgress, to_headquarters=True, append_only=True))


def may_refer(actor: Actor) -> bool:
    """Whether `actor` asks other agencies and headquarters to see to something: the chiefs."""
    return actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


def is_headquarters(actor: Actor) -> bool:
    """Whether `actor` receives requests as a division of headquarters, which has no inbox."""
    return actor.is_police and actor.has(Role.HQ_VIEWER) and not actor.reads_people


_WORDS_OF_TOPICS = (
    (Topic.FRAUD, r"詐欺|ニセ電話|悪質商法|還付金|架空請求|訪問販売"),
    (Topic.LIGHTING, r"街灯|街路灯|防犯灯|外灯|暗い|暗が"),
    (Topic.VACANT_HOUSE, r"空き家|空家|空き地"),
    (Topic.CHILDREN, r"通学路|児童|子ども|子供|小学生|中学生|登下校"),
    (Topic.TRAFFIC, r"信号|横断歩道|一時停止|交差点|速度|スピード|駐車|道路|自転車|標識"),
    (Topic.SUSPICIOUS, r"不審|つきまと|盗|空き巣|車上"),
    (Topic.NUISANCE, r"騒音|騒が|ごみ|ゴミ|落書き|たむろ|迷惑"),
    (Topic.PATROL, r"巡回|見回り|警ら|パトロール"),
    (Topic.ACTIVITY, r"会議|会合|防災訓練|講話|広報紙|回覧|当番|役員"),
)


def topic_suggested(words: str) -> Topic:
    """Return what `words` seem to be about, so that nobody has to choose it first."""
    said = unicodedata.normalize("NFKC", words)
    return next((topic for topic, seen in _WORDS_OF_TOPICS if re.search(seen, said)), Topic.OTHER)
