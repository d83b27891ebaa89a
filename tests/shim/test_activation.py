"""The shim is in place before anybody sees torch, in a process and in all of its children."""

from __future__ import annotations

import ast
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SOURCES, Shell

from devlint.shim.environment import SITE

ASK = "import torch; print(torch.cuda.is_available(), torch.cuda.device_count())"
#: what is said in every process of world cuda-x2
TWO = "True 2\n"


def test_an_early_import_from_torch_sees_the_world(shell: Shell) -> None:
    script = shell.write("app.py", "from torch.cuda import is_available\nprint(is_available())\n")
    assert shell.play("cuda", script).stdout == "True\n"
    assert shell.play("cpu", script).stdout == "False\n"


def test_no_thread_sees_torch_without_its_world(shell: Shell) -> None:
    script = shell.write(
        "app.py",
        """\
        import threading
        seen = []
        def look():
            import torch.cuda
            seen.append(torch.cuda.device_count())
        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(seen)
        """,
    )
    assert shell.play("cuda-x2", script).stdout == f"{[2] * 8}\n"


def test_who_only_looks_for_torch_imports_nothing_and_spoils_nothing(shell: Shell) -> None:
    script = shell.write(
        "app.py",
        """\
        import sys
        from importlib.machinery import SourceFileLoader
        from importlib.util import find_spec
        for _ in range(2):
            assert find_spec("torch").loader.get_filename("torch") == find_spec("torch").origin
            assert "torch" not in sys.modules
        import torch
        assert type(torch.__loader__) is type(torch.__spec__.loader) is SourceFileLoader
        print(torch.cuda.is_available())
        """,
    )
    assert shell.play("cuda", script).stdout == "True\n"


def test_a_program_without_torch_does_not_import_it(shell: Shell) -> None:
    script = shell.write("app.py", "import sys\nprint([name for name in sys.modules if 'torch' in name])\n")
    assert shell.play("cuda", script).stdout == "[]\n"


def test_torch_that_is_there_already_is_refused_in_one_line(shell: Shell) -> None:
    done = shell.python(
        "-c",
        """
import sys
sys.modules["torch"] = None
from devlint.shim import Unsupported
from devlint.shim.activation import activate
try:
    activate("cuda")
except Unsupported as error:
    print(error.line)
""",
    )
    assert done.stdout == "world `cuda` cannot be played: torch was imported before the shim was in place\n"


def test_a_process_plays_one_world(shell: Shell) -> None:
    done = shell.python(
        "-c",
        """
from devlint.shim import Unsupported
from devlint.shim.activation import activate
activate("cuda")
activate("cuda")
import torch
activate("cuda")
try:
    activate("mps")
except Unsupported as error:
    print(torch.cuda.is_available(), error.line)
""",
    )
    assert done.stdout == "True world `mps` cannot be played in a process that plays `cuda`\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_play_it(shell: Shell, method: str) -> None:
    script = shell.write(
        "app.py",
        f"""\
        import multiprocessing
        def ask(queue):
            import torch
            queue.put((torch.cuda.device_count(), torch.ones(2).is_cuda))
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            queue = context.SimpleQueue()
            process = context.Process(target=ask, args=(queue,))
            process.start()
            print(queue.get())
            process.join()
            assert process.exitcode == 0
        """,
    )
    assert shell.play("cuda-x2", script).stdout == "(2, False)\n"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_data_loader_play_it(shell: Shell, method: str) -> None:
    script = shell.write(
        "app.py",
        f"""\
        import torch
        from torch.utils.data import DataLoader, Dataset
        class Data(Dataset):
            def __len__(self):
                return 4
            def __getitem__(self, index):
                assert torch.utils.data.get_worker_info() is not None
                return torch.tensor([index, torch.cuda.device_count()])
        if __name__ == "__main__":
            loader = DataLoader(Data(), batch_size=2, num_workers=2, multiprocessing_context={method!r})
            print([(batch.device.type, batch.cuda().tolist()) for batch in loader])
        """,
    )
    assert shell.play("cuda-x2", script).stdout == "[('cpu', [[0, 2], [1, 2]]), ('cpu', [[2, 2], [3, 2]])]\n"


def test_programs_that_it_starts_play_it(shell: Shell) -> None:
    shell.write("child.py", ASK)
    script = shell.write(
        "app.py", "import subprocess, sys\nsys.exit(subprocess.run([sys.executable, 'child.py']).returncode)\n"
    )
    assert shell.play("cuda-x2", script).stdout == TWO


def test_workers_of_torchrun_play_it(shell: Shell) -> None:
    script = shell.write(
        "app.py",
        """\
        import os
        import torch
        import torch.distributed as dist
        dist.init_process_group("gloo")
        total = torch.ones(1) * torch.cuda.device_count()
        dist.all_reduce(total)
        if dist.get_rank() == 0:
            print(total.item())
        dist.destroy_process_group()
        """,
    )
    done = shell.play("cuda-x2", "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", script)
    assert done.stdout == "4.0\n"


# -- the sitecustomize


def played(shell: Shell, *argv: object, status: int = 0, world: str = "cuda", path: str = "", **env: str) -> str:
    """What a child of a played process prints, with standard error behind."""
    path = ":".join(filter(None, (SITE, path, SOURCES)))
    done = shell.python(*argv, status=status, DEVLINT_WORLD=world, PYTHONPATH=path, **env)
    return done.stdout + done.stderr


def test_an_existing_sitecustomize_is_run_in_its_place(shell: Shell) -> None:
    shell.write("theirs/sitecustomize.py", "import sys\nRAN = True\nPATH = list(sys.path)\n")
    said = played(
        shell,
        "-c",
        "import sys, sitecustomize as s; print(s.RAN, s.__file__, [p for p in sys.path + s.PATH if 'shim/site' in p])",
        path=str(shell.folder / "theirs"),
    )
    assert said == f"True {shell.folder}/theirs/sitecustomize.py []\n"


def test_an_existing_sitecustomize_that_imports_torch_sees_the_world(shell: Shell) -> None:
    shell.write("theirs/sitecustomize.py", ASK)
    assert played(shell, "-c", "", path=str(shell.folder / "theirs")) == "True 1\n"


def test_an_existing_sitecustomize_that_fails_is_reported_as_ever(shell: Shell) -> None:
    shell.write("theirs/sitecustomize.py", "raise ValueError('theirs')\n")
    plain = shell.python("-c", "print(1)", PYTHONPATH=f"{shell.folder}/theirs")
    assert "ValueError: theirs" in plain.stderr
    assert played(shell, "-c", "print(1)", path=str(shell.folder / "theirs")) == plain.stdout + plain.stderr


def test_a_child_needs_no_devlint_of_its_own(shell: Shell) -> None:
    """A Python of another environment finds neither devlint nor torch, and is not disturbed."""
    venv.create(shell.folder / "other", symlinks=True)
    python = shell.folder / "other" / "bin" / "python"
    script = shell.write(
        "app.py",
        f"""\
        import subprocess
        command = [{str(python)!r}, "-c", "import sys, json; print(sys.prefix, 'torch' in sys.modules)"]
        print(subprocess.run(command, capture_output=True, text=True, check=True))
        """,
    )
    assert repr(f"{shell.folder}/other False\n") in shell.play("cuda", script).stdout
    missing = f"import subprocess, sys; sys.exit(subprocess.run([{str(python)!r}, '-c', 'import torch']).returncode)"
    script.write_text(missing)
    assert "No module named 'torch'" in shell.play("cuda", script, status=1).stderr


def test_a_child_with_a_torch_that_cannot_be_played_is_refused_in_one_line(
    shell: Shell, fake_torch: Callable[..., Path]
) -> None:
    fake = fake_torch("2.9.1")
    said = played(shell, "-c", "import torch", status=2, path=str(fake))
    assert said == "devlint: worlds are played with torch 2.10 or newer, and this is 2.9.1\n"


def test_a_child_of_an_unknown_world_is_refused_once_it_imports_torch(shell: Shell) -> None:
    assert played(shell, "-c", "print(1)", world="nowhere") == "1\n"
    said = played(shell, "-c", "import torch", status=2, world="nowhere")
    assert said.startswith("devlint: there is no world `nowhere`; ")
    assert said.count("\n") == 1


def test_an_old_python_can_read_the_sitecustomize() -> None:
    """It plays nothing there, and must not fail either."""
    source = Path(SITE, "sitecustomize.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("match source:\n    case _: pass", feature_version=(3, 6))


def test_a_child_that_reads_no_environment_is_not_disturbed(shell: Shell) -> None:
    assert played(shell, "-I", "-c", "print(1)") == "1\n"


def test_python_starts_about_as_fast(shell: Shell) -> None:
    """What every child pays: no module but those of activation itself."""
    said = played(shell, "-c", "import sys; print(sorted(name for name in sys.modules if name.startswith('devlint')))")
    assert (
        said
        == f"{['devlint', 'devlint.error', 'devlint.shim', 'devlint.shim.activation', 'devlint.shim.environment']}\n"
    )
