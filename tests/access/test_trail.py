import ast
from pathlib import Path

import pytest

from crm.access.trail import ACTION_LABELS, DETAIL_LABELS

CRM = Path(__file__).parents[2] / "crm"
IRREGULAR = {"made", "drawn", "withdrawn", "sought", "held", "left", "read", "written", "chosen"}
RECORDERS = {"record", "seen", "entry_of", "append_entry"}


def calls() -> list[tuple[str, ast.Call]]:
    """Return every call that puts something on record, with the action it names."""
    found = []
    for path in sorted(CRM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or _name(node) not in RECORDERS:
                continue
            words = [each.value for each in node.args if isinstance(each, ast.Constant)]
            found.extend((str(word), node) for word in words if "." in str(word))
    return found


def _name(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_every_action_on_record_has_words() -> None:
    used = {action for action, _ in calls()}
    assert len(used) > 20
    assert used - set(ACTION_LABELS) == set()


def test_every_fact_on_record_has_words() -> None:
    given = {
        keyword.arg
        for _, call in calls()
        for keyword in call.keywords
        if keyword.arg not in {"now", "subject", "outcome", None}
    }
    assert given - set(DETAIL_LABELS) == set()


@pytest.mark.parametrize("action", sorted(ACTION_LABELS))
def test_actions_are_named_noun_and_verb_in_the_past(action: str) -> None:
    noun, verb = action.split(".")
    assert noun
    assert any(word.endswith("ed") or word in IRREGULAR for word in verb.split("_"))
