"""What belongs to the tree of a project, and copies of it."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from devlint.tree import Tree

#: a user who owns nothing
NOBODY = 65534


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root, "pyproject.toml", "")
    (root / ".git").mkdir()
    return root


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(tree: Tree) -> set[str]:
    return {path.relative_to(tree.root).as_posix() for path in tree.paths if not path.is_dir()}


def copied(project: Path, tmp_path: Path) -> Path:
    target = tmp_path / "copy"
    Tree.around(project).copy(target)
    return target


def test_environments_caches_and_ignored_folders_are_not_the_project_s_own(project: Path) -> None:
    for name in (".git/HEAD", ".venv/lib/a.py", "env/pyvenv.cfg", "env/lib/a.py", "conda/conda-meta/history"):
        write(project, name, "")
    for name in ("src/__pycache__/a.pyc", "node_modules/a.js", "data/big.bin", "src/out/a.txt", "build/lib/a.py"):
        write(project, name, "")
    write(project, ".gitignore", "/data/\n/build/\n")
    write(project, "src/.gitignore", "out/\n")
    write(project, "src/a.py", "")
    assert names(Tree.around(project)) == {".gitignore", "pyproject.toml", "src/.gitignore", "src/a.py"}


def test_files_that_are_ignored_and_packages_with_common_names_are(project: Path) -> None:
    write(project, ".gitignore", "_version.py\n*.so\n")
    for name in ("src/_version.py", "src/fast.so", "src/dist/a.py", "tools/build/a.py"):
        write(project, name, "")
    assert {"src/_version.py", "src/fast.so", "src/dist/a.py", "tools/build/a.py"} <= names(Tree.around(project))


def test_it_is_that_of_the_whole_project_and_knows_its_size(project: Path) -> None:
    folder = write(project, "src/deep/a.py", "x" * 1000).parent
    tree = Tree.around(folder)
    assert (tree.root, tree.size, tree.closed) == (project, 1000, ())


def test_links_lead_to_the_copy_where_they_led_into_the_tree(project: Path, tmp_path: Path) -> None:
    write(project, "src/a.py", "mine")
    outside = write(tmp_path, "outside/b.txt", "theirs")
    links = {
        "near": "src/a.py",
        "absolute": str(project / "src" / "a.py"),
        "round": "../project/src/a.py",
        "folder": str(project / "src"),
        "far": str(outside),
        "src/relative": "../../outside/b.txt",
        "nowhere": "missing",
        "loop": ".",
    }
    for name, goal in links.items():
        (project / name).symlink_to(goal)
    copy = copied(project, tmp_path)
    for name in ("near", "absolute", "round"):
        assert (copy / name).resolve() == copy / "src" / "a.py", name
    assert (copy / "folder").resolve() == copy / "src"
    assert (copy / "loop").resolve() == copy
    assert (copy / "far").resolve() == (copy / "src" / "relative").resolve() == outside
    assert os.readlink(copy / "nowhere") == "missing"


def test_modes_and_times_are_kept_and_folders_stay_open(project: Path, tmp_path: Path) -> None:
    script = write(project, "locked/run.sh", "")
    script.chmod(0o555)
    os.utime(script, (1, 1))
    script.parent.chmod(0o555)
    copy = copied(project, tmp_path)
    script.parent.chmod(0o755)
    assert (copy / "locked" / "run.sh").stat().st_mode & 0o777 == 0o555
    assert (copy / "locked" / "run.sh").stat().st_mtime == 1
    (copy / "locked" / "new").touch()


def test_what_is_no_file_is_left_out(project: Path, tmp_path: Path) -> None:
    os.mkfifo(project / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(project / "socket"))
    assert {path.name for path in copied(project, tmp_path).iterdir()} == {"pyproject.toml"}


def test_what_vanishes_meanwhile_is_left_out(project: Path, tmp_path: Path) -> None:
    gone = write(project, "src/a.py", "")
    write(project, "z.py", "")
    (project / "link").symlink_to("z.py")
    tree = Tree.around(project)
    gone.unlink()
    (project / "src").rmdir()
    (project / "link").unlink()
    tree.copy(tmp_path / "copy")
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {"pyproject.toml", "z.py"}


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder of a user to whom something may be closed: nothing is to root, who is somebody else meanwhile."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        if is_root:
            os.chown(folder, NOBODY, -1)
            os.setresuid(NOBODY, NOBODY, 0)
        try:
            yield Path(folder)
        finally:
            if is_root:
                os.setresuid(0, 0, 0)


def test_what_cannot_be_read_is_named_and_left_out(own_folder: Path) -> None:
    project, target = own_folder / "project", own_folder / "copy"
    write(project, "pyproject.toml", "")
    secret, closed = write(project, "secret", ""), write(project, "closed/a", "").parent
    secret.chmod(0)
    closed.chmod(0)
    tree = Tree.around(project)
    tree.copy(target)
    closed.chmod(0o755)
    assert set(tree.closed) == {secret, closed}
    assert {path.name for path in target.iterdir()} == {"pyproject.toml"}
