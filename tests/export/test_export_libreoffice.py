"""LibreOffice calculates every formula anew and finds the values that we wrote beside them."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from export_plans import IDS, book_of, opened

SOFFICE = shutil.which("soffice")
EURO = (("report.currency", "EUR"), ("report.currency_per_usd", 0.92), ("report.fiscal_year_start_month", 4))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]


@pytest.mark.parametrize("changes", [(), EURO], ids=["usd", "eur"])
@pytest.mark.parametrize("preset", IDS)
def test_libreoffice_finds_the_same_values(tmp_path, preset, changes):
    formulas, values = book_of(preset, changes, values=False), book_of(preset, changes)
    path = tmp_path / "book.xlsx"
    formulas.save(path)  # openpyxl keeps no values, so that all must be calculated
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    words = [SOFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out", path]
    subprocess.run(words, check=True, capture_output=True, timeout=180)
    found = opened((tmp_path / "out" / "book.xlsx").read_bytes())
    count = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    ours = values[sheet.title][cell.coordinate].value
                    theirs = found[sheet.title][cell.coordinate].value
                    assert theirs == pytest.approx(ours, rel=1e-9, abs=1e-9), (sheet.title, cell.coordinate)
                    count += 1
    assert count > 500
