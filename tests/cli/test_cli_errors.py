"""Exit codes and messages, and that bad input writes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import planner.__main__ as start
from planner.cli import main as command_line
from planner.cli import run
from planner.scenario.presets import presets

PRESET = presets()[0].path
WRONG = [
    (("run", "nope"), "no file and no preset", "customer-support"),
    (("run", "customer-suport"), "no file and no preset", "Did you mean customer-support?"),
    (("run", "nope.plan.json"), "There is no file", "Check the name"),
    (("run", "customer-support", "--set", "site.puee=1"), 'no input "site.puee"', "Did you mean site.pue"),
    (("run", "customer-support", "--set", "site.pue=9"), "from 1 to 4", ""),
    (("run", "customer-support", "--set", "site.pue"), 'has no "="', "PATH=VALUE"),
    (("run", "customer-support", "--set", "site.grid=usq"), 'no grid "usq"', "usa"),
    (("run", "customer-support", "--set", "api.model=gpt-0"), "gpt-0", ""),
    (("run", "customer-support", "--set", "base.model=bert"), "base.model", ""),
    (("run",), "required", "--help"),
    (("rnu", "x"), 'no command "rnu"', "Did you mean run?"),
    (("list", "foo"), "invalid choice", "--help"),
    (("run", "customer-support", "--jsn"), "Unrecognized arguments", ""),
    (("export", "customer-support"), "--to", ""),
    (("estimate",), "training|serving", ""),
]


@pytest.mark.parametrize(("words", "message", "hint"), WRONG, ids=[" ".join(words) for words, *_ in WRONG])
def test_bad_input_is_2_with_message_and_hint(call, words, message, hint):
    answer = call(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert message in answer.err
    assert hint in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("out.docx", "nothing writes that"),
        ("out", "no ending"),
        ("out.plan.json", "taken for a plan"),
        ("missing/out.csv", "the folder does not exist"),
        ("folder.csv", "it is a folder"),
    ],
)
def test_an_export_that_cannot_be_written_leaves_nothing(call, tmp_path, target, message):
    (tmp_path / "folder.csv").mkdir()
    before = sorted(tmp_path.rglob("*"))
    answer = call("export", "customer-support", "--to", tmp_path / target)
    assert answer.code == 2
    assert message in answer.err
    assert sorted(tmp_path.rglob("*")) == before


def test_bad_input_leaves_the_old_file(call, tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    assert call("export", "customer-support", "--to", path, "--set", "site.pue=9").code == 2
    assert call("export", "customer-support", "--to", path, "--figure", "overview").code == 2
    assert path.read_text() == "old"


def test_a_plan_is_not_overwritten_by_its_export(call, tmp_path):
    path = tmp_path / "plan.json"
    path.write_bytes(PRESET.read_bytes())
    assert "is the plan itself" in call("export", path, "--to", path).err
    assert path.read_bytes() == PRESET.read_bytes()


def test_check_lists_every_problem(call, tmp_path):
    plan = json.loads(PRESET.read_text("utf-8"))
    scenario = plan["scenarios"][0]
    scenario["site"]["pue"] = 9
    scenario["site"]["grd"] = "usa"
    scenario["horizon_months"] = 600
    path = tmp_path / "bad.plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    answer = call("check", path)
    assert answer.code == 1
    assert answer.err == ""
    assert "3 problems" in answer.out
    for words in (
        "scenarios.0.site.pue",
        "value    9",
        "a number from 1 to 4",
        "Did you mean",
        "horizon_months",
    ):
        assert words in answer.out


def test_check_looks_ids_up(call, tmp_path):
    path = tmp_path / "bad.plan.json"
    path.write_text(
        PRESET.read_text("utf-8").replace('"nvidia-h100-sxm"', '"nvidia-h1000"'), encoding="utf-8"
    )
    answer = call("check", path)
    assert answer.code == 1
    assert "scenarios.0.serving.hardware" in answer.out


def test_check_of_a_good_plan_is_0(call):
    for preset in presets():
        for name in (preset.id, preset.path):
            answer = call("check", name)
            assert (answer.code, answer.err) == (0, "")
            assert "no problems" in answer.out


@pytest.mark.parametrize("name", ["nope", "nope.plan.json"])
def test_check_of_no_file_is_2(call, name):
    assert call("check", name).code == 2


def test_check_of_no_json_is_1(call, tmp_path):
    path = tmp_path / "plan"
    path.write_text("{", encoding="utf-8")
    assert call("check", path).code == 1


def test_an_error_of_ours_is_3_and_tells_the_log(call, monkeypatch, tmp_path):
    monkeypatch.setenv("PLANNER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(run, "simulated", lambda plan: 1 / 0)
    answer = call("run", "customer-support")
    assert answer.code == 3
    log = tmp_path / "data" / "command-line.log"
    assert str(log) in answer.err
    assert "ZeroDivisionError" in log.read_text("utf-8")
    assert "Traceback" not in answer.err


def test_a_log_that_cannot_be_written_is_said(call, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLANNER_DATA_DIR", str(tmp_path / "file"))
    monkeypatch.setattr(run, "simulated", lambda plan: 1 / 0)
    answer = call("run", "customer-support")
    assert answer.code == 3
    assert "ZeroDivisionError" in answer.err


@pytest.mark.parametrize(
    "words", [("--help",), ("--version",), ("run", "--help"), ("estimate", "serving", "--help")]
)
def test_help_is_fine(call, words):
    answer = call(*words)
    assert answer.code == 0
    assert answer.out


def test_no_command_prints_help(call):
    assert "COMMAND" in call().out


def test_a_reader_that_has_seen_enough_is_no_error():
    command = [sys.executable, "-m", "planner", "list", "prices", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


COMMANDS = [
    "['run', 'customer-support']",
    "['run', 'customer-support', '--json']",
    "['check', 'customer-support']",
    "['list', 'prices']",
    "['schema']",
    "['estimate', 'serving', '--params', '8B', '--hardware', 'nvidia-h100-sxm', '--tensor-parallel', '1', "
    "'--precision', 'fp8', '--input-tokens', '100', '--output-tokens', '100']",
    "['export', 'customer-support', '--to', OUT + '.csv']",
    "['export', 'customer-support', '--to', OUT + '.json']",
    "['export', 'customer-support', '--to', OUT + '.xlsx']",
    "['run', 'nope']",
]


@pytest.mark.parametrize("words", COMMANDS)
def test_no_command_loads_qt(words, tmp_path):
    script = (
        f"import sys; OUT = {str(tmp_path / 'out')!r}\n"
        f"from planner.__main__ import main\nmain({words})\n"
        "found = {name.partition('.')[0] for name in sys.modules} & {'PySide6', 'shiboken6', 'pyqtgraph'}\n"
        "sys.exit(str(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- the start
def opened_by(monkeypatch, *words):
    """What the window is asked for; None where the command line was called."""
    asked = []
    monkeypatch.setattr(start, "_window", lambda file, smoke=False: asked.append((file, smoke)) or 0)
    monkeypatch.setattr(command_line, "main", lambda words: 0)
    assert start.main(list(words)) == 0
    return asked[0] if asked else None


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), (None, False)),
        (("my.plan.json",), ("my.plan.json", False)),
        (("folder/plan",), ("folder/plan", False)),
        (("gui",), (None, False)),
        (("gui", "--smoke"), (None, True)),
        (("gui", "--smoke", "my.plan.json"), ("my.plan.json", True)),
        (("run", "my.plan.json"), None),
        (("--version",), None),
        (("check",), None),
        (("rnu",), None),
    ],
)
def test_who_opens_the_window(monkeypatch, words, asked):
    assert opened_by(monkeypatch, *words) == asked


def test_any_file_that_is_there_opens_the_window(monkeypatch, tmp_path):
    path = tmp_path / "plan"
    path.write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert opened_by(monkeypatch, "plan") == ("plan", False)


def test_what_the_window_refuses_is_2(monkeypatch, capsys):
    assert start.main(["gui", "--smok"]) == 2
    assert "planner gui --help" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nope.plan.json"], ["gui", "nope.plan.json"]])
def test_a_file_that_is_not_there_opens_no_window(capsys, words):
    assert start.main(words) == 2
    assert "There is no file nope.plan.json" in capsys.readouterr().err


# ---------------------------------------------------------------- pictures
def test_a_picture_is_drawn_without_a_screen_and_without_noise(tmp_path):
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
    path = tmp_path / "costs.svg"
    command = [sys.executable, "-m", "planner", "export", "customer-support", "--to", str(path)]
    unset = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_LOGGING_RULES")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    done = subprocess.run(
        [*command, "--figure", "costs"], capture_output=True, text=True, check=False, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "<text" in path.read_text(encoding="utf-8")


def test_a_figure_that_is_not_there_is_2_and_leaves_the_old_file(tmp_path):
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
    path = tmp_path / "costs.png"
    path.write_text("old")
    command = [sys.executable, "-m", "planner", "export", "customer-support", "--to", str(path)]
    done = subprocess.run([*command, "--figure", "cots"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Did you mean costs?" in done.stderr
    assert path.read_text() == "old"
