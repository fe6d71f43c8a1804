"""A presentation as a file that is the same for the same plan: no time of writing in it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows
_UNIX: Final = 3
_DATES: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def packed(data: bytes, date: str) -> bytes:
    """Return a file of Office with all times of writing replaced, workbooks inside it too.

    Parameters
    ----------
    data : bytes
        The file.
    date : str
        Put in their place, such as ``2026-10-01T00:00:00Z``.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".xlsx"):
                content = packed(content, date)
            elif name == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>" + date.encode(), content)
            stays = name.endswith((".xlsx", ".jpeg"))  # packed already
            method = zipfile.ZIP_STORED if stays else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            new.writestr(entry, content, method)
    return stream.getvalue()
