"""What the size of a network costs: small DCGANs whose z_dim and width are one number, trained alike (Radford et al., 2016).

  python3 dcgan.py --data FOLDER [--sizes 8 16 32 64 128] [--images 60000]     writes dcgan/dcgan-SIZE.safetensors

The discriminator is the same for all, so only the generator's size differs. `npm run bench -- quality` gives each its kernel
distance and its milliseconds a picture.
"""

import argparse
import copy
import json
import os

import torch
from torch import nn
from torch.nn import functional as F

from augment import augment
from data import open_image_set, save_sheet, to_bytes, to_network
from export import save_weights
from train import fastest_dtype

HERE = os.path.dirname(os.path.abspath(__file__))


def generator_layers(width):
    """The generator as data, in the form of a weights file's architecture."""
    up = lambda filters, kernel, last=False: dict(
        type="upsample_conv", filters=filters, kernel=kernel, stride=2, padding=kernel // 2,
        bias=last, batch_norm=not last, activation="tanh" if last else "relu",
    )
    start = dict(type="dense", filters=width, size=4, bias=False, batch_norm=True, activation="relu")
    return [start, up(width, 3), up(width, 3), up(width // 2, 3), up(3, 5, last=True)]


def discriminator_layers():
    layers = [
        dict(type="conv", filters=filters, kernel=4, stride=2, padding=1, bias=not norm, batch_norm=norm, activation="leaky_relu", slope=0.2)
        for filters, norm in ((32, False), (64, True), (128, True), (128, True))
    ]
    return layers + [dict(type="conv", filters=1, kernel=4, stride=1, padding=0, bias=True, batch_norm=False, activation="sigmoid")]


class Layer(nn.Module):
    """One layer of either network; a sigmoid is left to the loss."""

    def __init__(self, about, inputs):
        super().__init__()
        self.about, filters = about, about["filters"]
        if about["type"] == "dense":
            shape = (filters * about["size"] ** 2, inputs)
        else:
            shape = (filters, inputs, about["kernel"], about["kernel"])
        self.weight = nn.Parameter(torch.randn(shape) * 0.02)
        if about["bias"]:
            self.bias = nn.Parameter(torch.zeros(filters))
        if about["batch_norm"]:
            self.norm = nn.BatchNorm2d(filters)
            nn.init.normal_(self.norm.weight, 1.0, 0.02)

    def forward(self, x):
        about, bias = self.about, getattr(self, "bias", None)
        if about["type"] == "dense":
            x = F.linear(x, self.weight).reshape(len(x), about["filters"], about["size"], about["size"])
        elif about["type"] == "upsample_conv":
            x = F.conv2d(F.interpolate(x, scale_factor=about["stride"]), self.weight, bias, padding=about["padding"])
        else:
            x = F.conv2d(x, self.weight, bias, about["stride"], about["padding"])
        if about["batch_norm"]:
            x = self.norm(x)
        if about["activation"] == "leaky_relu":
            return F.leaky_relu(x, about["slope"])
        return dict(relu=torch.relu, tanh=torch.tanh, sigmoid=lambda x: x)[about["activation"]](x)


def network(layers, inputs):
    modules = []
    for about in layers:
        modules.append(Layer(about, inputs))
        inputs = about["filters"]
    return nn.Sequential(*modules)


def train(data, size, images, batch, dtype):
    torch.manual_seed(size)
    layers = generator_layers(size)
    generator, discriminator = network(layers, size), network(discriminator_layers(), 3)
    average = copy.deepcopy(generator).requires_grad_(False)
    adam = lambda module: torch.optim.Adam(module.parameters(), 2e-4, (0.5, 0.99), foreach=True)
    generator_steps, discriminator_steps = adam(generator), adam(discriminator)
    cast = lambda: torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16)
    for step in range(images // batch):
        real = augment(to_network(data.draw(batch)[0]), 0.2)
        z = torch.randn(batch, size)
        with cast():
            fake = generator(z)
            on_real, on_fake = discriminator(real).float(), discriminator(augment(fake.detach().float(), 0.2)).float()
        loss_d = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        discriminator_steps.zero_grad(set_to_none=True)
        loss_d.backward()
        discriminator_steps.step()
        with cast():
            loss_g = F.softplus(-discriminator(augment(fake.float(), 0.2)).float()).mean()
        generator_steps.zero_grad(set_to_none=True)
        loss_g.backward()
        generator_steps.step()
        with torch.no_grad():
            for kept, new in zip(average.parameters(), generator.parameters()):
                kept.lerp_(new, 0.01)
        if step % 500 == 0:
            print(f"dcgan-{size}: {step * batch} images, G {loss_g.item():.2f}, D {loss_d.item():.2f}", flush=True)
    return settle(average, size), layers


@torch.no_grad()
def settle(average, size):
    """Sets the running statistics of the averaged weights from 100 batches of their own."""
    for module in average.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    average.train()
    for _ in range(100):
        average(torch.randn(64, size))
    return average.eval()


def save(average, layers, data, size, images, folder):
    architecture = dict(
        kind="dcgan", resolution=64, z_dim=size, classes=0, generator=layers, discriminator=discriminator_layers()
    )
    tensors = {f"generator.{name}": value for name, value in average.state_dict().items() if not name.endswith("num_batches_tracked")}
    about = dict(format=1, name=f"dcgan-{size}", role="generator", architecture=architecture, images_seen=images)
    with open(f"{HERE}/sets.json") as file:
        source = json.load(file)[data.name]
    about.update({field: source[field] for field in ("licence", "attribution", "training_data")})
    os.makedirs(folder, exist_ok=True)
    save_weights(f"{folder}/dcgan-{size}.safetensors", tensors, about)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", required=True), add("--sizes", type=int, nargs="+", default=[8, 16, 32, 64, 128])
    add("--images", type=int, default=60_000), add("--batch", type=int, default=64), add("--sheets", help="folder for sample sheets")
    add("--into", default=f"{HERE}/dcgan", help="another folder than the repository's")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    data, dtype = open_image_set(options.data), fastest_dtype("cpu")
    for size in options.sizes:
        average, layers = train(data, size, options.images, options.batch, dtype)
        save(average, layers, data, size, options.images // options.batch * options.batch, options.into)
        if options.sheets:
            z = torch.randn(64, size, generator=torch.Generator().manual_seed(1))
            with torch.no_grad():
                save_sheet(to_bytes(average(z)), 8, f"{options.sheets}/dcgan-{size}.png")


if __name__ == "__main__":
    main()
