"""Sealing by itself, every second; whatever came in with an old key is looked for every hour."""

import datetime as dt

from crm.jobs.errands import errand
from crm.kernel.db import Database
from crm.kernel.keys import load_key
from crm.seals.sealing import seal
from crm.seals.signing import log_signer

HOUR_S = 3_600


@errand("seals.seal", every=dt.timedelta(seconds=1), timeout_s=HOUR_S)
def seal_waiting(database: Database, now: dt.datetime) -> None:
    """Seal what was recorded since the last time."""
    seal(database, log_signer(load_key(database.settings)), now)


@errand("seals.sweep", every=dt.timedelta(hours=1), timeout_s=HOUR_S)
def seal_everything(database: Database, now: dt.datetime) -> None:
    """Seal what the errand of every second does not look at."""
    seal(database, log_signer(load_key(database.settings)), now, everything=True)
