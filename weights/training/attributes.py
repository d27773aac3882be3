"""What can be measured in a picture: at least ten numbers a model, the same for every direction of it.

Each function takes uint8 pictures (N, 64, 64, 3), larger ones scaled to that, and gives {name: (N,) float}. Colours are CIE
L*a*b* (D65). The fruit, cat or flower is what differs from the paper or background, a soft mask; traits of cats and cut or
whole fruit are log-odds of the frozen classifier, limited to [-6, 6].
"""

import torch
from torch.nn import functional as F

from classifier import embed_all
from data import to_64


def to_lab(pictures):
    """(N, H, W, 3) sRGB bytes to (N, 3, H, W) L*, a*, b*."""
    x = pictures.float() / 255
    linear = torch.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    matrix = x.new_tensor([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ matrix.T / x.new_tensor([0.9505, 1.0, 1.089])
    f = torch.where(xyz > 0.008856, xyz.clamp(min=1e-6) ** (1 / 3), 7.787 * xyz + 16 / 116)
    return torch.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], 1)


def border(x, width=4):
    """The pixels of the frame: (N, C, P)."""
    return torch.cat([x[..., :width, :].flatten(2), x[..., -width:, :].flatten(2), x[..., :width].flatten(2), x[..., -width:].flatten(2)], 2)


def length(x):
    """(N, 1, H, W): of the colours of x (N, C, H, W); with a gradient at 0 too."""
    return (x.square().sum(1, keepdim=True) + 1e-6).sqrt()


def object_mask(lab, paper, low=10.0, high=25.0):
    """(N, 1, H, W), 0 to 1: how far each pixel is from the paper's colour (N, 3)."""
    distance = length(lab - paper[:, :, None, None])
    return ((distance - low) / (high - low)).clamp(0, 1)


def masked_mean(x, mask):
    """(N, C): mean of x under the mask."""
    return (x * mask).sum((2, 3)) / mask.sum((2, 3)).clamp(min=1)


class Geometry:
    """Place, extent and tilt of a mask."""

    def __init__(self, mask):
        size = mask.shape[-1]
        axis = torch.linspace(-1, 1, size, device=mask.device)
        self.x, self.y = axis[None, None, None].expand(1, 1, size, size), axis[None, None, :, None].expand(1, 1, size, size)
        self.centre_x, self.centre_y = masked_mean(self.x, mask), masked_mean(self.y, mask)
        across, down = self.x - self.centre_x[..., None, None], self.y - self.centre_y[..., None, None]
        self.across, self.down = across, down
        self.var_x, self.var_y = (masked_mean(part.square(), mask).clamp(min=1e-4) for part in (across, down))
        self.covariance = masked_mean(across * down, mask)
        self.area = mask.mean((2, 3))


def texture(lightness, mask):
    """Mean deviation of L* from its 3x3 mean, inside the mask's core."""
    fine = (lightness - F.avg_pool2d(lightness, 3, 1, 1, count_include_pad=False)).abs()
    core = 1 - F.max_pool2d(1 - mask, 5, 1, 2)
    return masked_mean(fine, core)[:, 0]


def log_odds(logits, chosen):
    """log P(chosen) - log P(others), limited to [-6, 6]."""
    others = [index for index in range(logits.shape[1]) if index not in chosen]
    return (logits[:, chosen].logsumexp(1) - logits[:, others].logsumexp(1)).clamp(-6, 6)


def measure_pomona(pictures, network):
    lab = to_lab(pictures)
    paper = border(lab).median(2).values
    mask = object_mask(lab, paper)
    shape, colour = Geometry(mask), masked_mean(lab, mask)
    logits = network.logits(embed_all(network, pictures), "pomona")
    names = network.names["pomona"]
    cut = [index for index, name in enumerate(names) if name.endswith(" cut")]
    halves = [index for index, name in enumerate(names) if name.endswith((" cut", " whole"))]
    ratio = log_odds(logits[:, halves], [halves.index(index) for index in cut])
    spread = (masked_mean(lab.square(), mask) - colour.square()).clamp(min=1e-6).sqrt()
    return dict(
        redness=colour[:, 1],
        yellowness=colour[:, 2],
        brightness=colour[:, 0],
        size=shape.area[:, 0].sqrt(),
        tallness=0.5 * (shape.var_y / shape.var_x).log()[:, 0],
        tilt=(shape.covariance / (shape.var_x * shape.var_y).sqrt())[:, 0],
        height=-shape.centre_y[:, 0],
        sideways=shape.centre_x[:, 0],
        speckle=texture(lab[:, :1], mask),
        blush=spread[:, 1],
        cut=ratio,
        paper_light=paper[:, 0],
        paper_warmth=paper[:, 2],
        light_from_left=-masked_mean(lab[:, :1] * shape.across, mask)[:, 0],
    )


# Of the colours in the set's palette: L*, a* and b* of bodies go together there, a* and b* of backgrounds too, and so they would in every direction.
# backdrop_light is what L* of the twelve backgrounds has beyond what their a* and b* explain.
FUR_AXES = dict(fur_light=(0.93, 0.28, -0.25), fur_red=(-0.19, 0.93, 0.33), fur_gold=(0.33, -0.26, 0.91))
BACKDROP_AXES = dict(backdrop_warm=(0.0, 0.69, 0.73), backdrop_green=(0.0, -0.73, 0.69), backdrop_light=(0.98, 0.17, -0.12))


def measure_cats(pictures, network):
    lab = to_lab(pictures)
    backdrop = border(lab, 3).median(2).values
    mask = object_mask(lab, backdrop)
    body = mask[:, :, 40:60, 24:44]
    colour = masked_mean(lab[:, :, 40:60, 24:44], body)
    features = embed_all(network, pictures)

    def odds(kind, *chosen, against=None):
        names = network.names[f"cats.{kind}"]
        logits = network.logits(features, f"cats.{kind}")
        kept = [index for index, name in enumerate(names) if against is None or name in chosen or name in against]
        return log_odds(logits[:, kept], [kept.index(names.index(name)) for name in chosen])

    head = ("black hat", "red hat", "bandana", "red headband", "dark headphones", "white headphones", "pink bow", "blue bow")
    scarves, collars = ("red scarf", "blue scarf"), ("bell collar", "brown collar", "medal collar", "pendant collar")
    return dict(
        **{name: colour @ colour.new_tensor(axis) for name, axis in FUR_AXES.items()},
        **{name: backdrop @ backdrop.new_tensor(axis) for name, axis in BACKDROP_AXES.items()},
        fluff=mask.mean((1, 2, 3)),
        pattern=odds("fur", "stripes back", "tiger", "swirls", "leopard", "dots"),
        eyes_closed=odds("eyes", "dots closed", "happy closed", "narrow"),
        glasses=odds("eyes", "glasses", "monocle"),
        mouth_open=odds("mouth", "smile open", "talk", "laugh", "tongue", "teeth"),
        headwear=odds("accessory", *head, against=scarves + collars),
        scarf=odds("accessory", *scarves, against=collars),
    )


def measure_flowers(pictures, network):
    lab = to_lab(pictures)
    backdrop = border(lab, 6)
    mean = backdrop.mean(2)
    mask = object_mask(lab, mean, 20.0, 45.0)
    shape, colour = Geometry(mask), masked_mean(lab, mask)
    axis = torch.linspace(-1, 1, lab.shape[-1], device=lab.device)
    radius = (axis[None].square() + axis[:, None].square()).sqrt()
    heart, ring = (radius < 0.22)[None, None].float(), ((radius > 0.3) & (radius < 0.6))[None, None].float()
    chroma = length(lab[:, 1:])
    return dict(
        redness=colour[:, 1],
        yellowness=colour[:, 2],
        brightness=colour[:, 0],
        saturation=masked_mean(chroma, mask)[:, 0],
        size=shape.area[:, 0].sqrt(),
        height=-shape.centre_y[:, 0],
        sideways=shape.centre_x[:, 0],
        tallness=0.5 * (shape.var_y / shape.var_x).log()[:, 0],
        detail=texture(lab[:, :1], mask),
        heart=(masked_mean(lab[:, :1], heart) - masked_mean(lab[:, :1], ring))[:, 0],
        backdrop_light=mean[:, 0],
        backdrop_red=mean[:, 1],
        backdrop_yellow=mean[:, 2],
        backdrop_plain=-backdrop.std(2)[:, 0],
        light_from_left=-masked_mean(lab[:, :1] * shape.across, mask)[:, 0],
    )


MEASURES = dict(pomona=measure_pomona, cats=measure_cats, flowers=measure_flowers)


@torch.no_grad()
def measure(name, pictures, network):
    """(N, attributes) float and the attributes' names."""
    parts = [MEASURES[name](to_64(chunk), network) for chunk in pictures.split(500)]
    names = list(parts[0])
    return torch.stack([torch.cat([part[key] for part in parts]) for key in names], 1), names
