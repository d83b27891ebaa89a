"""Copies that are there when they are read, or that go where the host does not look."""

import numpy as np
import torch

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def upload(batch):
    # to the device: what runs there waits by itself
    batch = batch.to(device, non_blocking=True)
    return batch.mean()


def blocking(scores):
    # the copy blocks
    return scores.to(device).to("cpu", non_blocking=False).numpy()


def synchronized(scores):
    scores = scores.to(device).to("cpu", non_blocking=True)
    # waits for the device
    torch.cuda.synchronize()
    return scores.numpy()


def with_event(scores):
    scores = scores.to(device).to("cpu", non_blocking=True)
    done = torch.cuda.Event()
    done.record()
    # waits for the copy alone
    done.synchronize()
    return scores.sum()


def several(scores, losses):
    scores = scores.to(device).to("cpu", non_blocking=True)
    # this copy blocks, and comes behind the first
    losses = losses.to(device, non_blocking=True).cpu()
    return scores.sum() + losses.sum()


def late(scores):
    scores = scores.to(device).to("cpu", non_blocking=True).numpy()
    # the array shares the memory, and is looked at later
    torch.cuda.synchronize()
    return np.max(scores)


def offload(weights):
    weights = weights.to(device).to("cpu", non_blocking=True)
    # its shape is known at once, and back on the device it comes behind the copy
    return weights.shape, weights.to(device, non_blocking=True)


def handed_over(scores):
    # whoever gets it may wait
    return scores.to(device).to("cpu", non_blocking=True)


def either(scores, wait):
    if wait:
        return scores.to("cpu", non_blocking=True)
    # not the copy
    return scores.sum()


def from_host(samples):
    # never was on a device
    return torch.from_numpy(samples).to("cpu", non_blocking=True).sum()


def where_asked(scores, target):
    # nobody says that this is the host
    return scores.to(target, non_blocking=True).sum()
