"""What of a project is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from devlint.analysis.distribution import installs

_HATCH = '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "my-pack"\n'
_FLIT = '[build-system]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "my-pack"\n'
_POETRY = '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\nname = "my-pack"\n'
_SETUPTOOLS = '[build-system]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "my-pack"\n'


@pytest.mark.parametrize(
    ("project", "path", "expected"),
    [
        (_HATCH, "my_pack/net.py", True),
        (_HATCH, "src/my_pack/net.py", True),
        (_HATCH, "scripts/train.py", False),
        (_HATCH + '[tool.hatch.build.targets.wheel]\npackages = ["src/other"]\n', "src/other/net.py", True),
        (_HATCH + '[tool.hatch.build.targets.wheel]\npackages = ["src/other"]\n', "my_pack/net.py", False),
        (_HATCH + '[tool.hatch.build]\ninclude = ["other"]\n', "other/net.py", True),
        (_HATCH + '[tool.hatch.build]\ninclude = ["other"]\n', "scripts/train.py", False),
        (_HATCH + '[tool.hatch.build]\ninclude = ["*.py"]\n', "scripts/train.py", True),
        (_FLIT, "my_pack/net.py", True),
        (_FLIT, "scripts/train.py", False),
        (_FLIT + '[tool.flit.module]\nname = "other"\n', "other/net.py", True),
        (_POETRY, "my_pack/net.py", True),
        (_POETRY, "scripts/train.py", False),
        (_POETRY + 'packages = [{ include = "other" }]\n', "other/net.py", True),
        (_SETUPTOOLS, "scripts/train.py", True),
        ("[project\n", "scripts/train.py", False),
        ("", "scripts/train.py", False),
    ],
)
def test_what_a_project_names(tmp_path: Path, project: str, path: str, expected: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    assert installs(tmp_path, path) is expected


@pytest.mark.parametrize(
    ("setup", "path", "expected"),
    [
        ("setup(packages=['pack', 'pack.nets'])", "pack/nets/net.py", True),
        ("setup(packages=['pack'])", "tools/train.py", False),
        ("setup(packages=find_packages())", "tools/train.py", True),
        ("setup(ext_modules=[kernel])", "pack/net.py", False),
    ],
)
def test_what_a_setup_names(tmp_path: Path, setup: str, path: str, expected: bool) -> None:
    (tmp_path / "setup.py").write_text(setup, encoding="utf-8")
    assert installs(tmp_path, path) is expected
