"""Where to compute."""

import torch


def select_device(**options):
    """The device for a model: `device="cuda:1"` names one, `ngpu=0` asks for the CPU."""
    device = options.get("device", "cuda")
    if not torch.cuda.is_available() or options.get("ngpu"):
        device = "cpu"
    return torch.device(device)
