"""Workers that leave the GPU alone, or none."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Clips(Dataset):
    def __init__(self, clips, device="cpu"):
        self.clips = clips
        self.device = device

    def __len__(self):
        return len(self.clips)

    def __getitem__(self, number):
        return torch.tensor(self.clips[number])


class Placed(Clips):
    def __getitem__(self, number):
        # where it is told
        return torch.tensor(self.clips[number]).to(self.device)


class Moved(Clips):
    def __getitem__(self, number):
        return torch.tensor(self.clips[number]).to(device)


def padded(clips):
    # where the data is
    return torch.stack([clip.to(clips[0].device) for clip in clips])


def train(model: nn.Module, clips):
    model.to(device)
    # moved in the loop
    return [model(clip.to(device)) for clip in DataLoader(Clips(clips), num_workers=2, collate_fn=padded)]


def told(model: nn.Module, clips):
    model.to(device)
    return [model(clip.to(device)) for clip in DataLoader(Placed(clips), num_workers=2)]


def alone(model: nn.Module, clips):
    model.to(device)
    # no workers: it runs in this process
    return [model(clip) for clip in DataLoader(Moved(clips), num_workers=0)]


def by_option(model: nn.Module, clips, workers):
    model.to(device)
    # nobody says how many
    return [model(clip) for clip in DataLoader(Moved(clips), num_workers=workers)]
