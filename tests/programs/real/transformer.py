"""A Llama from a config: it generates, trains with AdamW, under autocast, and with scaled gradients."""

import json

import torch
from transformers import LlamaConfig, LlamaForCausalLM

device = torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
torch.manual_seed(0)
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=96,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
).to(device)
text = torch.randint(3, 96, (4, 16)).to(device)

model.eval()
greedy = model.generate(text[:, :4], max_new_tokens=8, do_sample=False, pad_token_id=0)
beams = model.generate(text[:, :4], max_new_tokens=8, num_beams=2, do_sample=False, pad_token_id=0)

model.train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 8)


def losses(steps, **autocast):
    scaler = torch.amp.GradScaler(device.type, enabled=autocast.get("dtype") is torch.float16)
    for _ in range(steps):
        with torch.autocast(device.type, **autocast):
            loss = model(text, labels=text).loss
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
        schedule.step()
        yield loss.item()


print(
    json.dumps(
        {
            "devices": sorted({str(one.device) for one in (greedy, *model.parameters())}),
            "greedy": greedy.flatten().tolist(),
            "beams": beams.flatten().tolist(),
            "losses": [*losses(4, enabled=False)],
            "losses in bfloat16": [*losses(2, dtype=torch.bfloat16)],
            "losses in float16, scaled": [*losses(2, dtype=torch.float16)],
            "moments in float16": sum(
                state["exp_avg"].float().abs().sum().item() for state in optimizer.state.values()
            ),
        }
    )
)
