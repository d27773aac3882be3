"""The metrics of test/bench/quality, written a second time and plainly, on seeded random features: python3 test/tools/make-quality-golden.py

Writes test/fixtures/quality-golden.json. numpy only. Generated features have another mean and covariance than the real ones, so that no
metric is 0 or 1.
"""

import json
import os

import numpy as np

COUNT, WIDTH, CLASSES = 70, 12, 3


def kernel_mean(x, y, skip_same):
    values = [(x[i] @ y[j] / WIDTH + 1) ** 3 for i in range(len(x)) for j in range(len(y)) if not (skip_same and i == j)]
    return sum(values) / len(values)


def kernel_distance(x, y):
    return kernel_mean(x, x, True) + kernel_mean(y, y, True) - 2 * kernel_mean(x, y, False)


def frechet_distance(x, y):
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    # The eigenvalues of a product of two covariances are real and not negative.
    mixed = np.sqrt(np.abs(np.linalg.eigvals(a @ b).real)).sum()
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * mixed


def distance(a, b):
    return np.sqrt(((a - b) ** 2).sum())


def radius(x, i, k):
    return sorted(distance(x[i], x[j]) for j in range(len(x)) if j != i)[k - 1]


def share(flags):
    flags = list(flags)
    return sum(flags) / len(flags)


def precision(real, fake):
    reach = [radius(real, i, 3) for i in range(len(real))]
    return share(any(distance(real[i], f) <= reach[i] for i in range(len(real))) for f in fake)


def density_coverage(real, fake):
    reach = [radius(real, i, 5) for i in range(len(real))]
    inside = [[distance(real[i], f) < reach[i] for f in fake] for i in range(len(real))]
    return sum(map(sum, inside)) / (5 * len(fake)), share(any(row) for row in inside)


def sliced_wasserstein(x, y, projections):
    return sum(np.abs(np.sort(x @ p) - np.sort(y @ p)).mean() for p in projections) / len(projections)


def nearest(x, y):
    return np.array([min(distance(a, b) for b in y) for a in x])


def rounded(array):
    """Numbers that are short in JSON, and what they are when read back."""
    return np.round(array, 4)


if __name__ == "__main__":
    random = np.random.RandomState(11)
    real = rounded(random.randn(COUNT, WIDTH))
    other = rounded(random.randn(COUNT, WIDTH))
    fake = rounded(random.randn(COUNT, WIDTH) @ (np.eye(WIDTH) * 0.8 + 0.05 * random.randn(WIDTH, WIDTH)) + 0.25)
    real_labels, fake_labels = (random.randint(CLASSES, size=COUNT) for _ in range(2))
    projections = random.randn(16, WIDTH)
    projections = rounded(projections / np.sqrt((projections**2).sum(1))[:, None])
    density, coverage = density_coverage(real, fake)
    to_real, held_out = nearest(fake, np.concatenate([other, real])), nearest(real, other)
    golden = dict(
        width=WIDTH,
        real=real.ravel().tolist(),
        other=other.ravel().tolist(),
        generated=fake.ravel().tolist(),
        real_labels=real_labels.tolist(),
        generated_labels=fake_labels.tolist(),
        projections=projections.ravel().tolist(),
        kernel_distance=kernel_distance(real, fake),
        kernel_distance_floor=kernel_distance(real, other),
        frechet_distance=frechet_distance(real, fake),
        precision=precision(real, fake),
        recall=precision(fake, real),
        density=density,
        coverage=coverage,
        sliced_wasserstein=sliced_wasserstein(real, fake, projections),
        class_recall=[precision(fake[fake_labels == c], real[real_labels == c]) for c in range(CLASSES)],
        median_distance=np.median(to_real),
        real_median_distance=np.median(held_out),
        near_share=share(to_real < np.quantile(held_out, 0.01)),
    )
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fixtures/quality-golden.json")
    with open(path, "w") as file:
        json.dump(golden, file, separators=(",", ":"), default=float)
        file.write("\n")
    print({key: value for key, value in golden.items() if not isinstance(value, list) or len(value) <= CLASSES})
