"""Arguments, errors and exit codes of the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from planner import __version__
from planner.catalog.load import suggest
from planner.cli import (
    calibrate,
    check,
    compare,
    estimate,
    export,
    listing,
    matters,
    optimise,
    run,
    schema,
    sweep,
    validate,
)
from planner.cli.log import write_down
from planner.errors import PlannerError

FINE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
OUR_ERROR: Final = 3
_INTERRUPTED: Final = 130  # what a shell calls Ctrl+C

_MODULES: Final = {
    "run": run,
    "compare": compare,
    "matters": matters,
    "sweep": sweep,
    "optimise": optimise,
    "export": export,
    "check": check,
    "list": listing,
    "estimate": estimate,
    "schema": schema,
    "validate": validate,
    "calibrate": calibrate,
}
COMMANDS: Final = (*_MODULES, "gui")
"""Words that are commands and never files."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are shown like all others."""

    def error(self, message: str) -> NoReturn:
        """Raise what the arguments lack."""
        raise PlannerError(
            "usage", f"{message[:1].upper()}{message[1:]}.", f'"{self.prog} --help" shows what it takes.'
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0 fine, 1 a check failed, 2 bad input, 3 an error of ours."""
    words = list(sys.argv[1:] if argv is None else argv)
    return guarded(lambda: _command(words))


def guarded(action: Callable[[], int]) -> int:
    """Run an action; show what goes wrong and return the exit code that belongs to it."""
    _speak_utf8()
    try:
        code = action()
        sys.stdout.flush()
    except PlannerError as error:
        _tell(error)
        return BAD_INPUT
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        _close_stdout()
        return FINE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except SystemExit as stop:  # argparse after --help and --version
        return stop.code if isinstance(stop.code, int) else FINE
    except Exception as error:  # noqa: BLE001 - the last hook: nothing may end in a bare trace
        path = write_down(error)
        where = f"The details are in {path}." if path else f"The log could not be written: {error!r}."
        print(
            f"planner: an error of ours, not of your input: {type(error).__name__}.\n{where}", file=sys.stderr
        )
        return OUR_ERROR
    return code


def _command(words: list[str]) -> int:
    if words and not words[0].startswith("-"):
        _known(words[0])
    parser = _parser()
    chosen = parser.parse_args(words)
    if chosen.command is None:
        parser.print_help()
        return FINE
    code: int = chosen.action(chosen)
    return code


def _parser() -> Parser:
    parser = Parser(
        prog="planner",
        allow_abbrev=False,
        description="Plan how to adapt a large language model: cost, energy, carbon and quality by month.",
        epilog='Without a command the window opens; "planner FILE" opens it on that plan. '
        "Exit codes: 0 fine, 1 a check failed, 2 bad input, 3 an error of ours.",
    )
    parser.add_argument("--version", action="version", version=f"planner {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name, module in _MODULES.items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, allow_abbrev=False)
        module.add_arguments(command)
        command.set_defaults(action=module.act)
    commands.add_parser("gui", help="Open the window: planner gui [--smoke] [FILE].")
    return parser


def _known(word: str) -> None:
    if word not in COMMANDS:
        hint = suggest(word, [*_MODULES, "gui"]) or '"planner --help" lists the commands.'
        raise PlannerError("unknown_command", f'There is no command "{word}".', hint)


def _tell(error: PlannerError) -> None:
    print(f"planner: {error.message}", file=sys.stderr)
    if error.hint:
        print(error.hint, file=sys.stderr)


def _speak_utf8() -> None:
    """Let every text be written: pipes and files take UTF-8, a terminal what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")


def _close_stdout() -> None:
    """Send what is left to nowhere, so that Python does not complain about the closed pipe at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
