"""Paper as an export: looked through as it is registered, typeset under its number."""

from collections.abc import Callable, Collection

from crm.exports.models import ExportKind
from crm.exports.service import MadeFile, Making, maker
from crm.jobs.papers import MEDIA_TYPE, TIMEOUT_S, Paper
from crm.kernel.scope import ScopedSession

Says = Callable[[ScopedSession, Making], Paper]


def paper_maker(
    kind: ExportKind, *, beside: Collection[str] = (), many: int = 0
) -> Callable[[Says], Says]:
    """Let the function below read what papers of `kind` say; see `maker`."""

    def learn(says: Says) -> Says:
        def look_through(db: ScopedSession, making: Making) -> None:
            says(db, making).look_through(making.export.args)

        def make(making: Making) -> None:
            with making.reading() as db:
                paper = says(db, making)
            content = paper.typeset(making.export.args, timeout_s=TIMEOUT_S, now=making.now)
            made = MadeFile(paper.name, MEDIA_TYPE, content, paper.people, paper.organizations)
            with making.finishing(made):
                pass

        maker(kind, beside=beside, many=many, look_through=look_through)(make)
        return says

    return learn
