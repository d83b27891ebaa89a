"""Statistics that are read while their copies are under way."""

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
host = torch.device("cpu")


def is_finite(model: nn.Module):
    flag = sum(parameter.isnan().sum() for parameter in model.parameters())
    # read in the same expression
    return flag.to("cpu").item() == 0


def brightness(images):
    means = images.to(device).mean(dim=(1, 2))
    means = means.to(device="cpu")
    return [round(float(mean), 1) for mean in means.numpy()]


def collected(model, batches, device):
    outputs = []
    for batch in batches:
        outputs.append(model(batch.to(device)).to(host))
    return torch.cat(outputs)


def total(updates):
    found = [update.to("cpu", torch.float64) for update in updates]
    combined = found[0]
    for other in found[1:]:
        combined = combined + other
    return combined
