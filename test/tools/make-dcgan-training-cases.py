"""Makes test/fixtures/tiny-dcgan-training-cases.safetensors: what PyTorch makes of tiny-dcgan in training mode, where normalisation takes the
batch's own statistics: python3 test/tools/make-dcgan-training-cases.py

z and the real pictures are those of tiny-dcgan-cases. Pictures are NHWC, parameters and running statistics have our names. Of the discriminator
first the real pictures, then the generated ones move the running statistics. Needs PyTorch."""

import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn.functional import softplus

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"
sys.path.insert(0, str(FIXTURES.parent.parent / "weights/training"))

from safetensors_file import load_tensors, save_tensors  # noqa: E402


class Network(nn.Module):
    """The layers of PyTorch's tutorial by their names there, the discriminator without its sigmoid."""

    def __init__(self, *layers):
        super().__init__()
        self.main = nn.Sequential(*layers)

    def forward(self, x):
        return self.main(x)


def generator(z, *widths):
    layers, side = [], (1, 0)
    for inputs, outputs in zip((z, *widths), widths):
        layers += [nn.ConvTranspose2d(inputs, outputs, 4, *side, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
        side = (2, 1)
    return Network(*layers, nn.ConvTranspose2d(widths[-1], 3, 4, 2, 1, bias=False), nn.Tanh())


def discriminator(first, *widths):
    layers = [nn.Conv2d(3, first, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for inputs, outputs in zip((first, *widths), widths):
        layers += [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]
    return Network(*layers, nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False))


def our_names(role, network):
    """{our name: parameter or buffer}: layers are counted by their convolutions."""
    found, count = {}, -1
    for module in network.main:
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            count += 1
            found[f"{role}.{count}.weight"] = module.weight
        elif isinstance(module, nn.BatchNorm2d):
            for part in ("weight", "bias", "running_mean", "running_var"):
                found[f"{role}.{count}.norm.{part}"] = getattr(module, part)
    return found


def add_gradients(cases, prefix, loss, named):
    parameters = {name: tensor for name, tensor in named.items() if isinstance(tensor, nn.Parameter)}
    gradients = torch.autograd.grad(loss, list(parameters.values()), retain_graph=True)
    cases[prefix] = loss.reshape(1)
    cases.update({f"{prefix}_gradient.{name}": gradient for name, gradient in zip(parameters, gradients)})


def main():
    given, _ = load_tensors(str(FIXTURES / "tiny-dcgan-cases.safetensors"))
    z, real = given["z"], given["discriminator.input"].permute(0, 3, 1, 2)
    draw, judge = generator(16, 16, 8, 8), discriminator(8, 16, 32)
    for role, network in (("generator", draw), ("discriminator", judge)):
        network.load_state_dict(torch.load(FIXTURES / f"tiny-dcgan-{role}.pth", map_location="cpu"))
        network.train()
    by_draw, by_judge = our_names("generator", draw), our_names("discriminator", judge)
    cases = {}
    fake = draw(z[:, :, None, None])
    on_real = judge(real)
    on_fake = judge(fake)
    cases["image"] = fake.permute(0, 2, 3, 1)
    cases["discriminator.logit"] = on_real.reshape(-1, 1)
    for named in (by_draw, by_judge):
        cases.update({f"after.{name}": tensor.clone() for name, tensor in named.items() if ".running_" in name})
    add_gradients(cases, "generator.loss", softplus(-on_fake).mean(), by_draw)
    add_gradients(cases, "discriminator.loss", softplus(-on_real).mean() + softplus(on_fake).mean(), by_judge)
    pictures = real.clone().requires_grad_()
    (slope,) = torch.autograd.grad(judge(pictures).sum(), pictures, create_graph=True)
    add_gradients(cases, "discriminator.penalty", slope.square().sum(), by_judge)
    save_tensors(str(FIXTURES / "tiny-dcgan-training-cases.safetensors"), cases, {}, np.float32)


main()
