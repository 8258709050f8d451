"""Keeping a lease while work goes on: a thread renews it, but no longer than the work may take."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger("crm.jobs")


@contextmanager
def kept(renew: Callable[[], bool], *, every_s: float, timeout_s: float) -> Iterator[None]:
    """Call `renew` every `every_s` while the block works, until it says the lease is another's."""
    over = threading.Event()
    beats = max(1, int(timeout_s / every_s))
    beat = threading.Thread(
        target=_beat, args=(renew, every_s, beats, over), name="crm-lease", daemon=True
    )
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()


def _beat(renew: Callable[[], bool], every_s: float, beats: int, over: threading.Event) -> None:
    for _ in range(beats):
        if over.wait(every_s):
            return
        try:
            if not renew():
                return
        except Exception:
            # the next beat may find the database again; if none does, the lease ends by itself
            log.exception("a lease was not renewed")
