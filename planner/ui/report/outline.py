"""Bookmarks of a PDF: Qt writes none, so they are appended as an update, which leaves the rest as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_SIZE = re.compile(rb"/Size (\d+)")
_KEPT = re.compile(rb"/(?:Info \d+ 0 R|ID \[[^\]]*\])")
_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")


def with_outline(data: bytes, bookmarks: Sequence[tuple[str, int]]) -> bytes:
    """Return a PDF with bookmarks; as it was where it is not written as Qt writes.

    Parameters
    ----------
    data : bytes
        The file.
    bookmarks : sequence of (str, int)
        Title and page, 0 first.
    """
    start = _START.search(data)
    trailer = data[data.rfind(b"trailer") :]
    root, size = _ROOT.search(trailer), _SIZE.search(trailer)
    if start is None or root is None or size is None or not bookmarks:
        return data
    catalog = _body(data, int(root[1]))
    pages = _PAGES.search(catalog)
    kids = _KIDS.search(_body(data, int(pages[1]))) if pages else None
    if kids is None:
        return data
    numbers = [int(number) for number in re.findall(rb"(\d+) 0 R", kids[1])]
    first = int(size[1])
    held = catalog.strip()
    changed = held[:-2] + b"\n/Outlines %d 0 R\n>>" % first
    objects = {int(root[1]): changed, **_items(first, bookmarks, numbers)}
    kept = b"\n".join(_KEPT.findall(trailer))
    return _updated(data, objects, (int(root[1]), first + len(bookmarks) + 1, int(start[1])), kept)


def _body(data: bytes, number: int) -> bytes:
    """Return what stands in an object; nothing where it is not found."""
    found = re.search(rb"(?:^|\n)%d 0 obj\s(.*?)endobj" % number, data, re.DOTALL)
    return found[1] if found else b""


def _items(first: int, bookmarks: Sequence[tuple[str, int]], pages: Sequence[int]) -> dict[int, bytes]:
    """Return the outline and its items by the number of their object."""
    count = len(bookmarks)
    found = {
        first: b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>"
        % (first + 1, first + count, count)
    }
    for number, (title, page) in enumerate(bookmarks, start=1):
        near = b" /Prev %d 0 R" % (first + number - 1) if number > 1 else b""
        near += b" /Next %d 0 R" % (first + number + 1) if number < count else b""
        words = (b"\xfe\xff" + title.encode("utf-16-be")).hex().upper().encode()
        where = pages[min(page, len(pages) - 1)]
        found[first + number] = b"<< /Title <%s> /Parent %d 0 R%s /Dest [%d 0 R /Fit] >>" % (
            words,
            first,
            near,
            where,
        )
    return found


def _updated(data: bytes, objects: dict[int, bytes], ends: tuple[int, int, int], kept: bytes) -> bytes:
    """Return the file with objects added or replaced, and where they stand."""
    root, size, before = ends
    out = bytearray(data if data.endswith(b"\n") else data + b"\n")
    table = b"xref\n"
    for number, body in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += table
    out += b"trailer\n<<\n/Size %d\n/Root %d 0 R\n/Prev %d\n%s\n>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        root,
        before,
        kept,
        start,
    )
    return bytes(out)
