"""Paper made beside the request: looked through before it is ordered, and again as it is made."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

from crm.formats.imprint import Imprint
from crm.formats.pdf import printable, render_pdf
from crm.jobs.asking import PaperOrder
from crm.jobs.models import Job
from crm.jobs.service import Made, Work, enqueue, job
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession

MEDIA_TYPE = "application/pdf"
MAY_REPLACE = "may_replace"
"""The argument that says whether what no font draws becomes 〓."""
TIMEOUT_S = 60.0


class Paper(NamedTuple):
    """What is to be typeset: its file's name, its template and its data; and whom it names."""

    name: str
    template: str
    data: Mapping[str, object]
    people: Collection[UUID] = ()
    organizations: Collection[UUID] = ()

    def look_through(self, args: Mapping[str, Any]) -> None:
        """Raise UnprintableText for what no font draws, unless `args` let it be replaced."""
        printable(self.data, may_replace=_may_replace(args))

    def typeset(self, args: Mapping[str, Any], *, timeout_s: float, now: dt.datetime) -> bytes:
        """Return the file; what was printable when it was ordered may not be any more."""
        may = _may_replace(args)
        return render_pdf(
            self.template, self.data, timeout_s=timeout_s, created_at=now, may_replace=may
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper that was asked for: by whom, with which arguments, and when it is made."""

    actor: Actor
    args: Mapping[str, Any]
    now: dt.datetime

    @property
    def imprint(self) -> Imprint:
        """What stands at the foot of every page, for papers residents may read."""
        return Imprint(self.now, self.actor.office)


Says = Callable[[ScopedSession, Asked], Paper]

_says: dict[str, Says] = {}


def paper_job(name: str, *, timeout_s: float = TIMEOUT_S) -> Callable[[Says], Says]:
    """Let the function below read what the papers called `name` say, of a job's arguments."""

    def learn(says: Says) -> Says:
        @wraps(says)
        def make(work: Work) -> None:
            with work.reading() as db:
                paper = says(db, Asked(work.actor, work.args, work.now))
            content = paper.typeset(work.args, timeout_s=timeout_s, now=work.now)
            with work.finishing(Made(paper.name, MEDIA_TYPE, content)):
                pass

        job(name, timeout_s=timeout_s)(make)
        _says[name] = says
        return says

    return learn


def order_paper(
    db: ScopedSession,
    actor: Actor,
    name: str,
    args: Mapping[str, Any],
    order: PaperOrder,
    *,
    title: str,
    now: dt.datetime,
) -> Job:
    """Ask for a paper after a look at what it would say; see `enqueue`.

    Raises UnprintableText for what no font draws, unless the order lets it be replaced.
    """
    args = {**args, MAY_REPLACE: order.may_replace}
    _says[name](db, Asked(actor, args, now)).look_through(args)
    return enqueue(db, actor, name, args, title=title, now=now, request_key=order.request_key)


def _may_replace(args: Mapping[str, Any]) -> bool:
    return bool(args.get(MAY_REPLACE))
