"""Fixtures of the export tests; the workbooks themselves come from `export_plans`."""

from __future__ import annotations

import pytest
from export_plans import IDS


@pytest.fixture(params=IDS)
def preset(request) -> str:
    return request.param
