"""What a recording says about its speaker."""

import numpy as np
import torch
from scipy.io import wavfile
from scipy.signal import find_peaks


def pitch(path):
    # scipy reads arrays
    rate, samples = wavfile.read(path)
    if samples.ndim > 1:
        samples = samples[:, 0]
    spectrum = np.abs(np.fft.fft(samples))
    frequencies = np.fft.fftfreq(len(spectrum), d=1 / rate)
    peaks, _ = find_peaks(spectrum[frequencies > 0], height=np.max(spectrum) / 5)
    return frequencies[peaks[0]]


def level(samples):
    # made from an array, and never moved
    wave = torch.from_numpy(samples).float()
    return float(np.abs(wave.numpy()).max())
