"""Write down what the fonts of paper can draw, for `crm.formats.glyphs`: `make glyphs`."""

from collections.abc import Collection, Iterator
from itertools import pairwise

from fontTools.ttLib import TTFont

from crm.formats.glyphs import COVERAGE

HEAD = "# What the fonts beside this file can draw, after each selector of variants; `make glyphs`."
FORMAT_OF_VARIANTS = 14


def main() -> None:
    """Write the table anew."""
    COVERAGE.write_text(table(), encoding="ascii")


def table() -> str:
    """Return the table as the fonts of the folder have it."""
    characters: set[int] = set()
    variants: dict[int, set[int]] = {}
    for path in sorted(COVERAGE.parent.glob("*.[ot]tf")):
        with TTFont(path, lazy=True) as font:
            cmap = font["cmap"]
        characters |= set(cmap.getBestCmap())
        for each in cmap.tables:
            if each.format == FORMAT_OF_VARIANTS:
                for selector, bases in each.uvsDict.items():
                    variants.setdefault(selector, set()).update(base for base, _ in bases)
    lines = [HEAD, f"* {_ranges(characters)}"]
    lines += [f"{selector:X} {_ranges(bases)}" for selector, bases in sorted(variants.items())]
    return "\n".join(lines) + "\n"


def _ranges(codes: Collection[int]) -> str:
    return " ".join(
        f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in _runs(codes)
    )


def _runs(codes: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of neighbors."""
    ordered = sorted(codes)
    gaps = [(before, after) for before, after in pairwise(ordered) if after != before + 1]
    firsts = [ordered[0], *(after for _, after in gaps)]
    lasts = [*(before for before, _ in gaps), ordered[-1]]
    return zip(firsts, lasts, strict=True)


if __name__ == "__main__":
    main()
