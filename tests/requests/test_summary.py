import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from crm.kernel.quarters import Quarter, quarter_of
from crm.requests.models import RequestOutcome, RequestState, Topic
from crm.requests.reports import REST
from crm.requests.summary import SMALLEST, Voice, summarize

PLACES = ("みなと町", "磯部", "若葉駅前交番", "")
voices = st.lists(
    st.builds(
        Voice,
        topic=st.sampled_from(Topic),
        place=st.sampled_from(PLACES),
        state=st.sampled_from(RequestState),
        outcome=st.none() | st.sampled_from(RequestOutcome),
    ),
    max_size=40,
)


@given(voices)
def test_no_row_is_about_few_and_nothing_is_lost(said: list[Voice]) -> None:
    summary = summarize(said, lambda topic: topic.value, rest=REST)

    for rows in (summary.topics, summary.places):
        assert [row.label for row in rows if row.heard < SMALLEST and row.label != REST] == []
        for column in range(1, 6):
            assert sum(row[column] for row in rows) == summary.total[column]
    assert summary.total.heard == len(said)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)))
def test_every_day_is_in_its_quarter(day: dt.date) -> None:
    quarter = quarter_of(day)

    assert quarter.first <= day <= quarter.last
    assert Quarter(*quarter.after()).before() == quarter


def test_new_year_is_in_the_last_quarter_of_the_fiscal_year() -> None:
    assert quarter_of(dt.date(2027, 1, 4)) == (2026, 4)
    assert Quarter(2026, 4).label == "令和8年度第4四半期"
