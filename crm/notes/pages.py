"""HTML routes of this feature."""

from typing import Any

HANDLERS: list[Any] = []
