"""What is shipped to browsers is what we vetted, and nothing in it needs another host."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "crm" / "web" / "static"
TEMPLATES = ROOT / "templates"
LICENSES = {".md", ".txt"}


def vouched_for(table: Path) -> dict[str, str]:
    """Return the hash each file must have, read from a table of vendored files."""
    rows = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", table.read_text(), re.MULTILINE)
    return dict(rows)


def found(folder: Path, *names: str) -> dict[str, str]:
    """Return the hash of every file below `folder`/`names` that is not a text about them."""
    files = [path for name in names for path in (folder / name).rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.suffix not in LICENSES
    }


def test_vendored_files_are_the_vetted_ones() -> None:
    assert found(STATIC, "vendor", "fonts") == vouched_for(STATIC / "vendor" / "VENDOR.md")


def test_test_assets_are_the_vetted_ones() -> None:
    assets = ROOT / "tests" / "assets"

    vetted = vouched_for(assets / "README.md")

    assert {name: sha for name, sha in found(assets, ".").items() if name in vetted} == vetted


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("inline script", r"<script(?![^>]*\bsrc=)"),
        ("style element", r"<style\b"),
        ("style attribute", r"\sstyle\s*="),
        ("event attribute", r"\son[a-z]+\s*="),
        ("hx-on", r"\bhx-on\b"),
        ("computed value", r"\bjs:|javascript:"),
        ("trigger filter", r"hx-trigger\s*=\s*\"[^\"]*\[|hx-trigger\s*=\s*'[^']*\["),
    ],
)
def test_templates_hold_nothing_the_csp_forbids(what: str, pattern: str) -> None:
    offending = [
        f"{path.relative_to(TEMPLATES)}: {match.group()}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for match in re.finditer(pattern, path.read_text())
    ]

    assert offending == [], what


def test_nothing_refers_to_another_host() -> None:
    ours = [
        *TEMPLATES.rglob("*.html"),
        *(STATIC / "css").rglob("*.css"),
        *(STATIC / "js").rglob("*.js"),
        *(STATIC / "icons").rglob("*.svg"),
    ]

    elsewhere = {
        match
        for path in ours
        for match in re.findall(
            r"https?://[^\s\"')]+|(?:src|href|action)=[\"']//\S+", path.read_text()
        )
    }

    assert elsewhere == {"http://www.w3.org/2000/svg"}  # a namespace, never fetched


def test_form_that_keeps_a_draft_says_when_it_came_back() -> None:
    keeps = {path: path.read_text() for path in TEMPLATES.rglob("*.html")}

    silent = [
        path.name
        for path, text in keeps.items()
        if re.search(r"<form[^>]* data-draft\b", text) and "ui.draft_back()" not in text
    ]

    assert silent == []


def test_layout_loads_every_component_and_behavior() -> None:
    layout = (TEMPLATES / "layout.html").read_text()

    listed = [
        re.findall(r"'([\w-]+)'", block)
        for block in re.findall(r"{% set (?:sheets|scripts) = \[(.*?)\]", layout, re.DOTALL)
    ]

    assert [sorted(names) for names in listed] == [
        sorted(path.stem for path in (STATIC / "css" / "components").glob("*.css")),
        sorted(path.stem for path in (STATIC / "js").glob("*.js")),
    ]


def test_assets_named_in_templates_exist() -> None:
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"asset\('([^']+\.\w+)'\)", path.read_text())
    }

    assert sorted(name for name in named if not (STATIC / name).is_file()) == []


def color_values() -> dict[str, str]:
    """Return every color our tokens name, as #rrggbb."""
    declaration = re.compile(r"(--[\w-]+):\s*(#[0-9a-f]{3,6}|var\((--color[\w-]+)\));")
    values: dict[str, str] = {"white": "#ffffff"}
    for sheet in ("vendor/design-tokens-1.1.9.css", "css/tokens.css"):
        for name, value, borrowed in declaration.findall((STATIC / sheet).read_text()):
            values[name] = values[borrowed] if borrowed else value
    return values


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    digits = color[1:] if len(color) > 4 else "".join(digit * 2 for digit in color[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("--ink", "--surface", 7.0),
        ("--ink", "--page", 7.0),
        ("--ink-soft", "--surface", 4.5),
        ("--ink-soft", "--page", 4.5),
        ("--ink-soft", "--surface-sunk", 4.5),
        ("--ink-soft", "--key-tint", 4.5),
        ("--ink-placeholder", "--surface", 4.5),
        ("--link", "--key-tint", 4.5),
        ("white", "--key", 4.5),
        ("--bad", "--surface", 4.5),
        ("--bad", "--bad-tint", 4.5),
        ("--line-field", "--page", 3.0),
        ("--line-table", "--surface", 3.0),
        ("--focus", "--key", 3.0),
    ],
)
def test_colors_can_be_told_apart(ink: str, ground: str, least: float) -> None:
    values = color_values()

    assert contrast(values[ink], values[ground]) >= least
