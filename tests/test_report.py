"""What each format makes of one report.

The expected texts stand in ``golden/``. To renew one, delete it and run this twice: a missing one is written, and the
test fails.
"""

from __future__ import annotations

import json as stdlib_json
import re
from dataclasses import replace
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from devlint.evidence import VALUE, Assumption, Evidence, Played, Verdict
from devlint.finding import Because, Edit, Finding, Fix, Outcome, Place, Related, Safety, Severity
from devlint.report import Checked, Report
from devlint.report.concise import concise
from devlint.report.frame import display_width, printable
from devlint.report.full import full
from devlint.report.github import github, step_summary
from devlint.report.hunks import hunks
from devlint.report.json import json, statistics_json
from devlint.report.sarif import sarif
from devlint.report.style import Style
from devlint.report.summary import fixes, repairable, statistics, summary
from devlint.report.verdicts import bugs

GOLDEN = Path(__file__).parent / "golden"
WORLDS = ("cpu", "driverless", "cuda", "cuda-requested", "cuda-cpu-requested", "cuda-x2")

PICK = 'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")'
USE = "    audio = model(x.to(device)).numpy()"
NUMPY = Finding(
    rule="numpy-without-cpu",
    code="DEV201",
    place=Place("app/infer.py", 42, 13, 42, 40),
    severity=Severity.ERROR,
    message="`.numpy()` on a tensor that is on an accelerator in world `cuda`",
    worlds={
        "cpu": Outcome.FINE, "driverless": Outcome.FINE, "cuda": Outcome.CRASHES, "cuda-requested": Outcome.CRASHES,
    },
    witness="cuda",
    because=Because.DERIVED,
    help="NumPy arrays live in host memory",
    related=(Related(Place("app/infer.py", 18, 23, 18, 29), "chosen here in world `cuda`"),),
    fix=Fix(Safety.SAFE, "copy it to the host first", (Edit(Place("app/infer.py", 42, 32, 42, 32), ".cpu()"),)),
    context=USE,
)  # fmt: skip
WIDE = "\t名前 = load('声.pt')  # \x1b[31m"
LOAD = Finding(
    rule="load-without-map-location",
    code="DEV207",
    place=Place("lib/声.py", 7, 7, 7, 19),
    severity=Severity.WARNING,
    message="`load()` without `map_location`",
    worlds={"cpu": Outcome.CRASHES},
    witness="cpu",
    because=Because.ROLE,
    torch=">=2.2,<2.6",
    related=(Related(Place("lib/save.py", 3, 1, 3, 5), "saved here", same_cause=True),),
    fix=Fix(
        Safety.UNSAFE,
        "say where to load it to",
        (
            Edit(Place("lib/声.py", 1, 1, 1, 1), "import torch\n"),
            Edit(Place("lib/声.py", 7, 18, 7, 18), ", map_location='cpu'"),
        ),
    ),
)
BROKEN = Finding(
    rule="syntax-error",
    code="DEV902",
    place=Place("old.py", 120, 1, 126, 8),
    severity=Severity.ERROR,
    message="cannot be read as Python: 50 % of it, at least",
)
REPORT = Report(
    files=(
        Checked(
            "app/infer.py", "app/infer.py", torch=True, findings=(NUMPY,),
            excerpts={"app/infer.py": {18: PICK, 42: USE}},
        ),
        Checked("empty.py"),
        Checked("fixed.py", "fixed.py", torch=True, fixed=(NUMPY, NUMPY, LOAD), patch=b"--- a\n"),
        Checked(
            "lib/声.py", "lib/声.py", torch=True, findings=(LOAD,),
            excerpts={"lib/声.py": {1: "from torch import load", 7: WIDE}, "lib/save.py": {3: "save(model)"}},
        ),
        Checked(
            "old.py", "old.py", findings=(BROKEN,),
            excerpts={"old.py": {number: f"print {number}" for number in range(120, 127)}},
        ),
        Checked("secret.py", unreadable="secret.py: cannot be read: Permission denied"),
    ),
    targets=("cpu", "cuda"),
    worlds=WORLDS,
)  # fmt: skip


def played(values: dict[str, str], error: str | None = None, reached: bool = True) -> Played:
    return Played(reached, values, error, (Assumption("`x`", "is a tensor on cuda", 3),))


CRASH = (
    "TypeError: can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to\n copy the tensor to host memory"
)
SEEN = {"cuda": played({}, CRASH), "cpu": played({VALUE: "[1.0]"})}
SLICE = "import torch\n\n__reached__()\nx.numpy()  # \x1b[31m"
TRIED = Report(
    files=(
        replace(
            REPORT.files[0],
            findings=(
                replace(NUMPY, verified=Evidence(
                    Verdict.ASSUMED, "`x` is a tensor on cuda", SEEN,
                    {"cuda": played({VALUE: "[1.0]"}), "cpu": played({VALUE: "[1.0]"})}, SLICE,
                )),
                replace(NUMPY, verified=Evidence(
                    Verdict.CHECKED, "the slice does not get there: it takes another way",
                    {"cuda": played({}, reached=False)}, {},
                )),
                replace(NUMPY, fix=replace(NUMPY.fix, safety=Safety.DISPLAY), verified=Evidence(
                    Verdict.REFUTED, "cuda: still TypeError", SEEN, SEEN, SLICE,
                )),
            ),
        ),
    ),
    targets=("cpu", "cuda"),
    worlds=WORLDS,
)  # fmt: skip
DERIVED = replace(NUMPY, verified=Evidence(Verdict.DERIVED, "every input is\nthe program's own", SEEN, SEEN))
REPAIRED = replace(
    TRIED, files=(replace(TRIED.files[0], findings=TRIED.findings[2:], fixed=(*TRIED.findings[:2], DERIVED)),)
)
CLEAR = Report((Checked("a.py", torch=True), Checked("b.py")), ("cpu",), ("cpu", "driverless"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("full.txt", full(REPORT, Style()) + summary(REPORT, Style())),
        ("full_colour.txt", full(REPORT, Style(colour=True)).replace("\033", "<ESC>")),
        ("concise.txt", concise(REPORT, Style())),
        ("report.json", json(REPORT)),
        ("report.sarif", sarif(REPORT)),
        ("github.txt", github(REPORT)),
        ("step_summary.md", step_summary(REPORT)),
        ("statistics.txt", statistics(REPORT)),
        ("statistics.json", statistics_json(REPORT)),
        ("fixes.txt", fixes(REPORT)),
        ("verified_full.txt", full(TRIED, Style()) + summary(TRIED, Style())),
        ("verified_report.json", json(REPAIRED)),
        ("verified_report.sarif", sarif(TRIED)),
        ("verified_fixes.txt", fixes(REPAIRED) + summary(REPAIRED, Style()) + repairable(REPAIRED)),
        ("verified_bugs.txt", bugs(REPAIRED.refuted)),
    ],
)
def test_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"{path.name} was missing and is written: read it")
    assert text == path.read_text(encoding="utf-8")


def test_the_formats_are_pure() -> None:
    assert full(REPORT, Style()) == full(REPORT, Style())
    assert "\033" not in full(REPORT, Style()) + concise(REPORT, Style()) + github(REPORT)


def test_all_clear_says_what_was_looked_at() -> None:
    assert summary(CLEAR, Style()) == "All clear: 2 files, 1 uses torch, worlds cpu, driverless\n"
    assert step_summary(CLEAR) == "**devlint**: all clear (2 files, 1 uses torch, worlds cpu, driverless)\n"
    assert github(CLEAR) == ""


@pytest.mark.parametrize(
    "file",
    [
        Checked("a.py", unreadable="a.py: cannot be read"),
        Checked("a.py", notices=("a.py:1: not looked at: needs a newer Python",)),
        Checked("a.py", failures=("a.py:1: rule `x` crashed",)),
    ],
)
def test_a_file_that_was_not_looked_at_is_not_clear(file: Checked) -> None:
    report = Report((file,), ("cpu",), ("cpu",))
    assert summary(report, Style()).startswith("Nothing found, but 1 not looked at in full: ")
    assert step_summary(report).startswith("**devlint**: nothing found, but 1 not looked at in full (")


def test_a_diff_hints_at_the_fixes_that_it_leaves_out() -> None:
    assert repairable(REPORT) == "Would fix 3 problems in 1 file; 1 more with --unsafe-fixes.\n"
    unsafe = Report(REPORT.files, REPORT.targets, REPORT.worlds, Safety.UNSAFE)
    assert repairable(unsafe) == "Would fix 3 problems in 1 file.\n"


def test_json_has_the_fields_of_version_1() -> None:
    document = stdlib_json.loads(json(REPORT))
    assert list(document) == ["version", "devlint", "targets", "worlds", "files", "findings", "fixed"]
    assert list(document["findings"][0]) == [
        "rule", "code", "path", "line", "column", "end_line", "end_column", "severity", "message", "worlds", "witness",
        "because", "torch", "related", "fix", "verified", "fingerprint",
    ]  # fmt: skip
    assert document["files"] == {"checked": 5, "torch": 3, "failed": 1}


def test_sarif_offers_no_fix_that_is_not_to_be_applied() -> None:
    results = stdlib_json.loads(sarif(TRIED))["runs"][0]["results"]
    assert [bool(result["fixes"]) for result in results] == [True, True, False]
    assert [result["properties"]["verified"]["verdict"] for result in results] == ["assumed", "checked", "refuted"]


def test_github_annotates_no_more_than_github_shows() -> None:
    many = Report((Checked("a.py", findings=(BROKEN,) * 12 + (LOAD,) * 11),), ("cpu",), ("cpu",))
    lines = github(many).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert sum(not line.startswith("::") for line in lines) == 23 + 1
    assert lines[-1] == "annotations: shown 20 of 23"


@pytest.mark.parametrize(
    ("line", "shown", "width"),
    [
        ("a\tb", "a   b", 5),
        ("\t\tb", "        b", 9),
        ("声\tb", "声  b", 5),
        ("e\u0301x", "e\u0301x", 2),
        ("\x1b\x0c\x7f", "␛␌␡", 3),
    ],
)
def test_lines_as_a_terminal_shows_them(line: str, shown: str, width: int) -> None:
    assert printable(line) == shown
    assert display_width(line) == width


def test_carets_stand_under_what_they_mark() -> None:
    """Measured in columns of a terminal, where tabs and wide characters take more than one."""
    rows = full(REPORT, Style()).splitlines()
    number = next(index for index, row in enumerate(rows) if row.startswith("7 |"))
    text, carets = rows[number], rows[number + 1]
    start, end = carets.index("^"), carets.rindex("^")
    columns = "".join(character * (2 if east_asian_width(character) in "WF" else 1) for character in text)
    assert re.fullmatch(r"load\('声声\.pt'\)", columns[start : end + 1])


def test_hunks_join_edits_on_the_same_line_and_part_others() -> None:
    excerpt = {1: "a = b", 2: "c = d", 5: "e"}
    edits = [
        Edit(Place("x", 1, 5, 1, 6), "B"),
        Edit(Place("x", 1, 1, 1, 2), "A"),
        Edit(Place("x", 5, 1, 5, 1), "new\r\n"),
        Edit(Place("x", 2, 6, 2, 6), "\n"),
    ]
    assert list(hunks(edits, excerpt)) == [
        (("a = b",), ("A = B",)),
        ((), ("",)),
        ((), ("new",)),
    ]


def test_names_that_are_no_text_can_be_reported() -> None:
    path = "by\udcfftes.py"  # how Python reads a name of bytes that are not UTF-8
    bad = Finding("rule", "T001", Place(path, 1, 1, 1, 2), Severity.ERROR, "bad")
    report = Report((Checked(path, from_root=path, findings=(bad,)),), ("cpu",), ("cpu",))
    assert stdlib_json.loads(json(report))["findings"][0]["path"] == path
    located = stdlib_json.loads(sarif(report))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert located["artifactLocation"] == {"uri": "by%FFtes.py"}
