"""The command line, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from unidiff import PatchSet

from devlint import lint as linting
from devlint.cli import main

#: a device bug with a safe fix, and the file after it
BAD = "import torch\n\nif torch.cuda.is_available:\n    print('GPU')\n"
GOOD = BAD.replace("is_available", "is_available()")
#: what a pack of somebody else finds: a warning with an unsafe fix, and nothing but a crash
NOISY = "import torch\n\ntorch.noisy()\nprint(torch.cuda.is_available())\n"
BOOM = "import torch\n\ntorch.boom()\n"

RULE = """\
from devlint.rule import Rule

RULE = Rule(code="{code}", since="0.1", severity="warning", stability="stable", triggers=("{trigger}(",))
"""
CHECK = """\
from collections.abc import Iterator

import libcst as cst

from devlint.rule import Context, Finding, Fix, Outcome, Safety


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if isinstance(node.func, cst.Attribute) and node.func.attr.value == "{trigger}":
        {body}
"""
REPORT = """\
fix = Fix(Safety.UNSAFE, "be quiet", (context.replace(node, "torch.quiet()"),))
        yield context.report(node, "too loud", worlds={context.worlds[0]: Outcome.WASTEFUL}, fix=fix)"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to run devlint in, with one file that has a device bug and one that has none."""
    (tmp_path / "app.py").write_text(BAD)
    (tmp_path / "clean.py").write_text("print('nothing about it')\n")
    return tmp_path


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with two rules of somebody else's."""
    pack = tmp_path_factory.mktemp("pack")
    for name, code, trigger, body in (
        ("too_loud", "DEV991", "noisy", REPORT),
        ("falls_over", "DEV992", "boom", "yield {}['nothing']"),
    ):
        rule = pack / name
        rule.mkdir()
        (rule / "__init__.py").write_text(RULE.format(code=code, trigger=trigger))
        (rule / "rule.py").write_text(CHECK.replace("{trigger}", trigger).replace("{body}", body))
        (rule / "README.md").write_text(f"# What the {trigger} rule finds\n")
    return str(pack)


def devlint(
    folder: Path, *argv: str, stdin: str | bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder."""
    inherited = {name: value for name, value in os.environ.items() if "COLOR" not in name and "DEVLINT" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "devlint", *argv],
        cwd=folder,
        env=inherited | (env or {}),
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def findings(folder: Path, *argv: str) -> list[dict[str, Any]]:
    done = devlint(folder, "--output-format", "json", "--exit-zero", *argv)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["findings"]
    assert isinstance(found, list)
    return found


# -- commands and exit codes


@pytest.mark.parametrize("argv", [(), (".",), ("check",), ("check", "app.py"), ("app.py", "clean.py"), ("./app.py",)])
def test_check_is_the_default_command(folder: Path, argv: tuple[str, ...]) -> None:
    done = devlint(folder, *argv)
    assert done.returncode == 1
    assert "DEV101 uncalled-availability [safe fix]" in done.stdout
    assert "app.py:3:4" in done.stdout
    assert done.stderr == ""


def test_a_path_that_is_named_like_a_command(folder: Path) -> None:
    (folder / "rule").mkdir()
    (folder / "app.py").rename(folder / "rule" / "app.py")
    assert devlint(folder, "./rule").returncode == 1
    assert devlint(folder, "check", "rule").returncode == 1


def test_nothing_found_is_0_and_says_what_was_looked_at(folder: Path) -> None:
    (folder / "app.py").write_text(GOOD)
    done = devlint(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "All clear: 2 files, 1 uses torch, worlds cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2\n"
    )


def test_the_summary_counts_worlds_and_fixes(folder: Path) -> None:
    out = devlint(folder).stdout
    assert "Found 1 problem (1 in cpu). 1 fixable with --fix.\n2 files, 1 uses torch, worlds cpu, driverless" in out


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("--exit-zero",), 0),
        (("--ignore", "DEV101"), 0),
        (("--select", "DEV2"), 0),
        (("--select", "DEV1"), 1),
        (("--select", "uncalled-availability"), 1),
        (("--select", "DEV2", "--extend-select", "DEV101"), 1),
        (("--select", "ALL", "--ignore", "DEV1,DEV2"), 0),
        (("--targets", "cuda"), 0),
        (("--targets", "cuda,cpu"), 1),
        (("--fail-on", "error"), 1),
        (("--fix",), 0),
        (("--fix", "--exit-non-zero-on-fix"), 1),
        (("--fix-only",), 0),
        (("--diff",), 1),
        (("--diff", "--exit-zero"), 0),
        (("--pedantic",), 1),
        (("--no-cache", "--isolated", "--jobs", "auto"), 1),
    ],
)
def test_exit_codes(folder: Path, argv: tuple[str, ...], code: int) -> None:
    assert devlint(folder, *argv).returncode == code


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--unsafe",), "unrecognized arguments: --unsafe"),
        (("--jobs", "0"), "must be a number from 1 on, or auto"),
        (("--output-format", "xml"), "invalid choice: 'xml'"),
        (("app.py", "-"), "error: `-` stands for standard input and goes with no other path"),
        (("--stdin-filename", "a.py"), "error: `--stdin-filename` goes with the path `-`"),
        (("--select", "DEV1O1"), "error: --select: unknown rule `DEV1O1`; did you mean `DEV101`?"),
        (("--targets", "gpu,cpu"), "error: --targets: unknown target `gpu`"),
        (("--config", "pedantic = 1"), "error: --config: `pedantic` must be true or false"),
        (("--config", "gone.toml"), "error: gone.toml: cannot be read: No such file or directory"),
        (("--rule-path", "gone"), "error: gone: no rule folders here"),
        (("gone.py",), "error: gone.py: no such file or folder"),
        (("ap.py",), "error: ap.py: no such file or folder; did you mean `app.py`?"),
        (("--output-file", "gone/report.txt"), "error: gone/report.txt: cannot be written: No such file or directory"),
        (("rule", "DEV1O1"), "error: unknown rule `DEV1O1`; did you mean `DEV101`?"),
        (("rule",), "error: which rule?"),
        (("config", "gone"), "error: gone: no such file or folder"),
    ],
)
def test_mistakes_are_2_and_one_line(folder: Path, argv: tuple[str, ...], said: str) -> None:
    done = devlint(folder, *argv)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert (folder / "app.py").read_text() == BAD


def test_help_names_the_commands(folder: Path) -> None:
    done = devlint(folder, "--help")
    assert done.returncode == 0
    assert "devlint rule NAME|CODE" in done.stdout
    assert devlint(folder, "--version").stdout.startswith("devlint 0.")


# -- fixes


def test_fix_repairs_the_file_and_says_so(folder: Path) -> None:
    done = devlint(folder, "--fix", "--show-fixes")
    assert done.returncode == 0
    assert (folder / "app.py").read_text() == GOOD
    assert done.stdout.startswith(
        "app.py:\n    1 x DEV101 uncalled-availability\nFixed 1 problem in 1 file.\nAll clear: "
    )


def test_diff_writes_nothing_and_can_be_applied(folder: Path) -> None:
    (folder / "crlf.py").write_bytes(BAD.replace("\n", "\r\n").encode())
    done = subprocess.run([sys.executable, "-m", "devlint", "--diff"], cwd=folder, capture_output=True, check=False)
    assert done.stderr.decode() == "Would fix 2 problems in 2 files.\n"
    assert (folder / "app.py").read_text() == BAD
    patch = PatchSet(done.stdout.decode())
    assert [(file.path, file.added, file.removed) for file in patch] == [("app.py", 1, 1), ("crlf.py", 1, 1)]
    subprocess.run(["git", "apply"], cwd=folder, input=done.stdout, check=True)
    assert (folder / "app.py").read_text() == GOOD
    assert (folder / "crlf.py").read_bytes() == GOOD.replace("\n", "\r\n").encode()
    again = devlint(folder, "--diff")
    assert (again.returncode, again.stdout) == (0, "")


def test_unsafe_fixes_are_hidden_and_hinted_at(folder: Path, pack: str) -> None:
    (folder / "app.py").write_text(NOISY)
    argv = ("--rule-path", pack)
    assert "Found 1 problem (1 in cpu). 1 fixable with --fix --unsafe-fixes." in devlint(folder, *argv, "--fix").stdout
    assert (folder / "app.py").read_text() == NOISY
    done = devlint(folder, *argv, "--diff")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Would fix 0 problems in 0 files; 1 more with --unsafe-fixes.\n"
    assert devlint(folder, *argv, "--fix", "--unsafe-fixes").returncode == 0
    assert (folder / "app.py").read_text() == NOISY.replace("noisy", "quiet")


def test_unsafe_fixes_mark_what_they_would_repair(folder: Path, pack: str) -> None:
    (folder / "app.py").write_text(NOISY)
    argv = ("--rule-path", pack, "--output-format", "concise", "--quiet")
    assert devlint(folder, *argv).stdout == "app.py:3:1: DEV991 too-loud: too loud (world cpu)\n"
    assert "DEV991 [*] too-loud" in devlint(folder, *argv, "--unsafe-fixes").stdout


def test_a_warning_passes_where_only_errors_fail(folder: Path, pack: str) -> None:
    (folder / "app.py").write_text(NOISY)
    assert devlint(folder, "--rule-path", pack).returncode == 1
    assert devlint(folder, "--rule-path", pack, "--fail-on", "error").returncode == 0


def test_fix_only_reports_nothing_that_is_left(folder: Path, pack: str) -> None:
    (folder / "noisy.py").write_text(NOISY)
    done = devlint(folder, "--rule-path", pack, "--fix-only")
    assert (done.returncode, done.stdout) == (0, "Fixed 1 problem in 1 file.\n")
    assert (folder / "app.py").read_text() == GOOD


# -- standard input


def test_standard_input_is_called_what_the_user_says(folder: Path) -> None:
    (folder / "devlint.toml").write_text("[per-file-ignores]\n'skipped.py' = ['DEV101']\n")
    done = devlint(folder, "-", "--stdin-filename", "pkg/new.py", "--output-format", "concise", stdin=BAD)
    assert done.returncode == 1
    assert done.stdout.startswith("pkg/new.py:3:4: DEV101 [*]")
    assert devlint(folder, "-", stdin=BAD).stdout.splitlines()[1].endswith("--> -:3:4")
    assert devlint(folder, "-", "--stdin-filename", "skipped.py", stdin=BAD).returncode == 0


def test_standard_input_that_is_fixed_goes_to_standard_output(folder: Path) -> None:
    data = "# coding: latin-1\r\n" + BAD.replace("GPU", "déjà vu").replace("\n", "\r\n")
    done = subprocess.run(
        [sys.executable, "-m", "devlint", "-", "--fix", "--stdin-filename", "app.py"],
        cwd=folder,
        input=data.encode("latin-1"),
        capture_output=True,
        check=False,
    )
    assert done.stdout == data.replace("is_available", "is_available()").encode("latin-1")
    assert done.stderr.startswith(b"Fixed 1 problem in 1 file.\nAll clear")
    assert done.returncode == 0
    assert (folder / "app.py").read_text() == BAD


def test_standard_input_of_which_nothing_is_left(folder: Path) -> None:
    done = devlint(folder, "-", "--fix", stdin="# devlint: ignore-file[DEV401] benchmarks of one machine")
    assert (done.returncode, done.stdout) == (0, "")


def test_standard_input_that_is_excluded_comes_out_as_it_went_in(folder: Path) -> None:
    argv = ("-", "--fix", "--stdin-filename", "app.py", "--extend-exclude", "app.py", "--force-exclude", "--quiet")
    done = devlint(folder, *argv, stdin=BAD)
    assert (done.returncode, done.stdout, done.stderr) == (0, BAD, "")


@pytest.mark.parametrize("data", [b"caf\xe9 = 'torch'\n", b"import torch\n\ndef (:\n", b""])
def test_standard_input_that_cannot_be_fixed_is_not_lost(folder: Path, data: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "devlint", "-", "--fix"], cwd=folder, input=data, capture_output=True, check=False
    )
    assert done.stdout == data


# -- output


def test_json_alone_goes_to_standard_output(folder: Path) -> None:
    (folder / "broken.py").write_text("import torch\nx = (torch.cuda.is_available\n")
    found = findings(folder, "--isolated", "--no-cache", "--targets", "cpu,cuda", ".")
    assert [(finding["path"], finding["line"], finding["code"]) for finding in found] == [
        ("app.py", 3, "DEV101"),
        ("broken.py", 2, "DEV902"),
    ]
    assert found[0]["worlds"]["cpu"] == "wrong"
    assert found[0]["fix"]["edits"][0]["text"] == "()"


def test_the_format_can_come_from_the_environment(folder: Path) -> None:
    done = devlint(folder, env={"DEVLINT_OUTPUT_FORMAT": "concise"})
    assert done.stdout.startswith("app.py:3:4: DEV101 [*] uncalled-availability: ")
    assert devlint(folder, "--output-format", "json", env={"DEVLINT_OUTPUT_FORMAT": "concise"}).stdout[0] == "{"
    wrong = devlint(folder, env={"DEVLINT_OUTPUT_FORMAT": "jsn"})
    assert wrong.stderr == "error: DEVLINT_OUTPUT_FORMAT: unknown format `jsn`; did you mean `json`?\n"
    assert wrong.returncode == 2


@pytest.mark.parametrize(
    ("argv", "env", "painted"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"CLICOLOR_FORCE": "1"}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        (("--color", "always", "--output-file", "report.txt"), {}, False),
    ],
)
def test_colour(folder: Path, argv: tuple[str, ...], env: dict[str, str], painted: bool) -> None:
    done = devlint(folder, *argv, env=env)
    report = folder / "report.txt"
    assert ("\033[" in (report.read_text() if report.exists() else done.stdout)) is painted


def test_the_report_can_go_to_a_file(folder: Path) -> None:
    done = devlint(folder, "--output-file", "report.json", "--output-format", "json")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert json.loads((folder / "report.json").read_text())["findings"][0]["code"] == "DEV101"


def test_quiet_prints_findings_only(folder: Path) -> None:
    done = devlint(folder, "--quiet", "--output-format", "concise")
    assert len(done.stdout.splitlines()) == 1
    (folder / "app.py").unlink()
    assert devlint(folder, "--quiet").stdout == ""


def test_statistics(folder: Path) -> None:
    (folder / "more.py").write_text(BAD)
    out = devlint(folder, "--statistics").stdout
    assert out.startswith("2  DEV101  uncalled-availability  fixes: 2 safe\nFound 2 problems")
    document = json.loads(devlint(folder, "--statistics", "--output-format", "json").stdout)
    assert document["statistics"] == [
        {"rule": "uncalled-availability", "code": "DEV101", "count": 2, "safe": 2, "unsafe": 0}
    ]


def test_github_annotates_and_adds_to_the_step_summary(folder: Path) -> None:
    (folder / "step.md").write_text("before\n")
    done = devlint(folder, "--output-format", "github", env={"GITHUB_STEP_SUMMARY": str(folder / "step.md")})
    assert done.stdout.startswith("::error file=app.py,line=3,")
    assert "annotations: shown 1 of 1\n" in done.stdout
    assert "| `uncalled-availability` | DEV101 | 1 | 1 |" in (folder / "step.md").read_text()
    assert (folder / "step.md").read_text().startswith("before\n")


def test_a_file_beside_the_report_that_cannot_be_written_is_one_line(folder: Path) -> None:
    done = devlint(folder, "--output-format", "github", env={"GITHUB_STEP_SUMMARY": str(folder / "gone" / "step.md")})
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_the_number_of_processes_changes_nothing(folder: Path) -> None:
    for number in range(12):
        (folder / f"more{number}.py").write_text(BAD + f"x = {number}\n" * number)
    outs = [devlint(folder, "--jobs", jobs) for jobs in ("1", "2", "5", "auto")]
    assert {(done.returncode, done.stdout, done.stderr) for done in outs} == {
        (1, outs[0].stdout, ""),
    }
    assert "Found 13 problems" in outs[0].stdout


def test_nobody_reads_on(folder: Path) -> None:
    for number in range(300):
        (folder / f"more{number}.py").write_text(BAD)
    command = f"{sys.executable} -m devlint --jobs 1 | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("DEV101")
    assert done.stderr == ""


# -- configuration


def test_settings_come_from_the_nearest_file(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.devlint]\nignore = ['DEV101']\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "devlint.toml").write_text("")
    (folder / "sub" / "app.py").write_text(BAD)
    assert [finding["path"] for finding in findings(folder)] == ["sub/app.py"]
    assert len(findings(folder, "--isolated")) == 2
    assert len(findings(folder, "--config", "ignore = []")) == 1
    assert findings(folder, "--config", "pyproject.toml") == []


def test_a_mistake_in_a_configuration_stops_the_run(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "devlint.toml").write_text("\nselect = ['DEV101', 'DEV1O2']\n")
    (folder / "sub" / "b.py").write_text(BAD)
    done = devlint(folder, "--fix")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: sub/devlint.toml:2: unknown rule `DEV1O2`; did you mean `DEV102`?\n"
    assert (folder / "app.py").read_text() == BAD


def test_exclusions(folder: Path) -> None:
    (folder / ".gitignore").write_text("more.py\n")
    (folder / "more.py").write_text(BAD)
    assert findings(folder, "--extend-exclude", "app.py") == []
    assert [finding["path"] for finding in findings(folder, "--exclude", "app.py", "--no-respect-gitignore")] == [
        "more.py"
    ]
    assert len(findings(folder, "--exclude", "app.py", "app.py")) == 1
    done = devlint(folder, "--exclude", "app.py", "--force-exclude", "app.py")
    assert (done.returncode, done.stdout) == (0, "")


def test_config_shows_settings_and_where_they_come_from(folder: Path) -> None:
    (folder / "devlint.toml").write_text("targets = ['cpu']\n[per-file-ignores]\n'app.py' = ['DEV2']\n")
    out = devlint(folder, "config", "app.py").stdout
    lines = {line.partition(" = ")[0]: line.partition(" = ")[2] for line in out.splitlines()}
    assert lines["targets"].split("#") == ['["cpu"]'.ljust(len(lines["targets"].split("#")[0])), " devlint.toml:1"]
    assert lines["per-file-ignores"].startswith('{"app.py": ["DEV2"]}')
    document = json.loads(devlint(folder, "config", "--output-format", "json", "--isolated").stdout)
    assert document["settings"]["targets"] == {"value": ["cpu", "cuda"], "from": "default"}
    assert document["settings"]["worlds"]["value"][:2] == ["cpu", "driverless"]


# -- rules


def test_rule_explains_by_name_and_by_code(folder: Path) -> None:
    by_code = devlint(folder, "rule", "DEV101").stdout
    assert by_code == devlint(folder, "rule", "uncalled-availability").stdout
    assert by_code.startswith("DEV101 uncalled-availability (error, stable, since 0.1)\n")
    assert "+++ fixed.py" in by_code
    assert "# expect" not in by_code
    assert "\nWorlds of the example: cpu, driverless, " in by_code


def test_rule_lists_all(folder: Path) -> None:
    assert "| DEV101 | `uncalled-availability` |" in devlint(folder, "rule", "--all").stdout
    rules = json.loads(devlint(folder, "rule", "--all", "--output-format", "json").stdout)["rules"]
    codes = [rule["code"] for rule in rules]
    assert codes == sorted(codes)
    assert {"DEV101", "DEV201", "DEV901", "DEV902"} <= set(codes)


def test_a_rule_that_crashes_does_not_stop_the_others(folder: Path, pack: str) -> None:
    (folder / "boom.py").write_text(BOOM)
    done = devlint(folder, "--rule-path", pack)
    assert done.returncode == 2
    assert done.stderr.startswith("error: boom.py:3: rule `falls-over` crashed: KeyError: 'nothing'")
    assert len(done.stderr.splitlines()) == 1
    assert "DEV101" in done.stdout


def test_a_crash_of_devlint_itself_does_not_stop_the_other_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "other.py").write_text(BAD + "# crash here\n")
    really = linting.lint

    def lint(source: Any, *rest: Any) -> Any:
        if "crash here" in source.text:
            raise ZeroDivisionError("of all things")
        return really(source, *rest)

    monkeypatch.setattr(linting, "lint", lint)
    monkeypatch.chdir(folder)
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("error: other.py: devlint crashed: ZeroDivisionError: of all things (test_cli.py:")
    assert "app.py:3:4" in out


# -- bad input


def test_a_folder_without_python(tmp_path: Path) -> None:
    done = devlint(tmp_path, ".")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "warning: no Python files to look at in .\n"


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.py").touch()
    done = devlint(tmp_path, "--fix")
    assert done.returncode == 0
    assert done.stdout.startswith("All clear: 1 file, 0 use torch")
    assert (tmp_path / "empty.py").read_bytes() == b""


def test_a_file_that_is_not_text(folder: Path) -> None:
    data = BAD.encode() + b"name = 'caf\xe9'\n"
    (folder / "latin.py").write_bytes(data)
    (folder / "other.bin.py").write_bytes(b"\xff\xfe nothing about it")
    done = devlint(folder, "--fix")
    assert done.returncode == 2
    assert done.stderr.startswith("error: latin.py:5: byte 0xe9 is not utf-8; ")
    assert len(done.stderr.splitlines()) == 1
    assert "Fixed 1 problem in 1 file.\nNothing found, but 1 not looked at" in done.stdout
    assert (folder / "latin.py").read_bytes() == data
    assert devlint(folder, "--exit-zero").returncode == 0


def test_a_file_that_may_not_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process, because whoever may do everything can read every file."""
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "clean.py":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.chdir(folder)
    assert main(["--output-format", "concise"]) == 2
    out, err = capsys.readouterr()
    assert err == "error: clean.py: cannot be read: Permission denied\n"
    assert out.startswith("app.py:3:4: DEV101")


def test_a_syntax_error_is_a_finding(folder: Path) -> None:
    text = "import torch\n\ndef f(:\n    torch.cuda.is_available\n"
    (folder / "app.py").write_text(text)
    done = devlint(folder, "--fix")
    assert done.returncode == 1
    assert "DEV902 syntax-error" in done.stdout
    assert "app.py:3:" in done.stdout
    assert (folder / "app.py").read_text() == text


def test_names_that_no_terminal_can_show(folder: Path) -> None:
    (folder / "app.py").rename(folder / "声.py")
    done = devlint(folder, "--output-format", "concise", env={"PYTHONIOENCODING": "ascii"})
    assert done.stdout.startswith("\\u58f0.py:3:4: DEV101")
    assert [finding["path"] for finding in findings(folder)] == ["声.py"]


# -- suppression, through the whole run


def test_what_is_suppressed_is_neither_reported_nor_fixed(folder: Path) -> None:
    text = BAD.replace("available:", "available:  # devlint: ignore[uncalled-availability] on purpose")
    (folder / "app.py").write_text(text)
    assert devlint(folder, "--fix").returncode == 0
    assert (folder / "app.py").read_text() == text


def test_a_suppression_that_suppresses_nothing(folder: Path) -> None:
    (folder / "app.py").write_text(GOOD.replace("():", "():  # devlint: ignore[uncalled-availability] was wrong once"))
    assert [finding["rule"] for finding in findings(folder)] == ["unused-suppression"]
    assert findings(folder, "--ignore", "unused-suppression") == []
    assert devlint(folder, "--fix").returncode == 0
    assert (folder / "app.py").read_text() == GOOD


def test_reasons_can_be_required(folder: Path) -> None:
    (folder / "app.py").write_text(BAD.replace("available:", "available:  # devlint: ignore[uncalled-availability]"))
    assert devlint(folder).returncode == 0
    (folder / "devlint.toml").write_text(dedent("require-reason = true\n"))
    assert devlint(folder).returncode == 1
