"""`make prove`: try to refute every claim at full size and keep its row in docs/proofs.md.

What the table says was proven at this very commit is not tried again unless it is named.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterator

from crm import features
from crm.kernel.i18n import use_locale
from tests.proof import claims
from tests.proof.proofs import Outcome, Proof
from tests.proof.table import TABLE, commit, proven_at, row_of, with_row

SELDOM = (100_000, 20, 20)


def main() -> int:
    """Run the proofs asked for; 1 when anything was refuted."""
    asked = _arguments()
    features.require_rules()
    use_locale("ja")
    # a statement leaves hundreds of small objects; looking for circles among them is a fifth of all
    gc.freeze()
    gc.set_threshold(*SELDOM)
    here, refuted = commit(), 0
    for one in _chosen(asked, here):
        size = asked.size or (one.quick if asked.quick else one.full)
        outcome, seconds = _try(one, size)
        refuted += outcome.wrong
        row = row_of(one, outcome, seconds, at=here)
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
        if not asked.quick:
            _keep(row)
    return 1 if refuted else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--only", default="", help="goals to prove, with commas between: G1,G7")
    parser.add_argument("--quick", action="store_true", help="at the size of the tests")
    parser.add_argument("--size", type=int, default=0, help="at another size than the full one")
    return parser.parse_args()


def _chosen(asked: argparse.Namespace, here: str) -> Iterator[Proof]:
    """Yield the goals named; of all of them, those not proven at this commit."""
    named = asked.only.split(",") if asked.only else []
    known = set() if asked.quick else proven_at(here, TABLE.read_text("utf-8"))
    for one in claims.PROOFS:
        if one.goal in named or not (named or one.goal in known):
            yield one


def _try(one: Proof, size: int) -> tuple[Outcome, float]:
    started = time.process_time()
    outcome = one.refute(size)
    return outcome, time.process_time() - started


def _keep(row: str) -> None:
    order = [one.goal for one in claims.PROOFS]
    TABLE.write_text(with_row(TABLE.read_text("utf-8"), row, order), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
