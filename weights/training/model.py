"""StyleGAN2 generator (skip) and discriminator (residual), written so that a CPU trains them fast.

Parameter names are those of public StyleGAN2-ADA checkpoints. Styles scale activations instead of weights, the upsampling
layers fold the [1, 3, 3, 1] filter into their kernel, and the downsampling layers filter first; all of it is exact (the
outputs match the reference implementation to 1e-5). Karras et al., "Analyzing and Improving the Image Quality of
StyleGAN", 2020. Images are NCHW float in [-1, 1]; z is (batch, z_dim); w is (batch, w_dim).
"""

import functools
import math

import torch
from torch import nn
from torch.nn import functional as F

BINOMIAL = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
LRELU_GAIN = math.sqrt(2)


def channels(resolution, base, maximum):
    return min(base // resolution, maximum)


def normalize_second_moment(x):
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


def upsampling_matrix():
    """(9, 36): a 3x3 kernel to its four phases of 3x3 taps, for a transposed convolution (stride 2) and the filter."""
    line = torch.zeros(3, 6)
    for tap in range(3):
        line[tap, tap : tap + 4] = BINOMIAL * 2
    phases = torch.stack([line[:, [phase + 4, phase + 2, phase]] for phase in (0, 1)], 1)
    return torch.einsum("ipk,jql->ijpqkl", phases, phases).reshape(9, 36)


# Kept on the device that asks for them, so that no step copies them there.
upsampling_on = functools.lru_cache(lambda device: upsampling_matrix().to(device))
filter_on = functools.lru_cache(lambda device, dtype: torch.outer(BINOMIAL, BINOMIAL).to(dtype).to(device))


def upsampling_kernel(kernel):
    """(O, I, 3, 3) to (4 O, I, 3, 3), phases first: transposed convolution and filter are a convolution with this, then `interleave`."""
    outputs, inputs = kernel.shape[:2]
    with torch.autocast(kernel.device.type, enabled=False):
        taps = kernel.float().reshape(-1, 9) @ upsampling_on(kernel.device)
    return taps.reshape(outputs, inputs, 4, 3, 3).permute(2, 0, 1, 3, 4).reshape(outputs * 4, inputs, 3, 3)


def interleave(x):
    """Phases (N, 4 C, H, W), phase first, to pixels (N, C, 2 H, 2 W)."""
    n, wide, height, width = x.shape
    x = x.permute(0, 2, 3, 1).reshape(n, height, width, 2, 2, wide // 4).transpose(2, 3)
    return x.reshape(n, 2 * height, 2 * width, wide // 4).permute(0, 3, 1, 2)


def blur(x, stride, padding):
    """The [1, 3, 3, 1] filter along both axes of every channel of x (N, C, H, W)."""
    kernel = filter_on(x.device, x.dtype).expand(x.shape[1], 1, 4, 4)
    return F.conv2d(x, kernel, stride=stride, padding=padding, groups=x.shape[1])


def upsample2x(image):
    """Filtered upsampling of an image: bilinear with weights 1/4 and 3/4, zeros outside."""
    padded = F.pad(image, (1, 1, 1, 1))
    centre = padded[:, :, 1:-1] * 0.75
    rows = torch.stack([centre + padded[:, :, :-2] * 0.25, centre + padded[:, :, 2:] * 0.25], 3).flatten(2, 3)
    centre = rows[..., 1:-1] * 0.75
    return torch.stack([centre + rows[..., :-2] * 0.25, centre + rows[..., 2:] * 0.25], 4).flatten(3, 4)


class Dense(nn.Module):
    """Fully connected layer with equalised learning rate."""

    def __init__(self, inputs, outputs, bias=0.0, learning_rate=1.0, activate=False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / learning_rate)
        self.bias = nn.Parameter(torch.full((outputs,), float(bias)))
        self.weight_gain, self.bias_gain, self.activate = learning_rate / math.sqrt(inputs), learning_rate, activate

    def forward(self, x):
        x = F.linear(x, self.weight * self.weight_gain, self.bias * self.bias_gain)
        return F.leaky_relu(x, 0.2) * LRELU_GAIN if self.activate else x


class Mapping(nn.Module):
    """z (and a one-hot class) to w; keeps the running mean of w for truncation."""

    def __init__(self, z_dim, w_dim, classes, layers, learning_rate=0.01):
        super().__init__()
        self.layers = layers
        if classes:
            self.embed = Dense(classes, w_dim)
        for index in range(layers):
            inputs = w_dim if index else z_dim + (w_dim if classes else 0)
            self.add_module(f"fc{index}", Dense(inputs, w_dim, learning_rate=learning_rate, activate=True))
        self.register_buffer("w_avg", torch.zeros(w_dim))

    def forward(self, z, one_hot=None):
        x = normalize_second_moment(z)
        if one_hot is not None:
            x = torch.cat([x, normalize_second_moment(self.embed(one_hot))], 1)
        for index in range(self.layers):
            x = getattr(self, f"fc{index}")(x)
        return x


class SynthesisLayer(nn.Module):
    """Modulated 3x3 convolution, optionally doubling the resolution, with noise and leaky ReLU."""

    def __init__(self, inputs, outputs, w_dim, resolution, up=False):
        super().__init__()
        self.affine = Dense(w_dim, inputs, bias=1)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros([]))
        self.register_buffer("noise_const", torch.randn(resolution, resolution))
        self.up = up

    def forward(self, x, w, noise="random"):
        style, kernel = self.affine(w).float(), self.weight.float()
        demodulation = torch.rsqrt((kernel.square().sum((2, 3)) @ style.square().T).T + 1e-8)
        x = x * style[:, :, None, None].to(x.dtype)
        x = interleave(F.conv2d(x, upsampling_kernel(kernel), padding=1)) if self.up else F.conv2d(x, kernel, padding=1)
        gain, bias = (demodulation * LRELU_GAIN)[:, :, None, None], (self.bias * LRELU_GAIN)[None, :, None, None]
        x = torch.addcmul(bias.to(x.dtype), x, gain.to(x.dtype))
        if noise != "none":
            field = self.noise_const if noise == "const" else torch.randn_like(x[:, :1], dtype=torch.float32)
            x = x + (field * (self.noise_strength * LRELU_GAIN)).to(x.dtype)
        return F.leaky_relu(x, 0.2)


class ToRGB(nn.Module):
    def __init__(self, inputs, w_dim):
        super().__init__()
        self.affine = Dense(w_dim, inputs, bias=1)
        self.weight = nn.Parameter(torch.randn(3, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(3))

    def forward(self, x, w):
        style = self.affine(w) / math.sqrt(self.weight.shape[1])
        return (F.conv2d(x * style[:, :, None, None].to(x.dtype), self.weight) + self.bias[None, :, None, None]).float()


class SynthesisBlock(nn.Module):
    def __init__(self, inputs, outputs, w_dim, resolution):
        super().__init__()
        if inputs:
            self.conv0 = SynthesisLayer(inputs, outputs, w_dim, resolution, up=True)
        else:
            self.const = nn.Parameter(torch.randn(outputs, resolution, resolution))
        self.conv1 = SynthesisLayer(outputs, outputs, w_dim, resolution)
        self.torgb = ToRGB(outputs, w_dim)


class Generator(nn.Module):
    def __init__(self, resolution=64, z_dim=128, w_dim=128, classes=0, channel_base=2048, channel_max=128, mapping_layers=2):
        super().__init__()
        self.z_dim, self.classes = z_dim, classes
        self.resolutions = [2**i for i in range(2, int(math.log2(resolution)) + 1)]
        self.num_ws = 2 * len(self.resolutions)
        self.mapping = Mapping(z_dim, w_dim, classes, mapping_layers)
        self.synthesis = nn.Module()
        previous = 0
        for size in self.resolutions:
            width = channels(size, channel_base, channel_max)
            self.synthesis.add_module(f"b{size}", SynthesisBlock(previous, width, w_dim, size))
            previous = width

    def synthesize(self, ws, noise="random"):
        """ws (batch, num_ws, w_dim) or (batch, w_dim) to images (batch, 3, resolution, resolution); noise: none, const or random."""
        if ws.ndim == 2:
            ws = ws[:, None].expand(-1, self.num_ws, -1)
        x = self.synthesis.b4.const[None].expand(len(ws), -1, -1, -1)
        x = self.synthesis.b4.conv1(x, ws[:, 0], noise)
        image = self.synthesis.b4.torgb(x, ws[:, 1])
        for index, size in enumerate(self.resolutions[1:]):
            block, first = getattr(self.synthesis, f"b{size}"), 2 * index + 1
            x = block.conv1(block.conv0(x, ws[:, first], noise), ws[:, first + 1], noise)
            image = upsample2x(image) + block.torgb(x, ws[:, first + 2])
        return image

    def forward(self, z, one_hot=None, truncation=1.0, noise="random"):
        w = self.mapping(z, one_hot).float()
        return self.synthesize(self.mapping.w_avg.lerp(w, truncation), noise)


class Conv(nn.Module):
    """Convolution with equalised learning rate, optionally halving the resolution."""

    def __init__(self, inputs, outputs, size, down=False, bias=True, activate=True, gain=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.weight_gain, self.out_gain = 1 / math.sqrt(inputs * size * size), gain * (LRELU_GAIN if activate else 1)
        self.down, self.activate, self.size = down, activate, size

    def forward(self, x):
        kernel = self.weight * (self.weight_gain * self.out_gain)
        bias = None if self.bias is None else self.bias * self.out_gain
        if self.down and self.size == 1:
            x = F.conv2d(blur(x, stride=2, padding=1), kernel, bias)
        elif self.down:
            x = F.conv2d(blur(x, stride=1, padding=2), kernel, bias, stride=2)
        else:
            x = F.conv2d(x, kernel, bias, padding=self.size // 2)
        return F.leaky_relu(x, 0.2) if self.activate else x


class DiscriminatorBlock(nn.Module):
    def __init__(self, inputs, outputs, from_rgb):
        super().__init__()
        if from_rgb:
            self.fromrgb = Conv(3, inputs, 1)
        self.conv0 = Conv(inputs, inputs, 3)
        self.conv1 = Conv(inputs, outputs, 3, down=True, gain=math.sqrt(0.5))
        self.skip = Conv(inputs, outputs, 1, down=True, bias=False, activate=False, gain=math.sqrt(0.5))

    def forward(self, x):
        if hasattr(self, "fromrgb"):
            x = self.fromrgb(x)
        return self.skip(x) + self.conv1(self.conv0(x))


class Epilogue(nn.Module):
    def __init__(self, width, outputs, group=4):
        super().__init__()
        self.conv = Conv(width + 1, width, 3)
        self.fc = Dense(width * 16, width, activate=True)
        self.out = Dense(width, outputs)
        self.group = group

    def spread(self, x):
        """The mean standard deviation over groups of pictures, for each (N, 1, 4, 4)."""
        group = min(self.group, len(x))
        members = x.reshape(group, -1, *x.shape[1:])
        spread = ((members - members.mean(0)).square().mean(0) + 1e-8).sqrt().mean((1, 2, 3))
        return spread.reshape(-1, 1, 1, 1).repeat(group, 1, *x.shape[2:])

    def forward(self, x, parts=1):
        x = x.float()
        spread = torch.cat([self.spread(part) for part in x.chunk(parts)])
        return self.out(self.fc(self.conv(torch.cat([x, spread], 1)).flatten(1)))


class ClassMapping(nn.Module):
    def __init__(self, classes, width, layers):
        super().__init__()
        self.layers, self.embed = layers, Dense(classes, width)
        for index in range(layers):
            self.add_module(f"fc{index}", Dense(width, width, learning_rate=0.01, activate=True))

    def forward(self, one_hot):
        x = normalize_second_moment(self.embed(one_hot))
        for index in range(self.layers):
            x = getattr(self, f"fc{index}")(x)
        return x


class Discriminator(nn.Module):
    def __init__(self, resolution=64, classes=0, channel_base=2048, channel_max=128, mapping_layers=2):
        super().__init__()
        self.resolutions = [2**i for i in range(int(math.log2(resolution)), 2, -1)]
        for size in self.resolutions:
            inputs, outputs = channels(size, channel_base, channel_max), channels(size // 2, channel_base, channel_max)
            self.add_module(f"b{size}", DiscriminatorBlock(inputs, outputs, size == resolution))
        width = channels(4, channel_base, channel_max)
        self.b4 = Epilogue(width, width if classes else 1)
        if classes:
            self.mapping = ClassMapping(classes, width, mapping_layers)

    def forward(self, x, one_hot=None, parts=1):
        """Outputs (N, 1). `parts` batches of one size may be given as one: their groups (minibatch deviation) stay apart."""
        for size in self.resolutions:
            x = getattr(self, f"b{size}")(x)
        x = self.b4(x, parts)
        if one_hot is None:
            return x
        return (x * self.mapping(one_hot)).sum(1, keepdim=True) / math.sqrt(x.shape[1])
