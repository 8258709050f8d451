"""How often those who carry out work look for it, and how long a silent one keeps it."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a silent runner keeps a job, and how often things are tried and looked for."""

    lease_s: float = 10
    poll_s: float = 1
    sweep_s: float = 5
    backoff_s: float = 2
    max_attempts: int = 5

    @property
    def lease(self) -> dt.timedelta:
        """For how long a claim holds without being renewed."""
        return dt.timedelta(seconds=self.lease_s)

    @property
    def heartbeat_s(self) -> float:
        """How often a lease is renewed: two beats may be missed."""
        return self.lease_s / 3
