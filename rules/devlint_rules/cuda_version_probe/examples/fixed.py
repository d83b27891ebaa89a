"""Decides by the version of CUDA."""

import torch


def major():
    return int((torch.version.cuda or "0.0").split(".")[0])


def is_new():
    return float(torch.version.cuda or "0.0") >= 12.0


def is_old():
    return (torch.version.cuda or "0.0") < "12.0"


def describe():
    lines = ["a GPU" if torch.cuda.is_available() else "no GPU"]
    lines.append("CUDA " + (torch.version.cuda or "0.0"))
    return ", ".join(lines)


class Build:
    def __init__(self):
        version = torch.version.cuda
        self.name = "cu" + version.replace(".", "")
