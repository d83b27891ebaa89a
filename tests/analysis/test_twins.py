"""Switches of half precision that one place asks for together with the device, and another alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

CODE = """
import torch

class Speech:
    def __init__(self, device, is_half):
        self.device, self.is_half = device, is_half
        self.model = build().to(device)
        if {guarded}:
            self.model = self.model.half()

    def __call__(self, wave):
        wave = wave.to(self.device)
        if {alone}:
            wave = wave.type(torch.float16)
        return self.model(wave)
"""


@pytest.mark.parametrize(
    ("guarded", "alone", "forgotten"),
    [
        ("self.is_half and str(self.device) != 'cpu'", "self.is_half", True),
        ("self.device.type == 'cuda' and self.is_half == True", "self.is_half is True", True),
        ("self.is_half", "self.is_half", False),
        ("self.is_half and self.device != 'cpu'", "self.is_half and self.device != 'cpu'", False),
        ("self.is_half and self.device != 'cpu'", "self.use_fp16", False),
        ("self.is_half and self.trained", "self.is_half", False),
    ],
)
def test_the_twin_without_the_device(
    program: Callable[[str], Program], guarded: str, alone: str, forgotten: bool
) -> None:
    found = program(CODE.format(guarded=guarded, alone=alone))
    halvings = found.analysis.halvings(found.span("wave.type(torch.float16)"))
    assert ("cpu" in {one.world.name for one in halvings}) is forgotten


@pytest.mark.parametrize(
    "settled",
    [
        "if self.device == 'cpu':\n            self.is_half = False",
        "self.is_half = is_half and device != 'cpu'",
    ],
)
def test_a_switch_that_is_set_by_the_device(program: Callable[[str], Program], settled: str) -> None:
    guarded = "self.is_half and self.device != 'cpu'"
    code = CODE.format(guarded=guarded, alone="self.is_half")
    code = code.replace("self.model = build()", f"{settled}\n        self.model = build()", 1)
    assert not (found := program(code)).analysis.halvings(found.span("wave.type(torch.float16)"))


def test_the_other_side_of_a_device_asks_too(program: Callable[[str], Program]) -> None:
    found = program(
        """
        import torch

        def build(device, is_half):
            model = make()
            if is_half and device != "cpu":
                return model.half()
            if device == "cpu":
                pass
            elif is_half:
                model = model.type(torch.float16)
            return model
        """
    )
    assert not found.analysis.halvings(found.span("model.type(torch.float16)"))


@pytest.mark.parametrize(
    ("test", "moved", "worlds"),
    [
        ("'half' in path and torch.cuda.is_available()", ".to(self.device)", {"cuda-cpu-requested"}),
        ("'half' in path and torch.cuda.is_available()", "", set()),
        ("torch.cuda.is_available() and self.device.type != 'cpu'", ".to(self.device)", set()),
    ],
)
def test_half_precision_by_the_machine_and_a_device_by_choice(
    program: Callable[[str], Program], test: str, moved: str, worlds: set[str]
) -> None:
    found = program(
        f"""
        import torch
        from torch import nn

        class Speech:
            def __init__(self, path, device=None):
                self.device = torch.device(device or "cuda")
                self.model = nn.Linear(3, 3)
                if {test}:
                    self.model = self.model.half(){moved}
        """
    )
    assert {one.world.name for one in found.analysis.halvings(found.span("self.model.half()"))} == worlds


def test_a_dtype_that_is_chosen_by_the_switch_alone(program: Callable[[str], Program]) -> None:
    code = """
        import torch

        class Speech:
            def __init__(self, device, is_half):
                self.device, self.is_half = device, is_half
                self.precision = torch.float16 if self.is_half else torch.float32
                {rest}

            def __call__(self, wave):
                return wave.to(dtype=self.precision)
        """
    choice = "torch.float16 if self.is_half else torch.float32"
    guarded = "self.model = build().half() if is_half and device != 'cpu' else build()"
    for rest, forgotten in ((guarded.replace("is_half and", "self.is_half and"), True), (guarded, False)):
        found = program(code.format(rest=rest))
        assert bool(found.analysis.halvings(found.span(choice))) is forgotten


def test_a_field_of_a_record_that_is_half_by_default(program: Callable[[str], Program]) -> None:
    code = """
        import torch
        from dataclasses import dataclass
        {option}
        @dataclass
        class Options:
            fp16: bool = True

        def decode(options, mel):
            if options.fp16:
                mel = mel.half()
            return mel
        """
    found = program(code.format(option=""))
    assert {one.world.device for one in found.analysis.halvings(found.span("True"))} == {"cpu"}
    found = program(code.format(option="parser.add_argument('--fp16')"))  # which this reads, perhaps
    assert not found.analysis.halvings(found.span("True"))
