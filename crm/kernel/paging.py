"""Numbered pages of long lists: printable, countable, reachable by keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and how many there are in all."""

    items: Sequence[T]
    total: int
    number: int = 1
    size: int = PAGE_SIZE

    def map(self, show: Callable[[T], S]) -> "Page[S]":
        """Return the same page with each item as `show` gives it."""
        return Page([show(item) for item in self.items], self.total, self.number, self.size)

    @property
    def last(self) -> int:
        """The number of the last page; an empty list has one page."""
        return max(1, -(-self.total // self.size))


def offset_of(number: int, size: int = PAGE_SIZE) -> int:
    """Return how many rows come before page `number`."""
    return (max(1, number) - 1) * size
