"""Rules of this project that no tool knows, each with its reason."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
DOCUMENTED = ast.Module | ast.ClassDef | FUNCTIONS
NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}

MODULE_LIMIT = 500
FUNCTION_LIMIT = 60
ARGUMENT_LIMIT = 6
UNIT_FACTORS = {730.0, 1000.0, 1024.0, 3600.0, 8760.0, 1e6, 3.6e6, 1e9, 1e12, 1e15}
# In pieces, so that this file passes its own rule.
MACHINE_PATH = re.compile(rb"(?<![\w.%-])/(?:work|root|home)" + rb"/\w")
REGISTRY = re.compile(
    rb"pypi" + rb"\.org|python" + rb"hosted|--(?:extra-)?index" + rb"-url|--find" + rb"-links"
)


@dataclass(frozen=True)
class Source:
    """One Python file, read once for all rules."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text)))

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [node for node in self.nodes if isinstance(node, FUNCTIONS)]

    @cached_property
    def code_lines(self) -> set[int]:
        """Numbers of the lines that hold code: no blanks, comments or docstrings."""
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in NOT_CODE:
                lines.update(range(token.start[0], token.end[0] + 1))
        for node in self.nodes:
            if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
                lines.difference_update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
        return lines


SOURCES = [Source(path, path.read_text("utf-8")) for path in sorted((ROOT / "planner").rglob("*.py"))]


def check(reason: str, found: Iterator[str]) -> None:
    """Fail with the reason of the rule and every place that breaks it."""
    places = list(found)
    assert not places, "\n".join([reason, *places])


def handlers(source: Source) -> Iterator[ast.ExceptHandler]:
    return (node for node in source.nodes if isinstance(node, ast.ExceptHandler))


def test_only_the_command_line_prints():
    check(
        "A window has no console: log it, or show it in the message bar.",
        (
            f"{source.name}:{node.lineno}"
            for source in SOURCES
            if not source.name.startswith("planner/cli/")
            for node in source.nodes
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        ),
    )


def test_no_bare_except():
    check(
        "It also catches Ctrl+C and the exit of the program: name the errors that are expected.",
        (f"{s.name}:{handler.lineno}" for s in SOURCES for handler in handlers(s) if handler.type is None),
    )


def test_no_error_is_swallowed():
    check(
        "An error that nobody hears of is a wrong number later: handle it, or let it pass on.",
        (
            f"{source.name}:{handler.lineno}"
            for source in SOURCES
            for handler in handlers(source)
            if isinstance(handler.type, ast.Name)
            and handler.type.id in {"Exception", "BaseException"}
            and all(isinstance(statement, ast.Pass) for statement in handler.body)
        ),
    )


def test_a_timer_of_no_time_says_why():
    def unexplained() -> Iterator[str]:
        for source in SOURCES:
            lines = ["", *source.text.splitlines()]
            for number, line in enumerate(lines):
                if "QTimer.singleShot(0" in line and "#" not in line + lines[number - 1]:
                    yield f"{source.name}:{number}"

    check("It hides an order of events: a comment on the line, or the one above, says which.", unexplained())


def test_unit_factors_have_names():
    check(
        "A factor without a name is a unit error nobody sees: take it from planner/units.",
        (
            f"{source.name}:{node.lineno} {node.value}"
            for source in SOURCES
            if source.name.startswith("planner/engine/")
            for node in source.nodes
            if isinstance(node, ast.Constant)
            and type(node.value) in {int, float}
            and node.value in UNIT_FACTORS
        ),
    )


def test_modules_are_short():
    check(
        f"A module over {MODULE_LIMIT} lines of code has more than one subject: split it.",
        (f"{s.name} {len(s.code_lines)}" for s in SOURCES if len(s.code_lines) > MODULE_LIMIT),
    )


def test_functions_are_short():
    def long_ones() -> Iterator[str]:
        for source in SOURCES:
            for function in source.functions:
                length = len(source.code_lines & set(range(function.lineno, function.end_lineno + 1)))
                if length > FUNCTION_LIMIT:
                    yield f"{source.name}:{function.lineno} {function.name} {length}"

    check(
        f"A function over {FUNCTION_LIMIT} lines of code is not read at a glance: name its parts.",
        long_ones(),
    )


def test_functions_take_few_positional_arguments():
    def crowded() -> Iterator[str]:
        for source in SOURCES:
            for function in source.functions:
                names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
                if len([name for name in names if name not in {"self", "cls"}]) > ARGUMENT_LIMIT:
                    yield f"{source.name}:{function.lineno} {function.name}"

    check(
        f"Nobody remembers the order of over {ARGUMENT_LIMIT} arguments: group them, or use keywords.",
        crowded(),
    )


def test_no_file_knows_a_machine_or_an_index():
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("only a checkout knows which files are its own")
    # The home of the tests holds no settings of git's, and a checkout may belong to someone else.
    command = [git, "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    check(
        "Only one machine has that path or index: stay inside the checkout, and leave indexes to pip.",
        (
            f"{name}: {found.group().decode()}"
            for name in listed.split("\0")
            if name and (ROOT / name).is_file()
            for found in (pattern.search((ROOT / name).read_bytes()) for pattern in (MACHINE_PATH, REGISTRY))
            if found
        ),
    )
