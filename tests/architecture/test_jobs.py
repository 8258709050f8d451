"""Whoever carries out jobs and errands knows all there are: none waits for a module not loaded."""

import ast
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKES_KNOWN = {"job", "paper_job", "errand"}
KNOWN = """
import json
import crm.{where}
from crm.jobs.errands import duties
from crm.jobs.service import tasks

known = [*tasks().values(), *duties().values()]
print(json.dumps([f"{{one.function.__module__}}.{{one.function.__name__}}" for one in known]))
"""


def test_worker_and_server_know_every_job_and_errand() -> None:
    written = sorted(_decorated())

    assert [known_by("worker"), known_by("app")] == [written, written]
    assert len(written) > 1


def known_by(where: str) -> list[str]:
    """Return what a process that imports one composition alone can carry out."""
    command = [sys.executable, "-c", KNOWN.format(where=where)]
    said = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 - our own words
    return sorted(json.loads(said.stdout))


def _decorated() -> list[str]:
    """Return every function in the source that is called a job, its paper or an errand."""
    found = []
    for path in (ROOT / "crm").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found += [
            f"{module}.{function.name}"
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(function, ast.FunctionDef)
            and any(_is_call_of(each, MAKES_KNOWN) for each in function.decorator_list)
        ]
    return found


def _is_call_of(decorator: ast.expr, names: set[str]) -> bool:
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Name):
        return False
    return decorator.func.id in names
