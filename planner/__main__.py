"""The start of the program: picks the window or the command line; the only module that knows both."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from planner.cli import main as command_line
from planner.errors import PlannerError
from planner.scenario.files import load_plan


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the words ask for and return the exit code.

    ``planner``, ``planner FILE`` and ``planner gui`` open the window; everything else is a command.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["gui"]:
        return command_line.guarded(lambda: _gui(words[1:]))
    if not words or _names_a_file(words):
        return command_line.guarded(lambda: _window(words[0] if words else None))
    return command_line.main(words)


def _names_a_file(words: list[str]) -> bool:
    """Whether one word stands alone that is no command and looks like a file, or is one."""
    word = words[0]
    if len(words) > 1 or word in command_line.COMMANDS or word.startswith("-"):
        return False
    return word.endswith(".json") or "/" in word or "\\" in word or Path(word).is_file()


def _gui(words: list[str]) -> int:
    """Open the window as ``planner gui [--smoke] [FILE]`` asks."""
    parser = command_line.Parser(prog="planner gui", description="Open the window.", allow_abbrev=False)
    parser.add_argument("file", nargs="?", metavar="FILE", help="plan to open")
    parser.add_argument(
        "--smoke",
        action="store_true",
        help="open it, run one preset, paint, close; exit code 0 if all went well",
    )
    chosen = parser.parse_args(words)
    return _window(chosen.file, smoke=chosen.smoke)


def _window(file: str | None, *, smoke: bool = False) -> int:
    if file is not None and not Path(file).is_file():
        load_plan(Path(file))  # raises what is wrong with the name, before a window appears
    try:
        from planner.ui.main import run_gui  # Qt: nothing but the window may load it
    except ImportError as error:
        if (error.name or "").startswith("planner"):
            raise  # a module of ours is broken, which is no input's fault
        raise PlannerError(
            "no_window",
            f"The window cannot be opened: {error}.",
            'Install what Qt needs, or use the commands; "planner --help" lists them.',
        ) from error
    return run_gui(Path(file) if file else None, smoke=smoke)


if __name__ == "__main__":
    sys.exit(main())
