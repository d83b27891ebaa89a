"""The GPU is selected although OpenVINO was chosen, whose tensors are on the CPU."""

from types import SimpleNamespace
from typing import Any

from devlint.scenario import Load, World, case, stub


def _application(load: Load, world: World) -> Any:
    stub("options", args=SimpleNamespace(use_openvino=world.backend == "openvino"))
    example = load()
    example.backend = world.backend
    return example


@case(at="if cuda_ok:", bad="cuda", fixed={"cpu driverless cuda-openvino": "cpu", "*": "cuda"})
def device_name(load: Load, world: World) -> object:
    return _application(load, world).device_name()


@case(at='or backend == "directml"', bad="{device}", fixed={"cpu driverless cuda-openvino": "cpu", "*": "{device}"})
def numbered_device(load: Load, world: World) -> object:
    return _application(load, world).numbered_device(world.ordinal or 0)


@case(at="torch.cuda.device_count() > 0", bad="cuda", fixed={"cpu driverless cuda-openvino": "cpu", "*": "cuda"})
def device_of_options(load: Load, world: World) -> object:
    return _application(load, world).device_of_options()


@case(
    at="if not torch.cuda.is_available():",
    bad={"cpu driverless": "cpu", "*": "cuda"},
    fixed={"cpu driverless": "cpu", "cuda-openvino": "openvino", "*": "cuda"},
)
def description(load: Load, world: World) -> object:
    return _application(load, world).description()["device"]
