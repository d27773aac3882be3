"""Opens what the recipe writes: a running .pt, an F16 state, or an exported weights file."""

import json

import torch

from data import to_bytes
from model import Generator
from safetensors_file import load_tensors


def load_generator(path, truncation=1.0):
    """The averaged generator of a file, ready to draw, and its labels."""
    if path.endswith(".pt"):
        checkpoint = torch.load(path, map_location="cpu")
        options, labels, weights = checkpoint["options"], checkpoint.get("labels", []), checkpoint["ema"]
    else:
        tensors, metadata = load_tensors(path)
        if "training" in metadata:
            training = json.loads(metadata["training"])
            options, labels = training["options"], training["labels"]
            weights = {name[4:]: value for name, value in tensors.items() if name.startswith("ema.")}
        else:
            about = json.loads(metadata["gan_canvas"])
            options, labels = about["architecture"], about["labels"]
            weights = {name: value for name, value in tensors.items() if not name.startswith("directions.")}
    fields = ("resolution", "z_dim", "w_dim", "channel_base", "channel_max")
    classes = weights["mapping.embed.weight"].shape[1] if "mapping.embed.weight" in weights else 0
    generator = Generator(classes=classes, **{field: options[field] for field in fields})
    generator.load_state_dict(weights)
    return generator.eval().requires_grad_(False), labels or [f"class {index}" for index in range(classes)]


@torch.no_grad()
def draw_pictures(generator, z, labels=None, truncation=1.0, noise="none"):
    """uint8 (N, H, W, 3) of latents z (N, z_dim) and class indices (N,)."""
    pictures = []
    for start in range(0, len(z), 250):
        one_hot = None
        if generator.classes:
            one_hot = torch.nn.functional.one_hot(labels[start : start + 250], generator.classes).float()
        pictures.append(to_bytes(generator(z[start : start + 250], one_hot, truncation, noise)))
    return torch.cat(pictures)
