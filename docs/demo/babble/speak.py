"""The command line: `python -m babble.speak weights.pt mel.npy --ngpu 1`."""

import argparse
import time

import numpy as np
import torch

from babble.device import select_device
from babble.weights import load_vocoder


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weights")
    parser.add_argument("mel")
    parser.add_argument("--ngpu", type=int, default=1)
    options = parser.parse_args()

    device = select_device(ngpu=options.ngpu)
    model = load_vocoder(options.weights, device)
    mel = torch.from_numpy(np.load(options.mel)).to(device)
    if mel.device == "cuda":
        print("speaking on", torch.cuda.get_device_name(device))

    start = time.perf_counter()
    audio = model.say(mel)
    torch.cuda.synchronize()
    print(f"{len(audio)} samples in {time.perf_counter() - start:.2f} s")
    np.save("speech.npy", audio)


if __name__ == "__main__":
    main()
