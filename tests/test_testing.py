"""check_rule notices every broken promise."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from devlint.testing import HEADINGS, check_rule, rule_folders

INIT = """\
from devlint.rule import Rule

RULE = Rule(code="XYZ001", since="0.1", severity="error", stability="stable", triggers=(".numpy(",))
"""
RULE = """\
import libcst as cst

from devlint.rule import Because, Context, Finding, Fix, Iterator, Outcome, Safety


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    match node:
        case cst.Call(func=cst.Attribute(value=cst.Call(func=cst.Attribute(attr=cst.Name("cpu"))))):
            return
        case cst.Call(func=cst.Attribute(attr=cst.Name("numpy") as method), args=[]):
            worlds = {world: Outcome.CRASHES for world in context.reached(node) if world.accelerator}
            if worlds:
                fix = Fix(Safety.SAFE, "copy it", (context.insert_before(method, "cpu()."),))
                yield context.report(node, "`.numpy()` in world `cuda`", worlds=worlds, help="copy it first", fix=fix)
"""
README = "# Loud\n\n" + "\n".join(f"## {heading}\n\ntext\n" for heading in HEADINGS)
BAD = """\
import torch

if torch.cuda.is_available():
    torch.zeros(3).numpy()  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
"""
FIXED = """\
import torch

if torch.cuda.is_available():
    torch.zeros(3).cpu().numpy()
"""
GOOD = """\
import torch

if not torch.cuda.is_available():
    torch.zeros(3).numpy()
"""
_numbers = count()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rule folder that keeps its promises, under a name that no other test has used."""
    folder = tmp_path / f"loud_numpy_{next(_numbers)}"
    (folder / "examples").mkdir(parents=True)
    for name, text in {
        "__init__.py": INIT, "rule.py": RULE, "README.md": README,
        "examples/bad.py": BAD, "examples/fixed.py": FIXED, "examples/good.py": GOOD,
    }.items():  # fmt: skip
        (folder / name).write_text(text)
    return folder


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return change


def test_promises_kept(folder: Path) -> None:
    check_rule(folder)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (replaced("__init__.py", "XYZ001", "xyz"), "the code 'xyz' is not letters and digits"),
        (replaced("__init__.py", "from devlint", "import os\nfrom devlint"), "imports more than devlint.rule"),
        (replaced("__init__.py", '(".numpy(",)', "()"), "a rule with a check needs triggers"),
        (replaced("__init__.py", ".numpy(", ".tolist("), "bad.py:4: no finding; does the statement hold a trigger?"),
        (replaced("README.md", "## Example", "## Examples"), "headings"),
        (replaced("README.md", "# Loud", "#"), "the first line is the summary"),
        (replaced("examples/bad.py", "  # expect", "  # wait"), "no `# expect:` line"),
        (replaced("examples/bad.py", ", cuda-x2", ""), "bad.py:4: goes wrong in"),
        (replaced("examples/bad.py", "if torch", "torch.ones(3).numpy()\nif torch"), "bad.py:3: unexpected finding"),
        (replaced("examples/good.py", "not ", ""), "good.py:4: should be silent"),
        (replaced("examples/fixed.py", ".cpu()", ".detach()"), "fixed.py:4: the fix writes"),
        (lambda folder: (folder / "examples/fixed.py").unlink(), "there are fixes, but no fixed.py"),
        (lambda folder: (folder / "examples/good.py").unlink(), "good.py: missing"),
        (replaced("rule.py", 'cst.Name("cpu")', 'cst.Name("gpu")'), "the fix is refused"),
        (replaced("rule.py", "world `cuda`", "the best of worlds"), "does not name its witness"),
        (replaced("rule.py", '"copy it first"', '"Copy it first."'), "lower case and no full stop"),
        (replaced("rule.py", "if worlds:", "if worlds / 0:"), "the rule crashes: TypeError"),
    ],
)
def test_broken_promise(folder: Path, change: Callable[[Path], object], complaint: str) -> None:
    change(folder)
    with pytest.raises(AssertionError) as broken:
        check_rule(folder)
    assert complaint in str(broken.value)


def test_odd_folder_name(folder: Path) -> None:
    odd = folder.rename(folder.with_name(f"{folder.name}_Odd"))
    with pytest.raises(AssertionError, match="lower case, with underscores"):
        check_rule(odd)


def test_rule_folders() -> None:
    assert "numpy_without_cpu" in {folder.name for folder in rule_folders("devlint_rules")}
    with pytest.raises(ImportError, match="no package 'no_such_pack'"):
        rule_folders("no_such_pack")
