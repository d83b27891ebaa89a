"""A language model, and its attention."""

import torch
from flash_attn import flash_attn_func  # expect: cpu, driverless
from transformers import AutoModelForCausalLM

device = "cuda" if torch.cuda.is_available() else "cpu"


def load(name):
    model = AutoModelForCausalLM.from_pretrained(name, attn_implementation="flash_attention_2")  # expect: cpu, driverless
    return model.to(device)


def attend(query, key, value):
    return flash_attn_func(query, key, value)
