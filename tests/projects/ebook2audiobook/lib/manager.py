"""Engines that speak, and what is done with what they say."""

import os
import threading

import numpy as np
import torch
import torchaudio
from TTS.api import TTS

from lib.settings import audio_format, models
from lib.voices import pitch

lock = threading.Lock()
loaded = {}


def load_engine(name, device):
    with lock:
        engine = loaded.get(name)
        if engine is None:
            engine = TTS(models[name]["name"])
            # an engine moves in place
            if device == "cuda":
                engine.cuda()
            else:
                engine.to(device)
            loaded[name] = engine
    return engine


class SpeechManager:
    def __init__(self, session):
        self.session = session
        self.params = {"sentence": "", "tts": None, "tts_vc": None}
        self._build()

    def _build(self):
        self.params["tts"] = load_engine("xtts", self.session["device"])
        if self.session["voice"] is not None:
            self.params["tts_vc"] = load_engine("knnvc", self.session["device"])

    def _tensor_type(self, audio_data):
        if isinstance(audio_data, torch.Tensor):
            return audio_data
        elif isinstance(audio_data, np.ndarray):
            return torch.from_numpy(audio_data).float()
        elif isinstance(audio_data, list):
            return torch.tensor(audio_data, dtype=torch.float32)
        raise TypeError(f"{type(audio_data)} is no audio")

    def _trim_end(self, audio_data, sample_rate, threshold=0.001, buffer_seconds=0.001):
        loud = np.where(np.abs(audio_data) > threshold)[0]  # expect: DEV202 cuda
        if len(loud) == 0:
            return np.array([])
        end = loud[-1] + int(buffer_seconds * sample_rate)
        return audio_data[:end]

    def convert_sentence(self):
        try:
            audio_data = None
            sentence = self.params["sentence"]
            sample_rate = models["xtts"]["rate"]
            with torch.no_grad():
                if self.session["voice"] is not None:
                    draft = self.session["out"] + ".draft.wav"
                    self.params["tts"].tts_to_file(text=sentence, file_path=draft)
                    if pitch(draft) > 0:
                        audio_data = self.params["tts_vc"].voice_conversion(
                            source_wav=draft, target_wav=self.session["voice"]
                        )
                        sample_rate = models["knnvc"]["rate"]
                    os.remove(draft)
                else:
                    audio_data = self.params["tts"].tts(text=sentence)
            if audio_data is not None:
                if sentence.endswith("\u2013"):
                    audio_data = self._trim_end(audio_data, sample_rate)
                source = self._tensor_type(audio_data)
                track = source.clone().detach().unsqueeze(0).cpu()
                torchaudio.save(self.session["out"], track, sample_rate, format=audio_format)
                del audio_data, source, track
            if self.session["device"] == "cuda":
                torch.cuda.empty_cache()
            return os.path.exists(self.session["out"])
        except Exception as error:
            raise ValueError(f"convert_sentence(): {error}") from error
