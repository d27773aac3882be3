"""PCA and SeFa directions of the fixtures by NumPy (LAPACK), for discover-directions.test.ts: python3 test/engine/golden-directions.py"""

import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

TEST = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TEST / "latent"))
from golden import uniforms  # noqa: E402

SAMPLES = 10_000
CHECKPOINTS = {"tiny-stylegan2-ada": "tiny-stylegan2-ada.pkl", "tiny-dcgan": "tiny-dcgan-generator.pth"}


def read(name):
    """The generator's file; that of a PyTorch checkpoint is made by the import."""
    checkpoint = CHECKPOINTS.get(name)
    if checkpoint is None:
        return (TEST / "fixtures" / f"{name}-generator.safetensors").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.safetensors"
        command = ["npx", "tsx", "src/cli/cli.ts", "import", TEST / "fixtures" / checkpoint, "--quiet", "--out", path]
        subprocess.run(command, cwd=TEST.parent, check=True)
        return path.read_bytes()


def load(name):
    data = read(name)
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__")
    architecture = json.loads(metadata["architecture"]) if "architecture" in metadata else json.loads(metadata["gan_canvas"])["architecture"]
    tensors = {}
    for key, entry in header.items():
        first, last = entry["data_offsets"]
        values = np.frombuffer(data[8 + size + first : 8 + size + last], {"F32": np.float32, "F16": np.float16}[entry["dtype"]])
        tensors[key] = values.reshape(entry["shape"]).astype(np.float64)
    return architecture, tensors


def deviates(count):
    """Stream `discovery` of seed 0; in doubles, not rounded to float32."""
    u = uniforms("0", "discovery")
    found = []
    while len(found) < count:
        x, y = 2 * next(u) - 1, 2 * next(u) - 1
        q = x * x + y * y
        if 0 < q < 1:
            found += [x * np.sqrt(-2 * np.log(q) / q), y * np.sqrt(-2 * np.log(q) / q)]
    return np.array(found[:count])


def unit_moment(x):
    return x / np.sqrt((x * x).mean(1, keepdims=True) + 1e-8)


def sample_w(architecture, tensors):
    """w (SAMPLES, w_dim): classes in turn."""
    x = unit_moment(deviates(SAMPLES * architecture["z_dim"]).reshape(SAMPLES, -1))
    classes = architecture["classes"]
    if classes:
        weight = tensors["mapping.embed.weight"] / np.sqrt(classes)
        embedded = (weight @ np.eye(classes)).T + tensors["mapping.embed.bias"]
        x = np.concatenate([x, unit_moment(embedded)[np.arange(SAMPLES) % classes]], 1)
    for layer in range(architecture["mapping_layers"]):
        weight, bias = tensors[f"mapping.fc{layer}.weight"], tensors[f"mapping.fc{layer}.bias"]
        x = x @ (weight * 0.01 / np.sqrt(weight.shape[1])).T + 0.01 * bias
        x = np.sqrt(2) * np.where(x < 0, 0.2 * x, x)
    return x


def style_matrix(architecture, tensors, first, last):
    if architecture["kind"] == "dcgan":
        weight = tensors["generator.0.weight"]
        scale = tensors["generator.0.norm.weight"] / np.sqrt(tensors["generator.0.norm.running_var"] + 1e-5)
        return (weight * scale[:, None, None]).reshape(len(weight), -1).T
    sizes = [2**k for k in range(2, 11) if 2**k <= architecture["resolution"]]
    layers = [f"b{size}.conv{conv}" for size, conv in itertools.product(sizes, (0, 1)) if (size, conv) != (4, 0)]
    layers.append(f"b{sizes[-1]}.torgb")
    rows = [tensors[f"synthesis.{layer}.affine.weight"] for layer in layers[first : last + 1]]
    return np.concatenate(rows) / np.sqrt(architecture["w_dim"])


def show(name, method, matrix, covariance):
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = values[::-1], vectors[:, ::-1].T
    vectors *= np.sign(vectors[np.arange(len(vectors)), np.abs(vectors).argmax(1)])[:, None]
    for index in (0, 1, len(values) - 1):
        v = vectors[index]
        deviation = 1 if covariance is None else np.sqrt(v @ covariance @ v)
        entries = ", ".join(f"{entry:.8f}" for entry in (v * deviation)[:4])
        print(f"{name} {method} [{index}]: share {values[index] / values.sum():.8f}, deviation {deviation:.8f}, vector {entries}")


for name in ("stylegan2-tiny", "stylegan2-tiny-classes", "tiny-stylegan2-ada", "tiny-dcgan"):
    architecture, tensors = load(name)
    covariance = None
    if architecture["kind"] == "stylegan2":
        covariance = np.cov(sample_w(architecture, tensors).T)
        show(name, "pca", covariance, covariance)
    matrix = style_matrix(architecture, tensors, 0, 99)
    show(name, "sefa", matrix.T @ matrix, covariance)
    if name == "stylegan2-tiny":
        matrix = style_matrix(architecture, tensors, 2, 3)
        show(name, "sefa of layers 2-3", matrix.T @ matrix, covariance)
