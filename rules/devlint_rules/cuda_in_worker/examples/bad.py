"""Batches that are moved where they are read."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Clips(Dataset):
    def __init__(self, clips):
        self.clips = clips

    def __len__(self):
        return len(self.clips)

    def __getitem__(self, number):
        return torch.tensor(self.clips[number]).to(device)


def to_device(clips):
    return torch.stack([torch.tensor(clip) for clip in clips]).to(device)


def train(model: nn.Module, clips):
    model.to(device)
    loader = DataLoader(Clips(clips), num_workers=2)  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
    return sum(model(clip).sum().item() for clip in loader)


def validate(model: nn.Module, clips):
    model.to(device)
    loader = DataLoader(clips, collate_fn=to_device, num_workers=2)  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
    return sum(model(clip).sum().item() for clip in loader)
