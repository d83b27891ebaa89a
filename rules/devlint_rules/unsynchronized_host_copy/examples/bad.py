"""Statistics that are read while their copies are under way."""

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
host = torch.device("cpu")


def is_finite(model: nn.Module):
    flag = sum(parameter.isnan().sum() for parameter in model.parameters())
    # read in the same expression
    return flag.to("cpu", non_blocking=True).item() == 0  # expect: cuda, cuda-requested, cuda-x2


def brightness(images):
    means = images.to(device).mean(dim=(1, 2))
    means = means.to(device="cpu", non_blocking=True)  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
    return [round(float(mean), 1) for mean in means.numpy()]


def collected(model, batches, device):
    outputs = []
    for batch in batches:
        outputs.append(model(batch.to(device)).to(host, non_blocking=True))  # expect: cuda, cuda-requested, cuda-x2
    return torch.cat(outputs)


def total(updates):
    found = [update.to("cpu", torch.float64, non_blocking=True) for update in updates]  # expect: cuda, cuda-requested, cuda-x2
    combined = found[0]
    for other in found[1:]:
        combined = combined + other
    return combined
