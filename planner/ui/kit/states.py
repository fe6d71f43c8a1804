"""Menus, and what stands where figures are missing or still being counted."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QVBoxLayout, QWidget

from planner.ui.kit.buttons import Button
from planner.ui.kit.paint import CENTRE, Ink, draw_text, fill, rounded
from planner.ui.kit.text import Icon, Text
from planner.ui.theme import draw_icon, font, px, theme


def menu_style() -> str:
    """The style sheet of a menu: the only one in the program, set on menus and never on the application."""
    t = theme()
    return (
        f"QMenu {{ background: {t.raised}; color: {t.ink}; border: 1px solid {t.border}; padding: 4px; }}"
        f"QMenu::item {{ padding: {px(5)}px {px(28)}px {px(5)}px {px(12)}px; border-radius: 5px; }}"
        f"QMenu::item:selected {{ background: {t.hover}; }}"
        f"QMenu::item:disabled {{ color: {t.faint}; }}"
        f"QMenu::separator {{ height: 1px; background: {t.hairline}; margin: 4px 8px; }}"
        f"QMenu::indicator {{ width: {px(14)}px; height: {px(14)}px; left: {px(4)}px; }}"
        "QMenu::indicator:checked { image: none; background: transparent; }"  # the menu paints a tick
    )


class Menu(QMenu):
    """A menu that follows the theme; submenus made by `submenu` do too."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setToolTipsVisible(True)
        self.retheme()

    def submenu(self, title: str) -> Menu:
        """Add a menu below this one."""
        menu = Menu(title, self)
        self.addMenu(menu)
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a tick in front of what is on: a style sheet takes it from a file of one colour only."""
        super().paintEvent(event)
        painter, side = QPainter(self), px(14)
        for action in self.actions():
            if action.isVisible() and action.isCheckable() and action.isChecked():
                box = QRectF(self.actionGeometry(action))
                where = QPointF(box.left() + px(5), box.center().y() - side / 2)
                draw_icon(painter, "check", where, side, theme().ink if action.isEnabled() else theme().faint)

    def retheme(self) -> None:
        """Colours and font."""
        self.setFont(font(13))
        self.setStyleSheet(menu_style())


class MenuBar(QMenuBar):
    """The menu bar of the header: words only, a hover field behind the active one."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.retheme()

    def menu(self, title: str) -> Menu:
        """Add a menu."""
        menu = Menu(title, self)
        self.addMenu(menu)
        return menu

    def retheme(self) -> None:
        """Font follows zoom."""
        self.setFont(font(13))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Repaint the hover field."""
        super().mouseMoveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles where Qt's own geometry has them."""
        painter = QPainter(self)
        t = theme()
        active = self.activeAction()
        for action in self.actions():
            box = QRectF(self.actionGeometry(action))
            if not action.isVisible() or box.isEmpty():
                continue
            if action is active and action.isEnabled():
                rounded(painter, box.adjusted(0, 1, 0, -1), px(5), t.hover)
            value = t.ink2 if action.isEnabled() else t.faint
            draw_text(painter, box, action.text().replace("&", ""), Ink(13, 400, value, align=CENTRE))


class ProgressLine(QWidget):
    """A line of two pixels that fills; hidden when there is nothing to count."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._share = 0.0
        self.setAccessibleName(name)
        self.setFixedHeight(2)
        self.setVisible(False)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self._share

    def set_share(self, share: float | None) -> None:
        """Show how much is done; None or all hides the line."""
        self._share = 0.0 if share is None or not math.isfinite(share) else min(1.0, max(0.0, share))
        self.setVisible(share is not None and self._share < 1.0)
        self.setAccessibleDescription(f"{100 * self._share:.0f} percent")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        fill(painter, self.rect(), theme().hairline)
        fill(painter, QRectF(0, 0, self.width() * self._share, self.height()), theme().ink)


class Empty(QWidget):
    """Why there is nothing to see, and the one button that changes that."""

    acted = Signal()

    def __init__(self, icon: str, title: str, detail: str = "", action: str = "") -> None:
        super().__init__()
        centre = Qt.AlignmentFlag.AlignHCenter
        self._icon = Icon(icon, 22)
        self._title = Text(title, "title", wrap=True, align=centre)
        self._detail = Text(detail, "muted", wrap=True, align=centre)
        self._button = Button(action, small=True)
        self._button.clicked.connect(self.acted.emit)
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addStretch(1)
        column.addWidget(self._icon, 0, centre)
        column.addWidget(self._title)
        column.addWidget(self._detail)
        column.addSpacing(4)
        column.addWidget(self._button, 0, centre)
        column.addStretch(1)
        self.show_text(title, detail, action)

    def show_text(self, title: str, detail: str = "", action: str = "") -> None:
        """Say something else."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._button.set_text(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(title)
        self.setAccessibleDescription(detail)

    @property
    def button(self) -> Button:
        """The remedy."""
        return self._button
