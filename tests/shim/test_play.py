"""``devlint run``: a program in a world, as Python itself would run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Shell

from devlint.error import DevlintError
from devlint.parser import Play, parse
from devlint.shim import environment, play
from devlint.shim.profile import Profile
from devlint.world import Request, world_named

NOTE = "devlint: world `{}`: placement and errors are simulated, not numerics or speed\n"
BUG = "import torch\nx = torch.ones(2, device='cuda' if torch.cuda.is_available() else 'cpu')\nprint(x.numpy().sum())\n"

# -- the command line


@pytest.mark.parametrize(
    ("argv", "worlds", "program"),
    [
        ("--legacy-half --world cuda x.py", ["cuda"], ["x.py"]),
        ("--world cuda x.py", ["cuda"], ["x.py"]),
        ("--world=cpu,cuda x.py --world mps -m y -h", ["cpu", "cuda"], ["x.py", "--world", "mps", "-m", "y", "-h"]),
        ("--world cpu --world cuda -m mod -h --world x", ["cpu", "cuda"], ["-m", "mod", "-h", "--world", "x"]),
        ("--world cuda -- x.py -- a", ["cuda"], ["x.py", "--", "a"]),
    ],
)
def test_our_options_end_where_the_program_begins(argv: str, worlds: list[str], program: list[str]) -> None:
    assert parse(["run", *argv.split()]) == Play(worlds, Profile(legacy_half="--legacy-half" in argv), program)


@pytest.mark.parametrize(
    ("size", "count"),
    [("0", 0), ("1000", 1000), ("1.5K", 1536), ("512MiB", 512 << 20), ("8gb", 8 << 30), ("2T", 2 << 40)],
)
def test_sizes_are_counted_as_torch_counts_them(size: str, count: int) -> None:
    found = parse(["run", "--world", "cuda", "--async-copies", "--device-memory", size, "x.py", "--async-copies"])
    assert found == Play(["cuda"], Profile(async_copies=True, device_memory=count), ["x.py", "--async-copies"])


@pytest.mark.parametrize(
    "argv",
    [
        "x.py",
        "--world cuda",
        "--world cuda -m",
        "--world cuda --",
        "--wrong x.py",
        "--world cpu --device-memory 8X x.py",
        "",
    ],
)
def test_a_wrong_call_is_refused(shell: Shell, argv: str) -> None:
    done = shell.python("-m", "devlint", "run", *argv.split(), status=2)
    assert "devlint run: error: " in done.stderr


def test_the_help_lists_it_and_says_what_a_request_is(shell: Shell) -> None:
    assert "devlint run --world W" in shell.python("-m", "devlint", "--help").stdout
    assert "what is requested is for the program's own arguments" in shell.python("-m", "devlint", "run", "-h").stdout


def test_a_check_imports_none_of_it(shell: Shell) -> None:
    script = shell.write("app.py", "import torch\n\nif torch.cuda.is_available:\n    print('GPU')\n")
    done = shell.python(
        "-c",
        "import sys; from devlint.cli import main; assert main(sys.argv[1:]) == 1\n"
        "print([name for name in sys.modules if name.startswith(('devlint.shim', 'torch'))])",
        "--isolated",
        "-q",
        script,
    )
    assert done.stdout.endswith("\n[]\n")


# -- worlds by name


@pytest.mark.parametrize(
    ("name", "device", "count", "request_"),
    [
        ("cpu", None, 0, Request.NONE),
        ("driverless", None, 0, Request.NONE),
        ("cuda", "cuda", 1, Request.NONE),
        ("cuda-cpu-requested", "cuda", 1, Request.CPU),
        ("cuda-x2", "cuda", 2, Request.INDEX),
        ("cuda-x8", "cuda", 8, Request.INDEX),
        ("npu-x16", "npu", 16, Request.INDEX),
        ("mps", "mps", 1, Request.NONE),
        ("cuda-openvino", "cuda", 1, Request.NONE),
    ],
)
def test_worlds_have_names(name: str, device: str | None, count: int, request_: Request) -> None:
    world = world_named(name)
    assert (world.name, world.accelerator, world.count, world.request) == (name, device, count, request_)


@pytest.mark.parametrize(
    "name", ["", "gpu", "cuda-x1", "cuda-x0", "cuda-x02", "mps-x2", "cpu-x2", "cuda:2", "cuda-x2-x2"]
)
def test_there_are_no_others(name: str) -> None:
    with pytest.raises(DevlintError, match="there is no world"):
        world_named(name)


def test_an_unknown_world_is_a_wrong_call(shell: Shell) -> None:
    done = shell.play("cdua", "app.py", status=2)
    assert done.stderr == "error: there is no world `cdua`; did you mean `cuda`?\n"


# -- a program is run as Python runs it

SHOW = """\
import sys
print(sys.argv, sys.path[:2], __name__, __file__, __package__, sys.modules["__main__"].__dict__ is globals())
print(sorted(name for name in globals()))
"""


@pytest.mark.parametrize("program", ["app.py", "-m pkg", "-m pkg.mod", "pkg"])
def test_it_sees_what_it_would_see_without_devlint(shell: Shell, program: str) -> None:
    for name in ("app.py", "pkg/__main__.py", "pkg/mod.py"):
        shell.write(name, SHOW)
    argv = [*program.split(), "a", "-b", "--world", "x"]
    plain = shell.python(*argv)
    done = shell.play("cpu", *argv)
    assert done.stdout == plain.stdout
    assert done.stderr == NOTE.format("cpu")


@pytest.mark.parametrize(
    "ending",
    ["raise SystemExit", "sys.exit(3)", "sys.exit('a reason')", "raise ValueError('no')", "os._exit(7)", "1 +"],
)
def test_it_ends_as_it_would_end_without_devlint(shell: Shell, ending: str) -> None:
    script = shell.write("app.py", f"import os, sys\ndef main():\n    {ending}\nmain()\n")
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    done = shell.play("cuda", script, status=plain.returncode)
    assert done.stderr == NOTE.format("cuda") + plain.stderr


def test_a_script_that_is_not_there(shell: Shell) -> None:
    assert "can't open file" in shell.play("cuda", "missing.py", status=2).stderr


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_death_by_signal_is_no_verdict(shell: Shell, number: signal.Signals) -> None:
    script = shell.write("app.py", f"import os\nos.kill(os.getpid(), {int(number)})\n")
    done = shell.play("cuda", script, status=128 + number)
    assert f"unsupported: the process died by {number.name} in world `cuda`; no verdict" in done.stderr


def test_what_cannot_be_played_is_no_verdict_even_where_it_is_caught(shell: Shell) -> None:
    shell.write(
        "child.py",
        """\
        from devlint.shim import Unsupported
        try:
            raise Unsupported("aten::nothing")
        except Exception:
            pass
        """,
    )
    script = shell.write("app.py", "import subprocess, sys\nsubprocess.run([sys.executable, 'child.py'], check=True)\n")
    done = shell.play("cuda", script)
    assert done.stderr.endswith("devlint: unsupported: aten::nothing in world `cuda`; no verdict\n")


def _heed_signals() -> None:
    """Undo what ``nohup`` and a shell's ``&`` make this process, and all that it starts, ignore."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_tells_the_program(shell: Shell, number: signal.Signals) -> None:
    script = shell.write("app.py", "import time\nprint('ready', flush=True)\ntime.sleep(100)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "devlint", "run", "--world", "cpu", script],
        env=shell.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_signals,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said == NOTE.format("cpu")


def test_an_interrupt_at_the_terminal_is_for_the_program(shell: Shell) -> None:
    script = shell.write(
        "app.py",
        """\
        import sys, time
        try:
            print("ready", flush=True)
            time.sleep(100)
        except KeyboardInterrupt:
            sys.exit(5)
        """,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "devlint", "run", "--world", "cpu", script],
        env=shell.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=_heed_signals,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) == 5


def test_standard_input_is_the_program_s(shell: Shell) -> None:
    script = shell.write("app.py", "print(input()[::-1])\n")
    command = [sys.executable, "-m", "devlint", "run", "--world", "cpu", script]
    done = subprocess.run(command, env=shell.env, input="abc\n", capture_output=True, text=True, check=True)
    assert done.stdout == "cba\n"


# -- worlds


def test_a_bug_raises_in_its_world_alone(shell: Shell) -> None:
    script = shell.write("app.py", BUG)
    assert shell.play("cpu", script).stdout == "2.0\n"
    for world, device in (("cuda", "cuda:0"), ("cuda-x3", "cuda:0"), ("cuda-cpu-requested", "cuda:0")):
        done = shell.play(world, script, status=1)
        assert done.stderr.endswith(f"TypeError: can't convert {device} device type tensor to numpy. "
                                    "Use Tensor.cpu() to copy the tensor to host memory first.\n")  # fmt: skip
        assert "devlint/" not in done.stderr


@pytest.mark.parametrize("name", ["cpu", "driverless"])
def test_a_world_without_a_gpu_complains_in_its_own_words(shell: Shell, name: str) -> None:
    world = world_named(name)
    calls = ("torch.ones(1, device='cuda')", "torch.ones(1).cuda()", "torch.cuda.current_device()")
    program = "import sys\nimport torch\ntry: exec(sys.argv[1])\nexcept Exception as e: print(type(e).__name__, e)\n"
    script = shell.write("app.py", program)
    for call in calls:
        assert shell.play(name, script, call).stdout.startswith(f"{world.missing} {world.complaint}")


def test_of_several_worlds_each_has_its_heading(shell: Shell) -> None:
    script = shell.write("app.py", BUG)
    done = shell.play("cpu,cuda,cpu", script, status=1)
    assert done.stdout == "== world cpu ==\n2.0\n== world cuda ==\n"
    assert done.stderr.startswith(NOTE.format("cpu").replace("world `cpu`", "worlds `cpu`, `cuda`"))
    assert done.stderr.endswith("devlint: world `cpu`: exit status 0\ndevlint: world `cuda`: exit status 1\n")


def test_several_worlds_without_a_failure(shell: Shell) -> None:
    script = shell.write("app.py", BUG.replace(".numpy()", ".cpu().numpy()"))
    assert shell.play("cpu,cuda-x2", script).stdout == "== world cpu ==\n2.0\n== world cuda-x2 ==\n2.0\n"


def test_a_death_in_one_of_several_worlds_fails(shell: Shell) -> None:
    script = shell.write("app.py", "import os, torch\nif torch.cuda.is_available(): os.kill(os.getpid(), 11)\n")
    done = shell.play("cpu,cuda", script, status=1)
    assert "devlint: unsupported: the process died by SIGSEGV in world `cuda`; no verdict\n" in done.stderr


def test_a_torch_that_cannot_be_played_is_refused_in_one_line(shell: Shell, fake_torch: Callable[..., Path]) -> None:
    script = shell.write("app.py", "print('never')\n")
    path = f"{fake_torch('2.9.1')}:{shell.env['PYTHONPATH']}"
    done = shell.play("cuda", script, status=2, PYTHONPATH=path)
    assert done.stdout == ""
    assert done.stderr == "error: worlds are played with torch 2.10 or newer, and this is 2.9.1\n"


LEGACY = "import torch\ntorch.nn.Linear(2, 2).half()(torch.ones(1, 2).half())\nprint('fine')\n"
REFUSED = "\"addmm_impl_cpu_\" not implemented for 'Half'\n"


def test_the_cpu_may_refuse_half_precision_as_it_used_to(shell: Shell) -> None:
    script = shell.write("app.py", LEGACY)
    assert shell.play("cpu", script).stdout == "fine\n"
    assert shell.play("cpu", "--legacy-half", script, status=1).stderr.endswith(REFUSED)
    parent = shell.write("parent.py", "import subprocess, sys\nsubprocess.run([sys.executable, 'app.py'])\n")
    assert shell.play("cuda", "--legacy-half", parent).stderr.endswith(REFUSED)


COPIES = """\
import sys, torch
x = torch.ones(2, device=sys.argv[1])
found = [x.to("cpu", non_blocking=True)]
found.append(found[0].clone())
getattr(torch, sys.argv[1]).synchronize()
found.append(torch.zeros(2).copy_(x, non_blocking=True).clone())
found.append(x.to("cpu", non_blocking=True).clone())
found.append((x + 1).to("cpu", torch.int64, non_blocking=True))
count = x.nonzero()
found.append(x.to("cpu", non_blocking=True))
event = torch.Event(sys.argv[1])
event.record()
found.append([event.query(), event.query()])
found.append(x.to("cpu", non_blocking=True))
number = x[0].item()
found.append(x.to("cpu", non_blocking=True))
host = x.cpu()
found.append(x.to("cpu", non_blocking=True).is_pinned())
print(*[one.tolist() if isinstance(one, torch.Tensor) else one for one in found])
"""


@pytest.mark.parametrize(
    ("device", "pageable", "pinned"),
    [("cuda", "[1.0, 1.0]", True), ("xpu", "[1.0, 1.0]", True), ("mps", "[0.0, 0.0]", False)],
)
def test_a_copy_to_the_host_may_take_its_time(shell: Shell, device: str, pageable: str, pinned: bool) -> None:
    """Before a synchronisation the host sees zeros where the device writes, and afterwards what was copied; a kernel
    whose result the host needs, a blocking copy, a number that is read and an event that is waited for synchronise."""
    script = shell.write("app.py", COPIES)
    done = shell.play(device, "--async-copies", script, device)
    late, arrived = "[0.0, 0.0]", "[1.0, 1.0]"
    told = (arrived, late, pageable, late, "[2, 2]", arrived, "[False, True]", arrived, arrived, pinned)
    assert done.stdout == " ".join(map(str, told)) + "\n"
    at_once = shell.play(device, script, device).stdout
    assert late not in at_once
    assert "[True, True]" in at_once


def test_the_memory_of_a_device_may_be_small(shell: Shell) -> None:
    text = "import torch\nkept = torch.ones(1 << 18, device='cuda')\nprint(torch.cuda.mem_get_info())\n"
    script = shell.write("app.py", text + "torch.ones(1 << 18, device='cuda')\n")
    done = shell.play("cuda", "--device-memory", "1536KiB", script, status=1)
    assert done.stdout == f"({1 << 19}, {3 << 19})\n"
    assert done.stderr.endswith(
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 MiB. GPU 0 has a total capacity of "
        "1.50 MiB of which 512.00 KiB is free.\n"
    )


# -- real accelerators


def test_a_real_gpu_is_hidden_and_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cuda = [world_named("cuda")]
    monkeypatch.setattr(environment, "_REAL", (f"{tmp_path}/nvidia[0-9]*",))
    assert "CUDA_VISIBLE_DEVICES" not in environment.environment("cuda", "", {})
    assert environment.environment("cuda", "", {"CUDA_VISIBLE_DEVICES": "3"})["CUDA_VISIBLE_DEVICES"] == "3"
    assert not play.note(cuda).endswith(play.HIDDEN)
    (tmp_path / "nvidia0").touch()
    assert environment.environment("cuda", "", {"CUDA_VISIBLE_DEVICES": "3"})["CUDA_VISIBLE_DEVICES"] == ""
    assert play.note(cuda).endswith("; the GPU of this machine is hidden")


def test_vendors_plug_ins_stay_out(shell: Shell) -> None:
    shell.write("vendor/vendor_torch.py", "def autoload():\n    raise SystemExit('the vendor was here')\n")
    shell.write("vendor/vendor-1.dist-info/entry_points.txt", "[torch.backends]\nvendor = vendor_torch:autoload\n")
    shell.write("vendor/vendor-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: vendor\nVersion: 1\n")
    path = f"{shell.folder}/vendor:{shell.env['PYTHONPATH']}"
    assert "the vendor was here" in shell.python("-c", "import torch", status=1, PYTHONPATH=path).stderr
    script = shell.write("app.py", "import torch\nprint(torch.cuda.is_available())\n")
    assert shell.play("cuda", script, PYTHONPATH=path).stdout == "True\n"
