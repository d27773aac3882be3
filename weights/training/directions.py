"""Finds named directions in w by regression on measured attributes, and validates them on seeds they were not fitted on.

  python3 directions.py --set pomona [--weights ../pomona.safetensors] [--out ../pomona.safetensors]

The rows of ws are moved at random, two by two, and the changes of all attributes (attributes.py) are regressed on the moves, over
20,000 pictures. So the effect of a move of any range of rows is known, to first order. A direction is the move of a range that
changes its own attribute most for its length while the others stay; what still leaks from size -3 to 3 is measured and
subtracted, some rounds. The range that leaks least wins. Where that is not enough, the move is polished: by gradient ascent on
what the pictures measure, for more effect and less leak. Its length is one standard deviation of w along it, so size 1 means
that. A direction is kept when it is monotone from -3 to 3, changes its own attribute by 0.8 standard deviations at least, and at least
3 times as much, in the attributes' standard deviations, as any other.
"""

import argparse
import json

import torch

from attributes import MEASURES, measure
from classifier import load_classifier
from data import to_bytes
from export import save_weights
from networks import load_generator
from safetensors_file import load_tensors
from train import fastest_dtype

SIZES = (-3, -2, -1, 0, 1, 2, 3)
SEED_FIT, SEED_MOVES, SEED_VALIDATE = 1, 2, 3
ROWS = 2  # moved together in the regression
STRENGTH = 0.7  # of the random moves, in standard deviations
STARTS_TO_REFINE = 2
BREADTH_COST = 0.03  # of the score, for each further group of rows: narrow ranges before wide ones
MIN_EFFECT, MIN_RATIO = 0.8, 3.0
ENOUGH_RATIO, ENOUGH_EFFECT = 4.5, 1.5  # a little more than needed, for fresh seeds
LEAK_COST, POLISH_RATE = 4.0, 0.015


class Studio:
    """Draws from a generator and measures what it drew."""

    def __init__(self, path, name, truncation, noise):
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.generator, self.labels = load_generator(path)
        self.generator = self.generator.to(self.device, memory_format=torch.channels_last)
        self.network, self.name, self.truncation, self.noise = load_classifier().to(self.device), name, truncation, noise
        self.layers, self.dtype = self.generator.num_ws, fastest_dtype(self.device)

    @torch.no_grad()
    def sample_w(self, count, seed):
        """w (count, w_dim) after truncation, classes in equal numbers."""
        random = torch.Generator().manual_seed(seed)
        z, one_hot = torch.randn(count, self.generator.z_dim, generator=random), None
        if self.labels:
            one_hot = torch.eye(len(self.labels))[torch.arange(count) % len(self.labels)].to(self.device)
        return self.generator.mapping.w_avg.lerp(self.generator.mapping(z.to(self.device), one_hot), self.truncation).cpu()

    @torch.no_grad()
    def measure(self, ws):
        """Attributes (N, A) of ws (N, layers, w_dim)."""
        values = []
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            for chunk in ws.split(100 if self.device == "cpu" else 1000):
                pictures = to_bytes(self.generator.synthesize(chunk.to(self.device), self.noise).float())
                values.append(measure(self.name, pictures, self.network)[0].float().cpu())
        return torch.cat(values)

    def measure_smoothly(self, ws):
        """The same with a gradient by ws, of pictures that are not rounded to bytes."""
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            picture = self.generator.synthesize(ws.to(self.device), self.noise).float()
            measured = MEASURES[self.name](((picture.clamp(-1, 1) + 1) * 127.5).permute(0, 2, 3, 1), self.network)
        return torch.stack(list(measured.values()), 1).float().cpu()

    def attributes(self):
        """Their names, A."""
        return measure(self.name, torch.zeros(2, 64, 64, 3, dtype=torch.uint8, device=self.device), self.network)[1]

    def expand(self, w):
        return w[:, None].expand(-1, self.layers, -1)

    def move(self, w, vector, size, layers):
        """ws (N, layers, w_dim) of w moved by size · vector in the rows first to last."""
        ws = self.expand(w).clone()
        ws[:, layers[0] : layers[1] + 1] += size * vector
        return ws


class Sample:
    """Latents of a fixed seed, and what the pictures of them measure."""

    def __init__(self, studio, count, seed):
        self.studio, self.w = studio, studio.sample_w(count, seed)
        self.base = studio.measure(studio.expand(self.w))

    def response(self, vector, layers, deviation, sizes=(-3, 3)):
        """Mean change (len(sizes), A) of the attributes, in their standard deviations."""
        seen = [self.base if size == 0 else self.studio.measure(self.studio.move(self.w, vector, size, layers)) for size in sizes]
        return torch.stack([((measured - self.base) / deviation).mean(0) for measured in seen])

    def effect(self, vector, layers, deviation):
        """Mean change (A,) from size -3 to 3."""
        low, high = self.response(vector, layers, deviation)
        return high - low


def regress(studio, sample, deviation, root):
    """(row groups, w_dim, A): change of each attribute, in its standard deviations, per whitened unit move of the rows of a group."""
    groups, (count, dim) = studio.layers // ROWS, sample.w.shape
    whitened = torch.randn(count, groups, dim, generator=torch.Generator().manual_seed(SEED_MOVES)) * STRENGTH
    moves = (whitened @ root.T).repeat_interleave(ROWS, 1)
    change = torch.cat(
        [studio.measure(studio.expand(w) + by) for w, by in zip(sample.w.split(1000), moves.split(1000))]
    )
    change = (change - sample.base) / deviation
    whitened = whitened.reshape(count, -1)
    gram = whitened.T @ whitened + 1e-2 * count * STRENGTH**2 * torch.eye(groups * dim)
    return torch.linalg.solve(gram, whitened.T @ (change - change.mean(0))).reshape(groups, dim, -1)


def solve(effects, own, ridge=0.3):
    """The whitened unit move of most own effect per leak: (ridge + sum of the others' outer products)^-1 times the own effect."""
    others = torch.cat([effects[:, :own], effects[:, own + 1 :]], 1)
    scale = others.square().sum() / others.shape[1]
    move = torch.linalg.solve(others @ others.T + ridge * scale * torch.eye(len(effects)), effects[:, own])
    return move / move.norm()


def ratio(effect, own):
    """|own effect| over the largest side effect."""
    others = torch.cat([effect[:own], effect[own + 1 :]])
    return (effect[own].abs() / others.abs().max().clamp(min=1e-6)).item()


class Search:
    """Looks for the directions of one model."""

    def __init__(self, studio, options):
        self.studio, self.options, self.names = studio, options, studio.attributes()
        sample = Sample(studio, options.samples, SEED_FIT)
        self.deviation = sample.base.std(0)
        covariance = sample.w.T.cov()
        self.covariance = covariance + 1e-4 * covariance.diagonal().mean() * torch.eye(len(covariance))
        self.root = torch.linalg.cholesky(self.covariance)
        self.groups = regress(studio, sample, self.deviation, self.root)
        self.few, self.fewest = (Sample(studio, count, SEED_FIT) for count in (options.refine_samples, options.refine_samples // 4))
        last = len(self.groups)
        self.ranges = [(first, end) for first in range(last) for end in range(first + 1, last + 1)]

    def effects(self, part):
        return self.groups[part[0] : part[1]].sum(0)

    def layers(self, part):
        return part[0] * ROWS, part[1] * ROWS - 1

    def vector(self, move):
        """A whitened move as a vector of w, one standard deviation of w along itself long."""
        vector = self.root @ move
        unit = vector / vector.norm()
        return unit * (unit @ self.covariance @ unit).sqrt()

    def seen(self, sample, move, part):
        return sample.effect(self.vector(move), self.layers(part), self.deviation)

    def score(self, effect, own, part):
        """The effect, less where it leaks or many rows are moved."""
        narrow = 1 - BREADTH_COST * (part[1] - part[0] - 1)
        return effect[own].item() * min(1.0, ratio(effect, own) / ENOUGH_RATIO) * narrow

    def refine(self, move, part, own):
        """Subtracts the measured leaks, some rounds: the best (score, move, part)."""
        effects, best = self.effects(part), (0.0, move, part)
        gram = effects.T @ effects
        gram += 0.05 * gram.diagonal().mean() * torch.eye(len(gram))
        for _ in range(self.options.rounds):
            effect = self.seen(self.few, move, part)
            if (score := self.score(effect, own, part)) > best[0]:
                best = (score, move, part)
            leak = effect / effect[own].abs().clamp(min=0.1)
            leak[own] = 0
            gain = (effects[:, own] @ move).abs()
            move = move - 0.7 * effects @ torch.linalg.solve(gram, leak * gain)
            move = move / move.norm()
        return best

    def polish(self, move, part, own, batch=26):
        """(score, move, part) after gradient ascent on the own effect, less what the others change too much for it."""
        move, random = move.clone().requires_grad_(True), torch.Generator().manual_seed(SEED_FIT)
        steps = torch.optim.Adam([move], POLISH_RATE)
        for _ in range(self.options.polish_steps):
            w = self.few.w[torch.randint(len(self.few.w), (batch,), generator=random)]
            ends = [self.studio.move(w, self.vector(move), size, self.layers(part)) for size in (-3, 3)]
            low, high = self.studio.measure_smoothly(torch.cat(ends)).chunk(2)
            effect = ((high - low) / self.deviation).mean(0)
            others = torch.cat([effect[:own], effect[own + 1 :]]).abs()
            loss = LEAK_COST * (others - effect[own].clamp(min=0) / ENOUGH_RATIO).relu().square().sum() - effect[own]
            steps.zero_grad()
            loss.backward()
            steps.step()
        move = move.detach() / move.detach().norm()
        return self.score(self.seen(self.few, move, part), own, part), move, part

    def find(self, name):
        """(score, vector, layers) of the best direction for an attribute."""
        own = self.names.index(name)
        starts = [(solve(self.effects(part), own), part) for part in self.ranges]
        order = sorted(starts, key=lambda start: -self.score(self.seen(self.fewest, *start), own, start[1]))
        found = max((self.refine(*start, own) for start in order[:STARTS_TO_REFINE]), key=lambda each: each[0])
        effect = self.seen(self.few, *found[1:])
        if ratio(effect, own) < ENOUGH_RATIO or effect[own] < ENOUGH_EFFECT:
            found = max(found, self.polish(*found[1:], own), key=lambda each: each[0])
        score, move, part = found
        return score, self.vector(move), self.layers(part)


def validate(sample, name, names, deviation, vector, layers):
    """The figures of a direction on fresh seeds."""
    seen, own = sample.response(vector, layers, deviation, SIZES), names.index(name)
    effect, curve = seen[-1] - seen[0], seen[:, own]
    sides = {other: round(effect[index].item(), 3) for index, other in enumerate(names) if index != own}
    return dict(
        attribute=name,
        effect=round(effect[own].item(), 3),
        curve=[round(value, 3) for value in curve.tolist()],
        monotone=bool((curve.diff() > 0).all()),
        sideEffects=sides,
        largestSideEffect=max(sides, key=lambda other: abs(sides[other])),
        ratio=round(ratio(effect, own), 2),
        seeds=len(sample.w),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--set", required=True), add("--weights"), add("--out"), add("--samples", type=int, default=20_000)
    add("--refine-samples", type=int, default=260), add("--rounds", type=int, default=4)
    add("--polish-steps", type=int, default=40)
    add("--validate-samples", type=int, default=520), add("--only", nargs="*", default=[], help="attributes; the directions of others stay, validated anew")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    path = options.weights or f"../{options.set}.safetensors"
    tensors, metadata = load_tensors(path)
    about = json.loads(metadata["gan_canvas"])
    studio = Studio(path, options.set, about["truncation"], about["noise"])
    search = Search(studio, options)
    fresh = Sample(studio, options.validate_samples, SEED_VALIDATE)
    looked_for = options.only or search.names
    labels = [name.replace("_", "-") for name in looked_for]

    def keep(label, vector, layers, figures):
        """Takes a direction up if its figures are good enough."""
        is_good = figures["monotone"] and figures["effect"] >= MIN_EFFECT and figures["ratio"] >= MIN_RATIO
        print(json.dumps(dict(kept=is_good, layers=layers, **figures)), flush=True)
        if is_good:
            vectors[f"directions.{label}"] = vector
            about["directions"].append(dict(name=label, kind="named", layers=list(layers), range=[-3, 3], validation=figures))

    kept_before = [direction for direction in about["directions"] if options.only and direction["name"] not in labels]
    about["directions"], vectors = [], {}
    for direction in kept_before:
        vector, layers = tensors[f"directions.{direction['name']}"].float(), tuple(direction["layers"])
        figures = validate(fresh, direction["validation"]["attribute"], search.names, search.deviation, vector, layers)
        keep(direction["name"], vector, layers, figures)
    for name in looked_for:
        _, vector, layers = search.find(name)
        keep(name.replace("_", "-"), vector, layers, validate(fresh, name, search.names, search.deviation, vector, layers))
    print(f"{len(vectors)} directions kept: {', '.join(direction['name'] for direction in about['directions'])}")
    if options.out:
        weights = {name: value for name, value in tensors.items() if not name.startswith("directions.")}
        save_weights(options.out, {**weights, **vectors}, about)


if __name__ == "__main__":
    main()
