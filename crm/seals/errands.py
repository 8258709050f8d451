"""Sealing by itself: each second what is new, at times what was committed long after it began."""

import datetime as dt

from crm.jobs.errands import errand
from crm.kernel.db import Database
from crm.kernel.keys import load_key
from crm.seals.sealing import seal
from crm.seals.signing import log_signer

MINUTE = dt.timedelta(minutes=1)
HOUR_S = 3_600


@errand("seals.seal", every=dt.timedelta(seconds=1), timeout_s=HOUR_S)
def seal_new(database: Database, now: dt.datetime) -> None:
    """Seal what was recorded since the last time."""
    _seal(database, now, MINUTE)


@errand("seals.catch_up", every=3 * MINUTE, timeout_s=HOUR_S)
def seal_late(database: Database, now: dt.datetime) -> None:
    """Seal what long transactions recorded, before it would look put in later (verify.LATE)."""
    _seal(database, now, 15 * MINUTE)


@errand("seals.sweep", every=60 * MINUTE, timeout_s=HOUR_S)
def seal_everything(database: Database, now: dt.datetime) -> None:
    """Seal whatever has no leaf, however old it says it is."""
    _seal(database, now, None)


def _seal(database: Database, now: dt.datetime, look_back: dt.timedelta | None) -> None:
    signer = log_signer(load_key(database.settings))
    seal(database, signer, now, look_back=look_back)
