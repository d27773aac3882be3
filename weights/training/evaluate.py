"""Quality of a checkpoint, while it trains or after: every figure of metrics.py in the features of classifier.safetensors.

  python3 evaluate.py FILE… --set pomona [--quick] [--truncation 1] [--latent-dim 128] [--json OUT]

Needs no pictures: features/SET.safetensors has the real ones. The cards' figures come from `npm run bench -- quality`, which
draws with the shipped engine; this one draws with PyTorch, so the two differ by the latents, by less than the noise of either.
"""

import argparse
import json

import torch

from classifier import HERE, embed_all, load_classifier
from metrics import all_figures, kernel_distance
from networks import draw_pictures, load_generator
from safetensors_file import load_tensors


def real_features(name):
    """Features and labels of half A and of half B: (features A, features B, labels A, labels B)."""
    tensors, _ = load_tensors(f"{HERE}/features/{name}.safetensors")
    halves = [tensors["half"] == half for half in (0, 1)]
    return [tensors[field][half] for field in ("features", "labels") for half in halves]


def evaluate(path, name, options):
    first, second, _, labels = real_features(name)
    n = min(len(first), len(second), 2000 if options.quick else 10**9)
    generator, names = load_generator(path)
    z = torch.randn(n, generator.z_dim, generator=torch.Generator().manual_seed(options.seed))
    z[:, options.latent_dim :] = 0
    asked = labels[:n, 0].long() if names else None
    pictures = draw_pictures(generator, z, asked, options.truncation, options.noise)
    network = load_classifier()
    fake = embed_all(network, pictures)
    if options.quick:
        second, first = second[:n].double().numpy(), first[:n].double().numpy()
        fake = fake.double().numpy()
        return dict(n=n, kernel_distance=kernel_distance(fake, second), floor=kernel_distance(first, second))
    if asked is None:
        return all_figures(second.numpy(), first.numpy(), fake.numpy())
    figures = all_figures(second.numpy(), first.numpy(), fake.numpy(), asked.numpy(), asked.numpy())
    right = network.logits(fake, name).argmax(1) == asked
    figures["class_accuracy"] = right.float().mean().item()
    figures["class_accuracy_real"] = (network.logits(second[:n], name).argmax(1) == asked).float().mean().item()
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("files", nargs="+"), add("--set", required=True), add("--quick", action="store_true"), add("--json")
    add("--truncation", type=float, default=1.0), add("--latent-dim", type=int, default=128)
    add("--noise", choices=("none", "const", "random"), default="none"), add("--seed", type=int, default=0)
    options = parser.parse_args()
    results = {path: evaluate(path, options.set, options) for path in options.files}
    text = json.dumps(results, indent=1, default=float)
    print(text)
    if options.json:
        with open(options.json, "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()
