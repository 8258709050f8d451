"""What begins or ends on a day reaches the copies in the night before its first morning."""

import datetime as dt

from crm.jobs.errands import errand, for_each_office
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.sharing.giver_queries import holders_to_review
from crm.sharing.information import end_without_agreement
from crm.sharing.places import keep_places_in_step
from crm.sharing.publishing import BATCH, republish_all

AFTER_MIDNIGHT = dt.time(0, 5)


@errand("sharing.refresh", at=AFTER_MIDNIGHT)
def refresh_every_copy(database: Database, now: dt.datetime) -> None:
    """Make the copies of every office what is allowed on the day that has begun."""
    for_each_office(database, now, refresh_office)


def refresh_office(database: Database, office: Actor, now: dt.datetime) -> None:
    """Make the copies of one office what is allowed today; others may write between two batches."""
    with database.reading(office) as db:
        holders = sorted(holders_to_review(db), key=lambda holder: holder.subject)
    # at least once: what ended is removed even where nobody is left to review
    for start in range(0, max(1, len(holders)), BATCH):
        with database.writing(office) as db:
            republish_all(db, office, holders[start : start + BATCH], now=now)
    with database.writing(office) as db:
        end_without_agreement(db, office, now=now)
        keep_places_in_step(db, office, now=now)
