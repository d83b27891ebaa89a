"""Decides by the version of CUDA."""

import torch


def major():
    return int(torch.version.cuda.split(".")[0])  # expect: cpu


def is_new():
    return float(torch.version.cuda) >= 12.0  # expect: cpu


def is_old():
    return torch.version.cuda < "12.0"  # expect: cpu


def describe():
    lines = ["a GPU" if torch.cuda.is_available() else "no GPU"]
    lines.append("CUDA " + torch.version.cuda)  # expect: cpu
    return ", ".join(lines)


class Build:
    def __init__(self):
        version = torch.version.cuda
        self.name = "cu" + version.replace(".", "")  # expect: cpu
