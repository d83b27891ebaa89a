"""Fixes that are tried before they are applied: ``devlint --verify``, as users run it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from devlint.analysis.file import FileAnalysis
from devlint.cli import main
from devlint.evidence import Evidence, Verdict
from devlint.finding import Finding
from devlint.shim import Unsupported
from devlint.source import Source
from devlint.verify.verification import Verification

#: a bug whose fix can be seen, and one whose place no slice gets to
APP = """\
import torch

device = "cuda" if torch.cuda.is_available else "cpu"

async def answer():
    if torch.cuda.is_available:
        return 1
"""
FIXED = APP.replace("is_available", "is_available()")
#: rules of somebody else's: the fix of one is no good, and those of the other get into each other's way
PACK = """\
from collections.abc import Iterator

import libcst as cst

from devlint.rule import Context, Finding, Fix, Outcome, Safety


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    {body}
"""
USELESS = """\
if isinstance(node.func, cst.Attribute) and node.func.attr.value == "cuda" and not node.args:
        fix = Fix(Safety.SAFE, "wait for it", (context.add_argument(node, "non_blocking=False"),))
        worlds = {world: Outcome.CRASHES for world in context.worlds}
        yield context.report(node, "AssertionError: Torch not compiled", worlds=worlds, fix=fix)"""
NESTED = """\
if isinstance(node.func, cst.Name) and node.func.value == "noisy":
        fix = Fix(Safety.SAFE, "be quiet", (context.replace(node, "quiet" + context.text(node)[5:]),))
        worlds = {world: Outcome.WRONG for world in context.worlds}
        yield context.report(node, "too loud", worlds=worlds, fix=fix)"""
#: a line that the first of them finds
USELESSLY = "moved = torch.zeros(2).cuda()\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    pack = tmp_path_factory.mktemp("pack")
    for name, code, trigger, body in (
        ("useless", "DEV991", ".cuda(", USELESS),
        ("too_loud", "DEV992", "noisy(", NESTED),
    ):
        (pack / name).mkdir()
        (pack / name / "__init__.py").write_text(
            "from devlint.rule import Rule\n"
            f'RULE = Rule(code="{code}", since="1", severity="warning", stability="stable", triggers=("{trigger}",))\n'
        )
        (pack / name / "rule.py").write_text(PACK.replace("{body}", body))
        (pack / name / "README.md").write_text("# What it finds\n")
    return str(pack)


def devlint(folder: Path, *argv: str, status: int, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder, in the worlds without an accelerator: there are two of them."""
    done = subprocess.run(
        [sys.executable, "-m", "devlint", "--targets", "cpu", *argv],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done


# -- repairs


def test_fixes_are_applied_once_they_were_tried(folder: Path) -> None:
    done = devlint(folder, "--fix", "--verify", status=0)
    assert done.stderr == "devlint: verify runs parts of 1 of these files\n"
    assert done.stdout == (
        "2 fixed: 1 verified in cpu, driverless (1 with derived inputs); 1 checked.\n"
        "All clear: 1 file, 1 uses torch, worlds cpu, driverless\n"
    )
    assert (folder / "app.py").read_text() == FIXED


def test_a_refuted_fix_is_not_applied_and_comes_with_a_reproduction(folder: Path, pack: str) -> None:
    (folder / "app.py").write_text(APP + USELESSLY)
    done = devlint(folder, "--fix", "--verify", "--ignore", "DEV401", "--rule-path", pack, status=1)
    assert (folder / "app.py").read_text() == FIXED + USELESSLY
    assert done.stderr == (
        "devlint: verify runs parts of 1 of these files\n"
        "app.py:8:9: DEV991 refuted: cpu: still AssertionError: Torch not compiled with CUDA enabled\n"
        "    The fix is not applied. This is a bug in devlint: please report it, with this slice of the file:\n"
        "    | import torch\n"
        "    | __reached__()\n"
        "    | moved = torch.zeros(2).cuda()\n"
        "    | __left__(**{'moved': lambda: moved})\n"
    )
    assert "= fix: wait for it (not to be applied: it is refuted)\n" in done.stdout
    assert done.stdout.splitlines()[-4:-1] == [
        "2 fixed: 1 verified in cpu, driverless (1 with derived inputs); 1 checked.",
        "Found 1 problem (1 in cpu).",
        "1 more fix: 0 verified; 1 refuted.",
    ]


def test_a_diff_holds_what_was_tried_and_nothing_is_written(folder: Path, pack: str) -> None:
    (folder / "app.py").write_text(APP + USELESSLY)
    argv = ("--diff", "--verify", "--select", "DEV101,DEV991", "--rule-path", pack)
    done = devlint(folder, *argv, status=1)
    assert [line for line in done.stdout.splitlines() if line[0] in "+-"][2:] == [
        '-device = "cuda" if torch.cuda.is_available else "cpu"',
        '+device = "cuda" if torch.cuda.is_available() else "cpu"',
        "-    if torch.cuda.is_available:",
        "+    if torch.cuda.is_available():",
    ]
    assert done.stderr.splitlines()[-2:] == [
        "Would fix 2 problems in 1 file: 1 verified in cpu, driverless (1 with derived inputs); 1 checked.",
        "1 more fix: 0 verified; 1 refuted.",
    ]
    assert (folder / "app.py").read_text() == APP + USELESSLY


def test_standard_input_is_tried_as_well(folder: Path) -> None:
    done = devlint(folder, "-", "--fix", "--verify", "--show-fixes", status=0, stdin=APP)
    assert done.stdout == FIXED
    shown = done.stderr.splitlines()
    assert shown[:2] == [
        "devlint: verify runs parts of 1 of these files",
        "-:3:20: DEV101 verified (inputs derived): every input is the program's own",
    ]
    assert "    cpu         device = cuda  device = cpu" in shown
    assert "-:6:8: DEV101 checked: no slice: it is in a coroutine" in shown
    assert "2 fixed: 1 verified in cpu, driverless (1 with derived inputs); 1 checked." in shown


def test_what_no_world_decides_is_repaired_and_runs_nothing(folder: Path) -> None:
    (folder / "app.py").write_text("# devlint: ignore-file[DEV401] benchmarks of one machine")
    done = devlint(folder, "--fix", "--verify", status=0)
    assert done.stdout.startswith("1 fixed: 0 verified; 1 checked.\n")
    assert done.stderr == ""
    assert (folder / "app.py").read_text() == ""


# -- without repairs


def test_verdicts_stand_beside_the_findings(folder: Path) -> None:
    done = devlint(folder, "--verify", status=1)
    assert done.stderr == "devlint: verify runs parts of 1 of these files\n"
    assert (
        "  = verdict: verified (inputs derived): every input is the program's own\n"
        "                before         after\n"
        "    cpu         device = cuda  device = cpu\n"
        "    driverless  device = cuda  device = cpu\n"
    ) in done.stdout
    assert "  = verdict: checked: no slice: it is in a coroutine\n" in done.stdout
    assert "\n2 fixes: 1 verified in cpu, driverless (1 with derived inputs); 1 checked.\n" in done.stdout
    assert (folder / "app.py").read_text() == APP


def test_programs_are_given_all_that_was_seen(folder: Path) -> None:
    seen, unseen = json.loads(devlint(folder, "--verify", "--output-format", "json", status=1).stdout)["findings"]
    assert seen["verified"] | {"slice": None} == {
        "verdict": "derived",
        "reason": "every input is the program's own",
        "assumed": [],
        "worlds": {
            world: {
                "before": {"reached": True, "values": {"device": "cuda"}, "error": None},
                "after": {"reached": True, "values": {"device": "cpu"}, "error": None},
            }
            for world in ("cpu", "driverless")
        },
        "slice": None,
    }
    assert "device = 'cuda' if torch.cuda.is_available else 'cpu'\n" in seen["verified"]["slice"]
    assert (unseen["verified"]["verdict"], unseen["verified"]["worlds"]) == ("checked", {})


# -- before anything is run


#: a torch that is older than what the shim plays, and none
OLD = {"torch/__init__.py": "", "torch/version.py": "__version__ = '2.9.1'\n", "torch/lib/libtorch_cpu.so": ""}
ABSENT = "import sys; sys.modules['torch'] = None; from devlint.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize("argv", [("--fix", "--verify"), ("--diff", "--verify"), ("--verify",), ("verify",)])
def test_without_a_torch_that_plays_nothing_is_changed(folder: Path, argv: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ABSENT, *argv, "app.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith("error: torch is not installed here; ")
    assert "pip install 'devlint[verify]'" in done.stderr
    assert (folder / "app.py").read_text() == APP


def test_a_torch_that_is_too_old(folder: Path) -> None:
    for name, text in OLD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    done = devlint(folder, "--fix", "--verify", "app.py", status=2)
    assert done.stderr == "error: worlds are played with torch 2.10 or newer, and this is 2.9.1\n"
    assert (folder / "app.py").read_text() == APP


def test_no_file_is_written_if_any_has_a_world_that_cannot_be_played(folder: Path) -> None:
    (folder / "last.py").write_text(APP)
    (folder / "pyproject.toml").write_text(
        '[tool.devlint]\ntargets = ["cpu"]\n[tool.devlint.per-path-targets]\n"last.py" = ["cpu", "rocm"]\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "devlint", "--fix", "--verify"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: world `rocm` can be declared as a target, and not be played\n"
    assert (folder / "app.py").read_text() == APP


# -- running code is for those who ask for it


#: notes what is started, by whatever means, and whether torch was imported
WATCHED = """
import sys
started = []
sys.addaudithook(lambda event, _: event.startswith(("subprocess.", "os.fork", "os.posix_spawn", "os.exec", "os.system"))
                 and started.append(event))
from devlint.cli import main
main(sys.argv[1:])
print(bool(started), "torch" in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("argv", "runs"),
    [
        ((), False),
        (("--fix",), False),
        (("--fix", "--unsafe-fixes"), False),
        (("--fix-only", "--show-fixes"), False),
        (("--diff",), False),
        (("--fix", "--verify"), True),
    ],
)
def test_only_a_verification_starts_a_process(folder: Path, argv: tuple[str, ...], runs: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, "--targets", "cpu", *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == f"{runs} False"


def test_a_project_cannot_ask_for_it(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.devlint]\nverify = true\n")
    assert "pyproject.toml:2: " in devlint(folder, "--fix", status=2).stderr


# -- what a verification does to the repairs, with verdicts that are made up


Verify = Callable[[Finding, Sequence[Finding]], Verdict]


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Callable[[Verify], None]:
    """Has every fix judged by a function, in the folder."""
    monkeypatch.chdir(folder)

    def judge(verify: Verify) -> None:
        def verified(
            self: Verification, finding: Finding, source: Source, analysis: FileAnalysis, others: Sequence[Finding] = ()
        ) -> Evidence:
            return Evidence(verify(finding, others), "made up", {}, {})

        monkeypatch.setattr(Verification, "verify", verified)

    return judge


def test_what_was_tried_with_a_refuted_fix_is_tried_again_without_it(
    folder: Path, verdicts: Callable[[Verify], None]
) -> None:
    asked: list[tuple[int, list[int]]] = []

    def verify(finding: Finding, others: Sequence[Finding]) -> Verdict:
        asked.append((finding.place.line, [other.place.line for other in others]))
        return Verdict.REFUTED if finding.place.line == 3 else Verdict.DERIVED

    verdicts(verify)
    assert main(["--targets", "cpu", "--fix", "--verify", "app.py"]) == 1
    assert asked[:3] == [(3, [6]), (6, [3]), (6, [])]
    assert (folder / "app.py").read_text() == APP.replace(
        "if torch.cuda.is_available:", "if torch.cuda.is_available():"
    )


def test_the_fixes_of_every_round_are_tried(folder: Path, pack: str, verdicts: Callable[[Verify], None]) -> None:
    (folder / "app.py").write_text("import torch\nx = noisy(noisy(torch))\n")
    asked: list[int] = []

    def verify(finding: Finding, others: Sequence[Finding]) -> Verdict:
        asked.append(finding.place.column)
        return Verdict.DERIVED

    verdicts(verify)
    assert main(["--fix", "--verify", "--rule-path", pack, "app.py"]) == 0
    assert (folder / "app.py").read_text() == "import torch\nx = quiet(quiet(torch))\n"
    assert asked == [5, 11, 11]


@pytest.mark.parametrize(
    ("argv", "code"),
    [(("--diff",), 1), (("--fix-only",), 1), (("--fix", "--fail-on", "error"), 1), (("--fix", "--exit-zero"), 0)],
)
def test_a_refuted_fix_fails_the_run_whatever_is_reported(
    folder: Path,
    verdicts: Callable[[Verify], None],
    capsys: pytest.CaptureFixture[str],
    argv: tuple[str, ...],
    code: int,
) -> None:
    verdicts(lambda finding, others: Verdict.REFUTED)
    assert main([*argv, "--verify", "--quiet", "app.py"]) == code
    assert capsys.readouterr().err.startswith("app.py:3:20: DEV101 refuted: made up\n")
    assert (folder / "app.py").read_text() == APP


@pytest.mark.parametrize(
    ("argv", "lines"), [(("--fix",), [2]), (("--diff",), [2]), (("--fix", "--unsafe-fixes"), [2, 4]), ((), [2, 4])]
)
def test_only_what_would_be_applied_is_tried(
    folder: Path, verdicts: Callable[[Verify], None], argv: tuple[str, ...], lines: list[int]
) -> None:
    (folder / "app.py").write_text(f"import torch\nready = 1 if torch.cuda.is_available else 0\n\n{USELESSLY}")
    asked: list[int] = []

    def verify(finding: Finding, others: Sequence[Finding]) -> Verdict:
        asked.append(finding.place.line)
        return Verdict.CHECKED

    verdicts(verify)
    main([*argv, "--verify", "app.py"])
    assert asked == lines


def test_a_file_that_changed_meanwhile_is_left_alone(
    folder: Path, verdicts: Callable[[Verify], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def verify(finding: Finding, others: Sequence[Finding]) -> Verdict:
        (folder / "app.py").write_text(APP + "# saved by an editor\n")
        return Verdict.DERIVED

    verdicts(verify)
    assert main(["--targets", "cpu", "--fix", "--verify", "app.py"]) == 2
    assert (folder / "app.py").read_text() == APP + "# saved by an editor\n"
    assert "error: app.py: changed while its fixes were tried, and not repaired\n" in capsys.readouterr().err


def test_nothing_is_written_if_a_world_fails_on_the_way(
    folder: Path, verdicts: Callable[[Verify], None], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "last.py").write_text(APP)

    def verify(finding: Finding, others: Sequence[Finding]) -> Verdict:
        if finding.place.path == "last.py":
            raise Unsupported("world `cpu` cannot be played: the machine is on fire")
        return Verdict.DERIVED

    verdicts(verify)
    assert main(["--targets", "cpu", "--fix", "--verify"]) == 2
    assert capsys.readouterr().err.endswith("error: world `cpu` cannot be played: the machine is on fire\n")
    assert (folder / "app.py").read_text() == APP


def test_the_demo_is_verified_as_the_readme_says(tmp_path: Path) -> None:
    checkout = Path(__file__).parents[2]
    (tmp_path / ".git").mkdir()
    shutil.copytree(checkout / "docs" / "demo", tmp_path / "docs" / "demo")
    command = [sys.executable, "-m", "devlint", "--fix", "--verify", "--unsafe-fixes", "docs/demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    said, summary = readme.partition(f"$ {' '.join(command[2:])}\n")[2].splitlines()[:2]
    assert (done.stderr, done.stdout.splitlines()[0]) == (f"{said}\n", summary)
    assert done.returncode == 0
