"""A dossier on paper, as it is handed to whoever asked what is held about them."""

from crm.formats.imprint import Imprint
from crm.jobs.papers import Paper
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.i18n import N_, translate
from crm.kernel.wareki import wareki
from crm.oversight.dossier import Dossier

TITLE = N_("保有個人情報の開示資料")


def paper_of(dossier: Dossier, actor: Actor, imprint: Imprint) -> Paper:
    """Return what the paper says."""
    data = {
        "title": translate(TITLE),
        "as_of": translate(N_("%(day)s現在"), day=wareki(local_day(imprint.made_at))),
        "name": dossier.name,
        "reference": translate(N_("整理番号 %(number)s"), number=dossier.reference),
        "caution": "",
        "unit": actor.station_name,
        "number": imprint.number,
        "foot": imprint.lines,
        "none": translate(N_("該当なし")),
        "sections": [
            {
                "title": section.title,
                "headings": list(section.headings),
                "rows": [list(row) for row in section.rows],
                "remark": section.remark,
            }
            for section in dossier.sections
        ],
    }
    return Paper(f"{TITLE}_{dossier.reference}.pdf", "sections", data)
