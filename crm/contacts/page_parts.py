"""What the pages of people and of organizations share: the kana index and what a save says."""

from typing import Any

from crm.contacts.filing import phone_doubts
from crm.kernel.i18n import N_
from crm.kernel.kana import KANA_ROWS, furigana, normalize_kana

REGISTERED = N_("登録しました。")
CORRECTED = N_("訂正しました。")
WITH_DOUBTS = {
    REGISTERED: N_("登録しました。電話番号に、確かめていただきたい点があります。"),
    CORRECTED: N_("訂正しました。電話番号に、確かめていただきたい点があります。"),
}
UNREAD = "他"


def chosen_row(text: str) -> str | None:
    """Return the kana row named by `text` in either script; None for all, also when unknown."""
    row = normalize_kana(text)
    return row if row in KANA_ROWS else None


def kana_index(chosen: str | None, counts: dict[str, int]) -> dict[str, Any]:
    """Return what the index of a list shows: the row chosen, which rows have entries, how many."""
    return {
        "row": furigana(chosen or ""),
        "present": furigana("".join(counts)),
        "unread": counts.get(UNREAD, 0),
        "total": sum(counts.values()),
    }


def saved_notice(done: str, phones: str, area_code: str) -> str:
    """Return what is said after a save, with a word when a telephone number is not certain."""
    return WITH_DOUBTS[done] if phone_doubts(phones, area_code=area_code) else done
