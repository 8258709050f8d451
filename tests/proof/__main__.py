"""`make prove`: try to refute every claim at full size and write the table of docs/proofs.md."""

import argparse
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from crm import features
from crm.kernel.i18n import use_locale
from tests.proof import claims
from tests.proof.proofs import Outcome, Proof

TABLE = Path(__file__).parents[2] / "docs" / "proofs.md"
START, END = "<!-- measured -->\n", "<!-- end -->\n"
HEADINGS = ("goal", "claim", "cases", "wrong", "seconds", "remark")


def main() -> int:
    """Run the proofs asked for; 1 when anything was refuted."""
    asked = _arguments()
    features.require_rules()
    use_locale("ja")
    chosen = [one for one in claims.PROOFS if not asked.only or one.goal in asked.only.split(",")]
    rows, refuted = [], 0
    for one in chosen:
        outcome, seconds = _try(one, one.quick if asked.quick else one.full)
        refuted += outcome.wrong
        rows.append(_row(one, outcome, seconds))
        sys.stdout.write(rows[-1] + "\n")
        sys.stdout.flush()
    if not asked.only and not asked.quick:
        _write(rows)
    return 1 if refuted else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--only", default="", help="goals to prove, with commas between: G1,G7")
    parser.add_argument("--quick", action="store_true", help="at the size of the tests")
    return parser.parse_args()


def _try(one: Proof, size: int) -> tuple[Outcome, float]:
    started = time.monotonic()
    outcome = one.refute(size)
    return outcome, time.monotonic() - started


def _row(one: Proof, outcome: Outcome, seconds: float) -> str:
    figures = (f"{outcome.tried:,}", f"{outcome.wrong:,}", f"{seconds:,.0f}")
    return f"| {one.goal} | {one.claim} | {' | '.join(figures)} | {outcome.remark} |"


def _write(rows: list[str]) -> None:
    text = TABLE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    TABLE.write_text(before + START + "\n".join(_table(rows)) + "\n" + END + after, "utf-8")


def _table(rows: list[str]) -> Iterator[str]:
    yield f"\nPython {platform.python_version()}, {platform.machine()}.\n"
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|---|---|---:|---:|---:|---|"
    yield from rows


if __name__ == "__main__":
    sys.exit(main())
