"""LibreOffice without a window: recalculates workbooks, many in one call, with a profile of its own."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OFFICE = shutil.which("soffice")
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
"""Recalculate on load, always: left alone, LibreOffice shows the values that the file brings."""

# Comma, quotes, UTF-8, from row 1, en-US, values with all their digits, every sheet to a file of its own.
_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false,false,false,false,-1"
_ERROR = re.compile(r"#[A-Z/0]+[!?]?|#N/A|Err:\d+")


@dataclass(frozen=True)
class Sheets:
    """A workbook as LibreOffice shows it after it has worked out every formula: rows of texts by sheet."""

    rows: dict[str, list[list[str]]]

    def errors(self) -> list[str]:
        """Return the cells that hold an error."""
        return [
            f"{sheet} {row + 1}:{column + 1} {text}"
            for sheet, rows in self.rows.items()
            for row, cells in enumerate(rows)
            for column, text in enumerate(cells)
            if _ERROR.fullmatch(text)
        ]


def number(text: str) -> float | None:
    """Return a cell as a number; None where it is none."""
    try:
        return float(text)
    except ValueError:
        return None


def recalculated(files: dict[str, bytes], folder: Path) -> dict[str, Sheets]:
    """Return workbooks as LibreOffice calculates them."""
    profile, given, made = folder / "profile", folder / "given", folder / "made"
    for each in (profile / "user", given):
        each.mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    for name, data in files.items():
        (given / f"{name}.xlsx").write_bytes(data)
    words = [OFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", _FILTER]
    paths = [str(given / f"{name}.xlsx") for name in files]
    limit = 60 + 30 * len(files)
    subprocess.run([*words, "--outdir", str(made), *paths], check=True, capture_output=True, timeout=limit)
    return {name: Sheets(_sheets(made, name)) for name in files}


def _sheets(folder: Path, name: str) -> dict[str, list[list[str]]]:
    found = {}
    for path in folder.glob(f"{name}-*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem.removeprefix(f"{name}-")] = list(csv.reader(file))
    return found
