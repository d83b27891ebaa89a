"""Where settings come from, which of them win, and how mistakes in them are reported."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from devlint.error import DevlintError
from devlint.rule import Rule
from devlint.settings import Settings, listing
from devlint.settings.configuration import Configuration
from devlint.settings.document import inline_document
from devlint.settings.project import root_of, torch_of
from devlint.settings.schema import Entry, Layer, Written, layer
from devlint.settings.selection import named, selected
from devlint.world import DEFAULT_TORCH, Request


class SomeRule(NamedTuple):
    name: str
    rule: Rule


def some_rule(name: str, code: str, *, default: bool = True) -> SomeRule:
    return SomeRule(name, Rule(code, "0.1", "error", "stable", (), default=default))


RULES = (
    some_rule("inverted-device-request", "DEV102"),
    some_rule("numpy-without-cpu", "DEV201"),
    some_rule("load-without-map-location", "DEV207"),
    some_rule("out-of-the-ordinary", "DEV299", default=False),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")


def settings(folder: Path, flags: Layer | None = None, *, isolated: bool = False) -> Settings:
    return Configuration(flags, isolated=isolated).settings(folder)


def codes(settings: Settings, path: Path | None = None) -> list[str]:
    return [rule.rule.code for rule in selected(settings, RULES, path)]


def mistake(folder: Path) -> str:
    """What is said of the configuration of a folder."""
    with pytest.raises(DevlintError) as caught:
        selected(settings(folder), RULES)
    return f"{caught.value}; {caught.value.hint}" if caught.value.hint else str(caught.value)


# -- which file


def test_without_a_file_the_defaults_hold(folder: Path) -> None:
    found = settings(folder)
    assert found.declared == ("cpu", "cuda")
    assert [world.name for world in found.worlds_of(found.declared)] == [
        "cpu", "driverless", "cuda", "cuda-requested", "cuda-cpu-requested", "cuda-x2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.devlint]\ntargets = ['mps']\n"),
        ("devlint.toml", "targets = ['mps']\n"),
        (".devlint.toml", "\ufefftargets = ['mps']\r\n"),
    ],
)
def test_the_nearest_file_above_holds(folder: Path, name: str, text: str) -> None:
    write(folder / name, text)
    write(folder / "deep" / "pyproject.toml", "[project]\nname = 'not about devlint'\n")
    assert settings(folder / "deep" / "er").targets == ("mps",)
    assert settings(folder / "deep", isolated=True).targets == ()


def test_a_broken_file_that_is_not_about_devlint_is_left_alone(folder: Path) -> None:
    (folder / "devlint.toml").write_text("pedantic = true\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "pyproject.toml").write_bytes(b"[project\nname = 'caf\xe9'\n")
    assert settings(folder / "sub").pedantic


def test_the_nearer_file_is_not_merged_with_the_farther(folder: Path) -> None:
    write(folder / "devlint.toml", "targets = ['mps']\nignore = ['DEV201']\n")
    write(folder / "sub" / "devlint.toml", "pedantic = true\n")
    found = settings(folder / "sub")
    assert (found.targets, found.ignore, found.pedantic) == ((), (), True)


def test_extend_joins_what_joins_and_replaces_the_rest(folder: Path) -> None:
    write(
        folder / "base.toml",
        """\
        targets = ["mps"]
        ignore = ["DEV201"]
        extend-exclude = ["old"]
        [per-file-ignores]
        "a.py" = ["DEV102"]
        [worlds.lab]
        count = 2
        """,
    )
    write(
        folder / "sub" / "devlint.toml",
        """\
        extend = "../base.toml"
        targets = ["cpu"]
        ignore = ["DEV207"]
        extend-exclude = ["new"]
        [per-file-ignores]
        "b.py" = ["DEV102"]
        [worlds.shed]
        count = 4
        """,
    )
    found = settings(folder / "sub")
    assert found.targets == ("cpu",)
    assert found.ignore == ("DEV201", "DEV207")
    assert [globs.lines for globs in found.extend_exclude] == [("old",), ("new",)]
    assert [globs.folder for globs in found.extend_exclude] == [folder, folder / "sub"]
    assert {name: world.count for name, world in found.worlds.items()} == {"lab": 2, "shed": 4}
    assert found.ignored_in(folder / "a.py") == ("DEV102",) == found.ignored_in(folder / "sub" / "b.py")
    assert found.origins["ignore"] == "base.toml:2, sub/devlint.toml:3"


def test_a_file_that_selects_starts_anew(folder: Path) -> None:
    write(folder / "base.toml", "ignore = ['DEV201']\nextend-select = ['DEV299']\n")
    write(folder / "devlint.toml", "extend = 'base.toml'\nselect = ['DEV2']\n")
    assert codes(settings(folder)) == ["DEV201", "DEV207", "DEV299"]


def test_flags_win(folder: Path) -> None:
    write(folder / "devlint.toml", "targets = ['mps']\nper-path-targets = { '*.py' = ['xpu'] }\npedantic = true\n")
    flags = {"targets": Entry((Written.at("cpu", "--targets"),), "--targets")}
    found = settings(folder, flags)
    assert found.targets_of(folder / "a.py") == ("cpu",)
    assert found.pedantic
    assert found.origins["targets"] == "--targets"


def test_a_setting_given_inline(folder: Path) -> None:
    write(folder / "devlint.toml", "torch = '>=2.4'\n")
    found = settings(folder, layer(inline_document("torch = '>=2.6'")))
    assert str(found.torch) == ">=2.6"
    assert found.origins["torch"] == "--config"


# -- what it says


def test_per_path_targets_the_last_pattern_decides(folder: Path) -> None:
    write(
        folder / "devlint.toml",
        """\
        [per-path-targets]
        "deploy/" = ["mps"]
        "deploy/edge/*.py" = ["npu"]
        """,
    )
    found = settings(folder)
    assert found.targets_of(folder / "deploy" / "a.py") == ("mps",)
    assert found.targets_of(folder / "deploy" / "edge" / "a.py") == ("npu",)
    assert found.targets_of(folder / "a.py") == ("cpu", "cuda")


def test_backends_that_are_pinned_win_over_those_that_were_discovered(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.devlint]\nbackends = ['directml']\n", encoding="utf-8")
    names = [world.name for world in settings(folder).worlds_of(("cuda",), ("openvino",))]
    assert names == ["cuda", "cuda-requested", "cuda-cpu-requested", "cuda-x2", "cuda-directml"]


def test_a_world_of_ones_own(folder: Path) -> None:
    write(
        folder / "devlint.toml",
        """\
        [worlds.ascend]
        base = "cuda"
        device = "npu"
        module = "torch_npu"
        backend = "hccl"
        available = ["torch.npu.is_available"]
        count = 8
        [worlds.vino]
        base = "cuda-requested"
        backend = "openvino"
        """,
    )
    found = settings(folder)
    ascend, vino = found.worlds["ascend"], found.worlds["vino"]
    assert (ascend.name, ascend.accelerator, ascend.module) == ("ascend", "npu", "torch_npu")
    assert (ascend.distributed, ascend.backend) == ("hccl", None)
    assert (ascend.available, ascend.count) == (("torch.npu.is_available",), 8)
    assert (vino.accelerator, vino.request, vino.backend) == ("cuda", Request.ACCELERATOR, "openvino")
    assert found.declared == ("cpu", "cuda", "ascend", "vino")
    assert [world.name for world in found.worlds_of(("ascend", "cpu"))] == ["ascend", "cpu", "driverless"]


def test_settings_are_frozen(folder: Path) -> None:
    with pytest.raises(AttributeError):
        settings(folder).pedantic = True  # type: ignore[misc]


# -- which rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["DEV102", "DEV201", "DEV207"]),
        ("select = ['ALL']", ["DEV102", "DEV201", "DEV207", "DEV299"]),
        ("select = ['DEV2']", ["DEV201", "DEV207", "DEV299"]),
        ("select = ['numpy-without-cpu']", ["DEV201"]),
        ("ignore = ['DEV2']", ["DEV102"]),
        ("ignore = ['DEV2']\nextend-select = ['DEV201']", ["DEV102", "DEV201"]),
        ("extend-select = ['DEV299']", ["DEV102", "DEV201", "DEV207", "DEV299"]),
        ("select = ['DEV2']\nignore = ['DEV201']", ["DEV207", "DEV299"]),
        ("select = ['DEV201']\nignore = ['ALL']", ["DEV201"]),
        ("select = ['DEV201']\nignore = ['numpy-without-cpu']", []),
    ],
)
def test_the_more_exact_word_wins(folder: Path, text: str, expected: list[str]) -> None:
    write(folder / "devlint.toml", text)
    assert codes(settings(folder)) == expected


def test_per_file_ignores_switch_off_whatever_is_selected(folder: Path) -> None:
    write(folder / "devlint.toml", "select = ['DEV201', 'DEV1']\n[per-file-ignores]\n'tests/' = ['DEV2']\n")
    assert codes(settings(folder), folder / "tests" / "a.py") == ["DEV102"]
    assert codes(settings(folder), folder / "a.py") == ["DEV102", "DEV201"]


def test_a_rule_is_named_by_name_or_code() -> None:
    assert named("DEV201", RULES) is named("numpy-without-cpu", RULES) is RULES[1]
    with pytest.raises(DevlintError, match="unknown rule `DEV2`"):
        named("DEV2", RULES)


# -- mistakes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.devlint]\n\ntragets = ['cpu']", "pyproject.toml:3: unknown setting `tragets`; did you mean `targets`?"),
        (
            "[tool.devlint]\nselect = [\n  'DEV201',\n  'DEV1002',\n]",
            "pyproject.toml:4: unknown rule `DEV1002`; did you mean `DEV102`?",
        ),
        (
            "[tool.devlint]\nignore = ['numpy-without-gpu']",
            "pyproject.toml:2: unknown rule `numpy-without-gpu`; did you mean `numpy-without-cpu`?",
        ),
        (
            "[tool.devlint.per-file-ignores]\n'*.py' = ['dev201']",
            "pyproject.toml:2: unknown rule `dev201`; did you mean `DEV201`?",
        ),
        (
            "[tool.devlint]\ntargets = ['cpu', 'cudaa']",
            "pyproject.toml:2: unknown target `cudaa`; did you mean `cuda`?",
        ),
        (
            "[tool.devlint.per-path-targets]\n'a' = ['mpss']",
            "pyproject.toml:2: unknown target `mpss`; did you mean `mps`?",
        ),
        ("[tool.devlint]\nselect = 'ALL'", "pyproject.toml:2: `select` must be a list of strings"),
        ("[tool.devlint]\npedantic = 1", "pyproject.toml:2: `pedantic` must be true or false"),
        (
            "[tool.devlint]\ntorch = 'new'",
            "pyproject.toml:2: `torch` must be a version range such as \">=2.2,<3\", not 'new'",
        ),
        (
            "[tool.devlint]\nbackends = ['openvin']",
            "pyproject.toml:2: unknown backend `openvin`; did you mean `openvino`?",
        ),
        ("[tool.devlint.worlds.lab]\nbase = 'cudo'", "pyproject.toml:2: unknown world `cudo`; did you mean `cuda`?"),
        (
            "[tool.devlint.worlds.lab]\ncout = 2",
            "pyproject.toml:2: unknown setting `worlds.lab.cout`; did you mean `count`?",
        ),
        ("[tool.devlint.worlds.lab]\ncount = -2", "pyproject.toml:2: `worlds.lab.count` must be a count"),
        (
            "[tool.devlint.worlds.cuda]\ncount = 2",
            "pyproject.toml:1: `cuda` is a target of devlint's own; choose another name",
        ),
        (
            "[tool.devlint.worlds.'a.b']\nrequest = 'gpu'",
            "pyproject.toml:2: `worlds.a.b.request` must be one of none, cpu, accelerator, index",
        ),
        ("[tool]\ndevlint = 3", "pyproject.toml:2: `tool.devlint` must be a table"),
        ("[tool.devlint]\nselect = [", "pyproject.toml:2: not valid TOML: "),
        (
            "[tool.devlint]\nextend = 'gone.toml'",
            "pyproject.toml:2: `extend` names a file that there is not: gone.toml",
        ),
    ],
)
def test_a_mistake_names_its_line(folder: Path, text: str, said: str) -> None:
    write(folder / "pyproject.toml", text)
    assert mistake(folder).startswith(said)


def test_a_header_of_pyproject_in_another_file(folder: Path) -> None:
    write(folder / "devlint.toml", "\n[tool.devlint]\nselect = ['ALL']\n")
    assert mistake(folder) == "devlint.toml:2: `tool` is for pyproject.toml; settings stand without a header here"


def test_extend_in_a_circle(folder: Path) -> None:
    write(folder / "devlint.toml", "extend = 'other.toml'\n")
    write(folder / "other.toml", "pedantic = true\nextend = 'devlint.toml'\n")
    assert mistake(folder) == "other.toml:2: `extend` goes round in a circle: devlint.toml leads back here"


# -- the project


def test_without_a_sign_of_a_project_its_root_is_the_current_directory(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    assert root_of(folder / "elsewhere") == folder


@pytest.mark.parametrize(
    ("marker", "root"), [("repo/pkg/setup.cfg", "repo/pkg"), ("repo/.git/HEAD", "repo"), ("devlint.toml", ".")]
)
def test_git_goes_before_build_files_and_devlint_before_git(folder: Path, marker: str, root: str) -> None:
    write(folder / "repo" / "pkg" / "setup.py", "")
    write(folder / marker, "")
    assert root_of(folder / "repo" / "pkg" / "sub") == (folder / root)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "pyproject.toml",
            "[project]\ndependencies = ['torchvision>=0.9', 'torch >= 2.4, < 3 ; python_version > \"3\"']",
            ">=2.4,<3",
        ),
        ("pyproject.toml", "[project.optional-dependencies]\ngpu = ['torch[opt]>=2.6']", ">=2.6"),
        ("pyproject.toml", "[tool.poetry.dependencies]\ntorch = '^1.12'", ">=1.12,<2"),
        ("requirements.txt", "numpy\n  torch==2.3.1  # pinned\n", ">=2.3.1,<2.3.2"),
        ("setup.cfg", "[options]\ninstall_requires =\n    torch>=1.7\n", ">=1.7"),
        ("requirements.txt", "torch\ntorchaudio>=1\n", str(DEFAULT_TORCH)),
        ("requirements.txt", "torch>=whatever\n", str(DEFAULT_TORCH)),
    ],
)
def test_the_torch_versions_of_a_project(folder: Path, name: str, text: str, expected: str) -> None:
    write(folder / name, text)
    found, where = torch_of(folder)
    assert str(found) == expected
    assert where == ("default" if expected == str(DEFAULT_TORCH) else name)


# -- the listing


def test_the_listing_says_where_each_value_came_from(folder: Path) -> None:
    write(folder / "devlint.toml", "ignore = ['DEV201']\n")
    found = {line.name: line for line in listing.lines(settings(folder), folder)}
    assert found["ignore"] == ("ignore", ["DEV201"], "devlint.toml:1")
    assert found["torch"] == ("torch", ">=2.2", "default")
    assert found["targets"].value == ["cpu", "cuda"]
    assert found["root"].value == "."
