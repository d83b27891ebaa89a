"""What a machine without CUDA has no kernels for: the package is not there, and transformers refuses the choice."""

import torch

from devlint.scenario import Load, World, case, device_of, stub

REFUSED = "ImportError: FlashAttention2 has been toggled on, but it cannot be used due to the following error"

ATTENDED = {"cuda-cpu-requested": "cpu float32 [1]", "*": "{device} float32 [1]"}


class Model(torch.nn.Linear):
    """A model of transformers, as far as choosing its attention goes."""

    @classmethod
    def from_pretrained(cls, name: str, attn_implementation: str = "sdpa") -> "Model":
        if attn_implementation == "flash_attention_2" and not torch.cuda.is_available():
            raise ImportError(f"{REFUSED.partition(': ')[2]}: Flash Attention 2 is not available on CPU")
        return cls(1, 1)


def attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    return query


def install(*, package: bool) -> None:
    stub("transformers", AutoModelForCausalLM=Model)
    if package:
        stub("flash_attn", flash_attn_func=attention)


@case(at="from flash_attn", bad="ModuleNotFoundError: No module named 'flash_attn'", fixed=ATTENDED)
def imported(load: Load, world: World) -> object:
    install(package=world.has("cuda"))
    return load().attend(*[torch.ones(1, device=device_of(world))] * 3)


@case(at="from_pretrained", bad=REFUSED, fixed={"cpu driverless": "cpu float32", "*": "cuda:0 float32"})
def chosen(load: Load, world: World) -> object:
    install(package=True)  # for what comes behind the import
    return load().load("speaker")
