"""A station's own phrases (定型文), as its chiefs offer them beside the form of an activity."""

import datetime as dt

from crm.notes.models import PhraseUse, StationPhrase
from crm.samples.offices import Station
from crm.samples.rows import Rows

_SINCE = dt.timedelta(days=120)
_OWN_WORDS = {
    PhraseUse.HEARD: (
        "変わったことはないとのこと。",
        "見回りは続けているとのこと。",
        "街灯が消えている場所があるとのこと。",
        "不審な電話が地区で続いているとのこと。",
    ),
    PhraseUse.TOLD: (
        "巡回の時間帯を伝えた。",
        "特殊詐欺の手口と相談先を伝えた。",
        "次の会議の日程を伝えた。",
    ),
    PhraseUse.PROBLEM: ("見守りの立ち番不足",),
}


def put_own_words(rows: Rows, station: Station) -> None:
    """Put a station's phrases into `rows`, offered for some months."""
    day = max(station.calendar.today - _SINCE, station.calendar.begins)
    for use, texts in _OWN_WORDS.items():
        for text in texts:
            rows.put(StationPhrase, day, use=use, text=text, valid_from=day)
