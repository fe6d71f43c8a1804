"""Slides: native charts that hold the engine's numbers, whole words, the same file for the same plan."""

from __future__ import annotations

import importlib.util
import io
import itertools
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from export_plans import IDS, made
from lxml import etree
from office import OFFICE
from pptx import Presentation
from pptx.util import Emu
from story_plans import LONG, NAME, ODD, drawn, job_of, named, odd

from planner import paths
from planner.engine.choice import choose
from planner.export.job import Cancelled, Job
from planner.export.slide_parts import places
from planner.export.slide_parts.formats import (
    Scale,
    axis_format,
    linear_scale,
    log_format,
    log_scale,
    number_format,
)
from planner.export.slide_parts.letters import fitted, text_inches
from planner.export.slide_parts.packing import packed
from planner.export.slide_parts.room import Room, drop_of, spread
from planner.export.slides import slides_bytes
from planner.export.story import Chart, Mark, Series
from planner.export.story_pages.told import LABELS

PDF_TEXT = shutil.which("pdftotext")
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
ALL = [*IDS, *ODD]


@cache
def deck_bytes(name):
    results, plan = odd(name) if name in ODD else made(name)
    return slides_bytes(results, plan, job_of(name))


def deck_of(name):
    return Presentation(io.BytesIO(deck_bytes(name)))


@cache
def named_deck():
    results, plan = named()
    return slides_bytes(results, plan, Job(results, drawn("bank-compliance")))


def charts_of(deck):
    """Charts by their name."""
    return {shape.name: shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart}


def texts_of(shape):
    if shape.has_text_frame:
        return [shape.text_frame.text]
    if getattr(shape, "has_table", False) and shape.has_table:
        return [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return []


def series_of(chart):
    return {series.name: series for plot in chart.plots for series in plot.series}


# ---------------------------------------------------------------- the template
def test_the_template_is_what_its_script_makes():
    path = Path(__file__).parents[2] / "packaging" / "slides_template.py"
    spec = importlib.util.spec_from_file_location("slides_template", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert parts_of(script.template_bytes()) == parts_of(
        paths.resource("slides", "planner.pptx").read_bytes()
    )


def test_the_template_has_our_colours_and_real_placeholders():
    deck = Presentation(str(paths.resource("slides", "planner.pptx")))
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, rel=1e-3)
    theme = next(r.target_part for r in deck.slide_master.part.rels.values() if r.reltype.endswith("/theme"))
    colours = etree.fromstring(theme.blob).xpath("//*[starts-with(local-name(), 'accent')]/*/@val")
    assert colours[:5] == ["5B616E", "C67608", "1A53EA", "159AA5", "7A1C82"]
    for layout in deck.slide_layouts:
        kinds = {holder.placeholder_format.type.name for holder in layout.placeholders}
        assert {"FOOTER", "SLIDE_NUMBER"} <= kinds
        assert kinds & {"TITLE", "CENTER_TITLE"}


# ---------------------------------------------------------------- numbers
@pytest.mark.parametrize("name", IDS)
def test_the_cost_chart_holds_the_engines_numbers(name):
    results, _ = made(name)
    series = series_of(charts_of(deck_of(name))["Cumulative cost"])
    for strategy, result in results.strategies.items():
        if result.fits:
            expected = np.ravel(result.cumulative_usd)
            np.testing.assert_allclose(series[LABELS[strategy]].values, expected, rtol=1e-12)
    chosen = choose(results, drawn(name)).strategy
    bands = drawn(name).strategies[chosen].cumulative_usd
    np.testing.assert_allclose(series[f"{LABELS[chosen]}, P10"].values, bands[1])
    np.testing.assert_allclose(series[f"{LABELS[chosen]}, P10 to P90"].values, bands[5] - bands[1])


@pytest.mark.parametrize("name", IDS)
def test_bars_hold_the_engines_numbers(name):
    results, _ = made(name)
    charts = charts_of(deck_of(name))
    stacked = charts["Cost by category"]
    fitting = [strategy for strategy, result in results.strategies.items() if result.fits]
    assert list(stacked.plots[0].categories) == [LABELS[strategy] for strategy in fitting]
    totals = [float(results.strategies[strategy]["total_usd"]) for strategy in fitting]
    series = series_of(stacked)
    np.testing.assert_allclose(series["Total"].values, totals)
    parts = [each.values for title, each in series.items() if title != "Total"]
    np.testing.assert_allclose(np.sum(parts, axis=0), totals)
    shares = series_of(charts["Chance to be cheapest"])["Share of draws"].values
    expected = [drawn(name).strategies[strategy].cheapest_frac for strategy in results.strategies]
    np.testing.assert_allclose(shares, expected)
    carbon = series_of(charts["Carbon by strategy"])
    for number, strategy in enumerate(fitting):
        result = results.strategies[strategy]
        middle, (low, high) = float(result["carbon_kgco2e"]), result.energy_range_frac
        if low == high:
            assert carbon["CO₂e"].values[number] == pytest.approx(middle)
        else:
            assert carbon["CO₂e"].values[number] is None
            assert carbon["CO₂e, from"].values[number] == pytest.approx(middle * low)
            assert carbon["CO₂e, to"].values[number] == pytest.approx(middle * high)


@pytest.mark.parametrize("name", IDS)
def test_break_even_runs_on_two_logarithmic_axes(name):
    results, _ = made(name)
    chart = charts_of(deck_of(name))[f"Total over {results.scenario.horizon_months} months"]
    bases = chart._chartSpace.findall(f".//{CHART}logBase")
    assert [base.get("val") for base in bases] == ["10", "10"]
    series = series_of(chart)
    here = float(results.scenario.workload.requests_per_month)
    xml = series[LABELS["api"]]._element
    volumes = [float(v.text) for v in xml.findall(f"{CHART}xVal//{CHART}v")]
    nearest = int(np.argmin(np.abs(np.log(np.array(volumes) / here))))
    assert volumes[nearest] == pytest.approx(here)
    expected = float(results.strategies["api"]["total_usd"])
    assert list(series[LABELS["api"]].values)[nearest] == pytest.approx(expected, rel=1e-9)


def test_the_bridge_hangs_together():
    chart = charts_of(deck_of("bank-compliance"))["Total cost, from A to B"]
    series = series_of(chart)
    base, total, less, more = (
        [value or 0.0 for value in series[name].values] for name in ("Base", "Total", "Less", "More")
    )
    level = total[0]
    for number in range(1, len(base) - 1):
        assert base[number] == pytest.approx(min(level, level - less[number] + more[number]))
        level += more[number] - less[number]
    assert level == pytest.approx(total[-1])


@pytest.mark.parametrize("name", ["customer-support", "bank-compliance", "other currency"])
def test_the_sheet_behind_a_chart_holds_the_same_numbers(name):
    for chart in charts_of(deck_of(name)).values():
        sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        cells = [cell.value for row in sheet.iter_rows() for cell in row]
        assert not any(isinstance(cell, str) and cell.startswith(("=", "+", "@")) for cell in cells)
        numbers = np.sort([cell for cell in cells if isinstance(cell, int | float)])
        for series in series_of(chart).values():
            known = np.array([value for value in series.values if value is not None])
            near = numbers[np.abs(numbers - known[:, np.newaxis]).argmin(axis=1)]
            np.testing.assert_allclose(near, known, rtol=1e-12)  # a sheet holds 16 figures


def test_another_currency():
    results, _ = odd("other currency")
    series = series_of(charts_of(deck_of("other currency"))["Cumulative cost"])
    expected = np.ravel(results.strategies["distil"].cumulative_usd) * 0.92
    np.testing.assert_allclose(series["Distil"].values, expected)
    xml = etree.tostring(charts_of(deck_of("other currency"))["Cumulative cost"]._chartSpace).decode()
    assert "€" in xml or "&#8364;" in xml
    said = [text for slide in deck_of("other currency").slides for s in slide.shapes for text in texts_of(s)]
    assert any("Amounts in EUR, 0.92 per USD" in text for text in said)
    assert not any("$" in text for text in said)


# ---------------------------------------------------------------- looks that can be checked
@pytest.mark.parametrize("name", ALL)
def test_nothing_lies_outside_or_on_another(name):
    deck = deck_of(name)
    for number, slide in enumerate(deck.slides, 1):
        boxes = []
        for shape in slide.shapes:
            left, top, width, height = shape.left, shape.top, shape.width, shape.height
            assert 0 <= left <= left + width <= deck.slide_width + Emu(1), (number, shape.name)
            assert 0 <= top <= top + height <= deck.slide_height + Emu(1), (number, shape.name)
            boxes.append((shape.name, left, top, left + width, top + height))
        for one, two in itertools.combinations(boxes, 2):
            apart = one[3] <= two[1] or two[3] <= one[1] or one[4] <= two[2] or two[4] <= one[2]
            touching = min(one[3], two[3]) - max(one[1], two[1]) <= Emu(9144)
            assert apart or touching, (number, one[0], two[0])


@pytest.mark.parametrize("name", ALL)
def test_words_fit_their_places(name):
    for slide in deck_of(name).slides:
        for shape in slide.placeholders:
            number = shape.placeholder_format.idx
            sizes = {
                places.TITLE.idx: 30,
                places.SUBTITLE.idx: 17,
                places.FOOTER.idx: 9.5,
                places.PLAN.idx: 11,
            }
            if slide.slide_layout.name != places.COVER and number in sizes and shape.has_text_frame:
                wide = text_inches(shape.text_frame.text, sizes[number], bold=number == places.TITLE.idx)
                assert wide <= shape.width / 914400, shape.text_frame.text
            if number == places.CAVEAT.idx:  # two lines
                assert text_inches(shape.text_frame.text, 12) <= 1.9 * places.CAVEAT.width
            assert (
                shape.has_chart
                or shape.has_table
                or shape.text_frame.text.strip()
                or number == places.NUMBER.idx
            )


@pytest.mark.parametrize("name", ALL)
def test_each_slide_has_foot_number_notes_and_charts_are_described(name):
    for slide in deck_of(name).slides:
        kinds = {holder.placeholder_format.type.name for holder in slide.placeholders}
        assert {"FOOTER", "SLIDE_NUMBER"} <= kinds
        assert len({shape.shape_id for shape in slide.shapes}) == len(slide.shapes)
        assert slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            if shape.has_chart or getattr(shape, "has_table", False):
                described = shape._element.xpath(".//p:cNvPr")[0].get("descr")
                assert len(described) > 20


def test_charts_have_titles_of_axes_and_no_shouting_legend():
    for name, chart in charts_of(deck_of("customer-support")).items():
        axes = chart._chartSpace.findall(f".//{CHART}valAx")
        assert axes
        assert any(axis.find(f"{CHART}title") is not None for axis in axes), name
        assert (chart._chartSpace.find(f".//{CHART}legend") is not None) == (name == "Cost by category")


def test_a_plan_that_fits_nowhere_has_no_empty_slides():
    deck = deck_of("nothing fits")
    heads = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert heads == ["Customer support", "No strategy fits on this hardware.", "What the answer rests on."]


# ---------------------------------------------------------------- names
def test_names_stay_text_and_long_ones_are_elided():
    deck = Presentation(io.BytesIO(named_deck()))
    cover = deck.slides[0]
    assert cover.shapes.title.text_frame.text.endswith("…")
    assert len(cover.shapes.title.text_frame.text) <= 120
    assert NAME in cover.notes_slide.notes_text_frame.text
    assert LONG.strip() in cover.notes_slide.notes_text_frame.text
    said = [text for slide in deck.slides for shape in slide.shapes for text in texts_of(shape)]
    assert any(NAME in text for text in said)
    for chart in charts_of(deck).values():
        sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(
    "title", ["a\x00b\x1fc", "line\nline\r\nline", "\u202eabc", "𝒳 👩‍🚀", "<a:t>&amp;", "x" * 300]
)
def test_titles_of_all_kinds(title):
    results, plan = made("on-device-mobile")
    plan = plan.model_copy(update={"title": title})
    deck = Presentation(io.BytesIO(slides_bytes(results, plan, job_of("on-device-mobile"))))
    shown = deck.slides[0].shapes.title.text_frame.text
    assert "\n" not in shown
    assert shown[:1] == title[:1]


# ---------------------------------------------------------------- the file
def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_same_plan_gives_the_same_file():
    results, plan = made("customer-support")
    again = parts_of(slides_bytes(results, plan, job_of("customer-support")))
    assert again == parts_of(deck_bytes("customer-support"))


def test_no_time_of_writing_is_left():
    stamps = set()
    with zipfile.ZipFile(io.BytesIO(deck_bytes("customer-support"))) as file:
        stamps |= {entry.date_time for entry in file.infolist()}
        inner = next(name for name in file.namelist() if name.endswith(".xlsx"))
        with zipfile.ZipFile(io.BytesIO(file.read(inner))) as sheet:
            assert b"T00:00:00Z" in sheet.read("docProps/core.xml")
    assert len(stamps) == 1


def test_every_part_is_xml_that_can_be_read():
    for name, data in parts_of(named_deck()).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(data)


def test_packing_again_changes_nothing():
    data = deck_bytes("customer-support")
    assert packed(data, "2026-11-24T00:00:00Z") == packed(
        packed(data, "2026-11-24T00:00:00Z"), "2026-11-24T00:00:00Z"
    )


def test_progress_rises_to_the_whole_and_can_be_stopped():
    results, plan = made("customer-support")
    told = []
    slides_bytes(
        results,
        plan,
        Job(results, drawn("customer-support"), lambda share, words: told.append((share, words))),
    )
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert all(words for _, words in told)

    def stop(share, _words):
        if share > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        slides_bytes(results, plan, Job(results, drawn("customer-support"), stop))


# ---------------------------------------------------------------- small parts
@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (272_486.0, "usd", '"$"#,##0,"k";"−""$"#,##0,"k"'),
        (1_436_000.0, "usd", '"$"#,##0.00,,"M";"−""$"#,##0.00,,"M"'),
        (41_369.0, "usd", '"$"#,##0.0,"k";"−""$"#,##0.0,"k"'),
        (3.96, "usd", '"$"#,##0.00;"−""$"#,##0.00'),
        (10_630.0, "kgco2e", '#,##0.0,"\u00a0t";"−"#,##0.0,"\u00a0t"'),
        (463.0, "kgco2e", '#,##0"\u00a0kg";"−"#,##0"\u00a0kg"'),
        (78.3, "points", '#,##0;"−"#,##0'),
        (0.5, "chance", '[<0.01]"< 1%";[>0.99]"> 99%";0%'),
    ],
)
def test_number_formats(value, unit, expected):
    assert number_format(value, unit) == expected


def test_formats_of_axes():
    assert axis_format(600e3, 200e3, "usd", "€") == '"€"#,##0,"k";"−""€"#,##0,"k";0'
    assert axis_format(2e6, 500e3, "usd") == '"$"#,##0.0,,"M";"−""$"#,##0.0,,"M";0'
    assert log_format(2e4, 2e7, "usd").startswith("[>=1000000]")


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([0, 533e3], 0, 600e3), ([70, 84], 70, 85), ([5, 5], 0, 6), ([-3, 7], -5, 7.5)],
)
def test_scales_hold_their_values(values, low, high):
    scale = linear_scale(values, from_zero=min(values) < 70)
    assert scale.low <= min(values, default=0)
    assert scale.high >= max(values, default=1)
    assert scale.low == pytest.approx(low)
    assert scale.high == pytest.approx(high)


def test_logarithmic_scales():
    scale = log_scale([15_800.0, 150e6])
    assert (scale.low, scale.high) == (pytest.approx(1e4), pytest.approx(2e8))
    assert scale.share(scale.low) == 0.0
    assert scale.share(scale.high) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [([1.0, 1.05, 1.1], [0.85, 1.05, 1.25]), ([0.0, 0.0, 0.0, 3.9], [0.0, 0.2, 0.4, 3.9]),
     ([1.0, 1.1, 1.3], [0.933, 1.133, 1.333]), ([3.95, 3.99], [3.8, 4.0]), ([2.0, 3.0], [2.0, 3.0]),
     ([], [])],
)  # fmt: skip
def test_labels_are_spread_around_where_they_would_stand(wanted, places):
    assert spread(wanted, 0.2, 0.0, 4.0) == pytest.approx(places, abs=1e-3)


def test_letters():
    assert text_inches("0123456789", 72) == pytest.approx(5.56)
    assert fitted("Fine-tune, then distil", 0.8, 12).endswith("…")
    assert fitted("short", 5.0, 12) == "short"
    assert text_inches("漢字", 72) == pytest.approx(2.0)


# ---------------------------------------------------------------- what Office would want to repair
ORDER = {
    "chartSpace": "date1904 roundedCorners chart spPr txPr externalData",
    "chart": "autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs",
    "plotArea": "layout areaChart barChart lineChart scatterChart catAx valAx spPr",
    "lineChart": "grouping varyColors ser marker axId",
    "areaChart": "grouping varyColors ser axId",
    "barChart": "barDir grouping varyColors ser gapWidth overlap axId",
    "scatterChart": "scatterStyle varyColors ser axId",
    "ser": "idx order tx spPr invertIfNegative marker dPt dLbls trendline cat val xVal yVal smooth",
    "dPt": "idx invertIfNegative marker bubble3D spPr",
    "dLbls": "dLbl showLegendKey showVal showCatName showSerName showPercent showBubbleSize extLst",
    "dLbl": "idx layout tx numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName "
    "showPercent showBubbleSize separator",
    "catAx": "axId scaling delete axPos title numFmt majorTickMark minorTickMark tickLblPos spPr txPr "
    "crossAx crosses auto lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl",
    "valAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos "
    "spPr txPr crossAx crosses crossesAt crossBetween majorUnit",
    "scaling": "logBase orientation max min",
    "legend": "legendPos legendEntry overlay txPr",
    "trendline": "spPr trendlineType forward backward dispRSqr dispEq",
}
PLACES = {
    "lineChart": {"b", "ctr", "l", "r", "t"},
    "scatterChart": {"b", "ctr", "l", "r", "t"},
    "clustered": {"ctr", "inBase", "inEnd", "outEnd"},
    "stacked": {"ctr", "inBase", "inEnd"},
}


@pytest.mark.parametrize("name", ALL)
def test_charts_keep_the_order_and_the_values_of_the_format(name):
    for title, chart in charts_of(deck_of(name)).items():
        for element in chart._chartSpace.iter():
            tag = etree.QName(element).localname
            if tag in ORDER and element.tag.startswith(CHART):
                order = ORDER[tag].split()
                found = [order.index(etree.QName(child).localname) for child in element]
                assert found == sorted(found), (title, tag)
        for gap in chart._chartSpace.iter(f"{CHART}gapWidth"):
            assert 0 <= int(gap.get("val")) <= 500
        for plot in chart._chartSpace.find(f".//{CHART}plotArea"):
            kind = etree.QName(plot).localname
            grouping = plot.find(f"{CHART}grouping")
            allowed = PLACES.get(grouping.get("val") if kind == "barChart" else kind)
            for label in plot.iter(f"{CHART}dLbl"):
                assert label.find(f"{CHART}dLblPos").get("val") in allowed, title
            for series in plot.iter(f"{CHART}ser"):
                count = max(int(c.get("val")) for c in series.iter(f"{CHART}ptCount"))
                for tag in ("dLbl", "dPt"):
                    numbers = [
                        int(each.find(f"{CHART}idx").get("val")) for each in series.iter(f"{CHART}{tag}")
                    ]
                    assert numbers == sorted(set(numbers)), (title, tag)
                    assert all(0 <= number < count for number in numbers), (title, tag)


def test_a_label_beside_a_point_stands_free_of_lines():
    line = Series("a", tuple(float(value) for value in range(25)), "distil")
    months = tuple(range(25))
    chart = Chart("lines", "Cost", tuple(map(str, months)), "usd", (line,), "Month", months)
    room = Room(9.0, 4.0, 2.0, Scale(0.0, 24.0, 6.0))
    for point in (1, 12, 20):
        mark = Mark("point", "paid back, month 9", float(point), float(point))
        drop = drop_of(chart, room, mark, point)
        place = room.height_of(mark.y) + drop
        assert 0.1 < place < 4.0 - 0.6
        covered = [room.height_of(float(value)) for value in range(point, min(25, point + 6))]
        assert min(abs(place - height) for height in covered) > 0.09


# ---------------------------------------------------------------- another program opens them
@pytest.mark.skipif(OFFICE is None or PDF_TEXT is None, reason="LibreOffice or poppler is not installed")
def test_libreoffice_shows_every_slide_with_its_words(tmp_path):
    names = ("customer-support", "bank-compliance", "one month")
    for name in names:
        (tmp_path / f"{name}.pptx").write_bytes(deck_bytes(name))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = [str(tmp_path / f"{name}.pptx") for name in names]
    call = [OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *files]
    subprocess.run(call, check=True, capture_output=True, timeout=180)
    for name in names:
        shown = subprocess.run(
            [PDF_TEXT, "-layout", str(tmp_path / f"{name}.pdf"), "-"],
            check=True,
            capture_output=True,
            timeout=60,
        )
        pages = shown.stdout.decode().split("\f")[:-1]
        slides = list(deck_of(name).slides)
        assert len(pages) == len(slides)
        for page, slide in zip(pages, slides, strict=True):
            words = " ".join(page.replace("\u00a0", " ").split())
            assert slide.shapes.title.text_frame.text.replace("\u00a0", " ") in words
            for shape in slide.shapes:
                if shape.has_chart and shape.name == "Cumulative cost":
                    assert "Prompt, self-hosted" in words  # the label at the end of its line
