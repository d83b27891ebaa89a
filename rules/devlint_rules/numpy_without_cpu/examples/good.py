"""Tensors that are on the host when numpy gets them."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Clips(Dataset):
    def __getitem__(self, number):
        # a data set prepares its items on the CPU
        return torch.zeros(80, 100).numpy()


@torch.no_grad()
def synthesize(model: nn.Module, mel):
    audio = model(mel.to(device))
    # copied in the same expression
    first = audio[0].cpu().numpy()
    # copied earlier
    audio = audio.cpu()
    second = audio[1].numpy()
    # the modern form does it by itself
    third = model(mel.to(device)).numpy(force=True)
    return first, second, third


def window(size):
    # made on the CPU and never moved
    return torch.hann_window(size).numpy()


def round_trip(samples):
    # came from numpy
    return torch.from_numpy(samples).unsqueeze(0).numpy()


def statistics(path):
    # mapped to the CPU when it was read
    return torch.load(path, map_location="cpu")["mean"].numpy()


def batches(loader):
    # a data loader yields tensors on the CPU
    for batch in loader:
        yield batch.numpy()


def foreign(frame):
    # nothing says that this is a tensor
    return frame.numpy()


def guarded(x: torch.Tensor):
    # only what is on the CPU gets here
    if x.is_cuda:
        return None
    return np.abs(x.numpy())


def counted(dataset, device):
    # it is moved only afterwards
    data = dataset[0]
    classes = data.y.max().detach().numpy()
    data = data.to(device)
    return data, classes
