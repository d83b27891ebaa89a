"""More of the program in the place of stand-ins: who calls a function, who computes with a result, other repairs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

NET = """\
import torch
class Voice(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
    def infer(self, units, seed=1):
        if units.device == torch.device("cuda"):
            torch.cuda.manual_seed_all(seed)
        return units.size(0) + self.width
"""
APP = """\
import torch
from library import read
from net import Voice
class Service:
    def __init__(self, options):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = Voice(4).to(self.device)
    def units(self):
        return UNITS
    def run(self):
        units = self.units()
        print(options.text)
        return self.net.infer(units, seed=2)
def main(options):
    service = Service(options)
    service.run()
"""
HALF = """\
import os, torch
from transformers import AutoModel
is_half = eval(os.environ.get("is_half", "True"))
device = "cuda" if torch.cuda.is_available() else "cpu"
weights = os.environ.get("folder") + "/weights"
model = AutoModel.from_pretrained(weights)
if is_half == True:
    model = model.half().to(device)
else:
    model = model.to(device)
"""
TWICE = """\
import time, torch
x = torch.ones(3)
torch.cuda.synchronize()
start = time.time()
torch.cuda.synchronize()
print(time.time() - start)
"""


def verified(folder: Path, **files: str) -> list[dict[str, Any]]:
    """What `devlint verify` says of the fixes in some files."""
    (folder / "pyproject.toml").touch()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    command = [sys.executable, "-m", "devlint", "verify", ".", "--output-format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return [found["verified"] for found in json.loads(done.stdout)["findings"]]


@pytest.mark.parametrize(
    ("units", "verdict", "reason"),
    [
        ("torch.ones(3).to(self.device)", "derived", "every input is the program's own, called from app.py:13"),
        ("read()", "assumed", "`units` is a tensor on cuda"),
    ],
)
def test_what_a_caller_hands_over(tmp_path: Path, units: str, verdict: str, reason: str) -> None:
    """What a library reads may be anywhere: then it is a stand-in that decides, whoever calls."""
    (found,) = verified(tmp_path, net=NET, app=APP.replace("UNITS", units))
    assert found["verdict"] == verdict, found
    assert reason in found["reason"]


@pytest.mark.parametrize(
    ("use", "verdict", "reason"),
    [
        ("def embed(text):\n    return model(text)\n", "derived", "has a say in it, where app.py:12 computes with it"),
        ("def save(path):\n    torch.save(model.state_dict(), path)\n", "assumed", "`model` is computed with"),
    ],
)
def test_what_is_computed_with(tmp_path: Path, use: str, verdict: str, reason: str) -> None:
    """The environment has to have a folder for it: which one it is has no say."""
    (found,) = verified(tmp_path, app=HALF + use)
    assert found["verdict"] == verdict, found
    assert reason in found["reason"]


def test_other_bugs_on_the_way_are_repaired_before(tmp_path: Path) -> None:
    first, second = verified(tmp_path, app=TWICE)
    assert (first["verdict"], first["reason"]) == ("derived", "every input is the program's own")
    assert second["verdict"] == "derived"
    assert second["reason"] == "every input is the program's own, once the other fixes of the file are applied"


LAYER = """\
import torch
class Layer(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width))
    def forward(self, x):
        noise = torch.rand(x.shape).cuda()
        return x * self.weight + noise
"""
TRAINING = """\
import torch
from layer import Layer
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
layer = Layer(4).to(device)
print(layer(torch.ones(2, 4, device=device)))
"""


def test_who_calls_a_module_calls_its_forward(tmp_path: Path) -> None:
    """The repair puts the noise where `x` is, which is for the callers to say."""
    (found,) = verified(tmp_path, layer=LAYER, training=TRAINING)
    assert found["verdict"] == "derived", found
    assert found["reason"] == "every input is the program's own, called from training.py:5"
    (alone,) = verified(tmp_path, layer=LAYER, training="")
    assert alone["verdict"] == "assumed", alone


@pytest.mark.parametrize(
    "text",
    [
        "import torch\ndef tone(size=4, device='cuda'):\n    return torch.ones(size, device=device)\nprint(tone())\n",
        """\
        import torch
        class Voice:
            def __init__(self, device="cuda"):
                self.device = device
            def tone(self):
                return torch.ones(4, device=self.device)
        print(Voice().tone())
        """,
    ],
)
def test_a_default_is_tried_where_it_is_used(tmp_path: Path, text: str) -> None:
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] == "derived", found
    assert found["worlds"]["cpu"]["before"]["error"].startswith("AssertionError: Torch not compiled with CUDA")


@pytest.mark.parametrize(
    "text",
    [
        "import torch\ndef tone():\n    device = torch.device('cuda')\n    return torch.ones(4, device=device)\n",
        """\
        import torch
        class Voice:
            def __init__(self):
                self.device = "cuda:0"
            def tone(self):
                return torch.ones(4).to(self.device)
        print(Voice().tone())
        """,
        """\
        import torch
        def tones(device):
            yield torch.ones(4, device=device)
        every = tones("cuda")
        for tone in every:
            print(tone)
        """,
    ],
)
def test_what_a_place_makes_is_tried_where_it_is_used(tmp_path: Path, text: str) -> None:
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] == "derived", found
    assert found["worlds"]["cpu"]["before"]["error"].startswith("AssertionError: Torch not compiled with CUDA")


def test_a_use_that_goes_on_failing_refutes_nothing(tmp_path: Path) -> None:
    text = """\
    import torch
    def tone():
        device = torch.device("cuda")
        assert str(torch.ones(4, device=device).device) != "cpu"
    """
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] == "checked", found


def test_a_device_that_callers_give_is_that_of_the_world(tmp_path: Path) -> None:
    """The repair hands on what `__init__` is given, whatever it does without."""
    text = """\
    import torch
    class Voice:
        def __init__(self, device="cuda"):
            self.device = device
        def tone(self, batch):
            return batch["tone"].cuda() * 2
    Voice("cuda" if torch.cuda.is_available() else "cpu").tone({"tone": torch.ones(1)})
    """
    found = verified(tmp_path, app=text)
    assert found
    assert all(one["verdict"] in ("assumed", "derived") for one in found), found


def test_the_text_of_a_device_is_no_request(tmp_path: Path) -> None:
    """What is made of a device that the program has chosen says where that is."""
    text = """\
    import torch
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = torch.nn.Linear(4, 4).to(device)
    model = model.half()
    made = model(torch.ones(1, 4, device=device, dtype=model.weight.dtype))
    """
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] in ("assumed", "derived"), found
    (told,) = found["worlds"]["cuda-cpu-requested"]["after"]["values"].values()
    assert "cuda:0 float16" in told


def test_where_a_tensor_is_is_no_request(tmp_path: Path) -> None:
    """What the user asks for in `cuda-x2` is the second GPU: what stands in is not there for that."""
    text = """\
    import torch
    class Layer(torch.nn.Module):
        def forward(self, inputs):
            ones = torch.ones(inputs.shape)
            return torch.cat([ones, inputs])
    """
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] in ("assumed", "derived"), found
    assert found["worlds"]["cuda-x2"]["after"]["error"] is None


def test_what_has_parts_by_name_is_no_tensor(tmp_path: Path) -> None:
    text = """\
    import torch
    class Pose(torch.nn.Module):
        def forward(self, x):
            return x["pose"].cuda().squeeze(0)
    """
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] == "derived", found


def test_what_has_no_say_in_the_right_shape_has_none(tmp_path: Path) -> None:
    text = """\
    import torch
    def prepare(mask: torch.Tensor):
        return mask.permute(2, 1, 0)[None].cuda()
    """
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] == "derived", found


def test_a_tensor_may_have_one_dimension(tmp_path: Path) -> None:
    text = """\
    import torch
    class Reader:
        def read(self, path):
            from library import wave
            x = torch.from_numpy(wave(path)).float().cuda()
            assert x.dim() == 1
            return x
    """
    (found,) = verified(tmp_path, app=text)
    assert found["verdict"] in ("derived", "assumed"), found
