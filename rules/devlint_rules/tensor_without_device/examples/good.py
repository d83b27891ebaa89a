"""New tensors that are where they are needed."""

import torch
from torch import nn
from torch.utils.data import Dataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.register_buffer("scale", torch.ones(width))

    def forward(self, x: torch.Tensor, factor):
        # made where the input is
        steps = torch.arange(x.shape[1], device=x.device)
        # moved in the same expression, and on the way
        ones = torch.ones(x.shape[1]).to(x.device)
        zeros = torch.zeros(x.shape[1])
        zeros = zeros.type_as(x)
        # made like another
        noise = torch.randn_like(x) + x.new_zeros(x.shape)
        # a CPU scalar mixes with tensors of any device
        half = torch.tensor(0.5)
        # a CPU index into a tensor elsewhere
        first = x[torch.arange(2)]
        # assigned into a tensor elsewhere
        x[:, 0] = torch.zeros(x.shape[-1])
        # a buffer moves with its module; the factor may be a number
        return self.project(x) * half + steps + ones + zeros + noise + first + self.scale + factor * torch.ones(3)

    def lengths(self, x: torch.Tensor):
        # only its shape is used
        return torch.zeros(x.shape[0], 3).shape[1] + x


class Clips(Dataset):
    def __getitem__(self, number):
        # a data set prepares its items on the CPU
        return torch.zeros(80, 100) + torch.ones(100)


def under_default(samples):
    with torch.device(device):
        # the default device of the block
        return torch.ones(400) * torch.from_numpy(samples).to(device)


def on_host(model: nn.Module, batch):
    # both have been copied to the host
    return model(batch.to(device)).cpu() * torch.arange(10)


def elsewhere(x: torch.Tensor):
    # nobody in this function is known to be on an accelerator
    return torch.eye(3).sum() * x.shape[0]


# the type of another tensor names its device
class Padded(nn.Module):
    def forward(self, x):
        pad = torch.zeros(x.size(0), 2, x.size(2)).type(x.type())
        return torch.cat([pad, x], 1)


# sizes are no operands
class Scored(nn.Module):
    def forward(self, x, lengths):
        return torch.tensor([0.5]).repeat(lengths.sum())


# the first trip replaces it, later ones add to what it was replaced by
class Mixed(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x):
        total = torch.zeros(1)
        for i, block in enumerate(self.blocks):
            if i == 0:
                total = block(x)
            else:
                total += block(x)
        return total


def counted(mask: torch.Tensor, into: torch.Tensor):
    return torch.sum(mask, dim=0, out=into)


def count(size):
    # whoever calls has both in hand
    return counted(torch.zeros(size, dtype=torch.bool), *buffers(size))


class Nodes(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.register_buffer("rest", torch.tensor([1.0, 2.0]))
        # nobody has moved the module yet
        self.register_buffer("level", self.rest * torch.ones(count))

    def forward(self, x: torch.Tensor):
        return x + self.level


def at_home(x, device):
    return x.float() if device is None else x.float().to(device)


class Memory(nn.Module):
    def __init__(self, size, device=None):
        super().__init__()
        self.device = device
        self.net = nn.Linear(size, size)

    def forward(self, x: torch.Tensor):
        # without a device the module itself is where it was made
        last = at_home(torch.zeros(x.shape[0], 3), self.device)
        return torch.cat([self.net(x), last], 1)


def beside(x: torch.Tensor, like: torch.Tensor):
    # on the device that it is compared with, or moved there
    new, device = torch.ones(3), like.device
    if new.device != device:
        new = new.to(device)
    return new + like, x


def as_typed(x: torch.Tensor):
    # the type names the device too, and `new` is told
    kind = x.type()
    return torch.arange(3).type(kind) + x, x.new(torch.ones(3), device=x.device)


class Blocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(3, 3) for _ in range(6))

    def forward(self, x: torch.Tensor):
        # replaced in the first trip
        total = torch.zeros(1)
        for number, block in enumerate(self.blocks):
            if number == 0:
                total = block(x)
            else:
                total += block(x)
        return total + x


class Drawn(nn.Module):
    def forward(self, x: torch.Tensor):
        # drawn where the mean is
        return x + torch.normal(torch.zeros_like(x), torch.ones_like(x))
