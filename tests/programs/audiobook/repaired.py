"""Reads sentences aloud, in the voice of somebody else, and trims the silence at their end."""

import argparse

import numpy as np
import torch
from torch import nn


class Converter(nn.Module):
    """Gives speech another voice; the result is where its weights are."""

    def __init__(self):
        super().__init__()
        self.timbre = nn.Conv1d(1, 1, 3, padding=1)

    def voice_conversion(self, wave):
        return self.timbre(wave.to(self.timbre.weight.device).unsqueeze(0)).squeeze()


class SpeechManager:
    def __init__(self, device):
        self.device = device
        self.engine = Converter().to(device)

    def _tensor(self, audio):
        return audio if isinstance(audio, torch.Tensor) else torch.as_tensor(audio, dtype=torch.float32)

    def _trimmed(self, audio, threshold=0.001):
        if isinstance(audio, torch.Tensor):
            audio = audio.detach().cpu()
        loud = np.where(np.abs(audio) > threshold)[0]
        return audio[: loud[-1] + 1] if len(loud) else np.array([])

    def convert(self, sentence):
        try:
            with torch.no_grad():
                audio = self.engine.voice_conversion(torch.sin(torch.arange(float(len(sentence)))).unsqueeze(0))
                if sentence.endswith("\u2013"):
                    audio = self._trimmed(audio)
                return self._tensor(audio).clone().unsqueeze(0).cpu()
        except Exception as error:
            raise ValueError(f"convert(): {error}") from error


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    args = parser.parse_args()
    torch.manual_seed(0)
    manager = SpeechManager("cuda" if args.device == "gpu" else "cpu")
    for sentence in ("It was a dark night.", "It was a stormy night \u2013"):
        print(manager.engine.timbre.weight.device, manager.convert(sentence).shape[-1])
