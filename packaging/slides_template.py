"""Make ``resources/slides/planner.pptx``, the template of the slides: our theme and layouts, 16:9.

Run it after a change here: ``python packaging/slides_template.py``. The file is committed; a test holds
that it is what this makes.

The theme's font is Arial. Inter, which the window ships, is not on the machine that opens the slides, and a
font that is missing is replaced by one of other widths. Arial is on every Windows and macOS, Google Slides
has it, and Linux has Liberation Sans of the same widths; its figures are all equally wide.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from lxml import etree
from pptx import Presentation
from pptx.util import Inches

from planner.export import palette
from planner.export.slide_parts import places
from planner.export.slide_parts.packing import packed
from planner.export.slide_parts.places import Place

TARGET: Final = Path(__file__).parents[1] / "resources" / "slides" / "planner.pptx"
FONT: Final = "Arial"
_SPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_COLOURS: Final = {
    "dk1": palette.INK,
    "lt1": palette.WHITE,
    "dk2": palette.INK2,
    "lt2": palette.SUNKEN,
    **{f"accent{number}": colour for number, colour in enumerate(palette.STRATEGY.values(), 1)},
    "accent6": palette.MUTED,
    "hlink": "#1A4FDE",
    "folHlink": "#7A1C82",
}


# ---------------------------------------------------------------- pieces of XML
def _paragraph(level: int, size: float, colour: str, *, bold: bool = False, align: str = "l") -> str:
    """Return how a level of a text is written: size in points, colour of the theme."""
    return (
        f'<a:lvl{level}pPr marL="0" indent="0" algn="{align}"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{round(size * 100)}" b="{int(bold)}"><a:solidFill><a:schemeClr val="{colour}"/>'
        f"</a:solidFill></a:defRPr></a:lvl{level}pPr>"
    )


def _holder(number: int, name: str, kind: str, place: Place, levels: str, prompt: str) -> str:
    """Return a placeholder; `kind` holds its type and index."""
    body = f'<a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{place.anchor}" wrap="square">'
    said = '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-GB"/>'
    said += "<a:t>‹#›</a:t></a:fld>"
    text = said if "sldNum" in kind else f'<a:r><a:rPr lang="en-GB"/><a:t>{escape(prompt)}</a:t></a:r>'
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{Inches(place.x)}" y="{Inches(place.y)}"/>'
        f'<a:ext cx="{Inches(place.width)}" cy="{Inches(place.height)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f"<p:txBody>{body}<a:normAutofit/></a:bodyPr><a:lstStyle>{levels}</a:lstStyle>"
        f"<a:p>{text}</a:p></p:txBody></p:sp>"
    )


def _rule(number: int, y: float) -> str:
    """Return a hairline from margin to margin."""
    width = Inches(places.WIDTH - 2 * places.MARGIN)
    return (
        f'<p:cxnSp {_SPACES}><p:nvCxnSpPr><p:cNvPr id="{number}" name="Rule"/><p:cNvCxnSpPr/><p:nvPr '
        f'userDrawn="1"/></p:nvCxnSpPr><p:spPr><a:xfrm><a:off x="{Inches(places.MARGIN)}" y="{Inches(y)}"/>'
        f'<a:ext cx="{width}" cy="0"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{palette.BORDER[1:]}"/></a:solidFill></a:ln></p:spPr>'
        "</p:cxnSp>"
    )


_TITLE: Final = _paragraph(1, 30, "tx1", bold=True)
_SUBTITLE: Final = _paragraph(1, 17, "tx2")
_QUIET: Final = _paragraph(1, 11, "accent6")
_QUIET_RIGHT: Final = _paragraph(1, 11, "accent6", align="r")
_CAVEAT: Final = _paragraph(1, 12, "tx2")
_FOOT: Final = _paragraph(1, 9.5, "accent6")
_FOOT_RIGHT: Final = _paragraph(1, 9.5, "accent6", align="r")
_FACT: Final = _paragraph(1, 24, "tx1", bold=True) + _paragraph(2, 12, "tx1") + _paragraph(3, 10.5, "accent6")


def _frame() -> list[str]:
    """Return what stands on each slide of content: names above, headline, caveat, foot."""
    return [
        _holder(2, "Title", 'type="title"', places.TITLE, _TITLE, "What to do"),
        _holder(3, "Plan", f'type="body" idx="{places.PLAN.idx}"', places.PLAN, _QUIET, "Plan"),
        _holder(4, "Page", f'type="body" idx="{places.PAGE.idx}"', places.PAGE, _QUIET_RIGHT, "Page"),
        _holder(
            5, "Subtitle", f'type="body" idx="{places.SUBTITLE.idx}"', places.SUBTITLE, _SUBTITLE, "And why"
        ),
        _holder(
            6, "Caveat", f'type="body" idx="{places.CAVEAT.idx}"', places.CAVEAT, _CAVEAT, "What qualifies it"
        ),
        *_foot(7),
        _rule(9, places.RULE),
    ]


def _foot(number: int) -> list[str]:
    return [
        _holder(number, "Footer", f'type="ftr" idx="{places.FOOTER.idx}"', places.FOOTER, _FOOT, "Sources"),
        _holder(
            number + 1,
            "Slide number",
            f'type="sldNum" idx="{places.NUMBER.idx}"',
            places.NUMBER,
            _FOOT_RIGHT,
            "",
        ),
    ]


def _object(number: int, name: str, kind: str, place: Place) -> str:
    holder = f'type="{kind}" idx="{place.idx}"'
    return _holder(number, name, holder, place, _paragraph(1, 12, "accent6"), name)


def _facts() -> list[str]:
    return [
        _holder(20 + place.idx, f"Figure {n}", f'type="body" idx="{place.idx}"', place, _FACT, "Figure")
        for n, place in enumerate(places.FACTS, 1)
    ]


def _layouts() -> dict[str, list[str]]:
    cover = [
        _holder(
            2, "Title", 'type="ctrTitle"', places.COVER_TITLE, _paragraph(1, 40, "tx1", bold=True), "Plan"
        ),
        _holder(
            3,
            "Subtitle",
            f'type="subTitle" idx="{places.COVER_TEXT.idx}"',
            places.COVER_TEXT,
            _paragraph(1, 18, "tx2") + _paragraph(2, 13, "accent6"),
            "What is compared",
        ),
        *_foot(7),
    ]
    return {
        places.COVER: cover,
        places.FIGURES: [*_frame(), *_facts(), _object(10, "Chart", "chart", places.CHART)],
        places.BESIDE: [
            *_frame(),
            _object(10, "Chart", "chart", places.LEFT_CHART),
            _object(11, "Table", "tbl", places.RIGHT_TABLE),
        ],
        places.TABLE: [*_frame(), _object(11, "Table", "tbl", places.WIDE_TABLE)],
        places.WORDS: _frame(),
    }


# ---------------------------------------------------------------- the file
def _theme() -> bytes:
    colours = "".join(
        f'<a:{name}><a:srgbClr val="{colour[1:]}"/></a:{name}>' for name, colour in _COLOURS.items()
    )
    font = f'<a:latin typeface="{FONT}"/><a:ea typeface=""/><a:cs typeface=""/>'
    solid = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{solid}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Planner">'
        f'<a:themeElements><a:clrScheme name="Planner">{colours}</a:clrScheme>'
        f'<a:fontScheme name="Planner"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont>'
        f'</a:fontScheme><a:fmtScheme name="Planner"><a:fillStyleLst>{solid * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{effect * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{solid * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    ).encode()


def _fill(tree: etree._Element, shapes: list[str]) -> None:
    """Put shapes in place of those of a master or layout."""
    for old in list(tree)[2:]:
        tree.remove(old)
    for shape in shapes:
        tree.append(etree.fromstring(shape))


def _styles() -> str:
    body = "".join(_paragraph(level, 14, "tx1") for level in range(1, 6))
    return (
        f"<p:txStyles {_SPACES}><p:titleStyle>{_TITLE}</p:titleStyle><p:bodyStyle>{body}</p:bodyStyle>"
        f"<p:otherStyle>{_paragraph(1, 12, 'tx1')}</p:otherStyle></p:txStyles>"
    )


def _drop(source: Any, ending: str) -> None:
    """Leave out a part that the library's own template brings along."""
    for key in [key for key, rel in source._rels.items() if rel.reltype.endswith(ending)]:
        source._rels.pop(key)


def template_bytes() -> bytes:
    """Return the template; the same bytes each time."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(places.WIDTH), Inches(places.HEIGHT)
    master, layouts = deck.slide_master, _layouts()
    for layout in list(deck.slide_layouts)[len(layouts) :]:
        deck.slide_layouts.remove(layout)
    for layout, (name, shapes) in zip(deck.slide_layouts, layouts.items(), strict=True):
        element = layout._element
        element.attrib.pop("type", None)
        element.cSld.set("name", name)
        _fill(element.cSld.spTree, shapes)
    _fill(
        master._element.cSld.spTree,
        [
            _holder(2, "Title", 'type="title"', places.TITLE, _TITLE, "What to do"),
            _holder(3, "Text", 'type="body" idx="1"', places.CHART, _paragraph(1, 14, "tx1"), "Text"),
            *_foot(4),
        ],
    )
    styles = master._element.find("{*}txStyles")
    master._element.replace(styles, etree.fromstring(_styles()))
    theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    theme._blob = _theme()
    _drop(deck.part, "/printerSettings")
    _drop(deck.part.package, "/thumbnail")
    properties = deck.core_properties
    properties.title, properties.author, properties.last_modified_by = "Planner", "Planner", "Planner"
    stream = io.BytesIO()
    deck.save(stream)
    return packed(stream.getvalue(), "2026-01-01T00:00:00Z")


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(template_bytes())
