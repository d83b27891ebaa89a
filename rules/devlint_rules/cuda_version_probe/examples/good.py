"""Versions that are asked for first, or of which None will do."""

import torch


def tested():
    if torch.version.cuda is None:
        return 0
    return int(torch.version.cuda.split(".")[0])


def with_alternative():
    return (torch.version.cuda or "0.0").split(".")


def conditional():
    return float(torch.version.cuda) if torch.version.cuda else 0.0


def bound():
    version = torch.version.cuda
    return version.split(".")[0] if version else "cpu"


def asked():
    if not torch.cuda.is_available():
        return "cpu"
    return "cu" + torch.version.cuda.replace(".", "")


def caught():
    try:
        return torch.version.cuda.split(".")
    except AttributeError:
        return []


def formatted():
    # None is a word of text, and equal to nothing here
    return f"CUDA {torch.version.cuda}", torch.version.cuda in ("11.0", "11.1"), torch.version.cuda == "12.0"


def named():
    return str(torch.version.cuda).replace(".", "")
