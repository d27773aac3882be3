"""Differentiable augmentation whose strength follows the discriminator's overfitting."""

import torch
from torch.nn import functional as F


def augment(x, share):
    """Colour, shift and cutout of x (N, 3, H, W), each with probability `share`, 0 to 1 (DiffAugment, Zhao et al., 2020); None: x."""
    if share is None:
        return x
    n, _, size, _ = x.shape
    coin = lambda: (torch.rand(n, 1, 1, 1, device=x.device) < share).float()
    uniform = lambda: torch.rand(n, 1, 1, 1, device=x.device)
    x = x + (uniform() - 0.5) * coin()
    mean = x.mean(1, keepdim=True)
    x = (x - mean) * (1 + (uniform() * 2 - 1) * coin()) + mean
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * (1 + (uniform() - 0.5) * coin()) + mean
    return cut_out(shift(x, size // 8, coin()), size // 4, coin())


def shift(x, reach, coin):
    """Moves by up to `reach` pixels each way; black comes in (0 in [-1, 1])."""
    n, _, size, _ = x.shape
    steps = torch.arange(size, device=x.device)
    draw = lambda: (torch.randint(-reach, reach + 1, (n,), device=x.device) * coin[:, 0, 0, 0]).long()[:, None]
    rows, columns = ((steps[None] + draw() + 1).clamp(0, size + 1) for _ in range(2))
    padded = F.pad(x, (1, 1, 1, 1))
    moved = padded.gather(2, rows[:, None, :, None].expand(-1, x.shape[1], -1, size + 2))
    return moved.gather(3, columns[:, None, None].expand(-1, x.shape[1], size, -1))


def cut_out(x, reach, coin):
    """Blanks a square of 2 · reach pixels a side round a random centre."""
    n, _, size, _ = x.shape
    steps = torch.arange(size, device=x.device)
    centre = lambda: torch.randint(0, size + 1, (n, 1, 1), device=x.device)
    hole = ((steps[None, None] - centre()).abs() < reach) & ((steps[None, :, None] - centre()).abs() < reach)
    return x.masked_fill(hole[:, None] & (coin > 0), 0.0)


class AdaptiveShare:
    """The share of augmented pictures: rises while the discriminator is too sure of real pictures (ADA, Karras et al., 2020).

    Its measure is r = mean sign(D(real)): 0 knows nothing, 1 has learnt the set by heart; `target` is 0.6 there, 0 keeps the share.
    Both are tensors on the device, so that no step waits for them.
    """

    def __init__(self, share, target, device, images=100_000, most=0.6):
        self.target, self.images, self.most = target, images, most
        self.share, self.measure = torch.tensor(float(share), device=device), torch.tensor(0.0, device=device)
        self.is_off = share == 0 and target == 0

    def current(self):
        """For `augment`: the share, or None where it stays 0."""
        return None if self.is_off else self.share

    def observe(self, sign, batch):
        """Takes the mean sign of the discriminator's outputs on a batch of real pictures; a share of 1 is crossed in `images` images."""
        self.measure.lerp_(sign, 0.01)
        if self.target > 0:
            self.share.add_((self.measure - self.target).sign() * (batch / self.images)).clamp_(0.0, self.most)
