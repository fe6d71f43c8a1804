"""Which ending is written by whom. Writers are named by dotted path and imported on use."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from planner.engine.results import Results
from planner.errors import PlannerError
from planner.export.job import Job
from planner.scenario.files import SUFFIX, write_whole
from planner.scenario.model import Plan

DEFAULT_FIGURE: Final = "overview"


@dataclass(frozen=True, slots=True)
class Writer:
    """How files of one ending are made.

    Attributes
    ----------
    ending : str
        Of the file's name, with its dot.
    title : str
        What the file is, for menus and messages.
    target : str
        ``module:function``. A picture's function takes results, plan, path and figure and writes the file;
        the others take results, plan and a `Job` and return its bytes.
    picture : bool
        Whether a figure can be named, and Qt's widgets are needed: it is drawn in the window's thread.
    qt : bool
        Whether Qt is needed to draw; no widgets, so that any thread may.
    """

    ending: str
    title: str
    target: str
    picture: bool = False
    qt: bool = False


_ALL = (
    Writer(".xlsx", "Budget workbook", "planner.export.workbook:workbook_bytes"),
    Writer(".pptx", "Slides", "planner.export.slides:slides_bytes"),
    Writer(".pdf", "Report", "planner.ui.report.report:report_bytes", qt=True),
    Writer(".csv", "Line items", "planner.export.table:ledger_bytes"),
    Writer(".parquet", "Line items, typed", "planner.export.parquet:ledger_parquet"),
    Writer(".json", "Record of inputs, results and sources", "planner.export.record:record_bytes"),
    Writer(".png", "Picture", "planner.ui.pictures:export_figure", picture=True),
    Writer(".svg", "Drawing", "planner.ui.pictures:export_figure", picture=True),
)
WRITERS: Final[Mapping[str, Writer]] = MappingProxyType({writer.ending: writer for writer in _ALL})
"""Every writer by ending."""


def writer_for(path: Path) -> Writer:
    """Return the writer of a file by its ending, whatever its case.

    Raises
    ------
    PlannerError
        If nothing writes such files, or the file would pass for a plan.
    """
    if path.name.casefold().endswith(SUFFIX):
        raise PlannerError(
            "not_a_plan",
            f"{path.name} would be taken for a plan, and an export is none.",
            f"Use another name, such as {path.name[: -len(SUFFIX)] or 'plan'}.record.json.",
        )
    writer = WRITERS.get(path.suffix.casefold())
    if writer is None:
        ending = f'"{path.suffix}"' if path.suffix else "no ending"
        known = ", ".join(f"{each.ending} ({each.title.lower()})" for each in _ALL)
        raise PlannerError(
            "unknown_ending", f"{path.name or path} has {ending}; nothing writes that.", f"Take {known}."
        )
    return writer


def export(
    results: Results,
    plan: Plan,
    path: Path,
    figure: str | None = None,
    job: Job | None = None,
    *,
    scale: float | None = None,
) -> None:
    """Write results to a file by its ending; whole, or not at all.

    Parameters
    ----------
    results : Results
        The plan's active scenario, simulated.
    plan : Plan
        The plan.
    path : Path
        File to write; one that is there is replaced.
    figure : str, optional
        Which figure a picture shows; the Overview page if not given.
    job : Job, optional
        Draws that are there already, and whom to tell of progress.
    scale : float, optional
        Pixels of a PNG per pixel of the design; as many as `export_figure` takes if not given.

    Raises
    ------
    PlannerError
        If the ending is unknown, a figure is named for a file that is no picture, a scale for one that has
        no pixels, or the file cannot be written; a file that was there is then as it was.
    Cancelled
        If the job's progress says so; a file that was there is then as it was.
    """
    writer = writer_for(path)
    _check_options(writer, figure, scale)
    job = job or Job(results)
    if not path.resolve().parent.is_dir():
        raise PlannerError(
            "not_written",
            f"{path.name} was not written: the folder does not exist.",
            "Make the folder, or name another.",
        )
    write = _function(writer)
    if writer.picture:
        options = {} if scale is None else {"scale": scale}
        data = _picture(lambda drawn: write(results, plan, drawn, figure or DEFAULT_FIGURE, **options), path)
    else:
        data = write(results, plan, job)
    job.progress(1.0, "Writing the file")
    write_whole(path, data)


def _check_options(writer: Writer, figure: str | None, scale: float | None) -> None:
    if figure is not None and not writer.picture:
        raise PlannerError(
            "no_figure",
            f"A {writer.ending} file shows no single figure.",
            "Leave out --figure, or write .png or .svg.",
        )
    if scale is not None and writer.ending != ".png":
        raise PlannerError(
            "no_scale", f"A {writer.ending} file has no pixels.", "Leave out --scale, or write .png."
        )


def _function(writer: Writer) -> Callable[..., Any]:
    module, _, name = writer.target.partition(":")
    if writer.picture or writer.qt:
        _let_qt_draw()
    try:
        function: Callable[..., Any] = getattr(import_module(module), name)
    except ImportError as error:
        if not (writer.picture or writer.qt) or (error.name or "").startswith("planner"):
            raise  # a module of ours is broken, which is no input's fault
        raise PlannerError(
            "no_pictures",
            f"Pictures cannot be drawn here: {error}.",
            "Install what Qt needs, or write .xlsx, .csv or .json.",
        ) from error
    return function


def _let_qt_draw() -> None:
    """Let Qt draw without a screen, unless a window has loaded it already."""
    if "PySide6" not in sys.modules:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # What a window without a screen cannot do, size hints and such, is no news to who wants a picture.
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")


def _picture(draw: Callable[[Path], object], path: Path) -> bytes:
    """Return a picture, drawn to a file of its own first, so that a failure leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="planner-") as folder:
        drawn = Path(folder, f"picture{path.suffix.casefold()}")
        draw(drawn)
        return drawn.read_bytes()
