"""Pieces of a chart's XML: text, lines, fills, labels, axes, in the order that the format asks for."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from planner.export import palette
from planner.export.slide_parts.formats import Scale

SPACES: Final = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
ACCENTS: Final = {name: f"accent{number}" for number, name in enumerate(palette.STRATEGY, 1)}
"""Colours of the theme: the strategies', in their order."""
TEXTS: Final = {
    "api": "#525865",
    "prompt": "#935400",
    "finetune": "#1A4FDE",
    "distil": "#0B6C75",
    "both": "#7A1C82",
}
"""Text in the colour of a strategy: dark enough to be read on white."""
DASHES: Final = {
    "api": "dash",
    "prompt": "sysDot",
    "finetune": "dashDot",
    "distil": "solid",
    "both": "lgDash",
}
SHAPES: Final = {
    "api": "square",
    "prompt": "triangle",
    "finetune": "diamond",
    "distil": "circle",
    "both": "plus",
}
"""Markers of charts know no pentagon."""
MUTED: Final = "accent6"
INK: Final = "tx1"
CATEGORY_AXIS, VALUE_AXIS = 111, 222
_DEGREE: Final = 60_000
_HARDLY: Final = 0.01
"""Degrees by which numbers along an axis are turned: LibreOffice breaks them into lines if they are not
turned at all, and turns them by 45 if it may; Office takes it for no turn."""
_POINT: Final = 12_700
"""Units of length in a point."""


# ---------------------------------------------------------------- colours, lines, text
def colour(name: str, opacity: float = 1.0) -> str:
    """Return a colour: of the theme, or ``#RRGGBB``."""
    kind, value = ("srgbClr", name[1:]) if name.startswith("#") else ("schemeClr", name)
    if opacity >= 1.0:
        return f'<a:{kind} val="{value}"/>'
    return f'<a:{kind} val="{value}"><a:alpha val="{round(opacity * 100_000)}"/></a:{kind}>'


def solid(name: str, opacity: float = 1.0) -> str:
    """Return a fill."""
    return f"<a:solidFill>{colour(name, opacity)}</a:solidFill>"


def hatched(name: str) -> str:
    """Return a fill of slanting lines, for what is known as a range alone."""
    ground = f"<a:bgClr>{colour('bg1')}</a:bgClr>"
    return f'<a:pattFill prst="wdUpDiag"><a:fgClr>{colour(name)}</a:fgClr>{ground}</a:pattFill>'


def line(name: str, points: float, dash: str = "solid") -> str:
    """Return a line of some points' width."""
    look = f'{solid(name)}<a:prstDash val="{dash}"/><a:round/>'
    return f'<a:ln w="{round(points * _POINT)}" cap="rnd">{look}</a:ln>'


NO_LINE: Final = "<a:ln><a:noFill/></a:ln>"
NO_FILL: Final = "<a:noFill/>"


def shape(inside: str) -> str:
    """Return how a part of a chart looks."""
    return f"<c:spPr>{inside}</c:spPr>"


def _body(turn: float | None) -> str:
    """Return that a text is turned by some degrees, or stays on one line."""
    if turn is None:
        return '<a:bodyPr wrap="none"/>'
    return f'<a:bodyPr rot="{round(turn * _DEGREE)}" vert="horz"/>'


def text(points: float, name: str, *, bold: bool = False, turn: float | None = None) -> str:
    """Return how the text of a part is written."""
    body = _body(turn)
    return (
        f"<c:txPr>{body}<a:lstStyle/><a:p><a:pPr>{_run_style('defRPr', points, name, bold)}</a:pPr>"
        '<a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )


def _run_style(tag: str, points: float, name: str, bold: bool) -> str:
    return f'<a:{tag} sz="{round(points * 100)}" b="{int(bold)}">{solid(name)}</a:{tag}>'


def rich(words: str, points: float, name: str, *, bold: bool = False, turn: float | None = None) -> str:
    """Return a text of our own."""
    body = _body(turn)
    style = _run_style("rPr", points, name, bold).replace("<a:rPr", '<a:rPr lang="en-GB"', 1)
    pieces = "<a:br/>".join(f"<a:r>{style}<a:t>{escape(each)}</a:t></a:r>" for each in words.split("\n"))
    return f"<c:tx><c:rich>{body}<a:lstStyle/><a:p>{pieces}</a:p></c:rich></c:tx>"


# ---------------------------------------------------------------- places
def inner(x: float, y: float, width: float, height: float) -> str:
    """Return where the plot itself lies, as shares of the chart."""
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{x:.4f}"/><c:y val="{y:.4f}"/><c:w val="{width:.4f}"/><c:h val="{height:.4f}"/>'
        "</c:manualLayout></c:layout>"
    )


def moved(x: float, y: float) -> str:
    """Return by how much a label stands elsewhere than it would, as shares of the chart."""
    return f'<c:layout><c:manualLayout><c:x val="{x:.5f}"/><c:y val="{y:.5f}"/></c:manualLayout></c:layout>'


# ---------------------------------------------------------------- labels
_SHOWN: Final = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")


def shows(*what: str) -> str:
    """Return what labels show, of ``Val`` and ``SerName``."""
    return "".join(f'<c:show{name} val="{int(name in what)}"/>' for name in _SHOWN)


def label(
    point: int,
    what: tuple[str, ...],
    style: str,
    *,
    form: str = "",
    place: str = "r",
    shift: str = "",
    words: str = "",
) -> str:
    """Return the label of one point: its value, the name of its series, or words of our own."""
    number = f'<c:numFmt formatCode={quoteattr(form)} sourceLinked="0"/>' if form else ""
    apart = "<c:separator>  </c:separator>" if len(what) > 1 else ""
    return (
        f'<c:dLbl><c:idx val="{point}"/>{shift}{words}{number}{shape(NO_FILL + NO_LINE)}{style}'
        f'<c:dLblPos val="{place}"/>{shows(*what)}{apart}</c:dLbl>'
    )


def labels(each: list[str]) -> str:
    """Return the labels of a series: those of some points, with leaders where they were moved."""
    return f"<c:dLbls>{''.join(each)}{shows()}{_leaders() if each else ''}</c:dLbls>"


def _leaders() -> str:
    """Return that a line leads from a label that was moved to its point, as Office writes it since 2013."""
    look = shape(line(INK, 0.75))
    return (
        '<c:extLst><c:ext uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}" '
        'xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"><c15:showLeaderLines val="1"/>'
        f"<c15:leaderLines>{look}</c15:leaderLines></c:ext></c:extLst>"
    )


def line_series(
    pair: tuple[str, str], look: str, said: list[str], *, points: str = "", trend: str = ""
) -> str:
    """Return a line that has markers at some points alone: name and numbers, its look, labels."""
    head, data = pair
    return (
        f'<c:ser>{head}{shape(look)}<c:marker><c:symbol val="none"/></c:marker>{points}{labels(said)}'
        f'{trend}{data}<c:smooth val="0"/></c:ser>'
    )


# ---------------------------------------------------------------- axes
def title(words: str, turn: float | None = None) -> str:
    """Return the title of an axis."""
    if not words:
        return ""
    return f'<c:title>{rich(words, 10, MUTED, turn=turn)}<c:overlay val="0"/></c:title>'


def category_axis(words: str, *, every: int = 1, upside_down: bool = False, at: str = "b") -> str:
    """Return an axis of names, of which every so manieth is written; from the top where it stands upright."""
    edge = shape(line(palette.BORDER, 0.75))
    names = text(10.5, INK if at == "l" else MUTED, turn=_HARDLY if every > 1 else 0)
    turned = "maxMin" if upside_down else "minMax"
    return (
        f'<c:catAx><c:axId val="{CATEGORY_AXIS}"/><c:scaling><c:orientation val="{turned}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{at}"/>{title(words)}<c:numFmt formatCode="General" '
        'sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="low"/>{edge}{names}'
        f'<c:crossAx val="{VALUE_AXIS}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="60"/><c:tickLblSkip val="{every}"/><c:tickMarkSkip val="{every}"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def value_axis(
    scale: Scale,
    form: str,
    words: str = "",
    *,
    at: str = "l",
    number: int = VALUE_AXIS,
    between: str = "midCat",
    grid: bool = True,
    crosses: str = "min",
) -> str:
    """Return an axis of numbers with its grid; an upright title where it stands at the left.

    `crosses` is where it stands along the other one: ``min``, ``max``, or a number of a logarithmic one.
    """
    other = CATEGORY_AXIS if number == VALUE_AXIS else VALUE_AXIS
    log = '<c:logBase val="10"/>' if scale.log else ""
    beside = "nextTo" if crosses == "max" else "low"
    rules = f"<c:majorGridlines>{shape(line(palette.GRID, 0.75))}</c:majorGridlines>" if grid else ""
    edge = NO_LINE if grid else line(palette.BORDER, 0.75)
    crossing = f'<c:crossesAt val="{crosses}"/>' if scale.log else f'<c:crosses val="{crosses}"/>'
    return (
        f'<c:valAx><c:axId val="{number}"/><c:scaling>{log}<c:orientation val="minMax"/>'
        f'<c:max val="{scale.high!r}"/><c:min val="{scale.low!r}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{at}"/>{rules}'
        f"{title(words, -90 if at == 'l' else None)}"
        f'<c:numFmt formatCode={quoteattr(form)} sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{beside}"/>{shape(edge)}{text(10.5, MUTED)}'
        f'<c:crossAx val="{other}"/>{crossing}<c:crossBetween val="{between}"/>'
        f'<c:majorUnit val="{scale.major!r}"/></c:valAx>'
    )


# ---------------------------------------------------------------- the whole
def whole(plot: str, legend: str = "") -> str:
    """Return a chart around its plot, with no title and no frame."""
    return (
        f'<c:chart {SPACES}><c:autoTitleDeleted val="1"/><c:plotArea>{plot}{shape(NO_FILL + NO_LINE)}'
        f'</c:plotArea>{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
    )


def legend_below(left_out: tuple[int, ...] = ()) -> str:
    """Return a legend under the plot without the series of some numbers."""
    gone = "".join(
        f'<c:legendEntry><c:idx val="{number}"/><c:delete val="1"/></c:legendEntry>' for number in left_out
    )
    return f'<c:legend><c:legendPos val="b"/>{gone}<c:overlay val="0"/>{text(10.5, MUTED)}</c:legend>'
