"""Transfers whose result nobody needs, or that somebody takes."""

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Scorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(80, 1)
        # a part of a module moves in place
        self.out.to(device)

    def forward(self, x):
        # the input is there already
        x.to(self.out.weight.device)
        return self.out(x)

    def on_gpu(self):
        # a module moves in place
        self.cuda()
        return self


def score(frames):
    model = Scorer()
    # a module moves in place
    model.to(device)
    model.half()
    return model(frames.to(device))


def taken(values):
    frames = torch.tensor(values)
    frames = frames.to(device)
    return frames.to("cpu"), [frames.float()]


def tokens(tokenizer, text):
    batch = tokenizer(text, return_tensors="pt")
    # a batch of a tokenizer moves in place
    batch.to(device)
    return batch["input_ids"]


def graph(data):
    # nothing says that this is a tensor: graphs move in place
    data.to(device)
    return data.x.size(0), data.edge_index


def any_of(data):
    # what has a size and can be copied may still be a graph, which moves in place
    data.cuda()
    return data.cpu(), data.size(0), data.contiguous()


def probe():
    # nobody reads it afterwards: it only warms up the device
    first = torch.zeros(1)
    first.to(device)
    torch.zeros(1).to(device)


def settled(values):
    # it is on the CPU already
    frames = torch.tensor(values)
    frames.cpu()
    return frames


def pipeline(make, prompt):
    pipe = make()
    # a pipeline moves in place
    pipe.to(device)
    return pipe(prompt)


def check_device(name):
    # a question: is there such a device?
    try:
        torch.device(name)
    except RuntimeError:
        return False
    return True


def on_device(name):
    # the context in which factories work
    with torch.device(name):
        return torch.zeros(2)
