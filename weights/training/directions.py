"""Finds named directions in w by regression on measured attributes, and validates them on seeds they were not fitted on.

  python3 directions.py --set pomona [--weights ../pomona.safetensors] [--out ../pomona.safetensors]

For every attribute and every range of layers, the rows of ws in the range are moved at random, and the changes of all
attributes are regressed on the moves (20,000 pictures a range). A direction is the move that changes its own attribute most for its length
while the others stay, by a ridge; what still leaks is measured from size -3 to 3 and subtracted, some rounds. The range that leaks least
wins. Its length is one standard deviation of w along it, so size 1 means that. A direction must be monotone from -3 to 3 and
change its own attribute at least 3 times as much, in the attribute's standard deviations, as any other; else it is dropped.
"""

import argparse
import json

import torch

from attributes import measure
from classifier import load_classifier
from data import to_bytes
from export import save_weights
from networks import load_generator
from safetensors_file import load_tensors

SIZES = (-3, -2, -1, 0, 1, 2, 3)
SEEDS_FIT, SEEDS_VALIDATE = 1, 2
NAMES = {
    "pomona": dict(paper_light="paper-light", paper_warmth="paper-warmth", light_from_left="light-from-left"),
}


class Studio:
    """Draws from a generator and measures what it drew."""

    def __init__(self, path, name, truncation):
        self.generator, self.labels = load_generator(path)
        self.network, self.name, self.truncation = load_classifier(), name, truncation
        self.layers = self.generator.num_ws
        self.frequencies = self.class_frequencies()

    def class_frequencies(self):
        if not self.labels:
            return None
        return torch.ones(len(self.labels))

    @torch.no_grad()
    def sample_w(self, count, seed):
        """w (count, w_dim) after truncation, classes in equal numbers."""
        random = torch.Generator().manual_seed(seed)
        z, one_hot = torch.randn(count, self.generator.z_dim, generator=random), None
        if self.labels:
            one_hot = torch.nn.functional.one_hot(torch.arange(count) % len(self.labels), len(self.labels)).float()
        return self.generator.mapping.w_avg.lerp(self.generator.mapping(z, one_hot), self.truncation)

    @torch.no_grad()
    def measure(self, ws):
        """Attributes (N, A) of ws (N, layers, w_dim)."""
        values = []
        for chunk in ws.split(250):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=False):
                pictures = to_bytes(self.generator.synthesize(chunk, "none"))
            values.append(measure(self.name, pictures, self.network)[0])
        return torch.cat(values)

    def expand(self, w):
        return w[:, None].expand(-1, self.layers, -1)

    def move(self, w, vector, size, layers):
        """ws (N, layers, w_dim) of w moved by size · vector in the rows first to last."""
        ws = self.expand(w).clone()
        ws[:, layers[0] : layers[1] + 1] += size * vector
        return ws


def ranges(layers):
    """Ranges of ws to try: all, and coarse, middle and fine parts."""
    last = layers - 1
    return [(0, last), (0, 2), (0, 4), (2, 5), (3, 7), (4, last), (5, last), (6, last)]


def jacobian(studio, w, base, covariance, layers, deviation, seed):
    """(w_dim, A): change of each attribute, in its standard deviations, per unit move in the range, by ridge regression."""
    random = torch.Generator().manual_seed(seed)
    root = torch.linalg.cholesky(covariance)
    moves = torch.randn(len(w), w.shape[1], generator=random) @ root.T * 1.2
    ws = studio.expand(w).clone()
    ws[:, layers[0] : layers[1] + 1] += moves[:, None]
    change = (studio.measure(ws) - base) / deviation
    whitened = torch.linalg.solve_triangular(root, moves.T, upper=False).T
    gram = whitened.T @ whitened + 1e-3 * len(w) * torch.eye(w.shape[1])
    return torch.linalg.solve(gram, whitened.T @ change), root


def solve(effects, own, ridge):
    """The unit move (whitened) of most own effect per leak: (ridge + sum of others' outer products)^-1 times the own effect."""
    others = torch.cat([effects[:, :own], effects[:, own + 1 :]], 1)
    scale = others.square().sum() / len(others)
    matrix = others @ others.T + ridge * scale * torch.eye(len(effects))
    move = torch.linalg.solve(matrix, effects[:, own])
    return move / move.norm()


def response(studio, w, vector, layers, deviation, sizes=(-3, 3)):
    """Mean attributes (len(sizes), A) in standard deviations, relative to the unmoved."""
    base = studio.measure(studio.expand(w))
    return torch.stack([((studio.measure(studio.move(w, vector, size, layers)) - base) / deviation).mean(0) for size in sizes])


def ratio(effects, own):
    """|own effect| over the largest side effect."""
    others = torch.cat([effects[:own], effects[own + 1 :]])
    return (effects[own].abs() / others.abs().max().clamp(min=1e-6)).item()


def refine(studio, w, effects, root, own, layers, deviation, rounds):
    """Starts at the regression's answer and subtracts the measured leaks; returns the best (ratio, vector, effects)."""
    best = None
    jacobian_effects = effects.clone()
    for ridge in (0.02, 0.2):
        move = solve(effects, own, ridge)
        for _ in range(rounds):
            vector = root @ move
            seen = response(studio, w, vector, layers, deviation)
            total = seen[1] - seen[0]
            score = ratio(total, own) if total[own] > 0.5 else 0.0
            if best is None or score > best[0]:
                best = (score, vector, total)
            leak = total.clone() / 6
            leak[own] = 0
            matrix = jacobian_effects.T @ jacobian_effects + 0.05 * torch.eye(effects.shape[1]) * jacobian_effects.square().sum() / effects.shape[1]
            move = move - 0.7 * jacobian_effects @ torch.linalg.solve(matrix, leak)
            move = move / move.norm()
    return best


def find(studio, options):
    names = measure(studio.name, torch.zeros(2, 64, 64, 3, dtype=torch.uint8), studio.network)[1]
    w = studio.sample_w(options.samples, SEEDS_FIT)
    base = studio.measure(studio.expand(w))
    deviation = base.std(0)
    centred = w - w.mean(0)
    covariance = centred.T @ centred / (len(w) - 1)
    covariance += 1e-4 * covariance.diagonal().mean() * torch.eye(len(covariance))
    best = {}
    few = w[torch.randperm(len(w), generator=torch.Generator().manual_seed(3))[: options.refine_samples]]
    for index, layers in enumerate(ranges(studio.layers)):
        effects, root = jacobian(studio, w, base, covariance, layers, deviation, 10 + index)
        for own, name in enumerate(names):
            if options.only and name not in options.only:
                continue
            found = refine(studio, few, effects, root, own, layers, deviation, options.rounds)
            if name not in best or found[0] > best[name][0]:
                best[name] = (*found, layers)
        print(layers, {name: round(value[0], 1) for name, value in best.items()}, flush=True)
    return names, deviation, best


def validate(studio, name, names, deviation, found, count):
    """The figures of a direction on fresh seeds."""
    _, vector, _, layers = found
    w = studio.sample_w(count, SEEDS_VALIDATE)
    seen = response(studio, w, vector, layers, deviation, SIZES)
    own = names.index(name)
    effects = seen[-1] - seen[0]
    curve = seen[:, own]
    sides = {other: round(effects[index].item(), 3) for index, other in enumerate(names) if index != own}
    return dict(
        attribute=name,
        effect=round(effects[own].item(), 3),
        curve=[round(value, 3) for value in curve.tolist()],
        monotone=bool((curve.diff() > 0).all()),
        sideEffects=sides,
        largestSideEffect=max(sides, key=lambda other: abs(sides[other])),
        ratio=round(ratio(effects, own), 2),
        seeds=count,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--set", required=True), add("--weights"), add("--out"), add("--samples", type=int, default=20_000)
    add("--refine-samples", type=int, default=300), add("--rounds", type=int, default=4)
    add("--validate-samples", type=int, default=1000), add("--only", nargs="*", default=[])
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    path = options.weights or f"../{options.set}.safetensors"
    tensors, metadata = load_tensors(path)
    about = json.loads(metadata["gan_canvas"])
    studio = Studio(path, options.set, about["truncation"])
    names, deviation, best = find(studio, options)
    about["directions"], kept = [], {}
    for name, found in best.items():
        figures = validate(studio, name, names, deviation, found, options.validate_samples)
        print(json.dumps(dict(layers=found[3], **figures)), flush=True)
        if figures["monotone"] and figures["ratio"] >= 3:
            label = name.replace("_", "-")
            kept[f"directions.{label}"] = found[1]
            about["directions"].append(dict(name=label, kind="named", layers=list(found[3]), range=[-3, 3], validation=figures))
    print(f"{len(kept)} of {len(best)} directions kept: {', '.join(direction['name'] for direction in about['directions'])}")
    if options.out:
        weights = {name: value for name, value in tensors.items() if not name.startswith("directions.")}
        save_weights(options.out, {**weights, **kept}, about)


if __name__ == "__main__":
    main()
