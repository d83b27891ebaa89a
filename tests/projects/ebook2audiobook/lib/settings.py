"""What the engines are told."""

models = {"xtts": {"name": "multilingual/xtts", "rate": 24000}, "knnvc": {"name": "multilingual/knnvc", "rate": 16000}}
audio_format = "wav"
