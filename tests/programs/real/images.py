"""A ResNet from a config, trained with loading workers and pinned memory; its checkpoint is loaded on the CPU."""

import io
import json

import torch
from torch.utils.data import DataLoader, TensorDataset
from transformers import ResNetConfig, ResNetForImageClassification


def main():
    device = torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    torch.manual_seed(0)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic", num_labels=4)
    model = ResNetForImageClassification(config).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    images = TensorDataset(torch.randn(32, 3, 32, 32), torch.randint(0, 4, (32,)))
    loader = DataLoader(
        images, batch_size=8, shuffle=True, num_workers=2, pin_memory=device.type == "cuda", persistent_workers=True
    )
    losses = []
    for _ in range(2):
        for image, label in loader:
            assert image.is_pinned() == (device.type == "cuda")
            image, label = image.to(device, non_blocking=True), label.to(device, non_blocking=True)
            loss = model(pixel_values=image, labels=label).loss
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    checkpoint = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, checkpoint)
    checkpoint.seek(0)
    saved = torch.load(checkpoint, map_location="cpu")
    restored = ResNetForImageClassification(config)
    restored.load_state_dict(saved["model"])
    restored.eval()
    model.eval()
    image = images.tensors[0][:4]
    with torch.no_grad():
        there, here = model(image.to(device)).logits, restored(image).logits
    print(
        json.dumps(
            {
                "devices": sorted({str(loss.device), str(there.device)}),
                "losses": losses,
                "restored": torch.allclose(there.cpu(), here, atol=1e-5),
                "logits": there.flatten().tolist(),
            }
        )
    )


if __name__ == "__main__":
    main()
