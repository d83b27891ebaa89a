"""Small programs with the shapes of bugs that were reported of large ones, played: where each fails or computes on the
wrong device, in torch's words, and that its repair does neither.

The folders: ``recogniser`` is FunASR's choice of a device, ``audiobook`` ebook2audiobook's trimming of silence,
``voice`` GPT-SoVITS' half precision, ``layout`` PDFMathTranslate's models behind one interface, ``painter`` SD.Next's
selector. What a program prints is where it computed; the linter's reductions of the same bugs are in tests/projects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playing import play

from devlint.world import world_named

#: GPUs are looked for by name in these programs, so that a Mac is a machine without one
WITHOUT = ("cpu", "mps")
NUMPY = (
    "TypeError: can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory "
    "first.\n"
)
HALF = "RuntimeError: \"slow_conv2d_cpu\" not implemented for 'Half'\n"


@dataclass(frozen=True)
class Play:
    """One program with the same arguments in several worlds: what it prints in each, and the exception that ends it
    instead where it fails."""

    program: str
    arguments: tuple[str, ...] = ()
    prints: dict[str, list[str]] = field(default_factory=dict)
    raises: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((*self.options, self.program, *self.arguments)).replace(".py", "")


READ = ["cuda:0 20", "cuda:0 23"]
REQUESTS = ("default", "ngpu=1", "ngpu=0", "device=cuda:0", "device=cuda:0,ngpu=1")


def recogniser(program: str, *devices: str) -> Play:
    """FunASR's table: where it computes for each request on a machine with GPUs; on one without always on the CPU."""

    def table(devices: tuple[str, ...]) -> list[str]:
        return [f"{request} {device}" for request, device in zip(REQUESTS, devices, strict=True)]

    prints = {world: table(devices) for world in ("cuda", "cuda-x2")}
    return Play(f"recogniser/{program}", REQUESTS, prints | {world: table(("cpu",) * 5) for world in WITHOUT})


def everywhere(*lines: str) -> dict[str, list[str]]:
    return {world: list(lines) for world in (*WITHOUT, "cuda")}


def on(**devices: str) -> dict[str, list[str]]:
    return {world.replace("_", "-"): [device] for world, device in devices.items()}


PLAYS = [
    # one GPU asked for is none, and none asked for is one; then the repair that forgot who names a device
    recogniser("broken.py", "cuda:0", "cpu", "cuda:0", "cuda:0", "cpu"),
    recogniser("half_repaired.py", "cpu", "cuda:0", "cpu", "cpu", "cuda:0"),
    recogniser("repaired.py", "cuda:0", "cuda:0", "cpu", "cuda:0", "cuda:0"),
    # NumPy is given what the model returned
    Play("audiobook/broken.py", prints=everywhere("cpu 20", "cpu 23")),
    Play("audiobook/broken.py", ("--device", "gpu"), raises={"cuda": NUMPY, "cuda-x2": NUMPY}),
    Play("audiobook/repaired.py", prints=everywhere("cpu 20", "cpu 23")),
    Play("audiobook/repaired.py", ("--device", "gpu"), {"cuda": READ, "cuda-x2": READ}),
    # half precision is chosen before any device is: torch refused it on the CPU up to 2.1
    Play(
        "voice/broken.py",
        prints=on(cuda="cuda:0 torch.float16", mps="mps:0 torch.float16"),
        raises={"cpu": HALF, "driverless": HALF},
        options=("--legacy-half",),
    ),
    Play("voice/broken.py", prints=on(cpu="cpu torch.float16")),
    Play(
        "voice/repaired.py",
        prints=on(
            cpu="cpu torch.float32",
            driverless="cpu torch.float32",
            cuda="cuda:0 torch.float16",
            mps="mps:0 torch.float32",
        ),
        options=("--legacy-half",),
    ),
    # the device is handed over, and swallowed
    Play("layout/broken.py", prints=everywhere("cpu")),
    Play("layout/repaired.py", prints=on(cpu="cpu", mps="cpu", cuda="cuda:0")),
    # a GPU that is there is taken, whatever the backend
    Play("painter/broken.py", prints=on(cpu="cpu", cuda="cuda:0", mps="mps:0")),
    Play("painter/repaired.py", prints=on(cpu="cpu", cuda="cuda:0", mps="mps:0")),
    Play("painter/broken.py", ("--use-openvino",), prints=on(cpu="cpu", cuda_openvino="cuda:0", mps_openvino="cpu")),
    Play("painter/repaired.py", ("--use-openvino",), prints=on(cpu="cpu", cuda_openvino="cpu", mps_openvino="cpu")),
]


@pytest.mark.parametrize("case", PLAYS, ids=str)
def test_a_program_does_in_each_world_what_the_hardware_makes_it_do(case: Play, cache_home: Path) -> None:
    found = play(cache_home, (*case.prints, *case.raises), *case.options, case.program, *case.arguments)
    assert {world: found.printed[world].splitlines() for world in case.prints} == case.prints
    assert found.statuses == dict.fromkeys(case.prints, 0) | dict.fromkeys(case.raises, 1), found.errors
    for text in set(case.raises.values()):
        assert found.errors.count(text) == list(case.raises.values()).count(text)


def test_who_repairs_the_selector_computes_where_the_backend_does() -> None:
    """The world says where the backend of the program's choice has its tensors, and the table above agrees."""
    (repaired,) = (case for case in PLAYS if case.program == "painter/repaired.py" and case.arguments)
    assert repaired.prints == {world: [world_named(world).device] for world in repaired.prints}
