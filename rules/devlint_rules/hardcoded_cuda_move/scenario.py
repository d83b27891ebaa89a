"""CUDA that is written down: there may be none, or another device that was asked for."""

import torch

from devlint.scenario import Load, World, case, device_of

UNBUILT = "AssertionError: Torch not compiled with CUDA enabled"
NO_DRIVER = "RuntimeError: Found no NVIDIA driver on your system"
ABSENT = {"cpu": UNBUILT, "driverless": NO_DRIVER}
#: the model is where it was asked for, and what it is given is not: the rule only asks whether there is CUDA at all
APART = {**ABSENT, "cuda-cpu-requested cuda-x2": "RuntimeError: Expected all tensors to be on the same device"}
IGNORED = "cuda-cpu-requested cuda-x2"
CHOSEN = {"cpu driverless cuda-cpu-requested": "cpu", "*": "{device}"}
FIRST = {"cpu driverless": "cpu", "*": "cuda:0"}


@case(at="torch.zeros(mel.size(0), 256).cuda()", bad=APART, fixed=CHOSEN, missed=IGNORED)
def forward(load: Load, world: World) -> object:
    device = device_of(world)
    return load().Vocoder().to(device)(torch.ones(2, 80, device=device)).device


@case(at='device="cuda:0"', bad=ABSENT, fixed=FIRST)
def mask(load: Load, world: World) -> object:
    return load().Vocoder().mask(torch.ones(2, 80)).device


def trained(load: Load, world: World) -> object:
    load().train([(torch.ones(2, 80), torch.ones(2, 256))], device_of(world))
    return "trained"


mel = case(at="mel.cuda(non_blocking=True)", bad=APART, fixed="trained", missed=IGNORED)(trained)
target = case(at='target.to("cuda", non_blocking=True)', bad=APART, fixed="trained", missed=IGNORED)(trained)


@case(at='self.device = "cuda"', bad=ABSENT, fixed=FIRST)
def synthesize(load: Load, world: World) -> object:
    return load().Synthesizer().run(torch.ones(2, 80)).device


@case(at='device = torch.device("cuda")', bad=ABSENT, fixed=FIRST)
def demo(load: Load, world: World) -> object:
    return load().demo("speech.wav").device


@case(
    at="torch.zeros(1, 80).cuda(number)",
    bad="RuntimeError: Cannot access accelerator device when none is available.",  # a real CUDA build: NO_DRIVER
    fixed={"cuda-x2": "cuda:1", **FIRST},
)
def start(load: Load, world: World) -> object:
    return load().start(world.ordinal or 0).device


@case(
    at="model.to(0)",
    bad="RuntimeError: Cannot access accelerator device when none is available.",
    fixed=FIRST,
)
def first(load: Load, world: World) -> object:
    return load().first(torch.nn.Linear(2, 2)).weight.device


@case(at='torch.device("cuda", 0)', bad=ABSENT, fixed=FIRST)
def silence(load: Load, world: World) -> object:
    return load().silence().device


@case(at="audio.float().cuda()", bad=ABSENT, fixed=FIRST)
def denoise(load: Load, world: World) -> object:
    return load().Denoiser()(torch.ones(2)).device


@case(at="audio.cuda()", bad=ABSENT, fixed=FIRST)
def gated(load: Load, world: World) -> object:
    mel = torch.ones(2, device="cuda" if torch.cuda.is_available() else "cpu")
    return load().gated(torch.ones(2), mel).device


@case(at='Mixer(device="cuda")', bad=ABSENT, fixed=FIRST)
def mixer(load: Load, world: World) -> object:
    return torch.ones(2).to(load().mixer.device).device
