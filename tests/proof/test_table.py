"""The rows of what was proven: written one at a time, and kept."""

from tests.proof.proofs import Outcome, Proof
from tests.proof.table import END, START, proven_at, row_of, with_row

PAGE = f"before\n{START}{END}after\n"
ORDER = ["G2", "G7"]


def test_rows_are_kept_one_at_a_time() -> None:
    later = with_row(PAGE, written("G7", "old"), ORDER)
    page = with_row(with_row(later, written("G2", "abc"), ORDER), written("G7", "abc", 1), ORDER)
    rows = [line for line in page.splitlines() if line.startswith("| G")]
    assert (page.startswith("before\n"), page.endswith("after\n")) == (True, True)
    assert rows == [written("G2", "abc"), written("G7", "abc", 1)]


def test_what_was_refuted_is_not_proven() -> None:
    page = with_row(with_row(PAGE, written("G2", "abc"), ORDER), written("G7", "abc", 1), ORDER)
    assert (proven_at("abc", page), proven_at("old", page)) == ({"G2"}, set())


def written(goal: str, at: str, wrong: int = 0) -> str:
    outcome = Outcome(1_000, wrong, "a | remark")
    return row_of(Proof(goal, "a claim", lambda _: outcome, 1, 2), outcome, 1.5, at=at)
