"""Values that are on the host when a library of the host gets them."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torchaudio
from torch.utils.data import Dataset
from torchvision.utils import save_image

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Clips(Dataset):
    def __getitem__(self, number):
        # a data set prepares its items on the CPU
        return np.abs(torch.zeros(80, 100).to(device))


@torch.no_grad()
def synthesize(model, mel):
    audio = model(mel.to(device))
    # these take tensors of any device
    save_image(audio, "audio.png")
    torch.save(audio, "audio.pt")
    # a size is a number
    np.zeros(audio.shape[0])
    # copied in the same expression
    plt.plot(audio[0].cpu())
    # copied earlier
    audio = audio.cpu()
    return np.abs(audio)


def train(model, loader, optimizer):
    losses = []
    for x, y in loader:
        loss = torch.nn.functional.cross_entropy(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        # a Python number
        losses.append(loss.item())
    return np.mean(losses)


def total(mel):
    # numpy leaves this to the tensor itself: it works on every device, or on none
    return np.sum(mel.to(device))


@torch.no_grad()
def detect(model, loader):
    for images, targets in loader:
        out = model(images.to(device), targets)
        # a model may give a record with anything in it
        for boxes, scores in out["preds"]:
            yield np.asarray(boxes), np.asarray(scores)


def window(size):
    # made on the CPU and never moved
    return np.sqrt(torch.hann_window(size))


def read(path):
    # readers give tensors on the CPU
    audio, rate = torchaudio.load(path)
    return np.max(np.abs(audio)), rate


def foreign(frame):
    # nothing says that this is a tensor
    return np.abs(frame)


def either(frame):
    # copied where it is a tensor
    if isinstance(frame, torch.Tensor):
        frame = frame.detach().cpu().numpy()
    return np.abs(frame)


def asked(frame):
    # on the other side of the question it is no tensor
    if torch.is_tensor(frame):
        return frame.cpu().numpy()
    return np.asarray(frame)


class Speech:
    """One method gets what another one has turned into an array."""

    def __init__(self, engine, uses_torch):
        self.engine = engine
        self.uses_torch = uses_torch

    def speak(self, text):
        audio = self.engine.infer(text)
        # copied only on one side: the other engine gives arrays
        if self.uses_torch:
            audio = audio.squeeze().cpu().numpy()
        return self.fade_out(audio)

    def say(self, text):
        audio = self.engine.infer(text)
        if not self.uses_torch:
            # arrays, and gone before the copy
            return np.abs(audio)
        return audio.cpu().numpy()

    def fade_out(self, audio):
        return audio[: np.flatnonzero(audio)[-1]]


class Windows(nn.Module):
    def forward(self, x, height):
        # beside the tensor a number, for all that anybody says
        rows = int(np.ceil(height / 8))
        return x.view(rows, 8, -1)
