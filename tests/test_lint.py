import ast
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import devlint.lint
import devlint_rules
from devlint.analysis.answer import Span
from devlint.analysis.project import Project
from devlint.error import DevlintError
from devlint.finding import Place, Safety
from devlint.lint import LARGEST_STATEMENT, Linted, lint
from devlint.loaded import LoadedRule
from devlint.packs import load_packs
from devlint.source import Source
from devlint.statement import Statement
from devlint.world import DEFAULT_TARGETS, DEFAULT_TORCH, worlds_of

WORLDS = worlds_of(DEFAULT_TARGETS)
RULES = load_packs()
EXAMPLES = sorted(Path(devlint_rules.__file__).parent.glob("*/examples/*.py"))

Local = Callable[..., LoadedRule]

#: reports every call of a method `cuda`
CUDA = """\
import libcst as cst
from devlint.rule import Context, Edit, Finding, Fix, Iterator, Outcome, Place, Related, Safety


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    if isinstance(node.func, cst.Attribute) and node.func.attr.value == "cuda":
        fix = Fix(Safety.SAFE, "move it", (context.insert_after(node, ".cpu()"),))
        yield context.report(node, "moved", worlds={context.worlds[0]: Outcome.CRASHES}, fix=fix)
"""
#: reports the same, as one finding at the beginning of the file
ROOT = CUDA.replace(
    "yield context.report(",
    "related = (Related(context.place(node), 'here'),)\n"
    "        yield __import__('dataclasses').replace(context.report(",
).replace("fix=fix)", "related=related), place=Place('a.py', 1, 1, 1, 2))")
CRASHING = CUDA.replace("fix = Fix(", "yield 1 / 0 or Fix(")


@pytest.fixture
def local(tmp_path: Path) -> Local:
    """Makes a rule out of the text of its check."""

    def make(check: str, name: str = "toy", scope: str = "statement") -> LoadedRule:
        folder = tmp_path / name / name
        folder.mkdir(parents=True)
        arguments = f"'{name}', '0.1', 'error', 'stable', ('.cuda(',), '{scope}'"
        (folder / "__init__.py").write_text(f"from devlint.rule import Rule\nRULE = Rule({arguments})\n")
        (folder / "rule.py").write_text(check)
        (rule,) = [rule for rule in load_packs([tmp_path / name]) if rule.name == name]
        return rule

    return make


def run(text: str, *rules: LoadedRule) -> Linted:
    return lint(Source("a.py", text), rules or RULES, WORLDS, DEFAULT_TORCH)


def lines(linted: Linted) -> list[int]:
    return [finding.place.line for finding in linted.findings]


def texts(source: Source, linted: Linted) -> list[str]:
    places = [finding.place for finding in linted.findings]
    return [
        source.text[source.offset(place.line, place.column) : source.offset(place.end_line, place.end_column)]
        for place in places
    ]


def test_findings_of_all_statements_are_in_order(local: Local) -> None:
    text = "import torch\n\n@d(b.cuda())\nclass A:\n  c.cuda()\n  def f(self):\n    d.cuda(); e\nf.cuda()\n'g.cuda()'\n"
    linted = run(text, local(CUDA))
    assert texts(Source("a.py", text), linted) == ["b.cuda()", "c.cuda()", "d.cuda()", "f.cuda()"]
    assert lines(linted) == [3, 5, 7, 8]
    assert linted.torch
    assert [(finding.rule, finding.code, finding.scope) for finding in linted.findings][2] == ("toy", "toy", "A.f")


def test_findings_at_one_place_become_one(local: Local) -> None:
    linted = run("import torch\na.cuda()\ndef f(): return b.cuda()\na.cuda()\n", local(ROOT))
    (finding,) = linted.findings
    assert [related.place.line for related in finding.related] == [2, 3, 4]


@pytest.mark.parametrize(("text", "torch"), [("", False), ("x = 1\n", False), ("import torch\n'.cuda()'\n", True)])
def test_file_without_a_trigger_is_not_parsed(
    text: str, torch: bool, monkeypatch: pytest.MonkeyPatch, local: Local
) -> None:
    rule = local(CUDA)
    monkeypatch.setattr(ast, "parse", None)
    assert run(text, rule) == Linted(torch=torch, alone=True)


def test_file_without_a_trigger_needs_no_libcst() -> None:
    program = """\
import sys
from devlint.lint import lint
from devlint.packs import load_packs
from devlint.source import Source
from devlint.world import DEFAULT_TORCH, TARGETS
assert not lint(Source("a.py", "import torch"), load_packs(), TARGETS["cpu"], DEFAULT_TORCH).findings
print(*sys.modules)
lint(Source("a.py", "import torch; x.cuda()"), load_packs(), TARGETS["cpu"], DEFAULT_TORCH)
print(*sys.modules)
"""
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    before, after = (set(line.split()) for line in printed.splitlines())
    assert "libcst" not in before
    assert "libcst" in after
    assert not {"torch", "libcst.matchers", "libcst.codemod"} & after


def test_rule_that_crashes_is_recorded_and_the_others_go_on(local: Local) -> None:
    linted = run("import torch\na.cuda()\nb.cuda()\n", local(CRASHING, "bad"), local(CUDA, "good"))
    assert [(finding.rule, finding.place.line) for finding in linted.findings] == [("good", 2), ("good", 3)]
    (crash,) = linted.crashes
    assert (crash.rule, crash.path, crash.line) == ("bad", "a.py", 2)
    assert crash.message == "ZeroDivisionError: division by zero (rule.py:7)"


def test_rule_that_cannot_be_imported_is_recorded(local: Local) -> None:
    linted = run("import torch\na.cuda()\n", local("import no_such_module", "bad"), local(CUDA, "good"))
    assert lines(linted) == [2]
    assert [crash.rule for crash in linted.crashes] == ["bad"]


def test_rule_that_is_no_rule_is_its_authors_mistake(local: Local) -> None:
    with pytest.raises(DevlintError, match="no function `check`"):
        run("import torch\na.cuda()\n", local(""))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("import torch\nx = a.cuda(\n", 2, 11),
        ("import torch\nif a:\nx = a.cuda()\n", 3, 1),
        ("import torch\na.cuda()\x00\n", 2, 9),
        ("import torch\nx = '\x00'; a.cuda()\n", 2, 6),
        ("import torch\nprint 'é', a.cuda()\n", 2, 1),
    ],
)
def test_broken_file_is_a_finding(text: str, line: int, column: int) -> None:
    linted = run(text)
    (finding,) = linted.findings
    assert (finding.rule, finding.code) == ("syntax-error", "DEV902")
    assert finding.message.startswith("cannot be parsed: ")
    assert (finding.place.line, finding.place.column) == (line, column)
    assert run(text, *(rule for rule in RULES if not rule.engine)) == Linted(torch=True, alone=True)


def test_broken_file_without_torch_is_none_of_our_business() -> None:
    assert run("x = a.cuda(\n") == Linted(alone=True)


def test_file_for_a_newer_python_is_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> ast.Module:
        raise SyntaxError("invalid syntax", ("a.py", 2, 1, text, 2, 2))

    monkeypatch.setattr(ast, "parse", refuse)
    linted = run("import torch\na.cuda()\n")
    (notice,) = linted.notices
    assert notice.startswith("a.py:2: not looked at: needs a newer Python than 3.")
    assert linted.findings == ()


def test_statement_that_only_libcst_cannot_parse_is_a_notice(local: Local) -> None:
    linted = run("import torch\n(a): int = b.cuda()\nc.cuda()\n", local(CUDA))
    assert lines(linted) == [3]
    assert linted.notices == ("a.py:2: this statement is not looked at: libcst cannot parse it",)


def test_giant_statement_is_a_notice(local: Local) -> None:
    numbers = "0, " * (LARGEST_STATEMENT // 3)
    linted = run(f"import torch\nx = [{numbers} a.cuda()]\nb.cuda()\n", local(CUDA))
    assert lines(linted) == [3]
    assert linted.notices == ("a.py:2: this statement is not looked at: it is longer than 200 kB",)


@pytest.mark.parametrize("text", ["x = {}1{}.cuda()\n".format("(" * 5000, ")" * 5000), "x = a.cuda()" + ".b()" * 20000])
def test_file_that_nests_too_deeply_does_no_harm(text: str, local: Local) -> None:
    linted = run(f"import torch\n{text}", local(CUDA))
    assert linted.findings == ()
    assert linted.crashes == ()


def test_fix_where_code_generation_is_not_exact_is_only_shown(local: Local) -> None:
    text = "import torch\n\fx = b.cuda()\ny = c.cuda()\nclass A:\n  x = 1\n\f  y = d.cuda()\n"
    linted = run(text, local(CUDA))
    assert [finding.fix and finding.fix.safety for finding in linted.findings] == [
        Safety.DISPLAY,
        Safety.SAFE,
        Safety.SAFE,
    ]
    assert texts(Source("a.py", text), linted) == ["b.cuda()", "c.cuda()", "d.cuda()"]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"import torch\r\nclass A:\r\n\tdef f(self):\r\n\t\treturn self.a.cuda()\r\n", (4, 10, 4, 23)),
        (b"\xef\xbb\xbfimport torch; a.cuda()", (1, 15, 1, 23)),
        (b"# coding: latin-1\nimport torch\n'\xe9', a.cuda()\n", (3, 6, 3, 14)),
        ("import torch\n'éж'; (a\n  .cuda())\n".encode(), (2, 8, 3, 10)),
        (b"  # indented\nimport torch; a.cuda()\n", (2, 15, 2, 23)),
        (b"import torch\n\x0c\ndef f():\n\x0c\n  return a.cuda()\n", (5, 10, 5, 18)),
    ],
)
def test_places_count_code_points(data: bytes, place: tuple[int, ...], local: Local) -> None:
    linted = lint(Source.decode(data, "a.py"), [local(CUDA)], WORLDS, DEFAULT_TORCH)
    assert [finding.place for finding in linted.findings] == [Place("a.py", *place)]


def test_module_rule_sees_the_whole_file(local: Local) -> None:
    check = CUDA.replace("node: cst.Call", "node: cst.ClassDef").replace(
        'if isinstance(node.func, cst.Attribute) and node.func.attr.value == "cuda":', "if context.span(node):"
    )
    text = "import torch\nclass A:\n  def f(self): a.cuda()\n"
    assert lines(run(text, local(check, "narrow"))) == []
    assert lines(run(text, local(check, "wide", scope="module"))) == [2]
    assert lines(run(text, local(check, "middling", scope="class"))) == [2]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_statements_and_whole_files_have_the_same_findings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source.decode(path.read_bytes(), path.name)
    cut = lint(source, RULES, WORLDS, DEFAULT_TORCH)

    def uncut(
        source: Source, tree: ast.Module, rules: Sequence[LoadedRule], hits: dict[str, object]
    ) -> list[Statement]:
        return [Statement(Span(0, len(source.text)), frozenset(hits))]

    monkeypatch.setattr(devlint.lint, "candidates", uncut)
    assert lint(source, RULES, WORLDS, DEFAULT_TORCH) == cut


def test_long_file_is_done_in_time() -> None:
    piece = "class Model{0}:\n    def forward(self, x):\n        y = self.net(x.cuda())\n        return y.numpy()\n\n"
    filler = (
        "    def method_{0}(self, a, b):\n        if a > b:\n            return [a, b]\n        return {{'a': a}}\n\n"
    )
    parts = [piece.format(i) + "".join(filler.format(j) for j in range(15)) for i in range(125)]
    text = "import torch\n\n" + "".join(parts)
    assert text.count("\n") > 10_000
    started = time.process_time()
    run(text)
    assert time.process_time() - started < 5


def test_what_is_found_in_a_file_that_nothing_uses_is_shown_on_demand(tmp_path: Path) -> None:
    code = "import torch\n\ndef copy(x):\n    return x.cuda()\n"
    for name, text in (("main", "import used\nused.copy(1)\n"), ("used", code), ("stray", code)):
        (tmp_path / f"{name}.py").write_text(text)
    found = {}
    for name in ("used.py", "stray.py"):
        project = Project(tmp_path, lambda: sorted(tmp_path.glob("*.py")), lambda path: path.name)
        source = Source.decode((tmp_path / name).read_bytes(), name)
        findings = lint(source, RULES, WORLDS, DEFAULT_TORCH, name, project).findings
        found[name] = [(finding.code, finding.pedantic) for finding in findings]
    assert found == {"used.py": [("DEV401", False)], "stray.py": [("DEV401", True)]}
