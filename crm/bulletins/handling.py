"""What the handling classes are called, and what each means, in the words of the reader's house."""

from collections.abc import Mapping

from crm.bulletins.models import HANDLING_LABELS, Handling
from crm.kernel.actor import Actor
from crm.kernel.i18n import N_, translate

HANDLING_HINTS = {
    Handling.STATION_ONLY: N_("外には出しません。連絡員等に渡せず、他機関にも提供できません。"),
    Handling.AGENCIES: N_("市役所、学校等の関係機関まで。連絡員等には渡せません。"),
    Handling.LIAISONS: N_("連絡員等に渡せます。"),
    Handling.PUBLIC: N_("連絡員等に渡せ、住民の方への回覧や掲示もできます。"),
}

WITHIN_THE_OFFICE = N_("庁内限り")
"""What 署内限り is called where there is no 署."""


def handling_labels(actor: Actor) -> Mapping[Handling, str]:
    """Return the handling classes in the words of the actor's own house."""
    if actor.is_police:
        return HANDLING_LABELS
    return {**HANDLING_LABELS, Handling.STATION_ONLY: WITHIN_THE_OFFICE}


def handling_options(actor: Actor) -> list[tuple[str, str, str]]:
    """Return the handling classes with what each means, in the reader's language."""
    return [
        (handling.value, translate(label), translate(HANDLING_HINTS[handling]))
        for handling, label in handling_labels(actor).items()
    ]
