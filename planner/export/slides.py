"""Slides: the story of a plan with native charts and tables on a template of our own, numbers in notes."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from planner import __version__, paths
from planner.catalog.load import load_catalog
from planner.engine.results import Results
from planner.export.currency import currency_of
from planner.export.job import Job
from planner.export.slide_parts import places
from planner.export.slide_parts.charts import insert_chart
from planner.export.slide_parts.letters import fitted
from planner.export.slide_parts.packing import packed
from planner.export.slide_parts.places import Place
from planner.export.slide_parts.tables import insert_table
from planner.export.story import Fact, Page
from planner.export.story_pages.notes import numbers
from planner.export.story_pages.told import COUNTS, elided
from planner.export.storyteller import Teller
from planner.export.words import month_words
from planner.scenario.model import STRATEGY_WORDS, Plan

TEMPLATE: Final = "planner.pptx"
_SHAPES: Final = {
    "api": MSO_SHAPE.RECTANGLE,
    "prompt": MSO_SHAPE.ISOSCELES_TRIANGLE,
    "finetune": MSO_SHAPE.DIAMOND,
    "distil": MSO_SHAPE.OVAL,
    "both": MSO_SHAPE.REGULAR_PENTAGON,
}
_ACCENTS: Final = {
    name: getattr(MSO_THEME_COLOR, f"ACCENT_{number}") for number, name in enumerate(STRATEGY_WORDS, 1)
}
_MARK, _BESIDE = 0.27, 0.42
"""Size of the mark before a headline, and how far the headline stands beside it. [inches]"""
_APART, _MARKS, _SMALL_MARK = 2.3, 5.0, 0.16
"""Of the marks on the first slide: how far they stand apart, how far down, their size. [inches]"""
_DRAWN: Final = 0.55
"""Share of the work that counting draws takes."""
_LONGEST_PROPERTY, _LONGEST_TITLE = 250, 120
_CAPTION, _DETAIL = 12.0, 10.5


def slides_bytes(results: Results, plan: Plan, job: Job | None = None) -> bytes:
    """Return the slides of a plan as a file's bytes; the same for the same plan.

    Parameters
    ----------
    results : Results
        The active scenario, simulated at its most likely values.
    plan : Plan
        Its plan.
    job : Job, optional
        Draws, and whom to tell of progress.
    """
    job = job or Job(results)
    job.progress(0.0, "Counting draws")
    teller = Teller(results, plan, job.drawn, currency=currency_of(results.scenario))
    deck = Presentation(io.BytesIO(paths.resource("slides", TEMPLATE).read_bytes()))
    _cover(deck, teller)
    for number, key in enumerate(teller.keys):
        job.progress(_DRAWN + (1.0 - _DRAWN) * number / len(teller.keys), "Making slides")
        page = teller.page(key, noted=True)
        if key == "answer" or page.chart is not None or page.table is not None:
            _slide(deck, page, plan)
    _describe(deck, plan)
    stream = io.BytesIO()
    deck.save(stream)
    data = packed(stream.getvalue(), f"{load_catalog().date}T00:00:00Z")
    job.progress(1.0, "Slides are made")
    return data


def _describe(deck: Any, plan: Plan) -> None:
    properties = deck.core_properties
    properties.title = elided(plan.title, _LONGEST_PROPERTY)
    properties.comments = f"Made by planner {__version__}"
    properties.revision = 1


# ---------------------------------------------------------------- slides
def _cover(deck: Any, teller: Teller) -> None:
    told = teller.told
    slide = deck.slides.add_slide(_layout(deck, places.COVER))
    title, below = slide.placeholders[places.COVER_TITLE.idx], slide.placeholders[places.COVER_TEXT.idx]
    title.text_frame.text = elided(told.plan.title, _LONGEST_TITLE)
    ways = f"{COUNTS[len(told.order)]} ways" if len(told.order) > 1 else "one way"
    start = month_words(told.scenario.start_month)
    lines = [
        f"{elided(told.scenario.name, 60)}: {ways} to adapt a language model, {told.months} from {start}",
    ]
    if teller.currency.converts:
        lines.append(f"Amounts in {teller.currency.word}, {teller.currency.per_usd:g} per USD, undiscounted")
    else:
        lines.append("Amounts in USD, undiscounted, of the one who runs the service")
    below.text_frame.text = lines[0]
    for line in lines[1:]:
        paragraph = below.text_frame.add_paragraph()
        paragraph.text, paragraph.level = line, 1
    for number, result in enumerate(told.order):
        _named(slide, result.strategy, places.MARGIN + number * _APART, _MARKS)
    _foot(slide, teller.told.sources)
    said = [
        told.plan.title,
        f"Scenario: {told.scenario.name}",
        *([told.scenario.notes] if told.scenario.notes else []),
    ]
    _note(slide, said)


def _slide(deck: Any, page: Page, plan: Plan) -> None:
    slide = deck.slides.add_slide(_layout(deck, _layout_of(page)))
    holders = {each.placeholder_format.idx: each for each in slide.placeholders}
    _headline(slide, holders[places.TITLE.idx], page)
    _put(holders, places.PLAN, fitted(elided(plan.title, _LONGEST_TITLE), places.PLAN.width, 11.0))
    _put(holders, places.PAGE, page.heading)
    _put(holders, places.SUBTITLE, page.subline)
    _put(holders, places.CAVEAT, page.caveat)
    wide = places.FACTS if _layout_of(page) == places.FIGURES else ()
    for place, fact in zip(wide, page.facts, strict=False):
        _figure(holders[place.idx], fact, place)
    for place in wide[len(page.facts) :]:
        _remove(holders[place.idx])
    _chart(holders, page)
    _table(holders, page)
    _foot(slide, page.sources)
    _note(slide, [page.headline, page.subline, *page.notes, page.caveat])


def _layout_of(page: Page) -> str:
    if page.chart is not None and page.table is not None:
        return places.BESIDE
    if page.chart is not None:
        return places.FIGURES
    return places.TABLE if page.table is not None else places.WORDS


def _layout(deck: Any, name: str) -> Any:
    return deck.slide_layouts.get_by_name(name)


def _put(holders: dict[int, Any], place: Place, words: str) -> None:
    """Fill a placeholder, or take it away: an empty one would ask for a click."""
    if words:
        holders[place.idx].text_frame.text = words
    else:
        _remove(holders[place.idx])


def _remove(shape: Any) -> None:
    shape._element.getparent().remove(shape._element)


def _headline(slide: Any, holder: Any, page: Page) -> None:
    """Write the headline, behind the mark of the strategy that it is of."""
    holder.text_frame.text = page.headline
    if not page.strategy:
        return
    place = places.TITLE
    holder.left, holder.top = Inches(place.x + _BESIDE), Inches(place.y)
    holder.width, holder.height = Inches(place.width - _BESIDE), Inches(place.height)
    _mark(slide, page.strategy, (place.x, place.y + (place.height - _MARK) / 2.0), _MARK)


def _mark(slide: Any, strategy: str, at: tuple[float, float], size: float) -> None:
    """Draw the mark of a strategy."""
    left, top = (Inches(each) for each in at)
    mark = slide.shapes.add_shape(_SHAPES[strategy], left, top, Inches(size), Inches(size))
    mark.name = "Mark"
    mark.fill.solid()
    mark.fill.fore_color.theme_color = _ACCENTS[strategy]
    mark.line.fill.background()
    _alt(mark, STRATEGY_WORDS[strategy])


def _named(slide: Any, strategy: str, left: float, top: float) -> None:
    """Draw the mark of a strategy with its name beside it."""
    _mark(slide, strategy, (left, top + 0.06), _SMALL_MARK)
    box = slide.shapes.add_textbox(Inches(left + 0.24), Inches(top), Inches(_APART - 0.3), Inches(0.28))
    box.name = STRATEGY_WORDS[strategy]
    frame = box.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.text = STRATEGY_WORDS[strategy]
    frame.paragraphs[0].font.size = Pt(_CAPTION)
    frame.paragraphs[0].font.color.theme_color = MSO_THEME_COLOR.TEXT_2


def _figure(holder: Any, fact: Fact, place: Place) -> None:
    """Write a figure in large type, what it is, and a line more."""
    frame = holder.text_frame
    frame.text = fact.value
    if fact.strategy:
        frame.paragraphs[0].font.color.theme_color = _ACCENTS[fact.strategy]
    for level, (words, size) in enumerate(((fact.caption, _CAPTION), (fact.detail, _DETAIL)), 1):
        if words:
            paragraph = frame.add_paragraph()
            paragraph.text, paragraph.level = fitted(words, place.width, size), level


def _chart(holders: dict[int, Any], page: Page) -> None:
    if page.chart is None:
        return
    place = places.CHART if page.table is None else places.LEFT_CHART
    frame = insert_chart(holders[place.idx], page.chart, (place.width, place.height))
    frame.name = page.chart.title
    _alt(frame, " ".join((f"Chart: {page.chart.title}.", *numbers(page.chart))))


def _table(holders: dict[int, Any], page: Page) -> None:
    if page.table is None:
        return
    place = places.WIDE_TABLE if page.chart is None else places.RIGHT_TABLE
    frame = insert_table(holders[place.idx], page.table, place)
    frame.name = page.table.headers[0]
    _alt(frame, f"Table: {', '.join(page.table.headers)}; {len(page.table.rows)} rows.")


def _alt(shape: Any, words: str) -> None:
    """Describe a shape for those who do not see it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", words)


def _foot(slide: Any, sources: str) -> None:
    """Put foot and number of the layout on a slide; the library leaves them out."""
    for holder in slide.slide_layout.placeholders:
        if holder.placeholder_format.idx in (places.FOOTER.idx, places.NUMBER.idx):
            own = deepcopy(holder._element)
            own.spPr.clear()
            slide.shapes._spTree.append(own)
            own.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
    for shape in slide.placeholders:
        if shape.placeholder_format.idx == places.FOOTER.idx:
            shape.text_frame.text = sources


def _note(slide: Any, lines: Sequence[str]) -> None:
    """Write the speaker's notes."""
    text = "\n".join(line for line in lines if line)
    # Noncharacters are text to Python and an error to XML.
    kept = "".join(
        sign if unicodedata.category(sign) != "Cn" else "\N{REPLACEMENT CHARACTER}" for sign in text
    )
    slide.notes_slide.notes_text_frame.text = kept
