"""Every command of the window, once: text, shortcut, menu, and whether it can be switched on and off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from planner.ui.kit import Menu

Key = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes
    ----------
    id : str
        What `window` binds a function to.
    menu : str
        Its menu; empty for none.
    keys : tuple
        Standard keys of the platform, or written ones.
    checkable : bool
        Whether it is on or off.
    new_group : bool
        Whether a line stands above it in its menu.
    tip : str
        One sentence; the text if empty.
    """

    id: str
    text: str
    menu: str
    keys: tuple[QKeySequence.StandardKey | str, ...] = ()
    checkable: bool = False
    new_group: bool = False
    tip: str = ""


COMMANDS = (
    Command("start", "S&tart page...", "File", (Key.New,), tip="Every preset with its figures"),
    Command("open", "&Open...", "File", (Key.Open,), tip="Open a plan file"),
    Command("open_sweep", "Open s&weep results...", "File", tip="Open a file that planner sweep has written"),
    Command("save", "&Save", "File", (Key.Save,), new_group=True, tip="Write the plan to its file"),
    Command("save_as", "Save &as...", "File", ("Ctrl+Shift+S",), tip="Write the plan to another file"),
    Command("quit", "&Quit", "File", (Key.Quit, "Ctrl+Q"), new_group=True, tip="Close the window"),
    Command("rename_plan", "&Rename plan...", "Edit", new_group=True, tip="Give the plan another title"),
    Command("reset_all", "Reset &all to preset", "Edit", tip="Set every value back to the preset's"),
    Command(
        "search", "&Search assumptions", "Edit", ("Ctrl+F",), new_group=True, tip="Find an input by its words"
    ),
    Command("theme_system", "&Follow system", "View/Theme", checkable=True),
    Command("theme_light", "&Light", "View/Theme", checkable=True),
    Command("theme_dark", "&Dark", "View/Theme", checkable=True),
    Command("contrast", "&High contrast", "View/Theme", checkable=True, new_group=True),
    Command("zoom_in", "Zoom &in", "View", ("Ctrl++", "Ctrl+=")),
    Command("zoom_out", "Zoom &out", "View", ("Ctrl+-",)),
    Command("zoom_reset", "&Actual size", "View", ("Ctrl+0",)),
    Command("show_inputs", "&Inputs panel", "View", ("Ctrl+1",), True, new_group=True),
    Command("show_scenarios", "&Scenarios panel", "View", ("Ctrl+2",), True),
    Command("reset_layout", "&Reset layout", "View"),
    Command("next_tab", "&Next page", "View", ("Ctrl+PgDown", "Ctrl+Tab"), new_group=True),
    Command("last_tab", "&Previous page", "View", ("Ctrl+PgUp", "Ctrl+Shift+Tab")),
    Command(
        "present",
        "&Present",
        "View",
        ("F5",),
        new_group=True,
        tip="The story full screen, from its first page",
    ),
    Command(
        "present_here",
        "Present &this page",
        "View",
        ("Shift+F5",),
        tip="The story, from the page that fits",
    ),
    Command("full_screen", "&Full screen", "View", ("F11",), True, new_group=True),
    Command("duplicate", "&Duplicate scenario", "Scenario", ("Ctrl+D",), tip="Copy the active scenario"),
    Command("rename", "&Rename scenario...", "Scenario", ("Ctrl+R",)),
    Command("delete", "De&lete scenario", "Scenario", ("Ctrl+Backspace",)),
    Command("next_scenario", "&Next scenario", "Scenario", ("Alt+Down",), new_group=True),
    Command("last_scenario", "&Previous scenario", "Scenario", ("Alt+Up",)),
    Command(
        "compare",
        "&Compare scenarios",
        "Scenario",
        ("Ctrl+Shift+C",),
        new_group=True,
        tip="The first scenario beside the active one: what differs, and why the totals do",
    ),
    Command(
        "catalogue_ranges",
        "&Use the catalogue's ranges",
        "Scenario",
        new_group=True,
        tip="Make ranges of what is always uncertain: prices, volume, scores, hours; yours stay as they are",
    ),
    Command("no_ranges", "Re&move all ranges", "Scenario", tip="Make points of all ranges of this scenario"),
    Command("items", "Line &items", "Tools", ("Ctrl+L",), tip="The line items of the selected strategy"),
    Command("notes", "&Notes on sources", "Tools", tip="What was left to a default"),
    Command(
        "preset_sources",
        "&Sources of the preset...",
        "Tools",
        tip="Where the numbers come from that the preset sets",
    ),
    Command(
        "import_actuals",
        "Import act&uals...",
        "Tools",
        new_group=True,
        tip="Bring in invoices or usage by month, and see them beside the plan",
    ),
    Command(
        "refresh_prices",
        "&Refresh API prices...",
        "Tools",
        new_group=True,
        tip="Fetch today's price list over the network and say what moved",
    ),
    Command("shortcuts", "&Keyboard shortcuts", "Help", ("Ctrl+/",)),
    Command("about", "&About", "Help", new_group=True),
    Command(
        "export_xlsx", "Budget &workbook...", "File/Export", ("Ctrl+E",), tip="Write the budget as a workbook"
    ),
    Command("export_pptx", "&Slides...", "File/Export", tip="Write slides with charts that can be edited"),
    Command("export_pdf", "Re&port...", "File/Export", tip="Write a report of some pages"),
    Command("export_png", "P&icture of this page...", "File/Export", ("Ctrl+Shift+P",), new_group=True),
    Command("export_svg", "&Drawing of this page...", "File/Export", tip="Write lines and texts as an SVG"),
    Command(
        "export_csv", "&Line items (CSV)...", "File/Export", new_group=True, tip="Write the ledger as a table"
    ),
    Command(
        "export_parquet",
        "Line ite&ms (Parquet)...",
        "File/Export",
        tip="Write the ledger with types and units",
    ),
    Command("export_json", "&Record...", "File/Export", tip="Write inputs and results, to be checked later"),
    Command("scale_1", "&As on the screen", "File/Export/Scale", checkable=True),
    Command("scale_2", "&Twice as fine", "File/Export/Scale", checkable=True),
    Command("scale_3", "T&hree times as fine", "File/Export/Scale", checkable=True),
    Command("scale_4", "&Four times as fine", "File/Export/Scale", checkable=True),
)
MENUS = ("File", "Edit", "View", "Scenario", "Tools", "Help")


def make_actions(owner: QWidget, runs: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Return an action for each command, bound to its function.

    Raises
    ------
    KeyError
        If a command has no function.
    """
    made = {}
    for command in COMMANDS:
        action = QAction(command.text, owner)
        keys = [QKeySequence(key) for key in command.keys]
        action.setShortcuts([key for number, key in enumerate(keys) if key not in keys[:number]])
        action.setCheckable(command.checkable)
        action.setStatusTip(command.tip or plain(command.text))
        run = runs[command.id]
        action.triggered.connect(lambda _checked=False, run=run: run())
        owner.addAction(action)
        made[command.id] = action
    return made


def fill_menu(menu: Menu, title: str, actions: Mapping[str, QAction], *, skip: str = "") -> None:
    """Add the commands of a menu, in the order of the table."""
    for command in COMMANDS:
        if command.menu != title or command.id == skip:
            continue
        if command.new_group and menu.actions():
            menu.addSeparator()
        menu.addAction(actions[command.id])


def plain(text: str) -> str:
    """Return a command's text without its marks."""
    return text.replace("&", "").replace("...", "")


def shortcut_rows(actions: Mapping[str, QAction]) -> list[tuple[str, str, str]]:
    """Return menu, text and shortcut of every command that has one."""
    rows = []
    for command in COMMANDS:
        keys = actions[command.id].shortcuts()
        if keys:
            shown = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
            rows.append((command.menu.replace("/", ", "), plain(command.text), shown))
    return rows
