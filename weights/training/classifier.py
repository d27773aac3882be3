"""The feature network of the quality figures: one small classifier of all three sets, trained on half A of each, then frozen.

  python3 classifier.py train --data FOLDER…      writes classifier.safetensors, prints its accuracy on both halves
  python3 classifier.py features --data FOLDER…   writes features/SET.safetensors and features/SET.sha256
  python3 classifier.py case --out FILE           pictures of a fixed seed with their features, for the tests in TypeScript

No downloaded network is needed, and the bench needs no pictures: 64 numbers and a checksum of each real picture are kept.
Half A are the pictures of even index, half B those of odd index, in the order of data.py. Batch normalisation is folded into
the convolutions when it is saved, and the features are standardised on half A of all three sets together.
"""

import argparse
import hashlib
import json
import os

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from data import open_image_set, to_64, to_network
from safetensors_file import load_tensors, save_tensors

HERE = os.path.dirname(os.path.abspath(__file__))
FILE = f"{HERE}/classifier.safetensors"
LAYERS = ((16, 1), (48, 2), (64, 1), (96, 2), (128, 1), (128, 2), (128, 1))
FEATURES = 64


class Classifier(nn.Module):
    """x (N, 3, 64, 64) in [-1, 1] to 64 features; a linear head for every kind of label."""

    def __init__(self, heads, normalised=True):
        super().__init__()
        self.names, inputs, convolutions = heads, 3, []
        for filters, stride in LAYERS:
            convolutions.append(nn.Conv2d(inputs, filters, 3, stride, 1, bias=not normalised))
            convolutions.append(nn.BatchNorm2d(filters) if normalised else nn.Identity())
            inputs = filters
        self.convolutions = nn.ModuleList(convolutions)
        self.features = nn.Linear(inputs, FEATURES)
        self.heads = nn.ModuleDict({name.replace(".", "_"): nn.Linear(FEATURES, len(names)) for name, names in heads.items()})

    def embed(self, x):
        for convolution, norm in zip(self.convolutions[::2], self.convolutions[1::2]):
            x = F.relu(norm(convolution(x)))
        return self.features(x.mean((2, 3)).float())

    def logits(self, features, head):
        return self.heads[head.replace(".", "_")](features)


def heads_of(data):
    """{head: names} of an image set, in the order of the columns of its labels."""
    if data.classes:
        return {data.name: list(data.classes)}
    return {f"{data.name}.{kind}": list(names) for kind, names in data.traits.items()}


def shake(x, posed):
    """Mirrors, enlarges by up to a fifth, moves by up to an eighth; a posed set by less, unmirrored. Changes the brightness."""
    n, reach = len(x), 0.1 if posed else 1.0
    scale = 1 - 0.2 * reach * torch.rand(n)
    flip = torch.ones(n) if posed else torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    move = (torch.rand(n, 2) - 0.5) * 0.25 * reach
    zero = torch.zeros(n)
    place = torch.stack([torch.stack([scale * flip, zero, move[:, 0]], 1), torch.stack([zero, scale, move[:, 1]], 1)], 1)
    x = F.grid_sample(x, F.affine_grid(place, x.shape, align_corners=False), padding_mode="border", align_corners=False)
    return x * (1 + (torch.rand(n, 1, 1, 1) - 0.5) * 0.2) + (torch.rand(n, 1, 1, 1) - 0.5) * 0.1


def train(folders, images, batch=48):
    torch.manual_seed(0)
    sets = [open_image_set(folder) for folder in folders]
    halves = [[tensor[0::2] for tensor in data.everything()] for data in sets]
    heads = {name: names for data in sets for name, names in heads_of(data).items()}
    network = Classifier(heads).to(memory_format=torch.channels_last)
    steps = images // (batch * len(sets))
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps)
    for step in range(steps):
        drawn = [torch.randint(len(pictures), (batch,)) for pictures, _ in halves]
        x = torch.cat([shake(to_network(half[0][index]), not data.mirrored) for data, half, index in zip(sets, halves, drawn)])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            features = network.embed(x.contiguous(memory_format=torch.channels_last))
        features = F.dropout(features.float(), 0.2)
        loss = 0
        for part, data, half, index in zip(features.split(batch), sets, halves, drawn):
            for column, head in enumerate(heads_of(data)):
                loss = loss + F.cross_entropy(network.logits(part, head), half[1][index, column], label_smoothing=0.05)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.3f}", flush=True)
    network.eval()
    means = torch.cat([embed_all(network, pictures) for pictures, _ in halves])
    save(standardise(fold(network), means.mean(0), means.std(0)))
    print_accuracy(sets)


@torch.no_grad()
def fold(network):
    """The same network without batch normalisation."""
    plain = Classifier(network.names, normalised=False)
    for index in range(0, len(network.convolutions), 2):
        convolution, norm, target = network.convolutions[index], network.convolutions[index + 1], plain.convolutions[index]
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        target.weight.copy_(convolution.weight * scale[:, None, None, None])
        target.bias.copy_(norm.bias - norm.running_mean * scale)
    plain.features.load_state_dict(network.features.state_dict())
    plain.heads.load_state_dict(network.heads.state_dict())
    return plain.eval()


@torch.no_grad()
def standardise(network, mean, deviation):
    """Features of mean 0 and deviation 1; the heads see what they saw."""
    for head in network.heads.values():
        head.bias.add_(head.weight @ mean)
        head.weight.mul_(deviation)
    network.features.weight.div_(deviation[:, None])
    network.features.bias.copy_((network.features.bias - mean) / deviation)
    return network


def save(network):
    tensors = {}
    for index, convolution in enumerate(network.convolutions[::2]):
        tensors[f"conv{index}.weight"], tensors[f"conv{index}.bias"] = convolution.weight, convolution.bias
    for name, layer in [("features", network.features)] + [
        (f"heads.{name}", network.heads[name.replace(".", "_")]) for name in network.names
    ]:
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = layer.weight, layer.bias
    layers = [dict(filters=filters, stride=stride) for filters, stride in LAYERS]
    text = json.dumps(dict(format=1, resolution=64, layers=layers, features=FEATURES, heads=network.names))
    save_tensors(FILE, tensors, {"classifier": text})


def load_classifier(device="cpu"):
    """The frozen classifier of the repository."""
    tensors, metadata = load_tensors(FILE)
    network = Classifier(json.loads(metadata["classifier"])["heads"], normalised=False)
    state = {}
    for name, value in tensors.items():
        kind, _, rest = name.partition(".")
        if kind.startswith("conv"):
            state[f"convolutions.{2 * int(kind[4:])}.{rest}"] = value
        elif kind == "heads":
            head, _, field = rest.rpartition(".")
            state[f"heads.{head.replace('.', '_')}.{field}"] = value
        else:
            state[name] = value
    network.load_state_dict(state)
    return network.eval().requires_grad_(False).to(device)


@torch.no_grad()
def embed_all(network, pictures):
    """Features (N, 64) of uint8 pictures (N, S, S, 3), seen at 64×64; in float32, where the network is."""
    device = next(network.parameters()).device
    return torch.cat([network.embed(to_network(to_64(chunk.to(device))).contiguous()) for chunk in pictures.split(500)])


def print_accuracy(sets):
    network = load_classifier()
    for data in sets:
        pictures, labels = data.everything()
        features = embed_all(network, pictures)
        for column, head in enumerate(heads_of(data)):
            right = (network.logits(features, head).argmax(1) == labels[:, column]).float()
            print(f"{head}: half A {right[0::2].mean():.3f}, half B {right[1::2].mean():.3f}")


def write_features(folders):
    with open(FILE, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    network = load_classifier()
    os.makedirs(f"{HERE}/features", exist_ok=True)
    for folder in folders:
        data = open_image_set(folder)
        pictures, labels = data.everything()
        half = torch.arange(len(pictures)) % 2
        text = json.dumps(dict(format=1, set=data.name, classifier=digest, count=len(pictures), labels=list(heads_of(data))))
        tensors = dict(features=embed_all(network, pictures), labels=labels, half=half)
        save_tensors(f"{HERE}/features/{data.name}.safetensors", tensors, {"features": text})
        with open(f"{HERE}/features/{data.name}.sha256", "w") as file:
            file.writelines(hashlib.sha256(picture.numpy().tobytes()).hexdigest()[:16] + "\n" for picture in pictures)


def write_case(path):
    """Six smooth pictures of a fixed seed (bytes, NHWC), their features, and the logits of the first head."""
    random = np.random.RandomState(7)
    coarse = torch.from_numpy(random.rand(6, 3, 6, 6).astype(np.float32))
    smooth = F.interpolate(coarse, size=64, mode="bilinear", align_corners=False)
    pictures = (smooth * 255).round().byte().permute(0, 2, 3, 1)
    network = load_classifier()
    features = embed_all(network, pictures)
    head = next(iter(network.names))
    tensors = dict(pictures=pictures, features=features, logits=network.logits(features, head))
    save_tensors(path, tensors, {"head": head}, np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("train", "features", "case"))
    parser.add_argument("--data", nargs="+", default=[])
    parser.add_argument("--images", type=int, default=500_000)
    parser.add_argument("--out")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    if options.command == "train":
        train(options.data, options.images)
    elif options.command == "features":
        write_features(options.data)
    else:
        write_case(options.out)


if __name__ == "__main__":
    main()
