"""Files and folders that no demonstration has, through the installed command."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from devlint.cli import main

TESTED = b"if torch.cuda.is_available:\n    pass\n"

#: files in which --fix inserts what stands between the marks, and changes nothing else
ODD = {
    "aliases": b"""\
import torch as T
import torch.cuda as gpu
from torch.cuda import is_available as is_available_now
if T.cuda.is_available<+()+>: ...
if gpu.is_available<+()+>: ...
if not is_available_now<+()+>: ...
""",
    "chains over several lines": b"""\
import torch
device = "cuda" if torch.cuda.is_available() else "cpu"
x = (
    torch.zeros(3)  # ours
    .to(device)
    .abs()  # no sign
    .<+cpu().+>numpy()
)
""",
    "CRLF": b"import torch\r\nif torch.cuda.is_available<+()+>:\r\n    pass\r\n",
    "inserted CRLF": b"import torch\r\n<+if torch.cuda.is_available():\r\n    +>torch.cuda.synchronize()\r\n",
    "line ends of two kinds": b"import torch\r\nif torch.cuda.is_available<+()+>:\n    pass\r\n",
    "tabs": b"""\
import torch
class A:
\tdef f(self):
\t\t<+if torch.cuda.is_available():\n\t\t\t+>torch.cuda.synchronize()\t# why
""",
    "two blanks": b"""\
import torch
def f():
  <+if torch.cuda.is_available():\n    +>torch.cuda.synchronize()
""",
    "byte order mark": b"\xef\xbb\xbfimport torch\nif torch.cuda.is_available<+()+>: ...\n",
    "byte order mark and CRLF": b"\xef\xbb\xbfimport torch\r\nif torch.cuda.is_available<+()+>: ...\r\n",
    "latin-1": b"# -*- coding: latin-1 -*-\nimport torch\nx = '\xe9\xe8'; y = not torch.cuda.is_available<+()+>\n",
    "wide characters": "import torch\nx = '\u58f0', '\U0001f3a4'; y = not torch.cuda.is_available<+()+>\n".encode(),
    "no line end at the end": b"import torch\ny = not torch.cuda.is_available<+()+>",
    "blanks at the ends of lines": b"import torch   \n\t\ny = not torch.cuda.is_available<+()+>  \n   \n\n",
    "form feeds": b"import torch\n\x0c\ny = not torch.cuda.is_available<+()+>\n",
    "words without blanks": b"import torch\ny = 1 if not(torch.cuda.is_available<+()+>)else 2\n",
    "comments around": b"""\
import torch
#!above
if (  # left
    torch.cuda.is_available<+()+>  # right
):  # end
    pass  # below
""",
    "suppressions around": b"""\
import torch
if torch.cuda.is_available:  # devlint: ignore[uncalled-availability] the tests replace it
    pass
# devlint: ignore[DEV101] here, too
if torch.cuda.is_available:
    pass
if not torch.cuda.is_available<+()+>:
    pass  # noqa: E501
if torch.cuda.is_available and (torch):  # noqa: DEV101
    pass
""",
}


def devlint(folder: Path, *argv: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "devlint", "--isolated", "--output-format", "concise", *argv],
        cwd=folder,
        capture_output=True,
        check=False,
    )


def test_repair_keeps_all_but_the_bug(tmp_path: Path) -> None:
    files = {tmp_path / f"{odd}.py": text for odd, text in ODD.items()}
    bad = {path: re.sub(rb"<\+.*?\+>", b"", text, flags=re.DOTALL) for path, text in files.items()}
    fixed = {path: re.sub(rb"<\+|\+>", b"", text) for path, text in files.items()}
    for path in files:
        path.write_bytes(bad[path])
        path.chmod(0o750)

    targets = ("--targets", "cpu,cuda")  # else what needs CUDA here is a program for CUDA alone
    patch = devlint(tmp_path, "--diff", *targets).stdout
    assert {path: path.read_bytes() for path in files} == bad
    done = devlint(tmp_path, "--fix", *targets)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {path: path.read_bytes() for path in files} == fixed
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o750}
    assert devlint(tmp_path, "--diff").stdout == b""

    for path in files:
        path.write_bytes(bad[path])
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, check=True)
    assert {path: path.read_bytes() for path in files} == fixed


@pytest.mark.parametrize(
    ("statement", "version"), [(b"type X = int\n", (3, 12)), (b"try: ...\nexcept A, B: ...\n", (3, 14))]
)
def test_syntax_of_a_newer_python(tmp_path: Path, statement: bytes, version: tuple[int, int]) -> None:
    path = tmp_path / "new.py"
    path.write_bytes(b"import torch\n" + statement + TESTED)
    done = devlint(tmp_path)
    if sys.version_info >= version:
        assert b"DEV101" in done.stdout
    else:
        assert done.returncode == 0
        assert b": not looked at: needs a newer Python than 3." in done.stderr
        assert done.stdout.startswith(b"Nothing found, but 1 not looked at in full")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"import torch\n\nx = (torch.cuda.is_available\n", b"odd.py:3:"),
        (b"import torch\nif torch.cuda.is_available:\n    x = '\0'\n", b"odd.py:3:"),
        (b"import torch\n\tx = 1\ntorch.cuda.is_available\n", b"odd.py:2:"),
    ],
)
def test_a_file_that_is_no_python_is_one_finding(tmp_path: Path, data: bytes, place: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(data)
    done = devlint(tmp_path, "--fix")
    assert done.returncode == 1
    (finding,) = [line for line in done.stdout.splitlines() if b"DEV" in line]
    assert finding.startswith(place)
    assert b": DEV902 syntax-error: cannot be parsed: " in finding
    assert (tmp_path / "odd.py").read_bytes() == data


@pytest.mark.parametrize(
    ("data", "findings"),
    [
        (b"import torch\n" + (TESTED + b"x = 1\n" * 98) * 100, 100),
        (b"import torch\n" + b"x = not torch.cuda.is_available; " * 500 + b"\n", 500),
        (b"import torch\nx = '" + b"a" * 1_000_000 + b"'\n" + TESTED, 1),
        (b"import torch\ny = " + b"(" * 90 + b"torch.cuda.is_available or 1" + b")" * 90 + b"\n", 1),
        (b"import torch\n" + b"".join(b" " * n + b"if 1:\n" for n in range(90)) + b" " * 90 + TESTED[:27] + b"0\n", 1),
        (b"import torch\n" + TESTED + b"".join(b"def f%d(x): return f%d(x)\n" % (n, n + 1) for n in range(500)), 1),
        (b"import torch\n" + TESTED + b"elif 1: pass\n" * 90, 1),
    ],
    ids=["10,000 lines", "one long line", "one long string", "parentheses", "blocks", "calls", "branches"],
)
def test_large_and_deep_files(tmp_path: Path, data: bytes, findings: int) -> None:
    (tmp_path / "large.py").write_bytes(data)
    done = devlint(tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.count(b": DEV101 ") == findings


@pytest.mark.parametrize(
    "expression",
    [b"not " * 600 + b"1", b"1" + b" + 1" * 600, b"x" + b".y()" * 600],
)
def test_what_nests_too_deeply_does_no_harm(tmp_path: Path, expression: bytes) -> None:
    (tmp_path / "deep.py").write_bytes(b"import torch\nx = " + expression + b"\n" + TESTED)
    done = devlint(tmp_path)
    assert done.returncode in (0, 1)
    assert done.stderr.startswith(b"warning: deep.py:")
    assert b"Traceback" not in done.stderr


def test_functions_that_call_each_other_in_a_long_circle(tmp_path: Path) -> None:
    circle = "".join(f"def g{i}(m):\n  return g{(i + 1) % 800}(m.cuda())\n" for i in range(800))
    (tmp_path / "circle.py").write_text("import torch\nprint(torch.cuda.is_available())\n" + circle)
    done = devlint(tmp_path)
    assert done.returncode in (0, 1)
    assert b"crashed" not in done.stderr


def test_a_folder_that_links_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"import torch\n" + TESTED)
    (tmp_path / "again").symlink_to(".")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / "b.py").symlink_to("a.py")
    done = devlint(tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.splitlines()[1].startswith(b"Found 1 problem")
    assert devlint(tmp_path, "b.py").stdout.startswith(b"b.py:2:4: DEV101")
    missing = devlint(tmp_path, "loop.py")
    assert (missing.returncode, missing.stdout) == (2, b"")
    assert missing.stderr.startswith(b"error: loop.py: no such file or folder")


def test_odd_names(tmp_path: Path) -> None:
    names = ["with blanks.py", "声 é.py", "quote's\".py", "-dash.py", "--fix.py", "tab\there.py", "100%.py"]
    text = b"# coding: latin-1\nimport torch  # \xe9\n" + TESTED
    for name in names:
        (tmp_path / name).write_bytes(text)
    found = devlint(tmp_path, "--", *names).stdout.decode().splitlines()
    assert {line.partition(":3:4: DEV101")[0] for line in found[: len(names)]} == set(names)
    targets = ("--targets", "cpu,cuda")  # else what needs CUDA here is a program for CUDA alone
    patch = devlint(tmp_path, "--diff", *targets).stdout
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, check=True)
    fixed = text.replace(b"available:", b"available():")
    assert [(tmp_path / name).read_bytes() for name in names] == [fixed] * len(names)


def test_a_tree_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process, because whoever may do everything can write every file."""
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_bytes(b"import torch\n" + TESTED)

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.chdir(tmp_path)
    assert main(["--isolated", "--fix", "--output-format", "concise"]) == 2
    out, err = capsys.readouterr()
    assert err.splitlines() == [f"error: {name}: cannot be written: Read-only file system" for name in ("a.py", "b.py")]
    assert "Found 2 problems" in out
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py"]
    assert (tmp_path / "a.py").read_bytes() == b"import torch\n" + TESTED


def test_a_notebook_is_not_looked_at_yet(tmp_path: Path) -> None:
    data = b'{"cells": [{"cell_type": "code", "source": ["import torch\\n", "torch.cuda.is_available or 1"]}]}'
    (tmp_path / "app.ipynb").write_bytes(data)
    done = devlint(tmp_path, "--fix", "app.ipynb")
    assert done.returncode == 0
    assert done.stderr == b"warning: app.ipynb: not looked at: notebooks are not supported yet\n"
    assert done.stdout.startswith(b"Nothing found, but 1 not looked at in full")
    assert (tmp_path / "app.ipynb").read_bytes() == data


def test_what_is_found_does_not_depend_on_where_devlint_is_called_from(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "tests" / "app"
    folder.mkdir(parents=True)
    for path in (folder / "x.py", tmp_path / "x.py"):
        path.write_bytes(b'import torch\ndef f(p):\n    return torch.load(p)["a"]\nprint(torch.cuda.is_available())\n')
    for where, path in ((tmp_path, "tests/app/x.py"), (tmp_path / "tests", "app/x.py"), (folder, "x.py")):
        assert devlint(where, path).returncode == 0, "a test reads what it wrote itself"
    for where, path in ((tmp_path, "x.py"), (folder, "../../x.py"), (folder, str(tmp_path / "x.py"))):
        assert devlint(where, path).returncode == 1
