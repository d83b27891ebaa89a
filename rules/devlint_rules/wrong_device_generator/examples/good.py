"""Generators that are where they draw."""

import torch
from torch.utils.data import DataLoader

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def reproducible(size, seed):
    # drawn on the CPU and moved: the same numbers on every device
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(size, generator=generator).to(device)


def on_the_device(size, seed):
    # both on the chosen device
    generator = torch.Generator(device=device).manual_seed(seed)
    return torch.randn(size, generator=generator, device=device)


def by_the_generator(size, generator):
    # where the generator is that was given
    return torch.randn(size, generator=generator, device=generator.device)


def handed_in(size, generator=None):
    # nobody says where it is
    return torch.randn(size, generator=generator, device=device)


def either(size, seed, on_host):
    # the numbers are drawn where the generator was made
    place = "cpu" if on_host else device
    generator = torch.Generator(place).manual_seed(seed)
    return torch.rand(size, generator=generator, device=place).to(device)


def order(samples, seed):
    # shuffled on the CPU
    return DataLoader(samples, shuffle=True, generator=torch.Generator().manual_seed(seed))
