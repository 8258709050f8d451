"""The rows set aside, as the sheet they came from with the reason beside each."""

import datetime as dt
from collections.abc import Mapping, Sequence

from crm.formats.workbook import SheetRow
from crm.formats.xlsx import Sheet, SheetColumn, write_sheet
from crm.intake.deeds import Remark
from crm.kernel.i18n import N_, translate

REASON = N_("取り込めなかった理由")
TITLE = N_("取り込めなかった行")
WIDTH, REASON_WIDTH = 16, 48


def rejected_sheet(
    labels: Mapping[int, str],
    rows: Sequence[tuple[SheetRow, Sequence[Remark]]],
    *,
    number: str,
    watermark: str,
    now: dt.datetime,
) -> bytes:
    """Write the rows under the sheet's own headings, to be corrected and handed in again.

    Every cell is text; what was filled from another cell is written out. `number` is the export's.
    """
    shown = [
        index for index, label in labels.items() if label or any(r.text(index) for r, _ in rows)
    ]
    columns = [SheetColumn(labels[index], WIDTH) for index in shown]
    return write_sheet(
        Sheet(
            title=translate(TITLE),
            columns=[*columns, SheetColumn(translate(REASON), REASON_WIDTH)],
            rows=[
                [*(row.text(index) for index in shown), "\n".join(str(each) for each in reasons)]
                for row, reasons in rows
            ],
            page_note=watermark,
            watermark=watermark,
            properties={"title": translate(TITLE), "keywords": number},
        ),
        now=now,
    )
