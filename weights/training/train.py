"""Trains a small StyleGAN2 on an image set: on a CPU, on one CUDA GPU, or on several (torchrun).

  python3 train.py --data FOLDER --out run/NAME --images 400000 [--resume FILE]
  torchrun --nproc_per_node=4 train.py --data FOLDER --out run/NAME --images 3000000

Writes run/NAME.pt (all that is needed to go on), run/NAME.png (sample sheet) and run/NAME.jsonl (losses, R1, augmentation,
speed) every minute. --resume takes such a .pt, or the F16 state of state/NAME.safetensors. README.md has the exact commands.
"""

import argparse
import copy
import json
import math
import os
import time

import torch
from torch import distributed
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from augment import AdaptiveShare, augment
from data import open_image_set, save_sheet, to_bytes, to_network
from model import Discriminator, Generator
from safetensors_file import load_tensors


def fastest_dtype(device):
    """bfloat16 where its convolutions are faster than float32 (CUDA, CPUs with AMX or AVX-512 BF16), else float32."""
    times = {}
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.randn(8, 64, 32, 32, device=device, dtype=dtype).contiguous(memory_format=torch.channels_last).requires_grad_()
        kernel = torch.randn(64, 64, 3, 3, device=device, dtype=dtype, requires_grad=True)
        for _ in range(3):
            start = time.perf_counter()
            F.conv2d(x, kernel, padding=1).sum().backward()
            x.grad.sum().item()
            times[dtype] = time.perf_counter() - start
    return min(times, key=times.get)


class Process:
    """This process' place among the processes of a run: rank, count and device."""

    def __init__(self):
        self.rank, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = "cpu"
        if torch.cuda.is_available():
            self.device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
            torch.cuda.set_device(self.device)
        if self.count > 1:
            distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")

    def parallel(self, module):
        """The module itself when alone; else one whose gradients are averaged over the processes."""
        if self.count == 1:
            return module
        return DistributedDataParallel(module, device_ids=None if self.device == "cpu" else [self.device], broadcast_buffers=False)

    def mean(self, value):
        """The mean of a tensor over the processes."""
        if self.count > 1:
            distributed.all_reduce(value)
            value = value / self.count
        return value


class Trainer:
    def __init__(self, options, process):
        self.options, self.process, self.device = options, process, process.device
        torch.manual_seed(options.seed * process.count + process.rank)
        torch.set_flush_denormal(True)
        self.dtype = {"auto": None, "bf16": torch.bfloat16, "f32": torch.float32}[options.dtype] or fastest_dtype(self.device)
        self.data = open_image_set(options.data, options.resolution).to(self.device)
        self.classes = len(self.data.classes)
        width = dict(channel_base=options.channel_base, channel_max=options.channel_max)
        place = dict(device=self.device, memory_format=torch.channels_last)
        self.generator = Generator(options.resolution, options.z_dim, options.w_dim, self.classes, **width).to(**place)
        self.discriminator = Discriminator(options.resolution, self.classes, **width).to(**place)
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        lazy = options.r1_every / (options.r1_every + 1)
        adam = lambda module, ratio: torch.optim.Adam(
            module.parameters(), options.learning_rate * ratio, (0.0, 0.99**ratio), foreach=True
        )
        self.generator_steps, self.discriminator_steps = adam(self.generator, 1.0), adam(self.discriminator, lazy)
        self.rates = {self.generator_steps: options.learning_rate, self.discriminator_steps: options.learning_rate * lazy}
        self.share = AdaptiveShare(options.augment, options.augment_target)
        self.seen = 0
        if options.resume:
            self.restore(options.resume)
        for module in (self.generator, self.discriminator, self.average):
            self.agree(module)
        self.generate, self.judge = process.parallel(self.generator), process.parallel(self.discriminator)
        self.figures = {}

    def agree(self, module):
        """Gives every process the values of the first."""
        if self.process.count > 1:
            for tensor in module.state_dict().values():
                distributed.broadcast(tensor, 0)

    def parts(self):
        return dict(g=self.generator, d=self.discriminator, ema=self.average, og=self.generator_steps, od=self.discriminator_steps)

    def restore(self, path):
        if path.endswith(".safetensors"):
            tensors, metadata = load_tensors(path)
            checkpoint = json.loads(metadata["training"])
            for part in ("g", "d", "ema"):
                checkpoint[part] = {name[len(part) + 1 :]: value for name, value in tensors.items() if name.startswith(f"{part}.")}
        else:
            checkpoint = torch.load(path, map_location=self.device)
        for name, part in self.parts().items():
            if name in checkpoint:
                part.load_state_dict(checkpoint[name])
        self.seen, self.share.share = checkpoint["seen"], checkpoint.get("share", self.options.augment)
        self.share.measure = checkpoint.get("measure", 0.0)

    def save(self):
        if self.process.rank:
            return
        path = f"{self.options.out}.pt"
        state = {name: part.state_dict() for name, part in self.parts().items()}
        state.update(seen=self.seen, share=self.share.share, measure=self.share.measure, options=vars(self.options))
        state.update(name=self.data.name, labels=list(self.data.classes))
        torch.save(state, path + ".tmp")
        os.replace(path + ".tmp", path)
        self.sheet(f"{self.options.out}.png")

    def one_hot(self, labels):
        return F.one_hot(labels, self.classes).float() if self.classes else None

    def real_batch(self):
        images, labels = self.data.draw(self.options.batch)
        x = to_network(images)
        if self.data.mirrored:
            x = torch.where(torch.rand(len(x), 1, 1, 1, device=self.device) < 0.5, x.flip(3), x)
        return x.contiguous(memory_format=torch.channels_last), self.one_hot(labels)

    def latent_batch(self):
        """z with nested sizes: for a share of the samples only the first k components are drawn, k log-uniform."""
        options = self.options
        z = torch.randn(options.batch, options.z_dim, device=self.device)
        k = (2 ** (torch.rand(len(z), 1, device=self.device) * math.log2(options.z_dim))).round()
        short = torch.rand(len(z), 1, device=self.device) < options.nested
        z = z.masked_fill(short & (torch.arange(options.z_dim, device=self.device) >= k), 0.0)
        labels = self.data.draw_labels(len(z)) if self.classes else torch.zeros(len(z), dtype=torch.long)
        return z, self.one_hot(labels)

    def noise(self):
        """How much noise each sample gets: all, or for a share of them none, so that pictures without noise are learnt too."""
        return (torch.rand(self.options.batch, 1, 1, 1, device=self.device) >= self.options.noiseless).float()

    def cast(self):
        return torch.autocast(self.device.split(":")[0], dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16)

    def step(self):
        self.set_rates()
        real, real_class = self.real_batch()
        self.train_discriminator(real, real_class)
        if self.seen // (self.options.batch * self.process.count) % self.options.r1_every == 0:
            self.penalise_gradient(real, real_class)
        self.train_generator()
        self.seen += self.options.batch * self.process.count
        self.average_weights()

    def set_rates(self):
        """Constant, then from `anneal_from` (a share of the images) straight down to a tenth."""
        options = self.options
        done = (self.seen / options.images - options.anneal_from) / max(1 - options.anneal_from, 1e-9)
        factor = 1 - 0.9 * min(max(done, 0.0), 1.0)
        for optimiser, rate in self.rates.items():
            optimiser.param_groups[0]["lr"] = rate * factor

    def train_discriminator(self, real, real_class):
        z, fake_class = self.latent_batch()
        with torch.no_grad(), self.cast():
            w = self.generator.mapping(z, fake_class)
            fake = self.generator.synthesize(w, self.noise())
            self.generator.mapping.w_avg.lerp_(self.process.mean(w.float().mean(0)), 0.005)
        x = torch.cat([augment(real, self.share.share), augment(fake, self.share.share)])
        with self.cast():
            outputs = self.judge(x, None if real_class is None else torch.cat([real_class, fake_class]), parts=2).float()
        on_real, on_fake = outputs.chunk(2)
        loss = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        self.apply(loss, self.discriminator_steps)
        self.share.observe(self.process.mean(on_real.detach().sign().mean()), self.options.batch * self.process.count)
        self.figures["D"] = loss

    def penalise_gradient(self, real, real_class):
        """R1, every r1_every steps (Mescheder et al., 2018)."""
        x = real.detach().requires_grad_(True)
        outputs = self.judge(augment(x, self.share.share), real_class)
        (gradient,) = torch.autograd.grad(outputs.sum(), x, create_graph=True)
        penalty = gradient.square().sum((1, 2, 3)).mean()
        # Every parameter must have a gradient, or the processes wait for each other.
        loss = penalty * (self.options.r1 / 2 * self.options.r1_every) + outputs.sum() * 0
        self.apply(loss, self.discriminator_steps)
        self.figures["R1"] = penalty

    def train_generator(self):
        z, fake_class = self.latent_batch()
        self.discriminator.requires_grad_(False)
        with self.cast():
            on_fake = self.discriminator(augment(self.generate(z, fake_class, noise=self.noise()), self.share.share), fake_class)
        loss = F.softplus(-on_fake.float()).mean()
        self.apply(loss, self.generator_steps)
        self.discriminator.requires_grad_(True)
        self.figures["G"] = loss

    @staticmethod
    def apply(loss, optimiser):
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    @torch.no_grad()
    def average_weights(self):
        half_life = min(self.options.ema_images, self.seen * 0.05)
        keep = 0.5 ** (self.options.batch * self.process.count / half_life)
        torch._foreach_mul_(list(self.average.parameters()), keep)
        torch._foreach_add_(list(self.average.parameters()), list(self.generator.parameters()), alpha=1 - keep)
        self.average.mapping.w_avg.copy_(self.generator.mapping.w_avg)

    @torch.no_grad()
    def sheet(self, path, side=8, truncation=0.8):
        z = torch.randn(side * side, self.options.z_dim, generator=torch.Generator().manual_seed(1)).to(self.device)
        labels = torch.arange(side * side, device=self.device) % max(self.classes, 1)
        save_sheet(to_bytes(self.average(z, self.one_hot(labels), truncation, "none")), side, path)

    def report(self, images_per_second):
        """A line of the log, and the same for people."""
        if self.process.rank:
            return
        line = dict(images=self.seen, images_per_second=round(images_per_second, 1))
        line.update({name: round(value.item(), 4) for name, value in self.figures.items()})
        line.update(augment=round(self.share.share, 3), sign_real=round(self.share.measure, 3))
        with open(f"{self.options.out}.jsonl", "a") as log:
            log.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", required=True, help="folder of an image set, see data.py")
    add("--out", required=True, help="files are named by this, .pt, .png and .jsonl added")
    add("--resume", default="", help="a .pt of this recipe, or state/NAME.safetensors")
    add("--images", type=int, default=400_000, help="images to have seen at the end, those before --resume included")
    add("--minutes", type=float, default=math.inf, help="stop after this long in any case")
    add("--resolution", type=int, default=64), add("--batch", type=int, default=32, help="of each process")
    add("--z-dim", type=int, default=128), add("--w-dim", type=int, default=128)
    add("--nested", type=float, default=0.3, help="share of samples with a shortened z")
    add("--noiseless", type=float, default=0.8, help="share of samples drawn without noise")
    add("--channel-base", type=int, default=2048), add("--channel-max", type=int, default=128)
    add("--learning-rate", type=float, default=0.0025), add("--anneal-from", type=float, default=0.75)
    add("--augment", type=float, default=0.2, help="share of augmented pictures at the start")
    add("--augment-target", type=float, default=0.6, help="mean sign of D(real) that the share aims at; 0 keeps the share")
    add("--r1", type=float, default=0.1), add("--r1-every", type=int, default=16)
    add("--ema-images", type=float, default=10_000, help="half-life of the moving average, in images")
    add("--dtype", choices=("auto", "bf16", "f32"), default="auto"), add("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    options = parse_options()
    trainer = Trainer(options, Process())
    start = reported = time.time()
    reported_at = trainer.seen
    while trainer.seen < options.images and time.time() - start < options.minutes * 60:
        trainer.step()
        if time.time() - reported > 60:
            now = time.time()
            trainer.report((trainer.seen - reported_at) / (now - reported))
            reported, reported_at = now, trainer.seen
            trainer.save()
    trainer.save()


if __name__ == "__main__":
    main()
