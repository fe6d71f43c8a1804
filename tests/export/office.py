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
_FEW = 8
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
    """Return workbooks as LibreOffice calculates them, half of many in one process, half in another."""
    made, numbered = folder / "made", {f"n{number}": data for number, data in enumerate(files.values())}
    names = list(numbered)
    shares = [names[0::2], names[1::2]] if len(names) > _FEW else [names]
    started = [
        _started({name: numbered[name] for name in share}, folder / f"office{number}", made)
        for number, share in enumerate(shares)
    ]
    for process in started:
        said, _ = process.communicate(timeout=60 + 30 * len(files))
        assert process.returncode == 0, said.decode()
    return {name: Sheets(_sheets(made, short)) for name, short in zip(files, names, strict=True)}


def _started(files: dict[str, bytes], folder: Path, made: Path) -> subprocess.Popen[bytes]:
    profile, given = folder / "profile", folder / "given"
    for each in (profile / "user", given):
        each.mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    for name, data in files.items():
        (given / f"{name}.xlsx").write_bytes(data)
    words = [str(OFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", _FILTER]
    paths = [str(given / f"{name}.xlsx") for name in files]
    asked = [*words, "--outdir", str(made), *paths]
    return subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _sheets(folder: Path, name: str) -> dict[str, list[list[str]]]:
    found = {}
    for path in folder.glob(f"{name}-*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem.removeprefix(f"{name}-")] = list(csv.reader(file))
    return found
