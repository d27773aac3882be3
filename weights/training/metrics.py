"""Distances between two samples of features, (n, 64) float64 numpy arrays. test/bench has the same in TypeScript."""

import numpy as np


def kernel_distance(a, b):
    """Unbiased squared MMD with the kernel (a · b / d + 1)³ (KID, Bińkowski et al., 2018); a and b of equal length n."""
    kernel = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    n = len(a)
    same = sum((matrix.sum() - np.trace(matrix)) / (n * (n - 1)) for matrix in (kernel(a, a), kernel(b, b)))
    return same - 2 * kernel(a, b).mean()


def frechet_distance(a, b):
    """Fréchet distance of the Gaussians of a and b (FID, Heusel et al., 2017)."""
    first, second = np.cov(a.T), np.cov(b.T)
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second @ root), 0)).sum()
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first) + np.trace(second) - 2 * cross


def distances(a, b):
    """Euclidean distances (len(a), len(b))."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0))


def radii(a, k):
    """The distance of each of a to its k-th nearest neighbour in a."""
    return np.partition(distances(a, a), k, axis=1)[:, k]


def precision_recall(real, fake, k=3):
    """Share of fakes within the real manifold and of reals within the fake one (Kynkäänniemi et al., 2019)."""
    between = distances(real, fake)
    precision = (between <= radii(real, k)[:, None]).any(0).mean()
    recall = (between <= radii(fake, k)[None]).any(1).mean()
    return precision, recall


def density_coverage(real, fake, k=5):
    """Naeem et al., 2020."""
    between, reach = distances(real, fake), radii(real, k)[:, None]
    return (between < reach).sum() / (k * len(fake)), (between < reach).any(1).mean()


def sliced_wasserstein(a, b, projections=256, seed=0):
    """Mean Wasserstein-1 distance over random directions; a and b of equal length."""
    axes = np.random.RandomState(seed).randn(projections, a.shape[1])
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    return np.abs(np.sort(a @ axes.T, 0) - np.sort(b @ axes.T, 0)).mean()


def memorising(fake, first_half, second_half):
    """Distances to the nearest real picture: median of fakes, median of half B to half A, share of fakes under the latter's 1 %."""
    nearest = distances(fake, np.concatenate([first_half, second_half])).min(1)
    held_out = distances(second_half, first_half).min(1)
    return np.median(nearest), np.median(held_out), (nearest < np.quantile(held_out, 0.01)).mean()


def all_figures(real, other_half, fake, labels=None, fake_labels=None):
    """Every figure for fakes against half B (`real`), with the floor: half A against half B in equal numbers."""
    n = min(len(real), len(other_half), len(fake))
    real, other_half, fake = (np.asarray(sample[:n], np.float64) for sample in (real, other_half, fake))
    figures = dict(n=n, kernel_distance=kernel_distance(fake, real), frechet_distance=frechet_distance(fake, real))
    figures["precision"], figures["recall"] = precision_recall(real, fake)
    figures["density"], figures["coverage"] = density_coverage(real, fake)
    figures["sliced_wasserstein"] = sliced_wasserstein(fake, real)
    nearest = memorising(fake, other_half, real)
    figures.update(zip(("nearest_real", "nearest_real_floor", "nearer_than_1_percent"), nearest))
    figures["floor"] = dict(
        kernel_distance=kernel_distance(other_half, real),
        frechet_distance=frechet_distance(other_half, real),
        sliced_wasserstein=sliced_wasserstein(other_half, real),
    )
    if labels is not None:
        figures["recall_by_class"] = {
            int(label): precision_recall(real[labels[:n] == label], fake[fake_labels[:n] == label])[1]
            for label in np.unique(labels[:n])
            if (labels[:n] == label).sum() > 4 and (fake_labels[:n] == label).sum() > 4
        }
    return figures
