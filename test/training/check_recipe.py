"""Checks the training recipe (weights/training) against the fixtures, and runs each of its commands on a set made up here.

  python3 test/training/check_recipe.py FOLDER     FOLDER: scratch; prints `ok TITLE` or `not ok TITLE: why`, ends with 1 on failure
"""

import json
import os
import subprocess
import sys

import numpy as np
import torch
from PIL import Image

ROOT = os.path.abspath(f"{os.path.dirname(__file__)}/../..")
RECIPE = f"{ROOT}/weights/training"
sys.path.insert(0, RECIPE)

from data import open_image_set  # noqa: E402
from directions import ratio, solve  # noqa: E402
from metrics import all_figures, kernel_distance  # noqa: E402
from model import Discriminator, Generator  # noqa: E402
from safetensors_file import load_tensors  # noqa: E402

SCRATCH = os.path.abspath(sys.argv[1])
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def close(found, expected, tolerance):
    worst = (found - expected).abs().max().item()
    assert worst <= tolerance, f"off by {worst:.2e}, allowed {tolerance:.0e}"


def networks(name):
    """Generator and discriminator of a fixture, and its cases."""
    cases, _ = load_tensors(f"{ROOT}/test/fixtures/{name}-cases.safetensors")
    modules = []
    for role, kind in (("generator", Generator), ("discriminator", Discriminator)):
        tensors, metadata = load_tensors(f"{ROOT}/test/fixtures/{name}-{role}.safetensors")
        about = json.loads(metadata["architecture"])
        fields = ["resolution", "classes", "channel_base", "channel_max", "mapping_layers"]
        fields += ["z_dim", "w_dim"] if kind is Generator else []
        module = kind(**{field: about[field] for field in fields})
        module.load_state_dict(tensors)
        modules.append(module)
    return *modules, cases


@check
def draws_the_reference_pictures_and_gradients():
    for name in ("stylegan2-tiny", "stylegan2-tiny-classes"):
        generator, discriminator, cases = networks(name)
        one_hot = cases.get("class_one_hot")
        for noise in ("none", "const"):
            picture = generator(cases["z"], one_hot, 0.7, noise)
            close(picture.permute(0, 2, 3, 1), cases[f"image.psi0.7.noise_{noise}"], 1e-4)
        close(discriminator(cases["discriminator.input"].permute(0, 3, 1, 2), one_hot), cases["discriminator.logit"], 1e-4)
        loss = torch.nn.functional.softplus(-discriminator(generator(cases["z"], one_hot, 1.0, "none"), one_hot)).mean()
        loss.backward()
        for parameter, value in generator.named_parameters():
            expected = cases.get(f"generator.loss_gradient.{parameter}")
            if expected is not None:
                close(value.grad, expected, 1e-4 * max(1.0, expected.abs().max().item()))


@check
def judges_two_batches_at_once_as_it_judges_each():
    _, discriminator, cases = networks("stylegan2-tiny")
    x = cases["discriminator.input"].permute(0, 3, 1, 2)
    both = discriminator(torch.cat([x, x.flip(3)]), parts=2)
    close(both, torch.cat([discriminator(x), discriminator(x.flip(3))]), 1e-5)


def write_set(folder, count=96):
    """Disks of two classes, on paper."""
    os.makedirs(folder, exist_ok=True)
    random = np.random.RandomState(0)
    rows, columns = np.mgrid[0:64, 0:64]
    labels = random.randint(2, size=count)
    tiles = np.full((count, 64, 64, 3), 240, np.uint8)
    for tile, label in zip(tiles, labels):
        disk = (rows - 32) ** 2 + (columns - 32) ** 2 < random.randint(12, 28) ** 2
        tile[disk] = (200, 40, 40) if label else (60, 160, 60)
    atlas = tiles.reshape(-1, 8, 64, 64, 3).transpose(0, 2, 1, 3, 4).reshape(-1, 512, 3)
    Image.fromarray(atlas).save(f"{folder}/atlas-64.jpg", quality=95)
    with open(f"{folder}/labels.json", "w") as file:
        json.dump(dict(name="pomona", count=count, columns=8, classes=["green", "red"], labels=labels.tolist()), file)


def run(*command, **environment):
    done = subprocess.run(
        [sys.executable, *command], cwd=RECIPE, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1", **environment}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


SMALL = ("--data", f"{SCRATCH}/disks", "--batch", "8", "--channel-base", "256", "--channel-max", "16", "--r1-every", "4")


@check
def trains_saves_and_goes_on():
    write_set(f"{SCRATCH}/disks")
    run("train.py", *SMALL, "--out", f"{SCRATCH}/disks-1", "--images", "48")
    first = torch.load(f"{SCRATCH}/disks-1.pt")
    assert first["seen"] == 48, first["seen"]
    run("train.py", *SMALL, "--out", f"{SCRATCH}/disks-2", "--images", "96", "--resume", f"{SCRATCH}/disks-1.pt")
    second = torch.load(f"{SCRATCH}/disks-2.pt")
    assert second["seen"] == 96, second["seen"]
    moved = [name for name, value in second["g"].items() if not torch.equal(value, first["g"][name])]
    assert len(moved) > 20, moved
    assert os.path.getsize(f"{SCRATCH}/disks-2.png") > 1000


@check
def goes_on_from_the_f16_state_and_exports_weights():
    run("export.py", f"{SCRATCH}/disks-2.pt", "--state", "--weights", "--into", SCRATCH, "--f32", f"{SCRATCH}/f32.safetensors")
    os.rename(f"{SCRATCH}/pomona.safetensors", f"{SCRATCH}/exported.safetensors")
    run("export.py", f"{SCRATCH}/disks-2.pt", "--state", "--into", SCRATCH)
    run("train.py", *SMALL, "--out", f"{SCRATCH}/disks-3", "--images", "120", "--resume", f"{SCRATCH}/pomona.safetensors")
    assert torch.load(f"{SCRATCH}/disks-3.pt")["seen"] == 120
    tensors, metadata = load_tensors(f"{SCRATCH}/exported.safetensors")
    about = json.loads(metadata["gan_canvas"])
    assert about["images_seen"] == 96 and about["labels"] == ["green", "red"], about
    close(tensors["synthesis.b64.conv1.weight"], torch.load(f"{SCRATCH}/disks-2.pt")["ema"]["synthesis.b64.conv1.weight"], 2e-3)


@check
def trains_on_two_processes_alike():
    # What torchrun sets; Debian's own torchrun (1.13 on Python 3.11) does not start.
    place = dict(WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT="29533", OMP_NUM_THREADS="1")
    command = [sys.executable, "train.py", *SMALL, "--out", f"{SCRATCH}/parallel", "--images", "128"]
    started = [subprocess.Popen(command, cwd=RECIPE, env={**os.environ, **place, "RANK": str(rank)}) for rank in range(2)]
    codes = [process.wait(timeout=300) for process in started]
    assert codes == [0, 0], codes
    assert torch.load(f"{SCRATCH}/parallel.pt")["seen"] == 128


@check
def paints_compositions_whose_traits_are_known():
    folder = f"{SCRATCH}/blocks"
    os.makedirs(folder, exist_ok=True)
    parts = np.zeros((2, 128, 128, 4), np.uint8)
    parts[0, :64] = (100, 0, 0, 255)  # the upper half red, and
    parts[1, :, :64] = (0, 50, 0, 128)  # the left half green, half transparent: colours are premultiplied
    np.savez(f"{folder}/parts-128.npz", s0_p0=parts, bg=np.array([[200, 200, 200], [0, 0, 0]], np.uint8))
    with open(f"{folder}/names.json", "w") as file:
        json.dump(dict(blocks=dict(shape=["red", "green"])), file)
    data = open_image_set(folder)
    pictures = data.paint(torch.tensor([[0, 0], [1, 0], [1, 1]]))
    assert pictures[0, 10, 40].tolist() == [100, 0, 0] and pictures[0, 50, 40].tolist() == [200] * 3
    assert pictures[1, 10, 10].tolist() == [100, 150, 100] and pictures[2, 10, 10].tolist() == [0, 50, 0]
    first, again = data.everything(), open_image_set(folder).everything()
    assert len(first[0]) == 20000 and torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert torch.equal(first[0][:9], data.paint(first[1][:9]))


@check
def names_directions_in_the_weights():
    few = ("--samples", "700", "--refine-samples", "26", "--validate-samples", "26", "--rounds", "1", "--only", "redness", "size")
    weights, out = f"{SCRATCH}/exported.safetensors", f"{SCRATCH}/directed.safetensors"
    said = run("directions.py", "--set", "pomona", "--weights", weights, "--out", out, *few)
    found = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [direction["attribute"] for direction in found] == ["redness", "size"], said
    assert all(len(direction["curve"]) == 7 and len(direction["sideEffects"]) >= 10 for direction in found), said
    kept = [direction for direction in found if direction["kept"]]
    assert all(direction["monotone"] and direction["effect"] >= 0.8 and direction["ratio"] >= 3 for direction in kept), said
    before, after = load_tensors(weights)[0], load_tensors(out)[0]
    assert set(after) == {*before, *(f"directions.{direction['attribute']}" for direction in kept)}, set(after) - set(before)
    assert all(torch.equal(value, after[name]) for name, value in before.items())


@check
def finds_the_move_that_leaks_least():
    # Attribute 0 is moved by axes 0 and 1, attribute 1 by axis 1 alone: the way to move 0 only is along axis 0.
    effects = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    close(solve(effects, 0, 1e-6), torch.tensor([1.0, 0.0, 0.0]), 1e-3)
    assert abs(ratio(torch.tensor([0.5, -2.0, 0.1]), 1) - 4) < 1e-6


@check
def trains_a_dcgan_that_the_format_describes():
    run("dcgan.py", "--data", f"{SCRATCH}/disks", "--sizes", "4", "--images", "64", "--batch", "16", "--into", f"{SCRATCH}/dcgan")
    tensors, metadata = load_tensors(f"{SCRATCH}/dcgan/dcgan-4.safetensors")
    about = json.loads(metadata["gan_canvas"])
    assert about["architecture"]["z_dim"] == 4 and about["images_seen"] == 64, about
    assert tensors["generator.4.weight"].shape == (3, 2, 5, 5), {name: value.shape for name, value in tensors.items()}


@check
def tells_samples_apart_by_kernel_distance():
    random = np.random.RandomState(1)
    a, b, far = random.randn(300, 64), random.randn(300, 64), random.randn(300, 64) + 0.5
    assert abs(kernel_distance(a, b)) < 0.1 < kernel_distance(a, far)
    figures = all_figures(a, b, b)
    assert figures["nearest_real"] < 1e-5 and figures["precision"] > 0.5, figures


def main():
    os.makedirs(SCRATCH, exist_ok=True)
    failed = 0
    for function in CHECKS:
        title = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {title}", flush=True)
        except Exception as error:  # every failure is told, whatever it is
            failed += 1
            print(f"not ok {title}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
