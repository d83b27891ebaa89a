"""Batches that are where the model is."""

import torch
import torch.nn.functional as F
import torchaudio
from torch import nn
from torch.utils.data import DataLoader

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(photos):
    model = nn.Linear(10, 2).to(device)
    for images, labels in DataLoader(photos):
        # both are moved
        images, labels = images.to(device), labels.to(device)
        F.cross_entropy(model(images), labels).backward()


def evaluate(photos):
    model = nn.Linear(10, 2)
    for images, labels in DataLoader(photos):
        # the model was never moved
        F.cross_entropy(model(images), labels).backward()


def describe(path):
    model = nn.LSTM(80, 40).to(device)
    wave, _ = torchaudio.load(path)
    # moved on the way
    return model(wave.to(device))


def accuracy(model, loader):
    for images, labels in loader:
        # the result is copied to where the labels are
        yield (model(images.to(device)).cpu() == labels).sum()


# one choice for both, whatever it comes to
class Restorer:
    def __init__(self, options, net):
        self.device = torch.device("cuda" if options["num_gpu"] != 0 else "cpu")
        self.net = net.to(self.device)

    def feed(self, image):
        self.image = image.to(self.device)

    def restore(self):
        return self.net(self.image)
