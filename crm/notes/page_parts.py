"""What several pages of notes say and show."""

from typing import Any

from crm.bulletins.models import INFORMATION_KIND_LABELS
from crm.kernel.actor import Actor
from crm.notes.entering import choices_of
from crm.notes.models import OUTCOME_LABELS, occasion_labels, problem_label


def labels(actor: Actor) -> dict[str, Any]:
    """Return what the choices of a note are called at the actor's agency."""
    return {
        **choices_of(actor),
        "occasion_labels": occasion_labels(actor),
        "outcome_labels": OUTCOME_LABELS,
        "information_kinds": INFORMATION_KIND_LABELS,
        "problem_label": problem_label,
    }
