"""The training step of `bench -- fine-tune` in native PyTorch, by the recipe's own networks: the far anchor.

  python3 torch_step.py GENERATOR DISCRIMINATOR BATCH     for each line `plain` or `penalty` of its input: a step; prints its milliseconds

One thread, float32, eager; the first line printed says which PyTorch this is.
"""

import json
import os
import sys
import time

RECIPE = os.path.abspath(f"{os.path.dirname(__file__)}/../../../weights/training")
sys.path.insert(0, RECIPE)

import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from augment import augment  # noqa: E402
from model import Discriminator, Generator  # noqa: E402
from safetensors_file import load_tensors  # noqa: E402

FIELDS = ("resolution", "classes", "channel_base", "channel_max", "mapping_layers")
PENALTY_WEIGHT, KEEP, AUGMENTED_SHARE = 0.05 * 16, 0.999, 0.3


def load(path, kind):
    tensors, metadata = load_tensors(path)
    about = json.loads(metadata["gan_canvas"])["architecture"]
    sizes = FIELDS + (("z_dim", "w_dim") if kind is Generator else ())
    module = kind(**{field: about[field] for field in sizes}).to(memory_format=torch.channels_last)
    module.load_state_dict({name: value for name, value in tensors.items() if not name.startswith("directions.")})
    return module, torch.optim.Adam(module.parameters(), 0.0025, (0.0, 0.99), foreach=True), about


class Step:
    def __init__(self, generator, discriminator, batch):
        torch.manual_seed(0)
        self.generator, self.generator_steps, about = load(generator, Generator)
        self.discriminator, self.discriminator_steps, _ = load(discriminator, Discriminator)
        self.average = [parameter.detach().clone() for parameter in self.generator.parameters()]
        self.z, side = torch.randn(batch, about["z_dim"]), about["resolution"]
        self.real = torch.randn(batch, 3, side, side).contiguous(memory_format=torch.channels_last)
        classes = about["classes"]
        self.classes = torch.eye(classes)[torch.arange(batch) % classes] if classes else None

    def fakes(self):
        return augment(self.generator(self.z, self.classes), AUGMENTED_SHARE)

    def apply(self, loss, optimiser):
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    def train_discriminator(self):
        with torch.no_grad():
            fakes = self.fakes()
        on_real, on_fakes = (self.discriminator(x, self.classes) for x in (augment(self.real, AUGMENTED_SHARE), fakes))
        self.apply(F.softplus(-on_real).mean() + F.softplus(on_fakes).mean(), self.discriminator_steps)

    def train_generator(self):
        self.discriminator.requires_grad_(False)
        self.apply(F.softplus(-self.discriminator(self.fakes(), self.classes)).mean(), self.generator_steps)
        self.discriminator.requires_grad_(True)

    def penalise(self):
        x = self.real.clone().requires_grad_(True)
        outputs = self.discriminator(augment(x, AUGMENTED_SHARE), self.classes).sum()
        (gradient,) = torch.autograd.grad(outputs, x, create_graph=True)
        self.apply(gradient.square().sum() * (PENALTY_WEIGHT / len(x)) + outputs * 0, self.discriminator_steps)

    def run(self, with_penalty):
        self.train_discriminator()
        self.train_generator()
        if with_penalty:
            self.penalise()
        with torch.no_grad():
            torch._foreach_mul_(self.average, KEEP)
            torch._foreach_add_(self.average, list(self.generator.parameters()), alpha=1 - KEEP)


def main():
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    step = Step(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    print(f"PyTorch {torch.__version__}, float32, one thread", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        step.run(line.strip() == "penalty")
        print((time.perf_counter() - start) * 1000, flush=True)


if __name__ == "__main__":
    main()
