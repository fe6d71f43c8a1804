"""One command per job, from a bare Python 3.11 to a running planner, with the standard library alone.

    python3 packaging/dev.py run [FILE]    open the planner; without a display, run a plan and write out/
    python3 packaging/dev.py test          everything CI runs: lint, types, then the tests
    python3 packaging/dev.py lint | types | format | bench | soak
    python3 packaging/dev.py cluster       sweeps on a cluster: install Dask, then its tests
    python3 packaging/dev.py errors        the error table of README and CHANGELOG, written anew

The environment is `.venv` at the root of the repository, filled from `packaging/requirements.lock`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "packaging" / "requirements.lock"
CLUSTER_LOCK = ROOT / "packaging" / "requirements-cluster.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OUT = ROOT / "out"
DOCUMENTS_WITH_ERRORS = ("README.md", "CHANGELOG.md")
ERRORS_BEGIN = "<!-- errors: written by packaging/dev.py errors -->"
ERRORS_END = "<!-- errors: end -->"
FILES = ("budget.xlsx", "slides.pptx", "report.pdf", "overview.png", "overview.svg")
DEFAULT_PLAN = ROOT / "presets" / "customer-support.plan.json"

LINT = {
    "ruff check": ["-m", "ruff", "check", "--quiet"],
    "ruff format": ["-m", "ruff", "format", "--check", "--quiet"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
    "spelling": ["-m", "codespell_lib"],
}
TYPES = {"mypy": ["-m", "mypy"]}

# How each package manager is refreshed, how it installs, and what it calls the libraries that Qt's wheels
# leave to the system: OpenGL, fonts, keyboard maps, and those that draw on X11 and Wayland.
PACKAGE_MANAGERS = {
    "apt-get": (
        "apt-get update",
        "apt-get install -y --no-install-recommends --no-upgrade",
        "libdbus-1-3 libegl1 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libwayland-client0 "
        "libwayland-cursor0 libwayland-egl1 libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-glx0 libxcb-icccm4 "
        "libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-render0 libxcb-shape0 "
        "libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0 "
        "libxkbcommon0 libzstd1",
    ),
    "dnf": (
        "",
        "dnf install -y",
        "dbus-libs fontconfig freetype glib2 libX11 libX11-xcb libglvnd-egl libglvnd-glx libwayland-client "
        "libwayland-cursor libwayland-egl libxcb libxkbcommon libxkbcommon-x11 libzstd xcb-util "
        "xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm",
    ),
    "zypper": (
        "",
        "zypper --non-interactive install",
        "fontconfig libX11-6 libX11-xcb1 libdbus-1-3 libfreetype6 libglib-2_0-0 libglvnd libgthread-2_0-0 "
        "libwayland-client0 libwayland-cursor0 libwayland-egl1 libxcb-cursor0 libxcb-glx0 libxcb-icccm4 "
        "libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-render0 libxcb-shape0 "
        "libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0 "
        "libxkbcommon0 libzstd1",
    ),
    "pacman": (
        "",
        "pacman -Sy --noconfirm --needed",
        "dbus fontconfig freetype2 glib2 libglvnd libx11 libxcb libxkbcommon libxkbcommon-x11 wayland "
        "xcb-util xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm zstd",
    ),
}

# What opens the exports again in the tests, by package manager: LibreOffice, and pictures and text of a PDF.
READERS = {
    "apt-get": "libreoffice-calc libreoffice-impress poppler-utils",
    "dnf": "libreoffice-calc libreoffice-impress poppler-utils",
    "zypper": "libreoffice-calc libreoffice-impress poppler-tools",
    "pacman": "libreoffice-fresh poppler",
}
READER_PROGRAMS = ("soffice", "pdftoppm")

# Loads what a window needs and the plugin that draws it; an error names the first library that is missing.
QT_PROBE = """
import ctypes, pathlib, sys
from PySide6 import QtCore, QtGui, QtWidgets
plugins = pathlib.Path(QtCore.QLibraryInfo.path(QtCore.QLibraryInfo.LibraryPath.PluginsPath), "platforms")
for plugin in plugins.glob(f"libq{sys.argv[1]}.so"):
    ctypes.CDLL(str(plugin))
"""


class SetupError(Exception):
    """Something that only the user can settle; the text says what and how."""


def say(text: str) -> None:
    """One line of our own between the lines of the tools; flushed, so that the order is kept in a log."""
    print(f"dev: {text}", flush=True)


def call(*words: str | Path, environment: dict[str, str] | None = None) -> int:
    """Exit code of the environment's Python with these words, its output shown as it comes."""
    return subprocess.call([PYTHON, *words], env=os.environ | (environment or {}))


# --- the environment ----------------------------------------------------------------------------------------


def fingerprint() -> str:
    """What the environment depends on: the locks, the interpreter, and where the checkout is."""
    parts = (
        LOCK.read_bytes(),
        CLUSTER_LOCK.read_bytes(),
        (VENV / "pyvenv.cfg").read_bytes(),
        os.fsencode(ROOT),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_done(job: str) -> bool:
    """Whether the job was done for the environment as it is now; it only reads files, to be quick."""
    stamp = VENV / f"planner-{job}.stamp"
    return PYTHON.is_file() and stamp.is_file() and stamp.read_text() == fingerprint()


def mark_done(job: str) -> None:
    """Let the next start skip the job."""
    (VENV / f"planner-{job}.stamp").write_text(fingerprint())


def prepare(qt_plugin: str) -> None:
    """Bring the environment up to date and see that Qt loads with the plugin that is about to draw."""
    if not is_done("packages"):
        create_environment()
        install_packages()
        mark_done("packages")
    if sys.platform == "linux" and not is_done(f"qt-{qt_plugin}"):
        check_qt(qt_plugin)
        mark_done(f"qt-{qt_plugin}")


def create_environment() -> None:
    """Create `.venv`, unless one is there and its Python starts."""
    if PYTHON.is_file() and call("-c", "") == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        install_system_packages(f"python{version}-venv", f"Python {version} cannot create environments here")
    say(f"creating {VENV.name} with Python {sys.version.split()[0]}")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        raise SetupError(f"{VENV} could not be created; the lines above say why.")


def install_packages() -> None:
    """Install what the lock names, then the checkout itself, in place."""
    say(f"installing packages from {LOCK.relative_to(ROOT)}; the first time takes a few minutes")
    pip = ("-m", "pip", "--disable-pip-version-check")
    # The checkout comes without isolation: its build tool is in the lock, so no index is asked again.
    steps = (
        (*pip, "install", "--require-hashes", "-r", LOCK),
        (*pip, "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT),
    )
    for step in steps:
        if call(*step) != 0:
            raise SetupError(
                "pip could not install the packages; the lines above say why. Can it reach its index?"
            )


# --- what Qt needs from a Linux system ----------------------------------------------------------------------


def check_qt(plugin: str) -> None:
    """Load Qt in a process of its own; where a library is missing, install it if we may."""
    trouble = qt_trouble(plugin)
    if trouble:
        install_system_packages("", f"Qt does not load ({trouble})")
        trouble = qt_trouble(plugin)
    if trouble:
        raise SetupError(f"Qt still does not load: {trouble}")


def qt_trouble(plugin: str) -> str:
    """Last line of what the loader said, or nothing where all is well."""
    probe = subprocess.run([PYTHON, "-c", QT_PROBE, plugin], capture_output=True, text=True, check=False)
    return "" if probe.returncode == 0 else (probe.stderr.strip().splitlines() or ["no reason given"])[-1]


def install_system_packages(names: str, reason: str) -> None:
    """Install these packages, or Qt's libraries where none are named; if we may not, say the command."""
    manager = next((name for name in PACKAGE_MANAGERS if shutil.which(name)), None)
    if manager is None:
        raise SetupError(f"{reason}, and no package manager known to this script is here to install it.")
    refresh, install, qt_libraries = PACKAGE_MANAGERS[manager]
    commands = [command for command in (refresh, f"{install} {names or qt_libraries}") if command]
    prefix = root_prefix()
    if prefix is None:
        raise SetupError(
            f"{reason}. Run this once: " + " && ".join(f"sudo {command}" for command in commands)
        )
    say(f"{reason}; installing it with {manager}")
    for command in commands:
        # A refresh that fails may still leave a usable list behind: the caller checks what came of it.
        subprocess.call([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *shlex.split(command)])


def prepare_readers() -> None:
    """See that other programs are there to open the exports; without them those tests are skipped."""
    missing = [program for program in READER_PROGRAMS if not shutil.which(program)]
    manager = next((name for name in PACKAGE_MANAGERS if shutil.which(name)), None)
    if not missing or manager is None:
        return
    try:
        install_system_packages(READERS[manager], f"{' and '.join(missing)} not found")
    except SetupError as error:
        say(f"tests that open exports in other programs are skipped: {error}")


def root_prefix() -> list[str] | None:
    """Words that make a command run as root: none for root, sudo where it asks no password, else None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.call([sudo, "-n", "true"], stderr=subprocess.DEVNULL) == 0:
        return [sudo, "-n"]
    return None


# --- the commands -------------------------------------------------------------------------------------------


def display_plugin() -> str | None:
    """Qt's platform plugin for the screen that is there; None without a screen."""
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return chosen.partition(":")[0].partition(";")[0]
    if sys.platform != "linux":
        return "native"
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else None


def run(words: list[str]) -> int:
    """Open the window, on a plan if one is named; without a display do the same plan's work in files."""
    if display_plugin():
        say("opening the planner")
        return call("-m", "planner", *words)
    plan = words[0] if words else os.path.relpath(DEFAULT_PLAN)
    files = [os.path.relpath(OUT / name) for name in FILES]
    say(f"no display here, so this runs {plan} and writes {', '.join(files)}")
    OUT.mkdir(exist_ok=True)
    commands = [["run", plan], *(["export", plan, "--to", file] for file in files)]
    for command in commands:
        code = call("-m", "planner", *command, environment={"QT_QPA_PLATFORM": "offscreen"})
        if code != 0:
            return code
    return 0


def check(steps: dict[str, list[str]]) -> int:
    """Run every step whatever became of the others, one line each; what a failed one said comes first."""
    failed = 0
    for name, words in steps.items():
        start = time.perf_counter()
        step = subprocess.run(
            [PYTHON, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if step.returncode != 0:
            failed += 1
            print(step.stdout.rstrip())
        say(f"{'FAILED' if step.returncode else 'passed'} {name} ({time.perf_counter() - start:.1f} s)")
    return 1 if failed else 0


def test(words: list[str]) -> int:
    """Lint, types, then the tests, whose closing line is the last one printed."""
    checked = check(LINT | TYPES)
    workers = ["-n", "2"] if (os.cpu_count() or 1) > 1 else []
    say("pytest" + (" (a step above FAILED)" if checked else ""))
    return call("-m", "pytest", "--hypothesis-profile=ci", *workers, *words) or checked


def format_code(_words: list[str]) -> int:
    """Apply ruff's safe fixes and its layout."""
    return call("-m", "ruff", "check", "--fix") or call("-m", "ruff", "format")


def with_errors(text: str, table: str) -> str:
    """Return a document with this table between its markers."""
    before, begin, rest = text.partition(ERRORS_BEGIN)
    _, end, after = rest.partition(ERRORS_END)
    if not end:
        raise SetupError(f'There are no lines "{ERRORS_BEGIN}" and "{ERRORS_END}" to write between.')
    return f"{before}{begin}\n\n{table.strip()}\n\n{end}{after}"


def cluster(words: list[str]) -> int:
    """Add Dask to the environment, then run the tests that need it."""
    if not is_done("cluster"):
        say(f"adding packages from {CLUSTER_LOCK.relative_to(ROOT)}")
        locks = ("--require-hashes", "-r", LOCK, "-r", CLUSTER_LOCK)  # together, so that they cannot disagree
        if call("-m", "pip", "--disable-pip-version-check", "install", "--quiet", *locks) != 0:
            raise SetupError("pip could not install Dask; the lines above say why.")
        mark_done("cluster")
    return call("-m", "pytest", "-m", "cluster", "tests/cluster", *words)


def write_errors(_words: list[str]) -> int:
    """Put the table that `planner validate` prints into the documents that state it."""
    command = [str(PYTHON), "-m", "planner", "validate", "--markdown"]
    answer = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if answer.returncode != 0:
        return answer.returncode
    for name in DOCUMENTS_WITH_ERRORS:
        path = ROOT / name
        path.write_text(with_errors(path.read_text("utf-8"), answer.stdout), encoding="utf-8", newline="\n")
        say(f"{name} written")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "lint": lambda _words: check(LINT),
    "types": lambda _words: check(TYPES),
    "format": format_code,
    "bench": lambda words: call("-m", "tests.benchmarks", *words),
    "soak": lambda words: call("-m", "pytest", "-m", "slow", *words),
    "cluster": cluster,
    "errors": write_errors,
}


def main() -> int:
    """Read the command, prepare the environment, run it; the exit code is the command's own."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, help="run: a plan file; test, soak, cluster: words for pytest"
    )
    chosen = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads this file as well
        parser.error(f"the planner needs Python 3.11 or newer, and this is {sys.version.split()[0]}")
    drawing = display_plugin() if chosen.command == "run" else None
    try:
        prepare(drawing or "offscreen")
        if chosen.command in ("test", "soak") and sys.platform == "linux":
            prepare_readers()
        if chosen.command != "run":
            os.chdir(ROOT)  # tools find their settings here; a plan file is named from where the user stands
        return COMMANDS[chosen.command](chosen.words)
    except SetupError as error:
        print(f"dev: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
