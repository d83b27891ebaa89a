"""Noise that is the same every time."""

import torch
from torch.utils.data import DataLoader

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def noise(size, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(size, generator=generator).to(device).shape


def jitter(image, seed, device):
    image = image.to(device)
    generator = torch.Generator()
    generator.manual_seed(seed)
    image.normal_(generator=generator)
    return image.shape


def order(size, device):
    generator = torch.Generator(device=device).manual_seed(0)
    return len(torch.randperm(size, generator=generator, device="cpu"))


def train(samples):
    torch.set_default_device(device)
    return sum(len(batch) for batch in DataLoader(samples, shuffle=True))
