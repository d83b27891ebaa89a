"""What MPS has no kernel for, with the environment variable that leaves it to the CPU."""

from __future__ import annotations

from conftest import Shell

PROGRAM = """\
import torch
matrix = torch.diag(torch.tensor([1.0, 2.0], device="mps"))
print(torch.linalg.eigvals(matrix), torch.linalg.eigvalsh(matrix), torch.linalg.svd(matrix).S)
"""
WARNING = (
    "UserWarning: The operator 'aten::_linalg_eigvals' is not currently supported on the MPS backend and will fall "
    "back to run on the CPU. This may have performance implications.\n"
)


def test_the_cpu_may_compute_what_is_missing(shell: Shell) -> None:
    script = shell.write("app.py", PROGRAM)
    done = shell.play("mps", script, PYTORCH_ENABLE_MPS_FALLBACK="1")
    assert done.stdout == (
        "tensor([1.+0.j, 2.+0.j], device='mps:0') tensor([1., 2.], device='mps:0') tensor([2., 1.], device='mps:0')\n"
    )
    assert done.stderr.count(WARNING) == 1
    assert done.stderr.count("UserWarning") == 1  # torch says it once, of the first operator


def test_by_default_it_is_missing(shell: Shell) -> None:
    done = shell.play("mps", shell.write("app.py", PROGRAM), status=1, PYTORCH_ENABLE_MPS_FALLBACK="0")
    assert "NotImplementedError: The operator 'aten::_linalg_eigvals' is not currently implemented" in done.stderr
