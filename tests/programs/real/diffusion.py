"""A UNet that learns to take noise away and then draws, and an autoencoder for its pictures, both from configs."""

import json

import torch
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DModel

device = torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
torch.manual_seed(0)
unet = UNet2DModel(
    sample_size=16,
    in_channels=4,
    out_channels=4,
    layers_per_block=1,
    block_out_channels=(16, 32),
    norm_num_groups=8,
    down_block_types=("DownBlock2D", "AttnDownBlock2D"),
    up_block_types=("AttnUpBlock2D", "UpBlock2D"),
).to(device)
autoencoder = AutoencoderKL(
    block_out_channels=(16, 16),
    down_block_types=("DownEncoderBlock2D",) * 2,
    up_block_types=("UpDecoderBlock2D",) * 2,
    norm_num_groups=8,
).to(device)
schedule = DDPMScheduler(num_train_timesteps=50)
pictures = torch.randn(2, 3, 32, 32).to(device)
noise = torch.randn(2, 4, 16, 16).to(device)
times = torch.tensor([3, 40], device=device)

optimizer = torch.optim.AdamW([*unet.parameters(), *autoencoder.parameters()], lr=1e-3)
losses = []
for _ in range(3):
    latents = autoencoder.encode(pictures).latent_dist.mode()
    found = unet(schedule.add_noise(latents, noise, times), times).sample
    restored = autoencoder.decode(latents).sample
    loss = torch.nn.functional.mse_loss(found, noise) + torch.nn.functional.l1_loss(restored, pictures)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

schedule.set_timesteps(4)
drawn = noise
generator = torch.Generator().manual_seed(1)  # of the CPU, so that every device draws the same
with torch.no_grad():
    for time in schedule.timesteps:
        drawn = schedule.step(unet(drawn, time).sample, time, drawn, generator=generator).prev_sample
    picture = autoencoder.decode(drawn).sample

print(
    json.dumps(
        {
            "devices": sorted({str(picture.device), str(loss.device)}),
            "losses": losses,
            "picture": picture[0, 0, :4, :4].flatten().tolist(),
        }
    )
)
