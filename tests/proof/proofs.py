"""What is proven: a little in `make test`, in full by `make prove`, which prints the table."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many cases were tried, how many went wrong, and what else a reader should know."""

    tried: int
    wrong: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim, and the function that tries to refute it with `size` cases."""

    goal: str
    claim: str
    refute: Callable[[int], Outcome]
    quick: int
    full: int


PROOFS: list[Proof] = []


def proof(
    goal: str, claim: str, *, quick: int, full: int
) -> Callable[[Callable[[int], Outcome]], Proof]:
    """Let the function below be tried with `quick` cases by the tests and `full` by `make prove`.

    `goal` is the number in the design (G1 …); the function raises nothing and counts what is wrong.
    """

    def learn(refute: Callable[[int], Outcome]) -> Proof:
        known = Proof(goal, claim, refute, quick, full)
        PROOFS.append(known)
        return known

    return learn
