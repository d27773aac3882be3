"""Eigenvalues and eigenvectors by NumPy (LAPACK) of the matrices in symmetric-eigen.test.ts: python3 test/latent/golden-eigen.py"""

import numpy as np


def matrix(n):
    i, j = np.indices((n, n))
    return ((7 * (i + j) + 3 * i * j) % 11 - 5).astype(np.float64)


for n in (4, 7, 30):
    values, vectors = np.linalg.eigh(matrix(n))
    values, vectors = values[::-1], vectors[:, ::-1].T
    signs = np.sign(vectors[np.arange(n), np.abs(vectors).argmax(1)])
    print(n, "values", ", ".join(f"{value:.10f}" for value in values[:4]), "…", f"{values[-1]:.10f}")
    print(n, "first", ", ".join(f"{entry:.10f}" for entry in (vectors * signs[:, None])[0][:4]))
    print(n, "last", ", ".join(f"{entry:.10f}" for entry in (vectors * signs[:, None])[-1][:4]))
