"""Imports go one way, and nothing dear is imported before it is needed.

A part may import the parts below it and, within its own row, anything; see DESIGN: layout.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import devlint
import devlint_rules

SOURCE = Path(devlint.__file__).parent
RULES = Path(devlint_rules.__file__).parent

#: the parts of devlint from top to bottom; `settings` is for the two rows at the top and what they hand it to
ROWS = (
    ("__main__",),
    ("cli", "testing"),
    ("experiment",),
    ("parser", "proof", "run"),
    ("recall",),
    ("causes", "explanation", "inspection", "programs"),
    ("tree", "cache"),
    ("lazy",),
    ("files", "settings", "packs", "report"),
    ("verify",),
    ("lint", "fix", "suppress", "grouping", "belonging", "order"),
    ("slices", "statement", "walk", "spans"),
    ("gate", "loaded", "lexer"),
    ("rule",),
    ("edits",),
    ("questions",),
    ("analysis",),
    ("glance",),
    ("source", "folders", "stamps", "toml", "words"),
    ("scenario",),
    ("shim",),
    ("finding", "evidence", "world", "error"),
    ("__init__",),
)
#: parts of libcst that cost more than they are worth
DEAR = ("libcst.matchers", "libcst.metadata", "libcst.codemod", "libcst.CSTVisitor", "libcst.CSTTransformer")
ROW = {part: row for row, parts in enumerate(ROWS) for part in parts}


def modules(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if "examples" not in path.parts]


def part_of(path: Path) -> str:
    """The part of devlint that a module is: its name, or that of its package."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, with the line; what is imported for type checkers alone counts too."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.module or "", node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name, _ in imports(path)}


def test_every_part_has_its_row() -> None:
    assert {part_of(path) for path in modules(SOURCE)} == set(ROW)


@pytest.mark.parametrize("path", modules(SOURCE), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_down(path: Path) -> None:
    part = part_of(path)
    for name, line in imports(path):
        if not name.startswith("devlint."):
            continue
        imported = name.split(".")[1]
        if imported in ROW and imported != part:
            assert ROW[part] <= ROW[imported], f"{path}:{line}: {part} imports {imported}"


def test_only_the_top_knows_settings() -> None:
    knowing = {
        part_of(path)
        for path in modules(SOURCE)
        for name, _ in imports(path)
        if name.startswith("devlint.settings") and part_of(path) != "settings"
    }
    assert knowing == {"cli", "run", "recall", "inspection", "files", "tree"}


def test_only_the_command_line_prints() -> None:
    for path in modules(SOURCE):
        if part_of(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", modules(RULES), ids=lambda path: path.relative_to(RULES).as_posix())
def test_rules_know_the_contract_and_never_each_other(path: Path) -> None:
    drives = path.name == "scenario.py"  # runs the examples, and is no part of a check
    assert not roots(path) & ({"ast", "devlint_rules"} if drives else {"ast", "torch"})
    for name, line in imports(path):
        where = f"{path}:{line}: {name}"
        if name.startswith("devlint."):
            known = ("scenario",) if drives else ("rule", "analysis", "finding", "world")
            assert name.split(".")[1] in known, where
        if name.startswith("devlint_rules."):
            assert name.split(".")[1] == path.parent.name, where
        assert not name.startswith(DEAR), where
        if path.name == "__init__.py" and path.parent != RULES:
            assert name in ("devlint.rule", "devlint.rule.Rule"), where


def test_the_analysis_never_sees_libcst() -> None:
    assert not [path for path in modules(SOURCE / "analysis") if "libcst" in roots(path)]


def test_nobody_uses_what_is_dear_in_libcst() -> None:
    for path in modules(SOURCE):
        assert not [name for name, _ in imports(path) if name.startswith(DEAR)], path


def test_devlint_imports_neither_torch_nor_its_own_rules() -> None:
    for path in modules(SOURCE):
        playing = part_of(path) in ("shim", "scenario", "verify")
        dear = {"devlint_rules"} if playing else {"torch", "devlint_rules"}
        assert not roots(path) & dear, path


# -- what a run imports

LOADED = """
import sys
from devlint.cli import main
try:
    code = main({argv!r})
finally:
    print(sorted(name for name in sys.modules if name.partition(".")[0] in ("torch", "libcst")), file=sys.stderr)
sys.exit(code)
"""


def loaded(folder: Path, *argv: str) -> list[str]:
    """The modules of torch and libcst that a run of the command line loads; a torch that can be imported is there."""
    (folder / "torch").mkdir(exist_ok=True)
    (folder / "torch" / "__init__.py").write_text("loaded = True\n")
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(argv=list(argv))], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    names = ast.literal_eval(done.stderr.splitlines()[-1])
    assert isinstance(names, list)
    return names


def test_a_repair_loads_libcst_and_never_torch(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("import torch\n\nif torch.cuda.is_available:\n    print('GPU')\n")
    names = loaded(tmp_path, "--isolated", "--fix", "app.py")
    assert "is_available():" in file.read_text()
    assert "libcst" in names
    assert "torch" not in names
    assert not {"libcst.matchers", "libcst.codemod"} & set(names)


@pytest.mark.parametrize(
    "text",
    [
        "print('nothing about it')\n",
        "import torch\n\nprint(torch.__version__)\n",
        "import torch\n\n# torch.cuda.is_available, .numpy() and .half() in a comment\n",
    ],
)
def test_a_file_without_candidates_loads_neither(tmp_path: Path, text: str) -> None:
    (tmp_path / "app.py").write_text(text)
    assert loaded(tmp_path, "--isolated", "app.py") == []
