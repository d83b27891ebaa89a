"""How much of a fixed corpus each stage is given, in bytes: clocks differ between machines, these figures do not.

Whoever makes one rise sees it here, and whoever makes one fall writes the new one down.
"""

from __future__ import annotations

import ast
import shutil
from collections import Counter
from pathlib import Path

import libcst
import pytest

import devlint_rules
from devlint import lint as linting
from devlint import words
from devlint.analysis.answer import Span
from devlint.finding import Finding
from devlint.inspection import Inspection, Plan
from devlint.packs import load_packs
from devlint.report import Report
from devlint.run import run
from devlint.settings.configuration import Configuration
from devlint.settings.schema import Entry, Written
from devlint.statement import Statement

REPOSITORY = Path(__file__).parent.parent
RULES = load_packs()
#: small projects, each with what its files come to together; one more raises what is recorded below
CORPUS = [*sorted((REPOSITORY / "tests/projects").iterdir()), REPOSITORY / "docs/demo"]
#: bytes that are read, that pass the gate of words, that ast is given, the project's other files and the search for
#: comments included, and that libcst is given; and how many statements that is
RECORDED = {"read": 20_379, "gated": 18_085, "ast": 23_699, "libcst": 13_829, "statements": 101}


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a project, in a place where nothing around it says where its root is, to run in."""
    folder = tmp_path / request.param.name
    shutil.copytree(request.param, folder)
    monkeypatch.chdir(folder)
    return folder


def look(*targets: str) -> Report:
    names = tuple(Written.at(target, "here") for target in targets)
    declared = {"targets": Entry(names, "here")} if targets else {}
    return run(Inspection(Configuration(declared, isolated=True), RULES, Plan()), ["."], jobs=1)


def test_no_stage_is_given_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Counter[str]()
    matters, parse, parse_module = words.matters, ast.parse, libcst.parse_module

    def read(data: bytes) -> bool:
        found = matters(data)
        given["read"] += len(data)
        given["gated"] += len(data) if found else 0
        return found

    def to_ast(text: str, *rest: object, **options: object) -> ast.AST:
        given["ast"] += len(text)
        return parse(text, *rest, **options)  # type: ignore[call-overload,no-any-return]

    def to_libcst(text: str) -> libcst.Module:
        given["libcst"] += len(text)
        given["statements"] += 1
        return parse_module(text)

    for folder in CORPUS:
        shutil.copytree(folder, tmp_path / folder.name)
    monkeypatch.chdir(tmp_path / CORPUS[-1].name)
    look()  # whatever is imported meanwhile, pytest may parse
    monkeypatch.setattr("devlint.inspection.matters", read)
    monkeypatch.setattr(ast, "parse", to_ast)
    monkeypatch.setattr(libcst, "parse_module", to_libcst)
    for folder in CORPUS:
        monkeypatch.chdir(tmp_path / folder.name)
        look()
    assert dict(given) == RECORDED


def whole(source, tree, rules, hits):
    """The file as one statement, as if it were not cut."""
    return [Statement(Span(0, len(source.text)), frozenset(hits))]


def told(report: Report) -> list[Finding]:
    return sorted((finding for file in report.files for finding in file.findings), key=lambda finding: finding.sort_key)


@pytest.mark.parametrize("project", CORPUS, indirect=True, ids=lambda path: path.name)
def test_slices_find_what_whole_files_do(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = look()
    monkeypatch.setattr(linting, "candidates", whole)
    assert told(look()) == told(cut)


EXAMPLES = sorted(Path(devlint_rules.__file__).parent.glob("*/examples/*.py"))


@pytest.mark.parametrize("name", ["bad.py", "good.py", "fixed.py"])
def test_slices_of_the_examples_find_what_whole_files_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in EXAMPLES:
        if path.name == name:
            shutil.copy(path, tmp_path / f"{path.parent.parent.name}.py")
    monkeypatch.chdir(tmp_path)
    cut = look("cpu", "cuda")  # else what needs CUDA is one program's
    assert len(told(cut)) > 50 or name != "bad.py"
    monkeypatch.setattr(linting, "candidates", whole)
    assert told(look("cpu", "cuda")) == told(cut)
