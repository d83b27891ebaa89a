"""What a result rests on is recorded in full, whoever else was asked about before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from devlint.analysis.grounds import Ground, Grounds
from devlint.analysis.holding import Holding
from devlint.analysis.project import Project
from devlint.inspection import Inspection, Plan
from devlint.packs import load_packs
from devlint.report import Basis
from devlint.settings.configuration import Configuration

PROJECTS = Path(__file__).parent.parent / "projects"


def test_a_topic_rests_on_what_others_rest_on() -> None:
    grounds = Grounds()
    with grounds.under("a.py"):
        with grounds.under(1):
            grounds.note("b.py")
        grounds.note("c.py")
    with grounds.under("b.py"):
        grounds.note(Ground("words", "x", ()))
        grounds.note("a.py")
    with grounds.under("other.py"):
        grounds.note(1)
    assert grounds.of("a.py") == ({"a.py", "b.py", "c.py"}, {Ground("words", "x", ())})
    assert grounds.of("c.py") == ({"c.py"}, set())
    assert grounds.of("other.py")[0] == {"other.py", "a.py", "b.py", "c.py"}


@pytest.mark.parametrize("name", sorted(folder.name for folder in PROJECTS.iterdir() if folder.is_dir()))
def test_a_result_rests_on_what_a_look_at_that_file_alone_asks(name: str, tmp_path: Path) -> None:
    root = Path(shutil.copytree(PROJECTS / name, tmp_path / name))
    (root / "devlint.toml").touch()
    rules = load_packs()

    def bases(inspection: Inspection, *paths: Path) -> list[Basis]:
        return [checked.basis for checked in map(inspection.inspect, paths) if checked.basis is not None]

    files = sorted(root.rglob("*.py"))
    together = bases(Inspection(Configuration({}), rules, Plan()), *files, *files)[len(files) :]
    assert len(together) == len(files) > 0
    for path, shared in zip(files, together, strict=True):
        (alone,) = bases(Inspection(Configuration({}), rules, Plan()), path)
        assert set(alone.files) <= set(shared.files), path
        assert set(alone.grounds) <= set(shared.grounds), path
        assert alone.documents <= shared.documents, path


def project(root: Path, **texts: str) -> Project:
    for name, text in texts.items():
        (root / f"{name}.py").write_text(text)
    return Project(root, lambda: sorted(root.rglob("*.py")))


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        (("words", "make", ("a.py",)), False),
        (("words", "make", ("a.py", "b.py")), True),
        (("words", "take", ()), True),
        (("words", "mak", ()), True),
        (("words", "make", None), False),
        (("definitions", "make", ("a.py",)), True),
        (("functions", "make", ("a.py", "b.py")), False),
        (("rare", "make", ()), True),
        (("imports", "a", ("b.py",)), True),
        (("imports", "a", ()), False),
        (("stores", "device", ()), False),
        (("attributes", "device", ("b.py",)), True),
        (("mentions", "make", ("a.py",)), False),
        (("saying", "make", ("a.py",)), True),
        (("saying", "make", ()), False),
        (("saying", "gone", ("b.py",)), False),
        (("called", "a.py", ("a.py",)), True),
        (("called", "setup.py", ("setup.py",)), False),
        (("member", "a.make", ("a.py", "make")), True),
        (("member", "c", ("c.py", "")), False),
        (("import", "a ", ("a",)), True),
        (("import", "c ", ("c",)), False),
        (("installed", "a.py", ()), True),
        (("anything", "", None), False),
    ],
    ids=str,
)
def test_what_holds(tmp_path: Path, question: tuple[str, str, tuple[str, ...] | None], holds: bool) -> None:
    text = "from a import make\n\nmodel.device = make()\n"
    now = project(tmp_path, a="def make():\n    pass\n", b=text)
    assert Holding(now, {"b.py": text.encode(), "c.py": None}).holds((), [question]) is holds


def test_what_is_said_too_often_stays_so(tmp_path: Path) -> None:
    now = project(tmp_path, a="word\n" * 101, b="word\n")
    assert Holding(now, {"b.py": b"word\n"}).holds((), [("words", "word", None)])
    assert not Holding(now, {"b.py": b"word\n"}).holds((), [("rare", "word", ())])
    assert Holding(now, {"b.py": b"another\n"}).holds((), [("rare", "word", ())])
    assert not Holding(now, {"b.py": b"word\n"}).holds(("b.py",), [])


def test_tests_are_not_searched(tmp_path: Path) -> None:
    now = project(tmp_path, test_a="from a import make\n", a="def make():\n    pass\n")
    changed = {"test_a.py": b"from a import make\n"}
    assert Holding(now, changed).holds((), [("words", "make", ("a.py",)), ("imports", "a", ())])
    assert not Holding(now, changed).holds((), [("mentions", "make", ("a.py",))])
