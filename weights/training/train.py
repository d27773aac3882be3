"""Trains a small StyleGAN2 on an image set: on a CPU, on one CUDA GPU, or on several (torchrun).

  python3 train.py --data FOLDER --out run/NAME --images 400000 [--resume FILE]
  python3 train.py --data … --out run/ONE … + --data … --out run/OTHER …     (side by side: several fill a large GPU)
  torchrun --nproc_per_node=4 train.py --data FOLDER --out run/NAME --images 3000000

Writes run/NAME.pt (all that is needed to go on), run/NAME.png (sample sheet) and run/NAME.jsonl (losses, R1, augmentation,
speed) every minute. --resume takes such a .pt, or the F16 state of state/NAME.safetensors; --grow takes one of a lower
resolution. README.md has the exact commands.
"""

import argparse
import collections
import contextlib
import copy
import json
import math
import os
import sys
import time

import torch
from torch import distributed
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from augment import AdaptiveShare, augment
from data import open_image_set, save_sheet, to_bytes, to_network
from model import Discriminator, Generator
from networks import load_checkpoint
from recorded import Recorded


def fastest_dtype(device):
    """bfloat16 on CUDA, and where its convolutions are faster than float32 (CPUs with AMX or AVX-512 BF16); else float32."""
    if device.startswith("cuda"):
        return torch.bfloat16
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
        on_cuda = self.device != "cpu"
        self.stream = torch.cuda.Stream() if on_cuda else None
        torch.backends.cudnn.benchmark = True
        torch.manual_seed(options.seed * process.count + process.rank)
        torch.set_flush_denormal(True)
        self.dtype = {"auto": None, "bf16": torch.bfloat16, "f32": torch.float32}[options.dtype] or fastest_dtype(self.device)
        self.data = open_image_set(options.data, options.resolution).to(self.device)
        self.classes = len(self.data.classes)
        self.classes_as_rows = torch.eye(self.classes, device=self.device)
        width = dict(channel_base=options.channel_base, channel_max=options.channel_max)
        place = dict(device=self.device, memory_format=torch.channels_last)
        self.generator = Generator(options.resolution, options.z_dim, options.w_dim, self.classes, **width).to(**place)
        self.discriminator = Discriminator(options.resolution, self.classes, **width).to(**place)
        if options.noise == "none":
            for name, parameter in self.generator.named_parameters():
                parameter.requires_grad_(not name.endswith("noise_strength"))
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        lazy = options.r1_every / (options.r1_every + 1)
        self.generator_steps, self.discriminator_steps = self.adam(self.generator, 1.0), self.adam(self.discriminator, lazy)
        self.rates = {self.generator_steps: options.learning_rate, self.discriminator_steps: options.learning_rate * lazy}
        self.share = AdaptiveShare(options.augment, options.augment_target, self.device)
        self.seen, self.figures = 0, {}
        self.restore()
        for module in (self.generator, self.discriminator, self.average):
            self.agree(module)
        self.generate, self.judge = process.parallel(self.generator), process.parallel(self.discriminator)
        is_recorded = on_cuda and process.count == 1 and not options.eager
        self.train_discriminator = Recorded(self.step_discriminator, is_recorded)
        self.train_generator = Recorded(self.step_generator, is_recorded)
        self.penalise_gradient = Recorded(self.step_penalty, is_recorded)
        self.marks = collections.deque()
        if on_cuda:
            torch.cuda.synchronize()
        self.started = self.reported = time.time()
        self.reported_at = self.seen

    def adam(self, module, ratio):
        """Adam for a module; on CUDA with its rate and its counts on the device, so that its steps can be recorded."""
        rate, betas = self.options.learning_rate * ratio, (0.0, 0.99**ratio)
        if self.device == "cpu":
            return torch.optim.Adam(module.parameters(), rate, betas, foreach=True)
        return torch.optim.Adam(module.parameters(), torch.tensor(rate, device=self.device), betas, fused=True, capturable=True)

    def agree(self, module):
        """Gives every process the values of the first."""
        if self.process.count > 1:
            for tensor in module.state_dict().values():
                distributed.broadcast(tensor, 0)

    def parts(self):
        return dict(g=self.generator, d=self.discriminator, ema=self.average, og=self.generator_steps, od=self.discriminator_steps)

    def restore(self):
        """Goes on from --resume, or begins with the layers of --grow."""
        path = self.options.resume or self.options.grow
        if not path:
            return
        checkpoint = load_checkpoint(path)
        if self.options.grow:
            for name in ("g", "d", "ema"):
                self.grow(self.parts()[name], checkpoint[name])
            return
        for name, part in self.parts().items():
            if name in checkpoint:
                saved = checkpoint[name]
                # How the steps are done is this device's affair.
                part.load_state_dict({**part.state_dict(), "state": saved["state"]} if "state" in saved else saved)
        self.seen = checkpoint["seen"]
        self.share.share.fill_(checkpoint.get("share", self.options.augment))
        self.share.measure.fill_(checkpoint.get("measure", 0.0))

    def grow(self, module, smaller):
        """Takes the layers that a smaller network has too; what is new adds nothing to the picture yet."""
        own = module.state_dict()
        module.load_state_dict({**own, **{name: value for name, value in smaller.items() if name in own}})
        if isinstance(module, Generator):
            getattr(module.synthesis, f"b{self.options.resolution}").torgb.weight.data.zero_()

    def on_stream(self):
        return torch.cuda.stream(self.stream) if self.stream else contextlib.nullcontext()

    def save(self):
        if self.process.rank:
            return
        path = f"{self.options.out}.pt"
        state = {name: part.state_dict() for name, part in self.parts().items()}
        state.update(seen=self.seen, share=self.share.share.item(), measure=self.share.measure.item(), options=vars(self.options))
        suffix = "" if self.options.resolution == 64 else f"-{self.options.resolution}"
        state.update(name=self.data.name + suffix, labels=list(self.data.classes))
        torch.save(state, path + ".tmp")
        os.replace(path + ".tmp", path)
        self.sheet(f"{self.options.out}.png")

    def one_hot(self, labels):
        return self.classes_as_rows[labels] if self.classes else None

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
        return z, self.one_hot(self.data.draw_labels(len(z)) if self.classes else None)

    def cast(self):
        return torch.autocast(self.device.split(":")[0], dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16)

    def step(self):
        with self.on_stream():
            self.set_rates()
            self.train_discriminator()
            if self.seen // (self.options.batch * self.process.count) % self.options.r1_every == 0:
                self.penalise_gradient()
            self.train_generator()
            self.seen += self.options.batch * self.process.count
            self.average_weights()
            self.pace()

    def pace(self, steps_ahead=4):
        """Keeps the host from running ahead of the device."""
        if self.stream:
            self.marks.append(self.stream.record_event())
            if len(self.marks) > steps_ahead:
                self.marks.popleft().synchronize()

    def done(self):
        """How far the training is, 1 at its end: by the images seen or by the time."""
        return max(self.seen / self.options.images, (time.time() - self.started) / 60 / self.options.minutes)

    def set_rates(self):
        """Constant, then from `anneal_from` (a share of the training) straight down to a tenth."""
        start = self.options.anneal_from
        factor = 1 - 0.9 * min(max((self.done() - start) / max(1 - start, 1e-9), 0.0), 1.0)
        for optimiser, rate in self.rates.items():
            (group,) = optimiser.param_groups
            if torch.is_tensor(group["lr"]):
                group["lr"].fill_(rate * factor)
            else:
                group["lr"] = rate * factor

    def step_discriminator(self):
        real, real_class = self.real_batch()
        z, fake_class = self.latent_batch()
        with torch.no_grad(), self.cast():
            w = self.generator.mapping(z, fake_class)
            fake = self.generator.synthesize(w, self.options.noise)
            self.generator.mapping.w_avg.lerp_(self.process.mean(w.float().mean(0)), 0.005)
        x = torch.cat([augment(real, self.share.current()), augment(fake, self.share.current())])
        with self.cast():
            outputs = self.judge(x, None if real_class is None else torch.cat([real_class, fake_class]), parts=2).float()
        on_real, on_fake = outputs.chunk(2)
        loss = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        self.apply(loss, self.discriminator_steps)
        self.share.observe(self.process.mean(on_real.detach().sign().mean()), self.options.batch * self.process.count)
        self.figures["D"] = loss.detach()

    def step_penalty(self):
        """R1, every r1_every steps (Mescheder et al., 2018)."""
        real, real_class = self.real_batch()
        x = real.requires_grad_(True)
        outputs = self.judge(augment(x, self.share.current()), real_class)
        (gradient,) = torch.autograd.grad(outputs.sum(), x, create_graph=True)
        penalty = gradient.square().sum((1, 2, 3)).mean()
        # Every parameter must have a gradient, or the processes wait for each other.
        loss = penalty * (self.options.r1 / 2 * self.options.r1_every) + outputs.sum() * 0
        self.apply(loss, self.discriminator_steps)
        self.figures["R1"] = penalty.detach()

    def step_generator(self):
        z, fake_class = self.latent_batch()
        self.discriminator.requires_grad_(False)
        with self.cast():
            fake = self.generate(z, fake_class, noise=self.options.noise)
            on_fake = self.discriminator(augment(fake, self.share.current()), fake_class)
        loss = F.softplus(-on_fake.float()).mean()
        self.apply(loss, self.generator_steps)
        self.discriminator.requires_grad_(True)
        self.figures["G"] = loss.detach()

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
        noise = "none" if self.options.noise == "none" else "const"
        save_sheet(to_bytes(self.average(z, self.one_hot(labels), truncation, noise)), side, path)

    def report(self):
        """A line of the log, and the same for people."""
        now = time.time()
        line = dict(images=self.seen, images_per_second=round((self.seen - self.reported_at) / (now - self.reported), 1))
        line.update({name: round(value.item(), 4) for name, value in self.figures.items()})
        line.update(augment=round(self.share.share.item(), 3), sign_real=round(self.share.measure.item(), 3))
        self.reported, self.reported_at = now, self.seen
        if self.process.rank:
            return
        with open(f"{self.options.out}.jsonl", "a") as log:
            log.write(json.dumps(line) + "\n")
        print(json.dumps(dict(out=self.options.out, **line)), flush=True)

    def keep(self):
        """Reports and saves, when it is time; gives whether the training goes on."""
        goes_on = self.done() < 1
        if not goes_on or time.time() - self.reported >= self.options.save_every:
            with self.on_stream():
                self.report()
                self.save()
        return goes_on


def parse_options(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", required=True, help="folder of an image set, see data.py")
    add("--out", required=True, help="files are named by this, .pt, .png and .jsonl added")
    add("--resume", default="", help="a .pt of this recipe, or state/NAME.safetensors")
    add("--grow", default="", help="the same, of a lower resolution: its layers are taken to begin with")
    add("--images", type=int, default=400_000, help="images to have seen at the end, those before --resume included")
    add("--minutes", type=float, default=math.inf, help="end after this long in any case; the learning rate follows")
    add("--resolution", type=int, default=64), add("--batch", type=int, default=32, help="of each process")
    add("--z-dim", type=int, default=128), add("--w-dim", type=int, default=128)
    add("--nested", type=float, default=0.3, help="share of samples with a shortened z")
    add("--noise", choices=("none", "random"), default="none", help="random: learn how much noise each layer is given")
    add("--channel-base", type=int, default=2048), add("--channel-max", type=int, default=128)
    add("--learning-rate", type=float, default=0.0025), add("--anneal-from", type=float, default=0.75)
    add("--augment", type=float, default=0.2, help="share of augmented pictures at the start")
    add("--augment-target", type=float, default=0.6, help="mean sign of D(real) that the share aims at; 0 keeps the share")
    add("--r1", type=float, default=0.1), add("--r1-every", type=int, default=16)
    add("--ema-images", type=float, default=10_000, help="half-life of the moving average, in images")
    add("--dtype", choices=("auto", "bf16", "f32"), default="auto"), add("--seed", type=int, default=0)
    add("--eager", action="store_true", help="do not record the steps as CUDA graphs")
    add("--save-every", type=float, default=60, help="seconds")
    return parser.parse_args(words)


def main():
    words, trainings = sys.argv[1:], [[]]
    for word in words:
        trainings.append([]) if word == "+" else trainings[-1].append(word)
    process = Process()
    trainers = [Trainer(parse_options(training), process) for training in trainings]
    trainers = [trainer for trainer in trainers if trainer.done() < 1]
    while trainers:
        for trainer in trainers:
            trainer.step()
        trainers = [trainer for trainer in trainers if trainer.keep()]


if __name__ == "__main__":
    main()
