"""Opens what the recipe writes: a running .pt, an F16 state, or an exported weights file."""

import json

import torch

from data import to_bytes
from model import Generator
from safetensors_file import load_tensors


def load_checkpoint(path):
    """What train.py saves (a running .pt, or the F16 state of state/NAME.safetensors), on the CPU."""
    if path.endswith(".pt"):
        return torch.load(path, map_location="cpu")
    tensors, metadata = load_tensors(path)
    checkpoint = json.loads(metadata["training"])
    for part in ("g", "d", "ema"):
        checkpoint[part] = {name[len(part) + 1 :]: value for name, value in tensors.items() if name.startswith(f"{part}.")}
    return checkpoint


def load_generator(path):
    """The averaged generator of a file (a checkpoint, or exported weights), ready to draw, and its labels."""
    tensors, metadata = ({}, {}) if path.endswith(".pt") else load_tensors(path)
    if "gan_canvas" in metadata:
        about = json.loads(metadata["gan_canvas"])
        options, labels = about["architecture"], about["labels"]
        weights = {name: value for name, value in tensors.items() if not name.startswith("directions.")}
    else:
        checkpoint = load_checkpoint(path)
        options, labels, weights = checkpoint["options"], checkpoint["labels"], checkpoint["ema"]
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
