"""Batches that are where the model is."""

import torch
import torch.nn.functional as F
import torchaudio
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

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


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.GRU(80, 40, batch_first=True)

    def forward(self, mel, lengths: torch.Tensor):
        # packed by lengths on the CPU
        packed = nn.utils.rnn.pack_padded_sequence(mel, lengths.cpu(), batch_first=True)
        out, lengths = nn.utils.rnn.pad_packed_sequence(self.layer(packed)[0], batch_first=True)
        # torch gives them back there
        return self.layer(nn.utils.rnn.pack_padded_sequence(out, lengths, batch_first=True))

    def read(self, mel, lengths):
        # a list, as far as anybody knows
        return self.layer(nn.utils.rnn.pack_padded_sequence(mel, lengths, batch_first=True))


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(10, 2)

    def forward(self, images):
        # the module moves what it is given
        return self.layer(images.to(self.layer.weight.device))


def fit(photos):
    model = Classifier().to(device)
    for images in DataLoader(photos):
        model(images).mean().backward()


def fit_on_device(images, labels):
    # the data set was moved as a whole
    model = nn.Linear(10, 2).to(device)
    for image, label in DataLoader(TensorDataset(images.to(device), labels.to(device))):
        F.cross_entropy(model(image), label).backward()


def fit_collated(photos, move):
    # whoever collates the batch may move it
    model = nn.Linear(10, 2).to(device)
    for images, labels in DataLoader(photos, collate_fn=move):
        F.cross_entropy(model(images), labels).backward()
