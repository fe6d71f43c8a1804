"""Exports from the window: a name is asked for, the file is written beside it, and said to be there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from planner.app.messages import Action, MessageBus
from planner.errors import PlannerError
from planner.scenario.causes import opener_of
from planner.ui.documents import Documents
from planner.ui.outside import open_file, show_in_folder
from planner.ui.view import View

if TYPE_CHECKING:
    from planner.app.exporter import Exporter, Order
    from planner.export.job import Progress
    from planner.ui.panels.status import StatusBar

KINDS: Final = {
    ".xlsx": "Budget workbook (*.xlsx)",
    ".pptx": "Slides (*.pptx)",
    ".pdf": "Report (*.pdf)",
    ".png": "Picture (*.png)",
    ".svg": "Drawing (*.svg)",
    ".csv": "Line items (*.csv)",
    ".parquet": "Line items, typed (*.parquet)",
    ".json": "Record (*.json)",
}
PICTURES: Final = (".png", ".svg")
_KEY: Final = "export"

Steps = Iterator[Callable[[], bytes]]


@dataclass(slots=True)
class _Drawing:
    """A picture on its way: its file, what draws it step by step, and the last step so far."""

    path: Path
    steps: Steps
    last: Callable[[], bytes] = bytes


class Exports(QObject):
    """Writes files from the figures on screen; one at a time, away from the window's thread.

    Only what needs widgets is drawn in the window's thread, a step between its events.
    """

    def __init__(self, window: QWidget, documents: Documents, bus: MessageBus, status: StatusBar) -> None:
        super().__init__(window)
        self._window, self._documents, self._bus, self._status = window, documents, bus, status
        self._made: Exporter | None = None
        self._again: dict[Path, Callable[[Path], object]] = {}
        self._drawings: deque[_Drawing] = deque()
        self._failures = 0
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._draw_on)
        status.cancel_asked.connect(self.cancel)

    @property
    def exporter(self) -> Exporter:
        """What writes; made when the first file is."""
        if self._made is None:
            from planner.app.exporter import Exporter  # not before somebody exports

            self._made = made = Exporter(self)
            made.progressed.connect(self._status.show_writing)
            made.idle.connect(self._status.show_written)
            made.written.connect(self._say_written)
            made.failed.connect(self._say_failed)
        return self._made

    @property
    def busy(self) -> bool:
        """Whether a file is being made."""
        return bool(self._drawings) or (self._made is not None and self._made.busy)

    # -- what can be asked for
    def export(self, ending: str, view: View | None) -> None:
        """Write the figures on screen to a file that the user names."""
        if view is None:
            return
        path = self._ask(ending, self._documents.stem(view.plan))
        if path is not None:
            self.write(path, view)

    def export_page(self, ending: str, view: View | None, figure: str, page: QWidget, scale: float) -> None:
        """Draw a page to a file that the user names, on a light ground and at a size of its own.

        One that no file can be asked for by name is drawn as it is on the screen.
        """
        if view is None:
            return
        path = self._ask(ending, self._documents.stem(view.plan))
        if path is None:
            return
        from planner.ui.pictures import FIGURE_NAMES, steps

        if figure in FIGURE_NAMES:
            self._draw(path, lambda: steps(view, figure, ending, scale=scale))
        else:
            self._draw_widget(path, page, f"{view.plan.title}, {figure}", scale)

    def export_widget(self, ending: str, widget: QWidget, title: str, scale: float = 2.0) -> None:
        """Draw a part of the window as it is on the screen to a file that the user names."""
        path = self._ask(ending, self._documents.stem_of(title))
        if path is not None:
            self._draw_widget(path, widget, title, scale)

    def write(self, path: Path, view: View) -> None:
        """Write the figures of a view to a file, by its ending."""
        results, plan, drawn = view.results, view.plan, view.risk

        def work(progress: Progress) -> None:
            from planner.export.job import Job
            from planner.export.registry import export  # writers are large

            export(results, plan, path, job=Job(results, drawn, progress))

        self._again[path] = lambda other: self.write(other, view)
        self._order(path, work)

    # -- the end
    def hold(self, held: bool) -> None:
        """A slider is held, or let go: what is written waits meanwhile."""
        if self._made is not None:
            self._made.hold(held)

    def cancel(self) -> None:
        """Write nothing of what is not there yet."""
        self._turn.stop()
        self._drawings.clear()
        if self._made is not None:
            self._made.cancel()

    def finish(self) -> bool:
        """Wait until every file is there; False if one could not be written, which a message says."""
        while self._drawings:
            self._draw_on()
        if self._made is not None:
            self._failures = 0
            self._made.finish()
            return not self._failures
        return True

    def stop(self) -> None:
        """Leave nothing running."""
        self.cancel()
        if self._made is not None:
            self._made.stop()

    # -- pictures
    def _draw_widget(self, path: Path, widget: QWidget, title: str, scale: float) -> None:
        from planner.ui.pictures import widget_file

        def steps() -> Steps:
            yield widget_file(widget, path.suffix.casefold(), title, scale=scale)

        self._draw(path, steps)

    def _draw(self, path: Path, steps: Callable[[], Steps]) -> None:
        self._again[path] = lambda other: self._draw(other, steps)
        self._drawings.append(_Drawing(path, steps()))
        self._turn.start(0)

    def _draw_on(self) -> None:
        """Take one step of the oldest picture; the file of a whole one is written beside the window."""
        drawing = self._drawings[0]
        try:
            step = next(drawing.steps, None)
        except PlannerError as problem:
            self._drawings.popleft()
            self._bus.report(problem, key=_key(drawing.path))
            step = bytes
        if step is not None:
            drawing.last = step
        else:
            self._drawings.popleft()
            self._order(drawing.path, _encoder(drawing))
        if not self._drawings:
            self._turn.stop()

    # -- inside
    def _order(self, path: Path, work: Callable[[Progress], None]) -> None:
        from planner.app.exporter import Order

        try:
            self.exporter.start(Order(path, work))
        except PlannerError as problem:
            self._bus.report(problem, key=_KEY)
            return
        self._bus.clear(_key(path))

    def _ask(self, ending: str, stem: str) -> Path | None:
        """Return the file that the user names; one whose ending we add never takes another's place."""
        start = str(Path(self._documents.folder(), f"{stem}{ending}"))
        name, _ = QFileDialog.getSaveFileName(self._window, "Export", start, KINDS[ending])
        if not name:
            return None
        if name.casefold().endswith(ending):
            return Path(name)
        path, number = Path(f"{name}{ending}"), 2
        while path.exists():
            path, number = Path(f"{name} {number}{ending}"), number + 1
        return path

    def _say_written(self, order: Order) -> None:
        path = order.path
        self._again.pop(path, None)
        opener = opener_of(path)
        show = (
            Action("Open", lambda: open_file(path)),
            Action("Show in folder", lambda: show_in_folder(path)),
        )
        if opener:
            self._bus.warn(
                f"Wrote {path.name}. {opener} has it open and still shows the old one.",
                "Open it there anew; saving it there would undo this.",
                key=_KEY,
                actions=show[1:],
            )
        else:
            self._bus.info(f"Wrote {path.name}.", key=_KEY, actions=show)

    def _say_failed(self, order: Order, problem: PlannerError) -> None:
        path = order.path
        self._failures += 1
        again = self._again.pop(path, None)
        actions: tuple[Action, ...] = ()
        if again is not None:
            actions = (
                Action("Try again", lambda: again(path)),
                Action("Write elsewhere...", lambda: self._elsewhere(path, again)),
            )
        self._bus.report(problem, key=_key(path), actions=actions)

    def _elsewhere(self, path: Path, again: Callable[[Path], object]) -> None:
        other = self._ask(path.suffix.casefold(), path.stem)
        if other is not None:
            again(other)


def _key(path: Path) -> str:
    """A failure stays until that file is written; that others are does not hide it."""
    return f"{_KEY} {path}"


def _encoder(drawing: _Drawing) -> Callable[[Progress], None]:
    path, encode = drawing.path, drawing.last

    def work(progress: Progress) -> None:
        from planner.export.registry import writer_for
        from planner.scenario.files import write_whole

        writer_for(path)
        progress(0.3, "Picture")
        data = encode()
        progress(1.0, "Writing the file")
        write_whole(path, data)

    return work
