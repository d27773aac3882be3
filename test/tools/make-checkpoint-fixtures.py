"""Makes the checkpoints that the import is tested on and that come from no one else: python3 test/tools/make-checkpoint-fixtures.py

  tiny-rosinality.pt   the networks of stylegan2-tiny by the names and shapes of rosinality's StyleGAN2 (github.com/rosinality/stylegan2-pytorch,
                       model.py), its optimisers and options beside them
  tiny-recipe.pt       the networks of stylegan2-tiny-classes as weights/training/train.py saves them
  tiny-dcgan-whole.pth a DCGAN pair saved as whole networks, random, with other strides and activations than the tutorial's; its outputs
                       are in tiny-dcgan-whole-cases.safetensors

The last steps' generators differ from the averaged ones in one tensor, so that a test can tell which was taken. Needs PyTorch."""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch
from torch import nn

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"
sys.path.insert(0, str(FIXTURES.parent.parent / "weights/training"))

from model import Discriminator, Generator  # noqa: E402
from safetensors_file import load_tensors, save_tensors  # noqa: E402

KERNEL = torch.outer(torch.tensor([1.0, 3.0, 3.0, 1.0]), torch.tensor([1.0, 3.0, 3.0, 1.0])) / 64


def load(name, role):
    tensors, metadata = load_tensors(str(FIXTURES / f"{name}-{role}.safetensors"))
    return tensors, json.loads(metadata["architecture"])


def with_another(tensors, name):
    """The same tensors, which torch.save stores once, but for one."""
    return {**tensors, name: -tensors[name] - 1}


def rosinality_generator(tensors, resolution):
    """{our name: tensor} by rosinality's names: one list of convolutions from 8x8 on, two a block, and fields of noise apart."""
    found = {"input.input": tensors["synthesis.b4.const"][None]}
    layer = 0
    while f"mapping.fc{layer}.weight" in tensors:
        for part in ("weight", "bias"):
            found[f"style.{layer + 1}.{part}"] = tensors[f"mapping.fc{layer}.{part}"]
        layer += 1

    def styled(own, name):
        found[f"{name}.conv.weight"] = tensors[f"{own}.weight"][None]
        found[f"{name}.conv.modulation.weight"] = tensors[f"{own}.affine.weight"]
        found[f"{name}.conv.modulation.bias"] = tensors[f"{own}.affine.bias"]

    def layer_of(own, name, noise, upsample):
        styled(own, name)
        if upsample:
            found[f"{name}.conv.blur.kernel"] = KERNEL * 4
        found[f"{name}.noise.weight"] = tensors[f"{own}.noise_strength"].reshape(1)
        found[f"{name}.activate.bias"] = tensors[f"{own}.bias"]
        found[f"noises.noise_{noise}"] = tensors[f"{own}.noise_const"][None, None]

    def colours(own, name, upsample):
        styled(own, name)
        if upsample:
            found[f"{name}.upsample.kernel"] = KERNEL * 4
        found[f"{name}.bias"] = tensors[f"{own}.bias"].reshape(1, 3, 1, 1)

    layer_of("synthesis.b4.conv1", "conv1", 0, False)
    colours("synthesis.b4.torgb", "to_rgb1", False)
    side, count = 8, 0
    while side <= resolution:
        layer_of(f"synthesis.b{side}.conv0", f"convs.{count}", count + 1, True)
        layer_of(f"synthesis.b{side}.conv1", f"convs.{count + 1}", count + 2, False)
        colours(f"synthesis.b{side}.torgb", f"to_rgbs.{count // 2}", True)
        side, count = side * 2, count + 2
    return found


def rosinality_discriminator(tensors, resolution):
    found = {}
    for part, place in (("weight", "0"), ("bias", "1")):
        found[f"convs.0.{place}.{part}"] = tensors[f"b{resolution}.fromrgb.{part}"]
        found[f"final_conv.{place}.{part}"] = tensors[f"b4.conv.{part}"]
        found[f"final_linear.0.{part}"] = tensors[f"b4.fc.{part}"]
        found[f"final_linear.1.{part}"] = tensors[f"b4.out.{part}"]
    side, block = resolution, 1
    while side > 4:
        found[f"convs.{block}.conv1.0.weight"] = tensors[f"b{side}.conv0.weight"]
        found[f"convs.{block}.conv1.1.bias"] = tensors[f"b{side}.conv0.bias"]
        found[f"convs.{block}.conv2.0.kernel"] = KERNEL
        found[f"convs.{block}.conv2.1.weight"] = tensors[f"b{side}.conv1.weight"]
        found[f"convs.{block}.conv2.2.bias"] = tensors[f"b{side}.conv1.bias"]
        found[f"convs.{block}.skip.0.kernel"] = KERNEL
        found[f"convs.{block}.skip.1.weight"] = tensors[f"b{side}.skip.weight"]
        side, block = side // 2, block + 1
    return found


def make_rosinality():
    tensors, about = load("stylegan2-tiny", "generator")
    judge, _ = load("stylegan2-tiny", "discriminator")
    average = rosinality_generator(tensors, about["resolution"])
    checkpoint = {
        "g": with_another(average, "input.input"),
        "d": rosinality_discriminator(judge, about["resolution"]),
        "g_ema": average,
        "g_optim": optimizer_state(tensors["synthesis.b4.conv1.bias"]),
        "d_optim": optimizer_state(judge["b4.conv.bias"]),
        "args": argparse.Namespace(size=about["resolution"], latent=about["z_dim"], n_mlp=about["mapping_layers"], mixing=0.9),
        "ada_aug_p": 0.0,
        "latent_avg": tensors["mapping.w_avg"],
    }
    torch.save(checkpoint, FIXTURES / "tiny-rosinality.pt")


def optimizer_state(tensor):
    parameter = nn.Parameter(tensor.clone())
    parameter.grad = torch.zeros_like(parameter)
    optimizer = torch.optim.Adam([parameter], 0.002, (0.0, 0.99))
    optimizer.step()
    return optimizer.state_dict()


def make_recipe():
    """As Trainer.save does, channels_last included."""
    tensors, about = load("stylegan2-tiny-classes", "generator")
    judge, about_judge = load("stylegan2-tiny-classes", "discriminator")
    width = {field: about[field] for field in ("resolution", "classes", "channel_base", "channel_max", "mapping_layers")}
    generator = Generator(z_dim=about["z_dim"], w_dim=about["w_dim"], **width)
    discriminator = Discriminator(**{**width, "mapping_layers": about_judge["mapping_layers"]})
    generator.load_state_dict(tensors)
    discriminator.load_state_dict(judge)
    generator, discriminator = (module.to(memory_format=torch.channels_last) for module in (generator, discriminator))
    average = generator.state_dict()
    state = dict(g=with_another(average, "synthesis.b4.const"), d=discriminator.state_dict(), ema=average)
    state.update(og=optimizer_state(tensors["mapping.fc0.bias"]), od=optimizer_state(judge["b4.conv.bias"]))
    options = dict(data="data/shapes", out="run/shapes", batch=32, z_dim=about["z_dim"], w_dim=about["w_dim"], nested=0.5, resume=None)
    options.update({field: about[field] for field in ("resolution", "channel_base", "channel_max")})
    state.update(seen=123456, share=0.1, measure=0.25, options=options, name="shapes", labels=["disk", "square", "star"])
    torch.save(state, FIXTURES / "tiny-recipe.pt")


class Draw(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(8, 8, 5, 1, 0, bias=False), nn.BatchNorm2d(8), nn.LeakyReLU(0.1),
            nn.ConvTranspose2d(8, 6, 5, 3, 2, output_padding=0), nn.ReLU(),
            nn.ConvTranspose2d(6, 3, 4, 1, 0), nn.Tanh(),
        )  # fmt: skip

    def forward(self, z):
        return self.main(z)


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 4, 2, 1), nn.LeakyReLU(0.3), nn.Dropout2d(),
            nn.Conv2d(6, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
        )  # fmt: skip
        self.score = nn.Conv2d(8, 1, 4)

    def forward(self, x):
        return self.score(self.features(x))


def make_whole():
    torch.manual_seed(0)
    networks = Draw(), Judge()
    for network in networks:
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3), module.running_var.uniform_(0.5, 2)
                nn.init.normal_(module.weight, 1, 0.3), nn.init.normal_(module.bias, 0, 0.3)
            elif hasattr(module, "weight"):
                nn.init.normal_(module.weight, 0, 0.25)
    draw, judge = (network.eval() for network in networks)
    z = torch.randn(3, 8)
    with torch.no_grad():
        image = draw(z[:, :, None, None])
        logit = judge(image).reshape(3, 1)
    torch.save({"epoch": 5, "models": {"netG": nn.DataParallel(draw), "netD": judge}}, FIXTURES / "tiny-dcgan-whole.pth")
    cases = {"z": z, "image": image.permute(0, 2, 3, 1), "discriminator.input": image.permute(0, 2, 3, 1), "discriminator.logit": logit}
    save_tensors(str(FIXTURES / "tiny-dcgan-whole-cases.safetensors"), cases, {}, np.float32)


make_rosinality()
make_recipe()
make_whole()
