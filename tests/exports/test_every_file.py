"""Every route that answers with a file is known here: with people in it, it is an export."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

CRM = Path(__file__).parents[2] / "crm"

FILES = {
    "exports.fetch": "registered before it was made",
    "intake.rejected": "registered as it is made",
    "oversight.dossier_paper": "registered as it is made",
    "oversight.leak_file": "references of people and no name, for the auditor who has no station",
    "jobs.file": "counts, places, and letters to whom they name: exports keep their own",
    "bulletins.file": "an information sheet, written to be given out; on record as downloaded",
    "minutes.paper": "a paper of a meeting, to be given out as its class says; likewise",
    "sharing.information_file": "an information sheet another agency gave; on record likewise",
    "requests.photo": "a place on a page of the station's, drawn anew without what a camera adds",
    "requests.received_photo": "likewise, on the page of whom it was given to",
    "meetings.event": "one meeting for a calendar: its kind, unit and time, nothing typed",
    "meetings.calendar": "the page of the asker's own address, and what it answers when renewed",
    "meetings.renew_feed": "likewise",
    "meetings.feed": "the station's meetings, each as above, for whoever holds the address",
    "jobs.events": "a job's progress in numbers",
    "factors.passkey_options": "a challenge for a key, as JSON",
    "factors.sign_in_options": "likewise",
    "outbox.manifest": "the product's name and icons, for installing it",
    "outbox.worker": "the program that keeps the shell; it holds nobody's data",
    "outbox.state": "whether this device may record without a network, and the key to seal with",
    "outbox.send": "receipts of what the device itself sent, by their keys",
    "access.draft_keep": "the key of the draft that was kept",
    "access.draft_find": "what the asker was typing on that very page",
    "access.lock_post": "the lock; the draft it keeps goes nowhere",
    "access.draft_take": "what the asker was typing when the screen locked, back into its form",
}
MAKERS = {
    "crm/rosters/issuing.py",
    "crm/intake/export.py",
    "crm/oversight/dossier_pages.py",
    "crm/today/printing.py",
    "crm/strengthening/paper.py",
    "crm/handovers/paper.py",
    "crm/minutes/paper.py",
    "crm/meetings/printing.py",
}
"""Modules whose rows leave as files; each registers an export."""
NAMING_NOBODY = {
    "crm/requests/reports.py",
    "crm/requests/site_papers.py",
    "crm/strengthening/month_paper.py",
}
"""Modules whose files hold counts, none so small that it names anybody, and places."""
TO_WHOM_IT_NAMES = {"crm/candidates/letters.py"}
"""Modules whose files name nobody but whom they are sent to, and are on record as written."""


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(CRM.rglob("*.py")):
        if path.relative_to(CRM).parts[0] not in {"web", "migrations"} and path.name != "app.py":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def names_used(node: ast.AST) -> set[str]:
    used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return used | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def answers_no_page(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function itself builds an answer of another type than a page."""
    for call in (each for each in ast.walk(function) if isinstance(each, ast.Call)):
        called = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if called in {"ServerSentEvent", "Stream", "File"}:
            return True
        if called == "Response" and any(word.arg == "media_type" for word in call.keywords):
            return True
    return False


Functions = Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]


def functions() -> tuple[Functions, dict[str, set[str]]]:
    """Return every function by its module and name, and which others each uses."""
    found, uses = {}, {}
    for path, tree in modules():
        own = ".".join(path.relative_to(CRM.parent).with_suffix("").parts)
        known = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        here = [
            node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        known |= {node.name: f"{own}.{node.name}" for node in here}
        for node in here:
            found[f"{own}.{node.name}"] = node
            uses[f"{own}.{node.name}"] = {known.get(name, "") for name in names_used(node)}
    return found, uses


def route_name(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            for word in decorator.keywords:
                if word.arg == "name" and isinstance(word.value, ast.Constant):
                    return str(word.value.value)
    return None


def test_every_route_that_answers_a_file_is_known() -> None:
    known, uses = functions()
    builders = {name for name, each in known.items() if answers_no_page(each)}
    while more := {name for name, used in uses.items() if used & builders} - builders:
        builders |= more
    routes = {route_name(known[name]) for name in builders} - {None}
    assert routes == set(FILES)


def test_whatever_writes_sheets_or_paper_registers_an_export() -> None:
    """Whatever makes sheets and paper is called where an export is registered."""
    writers = {"write_sheet", "write_table", "render_pdf", "paper_maker", "paper_job", "typeset"}
    calling = {
        path.parent
        for path, tree in modules()
        if path.parent.name not in {"formats", "jobs", "exports"}
        and path.parts[-2] != "samples"
        and names_used(tree) & writers
    }
    known = {(CRM.parent / name).parent for name in MAKERS | NAMING_NOBODY | TO_WHOM_IT_NAMES}
    assert calling == known
    for name in MAKERS:
        assert "register_export" in (CRM.parent / name).read_text(encoding="utf-8")
