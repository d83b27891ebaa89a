"""Kernels of CUDA where there is CUDA."""

import torch
from transformers import AutoModelForCausalLM

try:
    # whoever has none does without
    from flash_attn import flash_attn_func
except ImportError:
    flash_attn_func = None

if torch.cuda.is_available():
    import causal_conv1d
else:
    causal_conv1d = None

device = "cuda" if torch.cuda.is_available() else "cpu"


def by_hardware(name):
    # chosen by what there is
    attention = "flash_attention_2" if torch.cuda.is_available() else "sdpa"
    return AutoModelForCausalLM.from_pretrained(name, attn_implementation=attention)


def by_option(name, use_flash_attention):
    # somebody asked for it
    if use_flash_attention:
        return AutoModelForCausalLM.from_pretrained(name, attn_implementation="flash_attention_2")
    return AutoModelForCausalLM.from_pretrained(name, attn_implementation="sdpa")


def by_choice(name, fast):
    return AutoModelForCausalLM.from_pretrained(name, attn_implementation="flash_attention_2" if fast else "eager")


def attempted(name):
    try:
        return AutoModelForCausalLM.from_pretrained(name, attn_implementation="flash_attention_2")
    except ImportError:
        # refused: the one of torch
        return AutoModelForCausalLM.from_pretrained(name)


def late(hidden):
    # imported by who needs it
    from mamba_ssm import Mamba

    return Mamba(hidden)
