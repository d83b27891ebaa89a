import os
import subprocess
import sys
from pathlib import Path

import pytest

import devlint_rules
from devlint.error import DevlintError
from devlint.packs import LoadedRule, load_packs

RULE = """\
from devlint.rule import Rule

RULE = Rule(code="{code}", since="0.1", severity="error", stability="stable", triggers=(".cuda(",))
"""
CHECK = """\
from __future__ import annotations

import libcst as cst


def check(node: cst.Call | cst.Attribute, context: Context) -> Iterator[Finding]:
    yield from ()
"""


def write_rule(folder: Path, code: str, check: str | None = CHECK) -> Path:
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(RULE.format(code=code))
    (folder / "README.md").write_text("# A rule that finds nothing\n\nMore.\n")
    if check is not None:
        (folder / "rule.py").write_text(check)
    return folder


def local(path: Path) -> LoadedRule:
    (rule,) = [rule for rule in load_packs([path]) if rule.pack == str(path)]
    return rule


def test_own_rules_come_in_through_their_entry_point() -> None:
    rules = load_packs()
    folder = Path(devlint_rules.__file__).parent
    own = [rule for rule in rules if rule.pack == "devlint"]
    assert {rule.folder for rule in own} == {path.parent for path in folder.glob("*/__init__.py")}
    assert [rule.code for rule in rules] == sorted(rule.code for rule in rules)
    for rule in own:
        assert rule.name == rule.folder.name.replace("_", "-")
        assert rule.engine == (rule.code >= "DEV9")
        assert rule.fixable == (rule.folder / "examples" / "fixed.py").exists()
        assert rule.readme.startswith("# " + rule.summary)
        if not rule.engine:
            assert rule.nodes


def test_rules_are_found_without_importing_what_is_dear() -> None:
    program = "from devlint.packs import load_packs; load_packs(); import sys; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    modules = set(printed.split())
    assert "devlint_rules.numpy_without_cpu" in modules
    assert not {"libcst", "importlib.metadata", "devlint_rules.numpy_without_cpu.rule"} & modules


def test_pack_of_a_stranger_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rule(tmp_path / "strange_rules" / "odd_rule", "ODD1")
    (tmp_path / "strange_rules" / "__init__.py").write_text("")
    information = tmp_path / "strange-1.0.dist-info"
    information.mkdir()
    text = "[console_scripts]\nx = y:z\n\n[devlint.rules]\nstrange = strange_rules\n\n[other]\na = b\n"
    (information / "entry_points.txt").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    (odd,) = [rule for rule in load_packs() if rule.pack == "strange"]
    assert (odd.name, odd.code, odd.module) == ("odd-rule", "ODD1", "strange_rules.odd_rule")


def test_entry_point_without_its_package_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone-1.0.dist-info").mkdir()
    (tmp_path / "gone-1.0.dist-info" / "entry_points.txt").write_text("[devlint.rules]\ngone = gone_rules\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(DevlintError, match="rule pack `gone`: there is no package `gone_rules`"):
        load_packs()


def test_folder_of_rules_is_read_when_it_is_named(tmp_path: Path) -> None:
    write_rule(tmp_path / "my_rule", "MY1")
    (tmp_path / "notes").mkdir()
    rule = local(tmp_path)
    assert (rule.name, rule.code, rule.summary, rule.fixable) == ("my-rule", "MY1", "A rule that finds nothing", False)
    assert [node.__name__ for node in rule.nodes] == ["Call", "Attribute"]


def test_two_folders_of_rules_do_not_meet(tmp_path: Path) -> None:
    for name, code in (("a", "AA1"), ("b", "BB1")):
        write_rule(tmp_path / name / f"rule_{name}", code)
    rules = load_packs([tmp_path / "a", tmp_path / "b"])
    assert {"AA1", "BB1"} <= {rule.code for rule in rules}


@pytest.mark.parametrize(("name", "code"), [("other_name", "DEV201"), ("numpy_without_cpu", "MY2")])
def test_name_or_code_that_is_taken_is_a_mistake(tmp_path: Path, name: str, code: str) -> None:
    write_rule(tmp_path / name, code)
    with pytest.raises(DevlintError, match="is also a rule in") as raised:
        load_packs([tmp_path])
    assert str(raised.value).startswith(f"{tmp_path}{os.sep}{name}")


def test_folder_without_rules_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(DevlintError, match="no rule folders here"):
        load_packs([tmp_path])
    with pytest.raises(DevlintError, match="no rule folders here"):
        load_packs([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    ("text", "message"),
    [("", r"__init__\.py:1: no `RULE = Rule"), ("import no_such_module\n", "cannot be imported: No module named")],
)
def test_rule_folder_that_is_not_one_is_a_mistake(tmp_path: Path, text: str, message: str) -> None:
    write_rule(tmp_path / "my_rule", "MY1")
    (tmp_path / "my_rule" / "__init__.py").write_text(text)
    with pytest.raises(DevlintError, match=message):
        load_packs([tmp_path])


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("", r"rule\.py:1: no function `check`"),
        ("def check(node, context): ...\n", r"rule\.py:1: `check` does not say which nodes"),
        ("def check(node, context: int): ...\n", r"rule\.py:1: `check` does not say which nodes"),
        ("\ndef check(node: int, context): ...\n", r"rule\.py:2: `<class 'int'>` is not a class of nodes"),
        ("def check(node: 'cst.Call', context): ...\n", r"rule\.py:1: the annotation `cst\.Call` is not understood"),
    ],
)
def test_rule_without_a_proper_check_tells_its_author(tmp_path: Path, check: str, message: str) -> None:
    write_rule(tmp_path / "my_rule", "MY1", check)
    with pytest.raises(DevlintError, match=message):
        assert local(tmp_path).nodes


def test_rule_without_a_page_tells_its_author(tmp_path: Path) -> None:
    write_rule(tmp_path / "my_rule", "MY1", check=None)
    (tmp_path / "my_rule" / "README.md").unlink()
    rule = local(tmp_path)
    assert rule.engine
    with pytest.raises(DevlintError, match="the rule has no README"):
        assert rule.summary
