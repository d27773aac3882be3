"""Image sets: folders in the form of an atlas with labels, or of parts to compose. Nothing of them is kept in the repository.

An atlas folder has `atlas-SIZE.jpg` (rows of square pictures) and `labels.json` (name, count, columns, classes, labels; -1
leaves a picture out). A folder of parts has `parts-128.npz` (arrays s0_p0, s0_p1, … of premultiplied RGBA parts, painted in
that order, and bg, the background colours) and `names.json` (the names of the parts, by kind).
"""

import json
import os

import numpy as np
import torch
from PIL import Image

Image.MAX_IMAGE_PIXELS = None


class Atlas:
    """Pictures with one label each; `classes` are the labels' names. Training draws classes by the root of their frequency."""

    mirrored = True

    def __init__(self, folder, size):
        with open(f"{folder}/labels.json") as file:
            meta = json.load(file)
        self.name, self.classes = meta["name"], meta["classes"]
        atlas = np.asarray(Image.open(f"{folder}/atlas-{size}.jpg").convert("RGB"))
        columns = meta.get("columns") or meta["cols"]
        rows = atlas.shape[0] // size
        tiles = atlas.reshape(rows, size, columns, size, 3).transpose(0, 2, 1, 3, 4).reshape(-1, size, size, 3)
        labels = np.array(meta["labels"])
        kept = np.flatnonzero(labels >= 0)
        self.images = torch.from_numpy(tiles[: meta["count"]][kept])
        self.labels = torch.from_numpy(labels[kept]).long()
        counts = torch.bincount(self.labels).float()
        shares = (counts.sqrt() / counts)[self.labels].double().cumsum(0)
        self.upper_shares = (shares / shares[-1]).float()

    def to(self, device):
        self.images, self.labels, self.upper_shares = self.images.to(device), self.labels.to(device), self.upper_shares.to(device)
        return self

    def draw_indices(self, count):
        """Indices (count,) of pictures at random; the device is not waited for."""
        drawn = torch.searchsorted(self.upper_shares, torch.rand(count, device=self.upper_shares.device))
        return drawn.clamp(max=len(self.labels) - 1)

    def draw(self, count):
        """uint8 (count, size, size, 3) and class indices (count,)."""
        index = self.draw_indices(count)
        return self.images[index], self.labels[index]

    def draw_labels(self, count):
        """Class indices (count,) in the frequencies of `draw`."""
        return self.labels[self.draw_indices(count)]

    def everything(self):
        """All pictures (N, size, size, 3) and labels (N, 1), in the order of the folder."""
        return self.images, self.labels[:, None]


class Composition:
    """Pictures painted from random parts, without end and without classes; every trait of each is known."""

    mirrored = False
    classes = ()
    fixed_count, fixed_seed = 20000, 1

    def __init__(self, folder, size):
        with open(f"{folder}/names.json") as file:
            ((self.name, names),) = json.load(file).items()
        with np.load(f"{folder}/parts-128.npz", allow_pickle=False) as arrays:
            self.parts = [self.scale(arrays[f"s0_p{index}"], size) for index in range(len(names))]
            self.backgrounds = torch.from_numpy(arrays["bg"].astype(np.float32))
        self.traits = dict(names, background=[f"background {index}" for index in range(len(self.backgrounds))])

    @staticmethod
    def scale(part, size):
        """(n, 128, 128, 4) premultiplied bytes to (n, size, size, 4) float, by averaging."""
        factor = part.shape[1] // size
        scaled = part.astype(np.float32).reshape(len(part), size, factor, size, factor, 4).mean((2, 4))
        return torch.from_numpy(scaled)

    def to(self, device):
        self.parts, self.backgrounds = [part.to(device) for part in self.parts], self.backgrounds.to(device)
        return self

    def paint(self, traits):
        """uint8 (N, size, size, 3) of trait indices (N, parts + 1), the background last."""
        canvas = self.backgrounds[traits[:, -1]][:, None, None]
        for index, part in enumerate(self.parts):
            layer = part[traits[:, index]]
            canvas = canvas * (1 - layer[..., 3:] / 255) + layer[..., :3]
        return canvas.round().clamp(0, 255).byte()

    def draw(self, count):
        limits = [len(part) for part in self.parts] + [len(self.backgrounds)]
        device = self.backgrounds.device
        traits = torch.stack([torch.randint(limit, (count,), device=device) for limit in limits], 1)
        return self.paint(traits), None

    def everything(self):
        """20,000 compositions of a fixed seed (N, size, size, 3), and their traits (N, parts + 1)."""
        random = np.random.RandomState(self.fixed_seed)
        limits = [len(part) for part in self.parts] + [len(self.backgrounds)]
        traits = torch.from_numpy(np.stack([random.randint(limit, size=self.fixed_count) for limit in limits], 1))
        return torch.cat([self.paint(chunk) for chunk in traits.split(500)]), traits


def open_image_set(folder, size=64):
    """The image set of a folder, of whichever form it has."""
    if os.path.exists(f"{folder}/parts-128.npz"):
        return Composition(folder, size)
    if os.path.exists(f"{folder}/labels.json"):
        return Atlas(folder, size)
    raise SystemExit(f"{folder} has neither labels.json with atlas-{size}.jpg nor parts-128.npz with names.json.")


def to_network(images):
    """uint8 (N, H, W, 3) to float (N, 3, H, W) in [-1, 1], channels last in memory."""
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def to_bytes(images):
    """Float (N, 3, H, W) in [-1, 1] to uint8 (N, H, W, 3), rounded and clamped."""
    return ((images.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1)


def to_64(pictures):
    """uint8 (N, S, S, 3) at 64×64, by averaging squares of pixels; S is a multiple of 64."""
    n, size = pictures.shape[:2]
    if size == 64:
        return pictures
    squares = pictures.reshape(n, 64, size // 64, 64, size // 64, 3)
    return squares.float().mean((2, 4)).round().byte()


def save_sheet(images, columns, path):
    """Writes uint8 (N, size, size, 3) as one picture of `columns` columns."""
    count, size = images.shape[:2]
    rows = -(-count // columns)
    blank = torch.full((rows * columns - count, size, size, 3), 255, dtype=torch.uint8)
    grid = torch.cat([images.cpu(), blank]).reshape(rows, columns, size, size, 3)
    Image.fromarray(grid.transpose(1, 2).reshape(rows * size, columns * size, 3).numpy()).save(path)
