"""The corpora: real public data beside the repository, read where it is and never copied into it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Folder of the corpora: CHURN_CORPORA, else ../shared/corpora. Without it tests are skipped; in CI they fail."""
    beside = Path(__file__).parents[3] / "shared" / "corpora"
    folder = Path(os.environ.get("CHURN_CORPORA") or beside)
    if not folder.is_dir():
        message = f"There is no folder of corpora at {folder}; set CHURN_CORPORA to where it is."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
