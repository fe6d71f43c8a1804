"""Surfaces that hold other widgets: panel, banner, popover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from planner.ui.kit.buttons import Button, IconButton, Reveal
from planner.ui.kit.layout import frame
from planner.ui.kit.paint import Edge, draw_shadow, rounded, shadow_margin
from planner.ui.kit.text import ROLES, Icon, Text
from planner.ui.theme import mix, px, text_width, token


@dataclass(frozen=True)
class PanelLook:
    """Padding, gap between head and body, and tokens of a panel."""

    pad: tuple[int, int, int, int] = (16, 12, 12, 10)
    gap: int = 6
    fill: str = "surface"
    edge: str = "hairline"
    radius: int = 8


CARD_LOOK = PanelLook()
PLAIN_LOOK = PanelLook(pad=(16, 14, 16, 14), gap=8)


class Panel(QWidget):
    """A rounded surface with title, muted subtitle and tools; what it holds goes into ``body``.

    Tools that are quiet `IconButton` appear on hover and focus.
    """

    def __init__(
        self,
        title: str = "",
        subtitle: str = "",
        *,
        tools: Sequence[QWidget] = (),
        look: PanelLook = CARD_LOOK,
    ) -> None:
        super().__init__()
        self._look = look
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*look.pad)
        outer.setSpacing(look.gap)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self._title = Text(title, "title")
        self._subtitle = Text(subtitle, "muted", elide=True)
        self._subtitle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.head.addWidget(self._title)
        self.head.addWidget(self._subtitle, 1)
        self._strip = QHBoxLayout()
        self._strip.setSpacing(0)
        self.head.addLayout(self._strip)
        self._reveal = Reveal(self, [])
        for tool in tools:
            self.add_tool(tool)
        if title or tools:
            outer.addLayout(self.head)
        else:
            self._title.setParent(self)
            self._subtitle.setParent(self)
            self._title.hide()
            self._subtitle.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(look.gap)
        outer.addLayout(self.body, 1)
        self.set_titles(title, subtitle)

    def set_titles(self, title: str, subtitle: str | None = None) -> None:
        """Change the head."""
        self._title.setText(title)
        if subtitle is not None:
            self._subtitle.setText(subtitle)
        self.setAccessibleName(title)

    @property
    def title(self) -> str:
        """The title."""
        return self._title.text()

    def add_tool(self, tool: QWidget) -> None:
        """Put a widget at the right of the head; quiet buttons stand left of the others."""
        if isinstance(tool, IconButton):
            self._reveal.add(tool)
            if tool.is_quiet:
                self._strip.addWidget(tool)
                return
        self.head.addWidget(tool)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the surface."""
        look = self._look
        rounded(QPainter(self), self.rect(), px(look.radius), token(look.fill), Edge(token(look.edge)))


BANNER_ICONS = {"bad": "circle-alert", "warn": "triangle-alert", "good": "circle-check"}


@dataclass(frozen=True)
class BannerText:
    """What a banner says; actions are (key, words), the best first."""

    title: str
    detail: str = ""
    actions: tuple[tuple[str, str], ...] = ()


class Banner(QWidget):
    """A problem, what still works, and its remedies as buttons. Kinds: bad, warn, good."""

    acted = Signal(str)

    def __init__(self, kind: str = "bad", text: BannerText | None = None) -> None:
        super().__init__()
        self._kind = kind
        self._icon = Icon(BANNER_ICONS[kind], 20, kind)
        self._title = Text("", "banner", wrap=True)
        self._detail = Text("", "body2", wrap=True)
        self._buttons: list[Button] = []
        for part in (self._icon, self._title, self._detail):
            part.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_text(text or BannerText(""), kind)

    def show_text(self, text: BannerText, kind: str = "") -> None:
        """Say something else; the buttons are made anew only when they differ."""
        self._kind = kind or self._kind
        self._icon.set_icon(BANNER_ICONS[self._kind], self._kind)
        self._title.setText(text.title)
        self._detail.setText(text.detail)
        self._detail.setVisible(bool(text.detail))
        self.setAccessibleName(text.title)
        self.setAccessibleDescription(text.detail)
        if [b.shown_text for b in self._buttons] != [words for _, words in text.actions]:
            self._make_buttons(text.actions)
        self._place()
        self.update()

    def buttons(self) -> list[Button]:
        """The remedies."""
        return list(self._buttons)

    def _make_buttons(self, actions: tuple[tuple[str, str], ...]) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for i, (key, words) in enumerate(actions):
            button = Button(words.replace("&", "&&"), "primary" if i == 0 else "secondary")
            button.clicked.connect(lambda _checked=False, k=key: self.acted.emit(k))
            button.setParent(self)
            button.show()
            self._buttons.append(button)

    def _place(self) -> None:
        """Buttons beside the words where these keep to one line of title, else below them."""
        left, top, gap, side = px(48), px(12), px(12), px(20)
        self._icon.setGeometry(px(16), top, side, side)
        sizes = [button.sizeHint() for button in self._buttons]
        across = sum(size.width() + gap for size in sizes)
        room = self.width() - left - px(14)
        needed = text_width(self._title.text(), *ROLES["banner"][:2])
        needed = max(needed, min(text_width(self._detail.text(), *ROLES["body2"][:2]), room / 2))
        beside = needed + across <= room
        words = max(px(120), room - across if beside else room)
        y = top
        for label in (self._title, self._detail):
            if label.text():
                high = label.heightForWidth(int(words))
                label.setGeometry(left, y, int(words), high)
                y += high + 3
        tallest = max((size.height() for size in sizes), default=0)
        whole = max(y - 3 + top, tallest + 2 * top) if beside else y + px(7) + tallest + top
        x = self.width() - px(14) - across + gap if beside else left
        for button, size in zip(self._buttons, sizes, strict=True):
            at = (whole - size.height()) // 2 if beside else y + px(7)
            button.setGeometry(int(x), at, size.width(), size.height())
            x += size.width() + gap
        if whole != self.height():
            self.setFixedHeight(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything anew."""
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as its words need."""
        return QSize(px(360), self.height())

    def retheme(self) -> None:
        """Sizes follow zoom."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tint."""
        tint, tone = token(f"{self._kind}_tint"), token(self._kind)
        rounded(QPainter(self), self.rect(), px(8), tint, Edge(mix(tint, tone, 0.30)))


class Popover(QWidget):
    """A floating surface of the window itself, beside what it explains.

    Closes on Escape, on a press outside, and when focus leaves it, unless pinned.
    """

    closed = Signal()

    def __init__(self, window: QWidget, name: str, *, width: int = 340) -> None:
        super().__init__(window)
        self.setAccessibleName(name)
        self._width, self._pinned = width, False
        self._came_from: QWidget | None = None
        margin = shadow_margin()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16 + margin, 14 + margin, 16 + margin, 14 + margin)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        outer.addLayout(self.body)
        self.hide()

    @property
    def is_pinned(self) -> bool:
        """Whether it stays."""
        return self._pinned

    def set_pinned(self, on: bool) -> None:
        """Stay open until Escape."""
        self._pinned = on

    def open_at(self, anchor: QWidget) -> None:
        """Show below the anchor, or above it where there is no room."""
        app = QApplication.instance()
        if isinstance(app, QApplication) and not self.isVisible():
            self._came_from = app.focusWidget()
            app.installEventFilter(self)
            app.focusChanged.connect(self._focus_moved)
        margin = shadow_margin()
        self.setFixedWidth(px(self._width) + 2 * margin)
        self.adjustSize()
        holder = self.parentWidget() or self.window()
        corner = anchor.mapTo(holder, QPoint(0, anchor.height()))
        x = min(max(corner.x() - margin, -margin + 8), holder.width() - self.width() + margin - 8)
        y = corner.y() + 6 - margin
        if y + self.height() - margin > holder.height():
            y = max(-margin + 8, corner.y() - anchor.height() - self.height() + margin - 6)
        self.move(x, y)
        self.raise_()
        self.show()
        first = self.nextInFocusChain()
        while first is not None and first is not self and not self.isAncestorOf(first):
            first = first.nextInFocusChain()
        if first is not None and first is not self and first.focusPolicy() != Qt.FocusPolicy.NoFocus:
            first.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close, and give the focus back."""
        if not self.isVisible():
            return
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.removeEventFilter(self)
            app.focusChanged.disconnect(self._focus_moved)
        had_focus = self.isAncestorOf(self.window().focusWidget() or self) or self.hasFocus()
        self.hide()
        if had_focus and self._came_from is not None:
            self._came_from.setFocus(Qt.FocusReason.PopupFocusReason)
        self._came_from = None
        self.closed.emit()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new is not self and not self.isAncestorOf(new) and not self._pinned:
            self._came_from = None
            self.dismiss()

    def _surface(self) -> QRectF:
        margin = shadow_margin()
        return QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press outside closes."""
        if event.type() == QEvent.Type.MouseButtonPress and not self._pinned and isinstance(watched, QWidget):
            inside = watched is self or self.isAncestorOf(watched)
            if not inside and watched.window() is self.window():
                self.dismiss()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shadow and surface."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        draw_shadow(painter, self._surface())
        frame(painter, self._surface(), raised=True)
