"""Where a real town's open data are, for the tests that use them."""

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parents[2]
_BESIDE = next(iter(sorted(_REPOSITORY.parent.glob("*/data/yaizu"))), None)


def _folder() -> Path | None:
    if "CRM_TEST_DATA" in os.environ:
        return Path(os.environ["CRM_TEST_DATA"])
    return _BESIDE.parent if _BESIDE else None


REAL = _folder()
needs_real_data = pytest.mark.skipif(
    REAL is None,
    reason="no open data beside the repository; CRM_TEST_DATA may name the folder that holds it",
)
