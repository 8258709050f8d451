import json
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from crm.contacts.models import Holder
from crm.rosters.comparing import Before, Changes, Difference, changes_since, kept_rows, named_in
from crm.rosters.models import RosterProfile
from crm.rosters.rows import Roster, RosterRow
from tests.rosters.test_files import roster, row

A, B, C, D = (Holder(person_id=UUID(int=number)) for number in range(1, 5))


def kept(found: Roster) -> Before:
    """What comes back from the database, as JSON leaves it."""
    return Before("令和8-0011", json.loads(json.dumps(kept_rows(found))))


def compared(before: Roster, *rows: RosterRow) -> Changes:
    found = changes_since(kept(before), replace(before, rows=rows))
    assert found is not None
    return found


def said(changes: Changes) -> Sequence[object]:
    return [(each.difference, each.before, each.number, each.said) for each in changes.lines]


def test_nothing_changed_is_no_line() -> None:
    before = roster(row(holder=A), row(holder=B, number=2))
    assert compared(before, *before.rows).lines == ()


def test_new_ended_and_changed_are_told_apart() -> None:
    before = roster(row(holder=A), row(holder=B, number=2), row(holder=C, number=3))
    changed = row(holder=B, number=1, name="髙橋 京", phone="", post="副会長")

    changes = compared(before, changed, row(holder=C, number=2), row(holder=D, number=3))

    assert changes.said == "新規1・終了1・変更1"
    new, ended, other = changes.lines
    assert (new.difference, new.before, new.number, new.holder) == (Difference.NEW, None, 3, D)
    assert ended == (Difference.ENDED, None, 1, A, None, ())
    assert (other.before, other.number, list(other.said)) == (
        2,
        1,
        [
            ("氏名・団体名", "髙橋 京"),
            ("役職・窓口担当者", "副会長"),
            ("電話番号", "（記載なし）"),
        ],
    )


def test_whoever_is_new_is_told_with_everything_the_profile_has() -> None:
    before = roster(row(holder=A), profile=RosterProfile.MEETING)
    new = compared(before, *before.rows, row(holder=B, number=2)).lines[0]
    assert new.said == [
        ("役職・窓口担当者", "みなと町自治会　会長"),
        ("担当区域", "みなと町自治会"),
        ("兼任", "民生委員"),
        ("担当交番・駐在所", "若葉駅前交番"),
        ("依頼年月日", "令和6年4月1日"),
    ]


def test_another_number_alone_is_no_change() -> None:
    before = roster(row(holder=A, number=7))
    assert said(compared(before, row(holder=A, number=1))) == []


def test_a_column_added_since_is_no_change() -> None:
    before = kept(roster(row(holder=A)))
    assert before.rows is not None
    del before.rows[0]["cells"]["boxes"]
    assert changes_since(before, roster(row(holder=A))) == Changes("令和8-0011", ())


def test_without_a_kept_document_nothing_is_compared() -> None:
    assert changes_since(None, roster(row())) is None
    assert changes_since(Before("令和8-0011", None), roster(row())) is None


def test_kept_rows_name_whoever_speaks_for_an_organization() -> None:
    group = Holder(organization_id=UUID(int=9))
    rows = kept_rows(roster(row(holder=A), row(holder=group, number=2, speaker_id=B.person_id)))
    assert named_in(rows, "person") == [A.person_id, B.person_id]
    assert named_in(rows, "organization") == [group.organization_id]
