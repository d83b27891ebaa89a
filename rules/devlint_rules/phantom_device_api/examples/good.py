"""Names that are there, or asked for first, and text that is no device."""

import torch
from torch import nn

torch.cuda.clear_cache = torch.cuda.empty_cache


def patched():
    # bound at the top of the file
    torch.cuda.clear_cache()


def asked(index):
    if hasattr(torch.mps, "set_device"):
        torch.mps.set_device(index)


def caught():
    try:
        return torch.mps.total_memory()
    except AttributeError:
        return 0


def got(device):
    # looked up by name
    return getattr(torch.mps, "current_device", lambda: 0)()


def by_version(index):
    if torch.__version__ >= "3.0":
        torch.mps.set_device(index)


def young():
    # nobody has said that an older torch must do
    return torch.accelerator.is_available()


def plugged():
    # what a plug-in brings is not known
    return torch.npu.anything()


def private():
    return torch.cuda._anything


def annotated(value: "torch.cuda.Anything") -> None:
    # nobody evaluates this
    print(value)


def resolved(width, device="auto"):
    # torch never sees the word
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.zeros(width, device=device)


def normalised(width, device="GPU"):
    return nn.Linear(width, width).to(device.lower().replace("gpu", "cuda"))


def compared(name):
    return name in ("gpu", "GPU", "cuda0")


def elsewhere(loader, frame):
    # other libraries have other words
    return loader.from_pretrained("model", device_map="auto"), frame.to("gpu")
