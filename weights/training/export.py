"""Turns a running checkpoint into what is shipped and what is kept.

  python3 export.py run/NAME.pt --state     state/NAME.safetensors: EMA, generator and discriminator in F16, for --resume
  python3 export.py run/NAME.pt --weights   ../NAME.safetensors and ../NAME.discriminator.safetensors, in F16
  python3 export.py run/NAME.pt --f32 FILE  the generator in F32, to see what F16 costs

A state of state/ is taken as well as a running checkpoint: the shipped files can be made again from it, bit by bit.
The weights' metadata is the format of gan-canvas (`gan_canvas`); what sets.json says of the set goes into it. Directions are
added by directions.py, quality figures by test/tools/publish-model.ts.
"""

import argparse
import base64
import hashlib
import json
import os

import numpy as np
from networks import load_checkpoint
from safetensors_file import save_tensors

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ("resolution", "z_dim", "w_dim", "channel_base", "channel_max")


def describe(checkpoint, role):
    """The metadata `gan_canvas` without directions, figures and discriminator."""
    name, labels, options = checkpoint["name"], checkpoint["labels"], checkpoint["options"]
    with open(f"{HERE}/sets.json") as file:
        about = json.load(file)[name]
    architecture = dict(kind="stylegan2", **{field: options[field] for field in FIELDS})
    architecture.update(mapping_layers=2, classes=len(labels), conv_clamp=None)
    about.update(format=1, name=name, role=role, architecture=architecture, labels=labels, nested=options["nested"] > 0)
    about.update(images_seen=checkpoint["seen"], directions=[], metrics={}, discriminator=None)
    if role == "discriminator":
        about.update(name=f"{name} discriminator", truncation=1, noise="const")
    return about


def integrity(path):
    with open(path, "rb") as file:
        return "sha256-" + base64.b64encode(hashlib.sha256(file.read()).digest()).decode()


def save_weights(path, tensors, about, dtype=np.float16):
    save_tensors(path, tensors, {"gan_canvas": json.dumps(about, ensure_ascii=False)}, dtype)


def export_weights(checkpoint, folder):
    name = checkpoint["name"]
    save_weights(f"{folder}/{name}.discriminator.safetensors", checkpoint["d"], describe(checkpoint, "discriminator"))
    about = describe(checkpoint, "generator")
    beside = f"{name}.discriminator.safetensors"
    about["discriminator"] = dict(url=beside, integrity=integrity(f"{folder}/{beside}"))
    save_weights(f"{folder}/{name}.safetensors", checkpoint["ema"], about)


def export_state(checkpoint, folder):
    tensors = {f"{part}.{name}": value for part in ("g", "d", "ema") for name, value in checkpoint[part].items()}
    about = {field: checkpoint[field] for field in ("name", "labels", "seen", "share", "measure")}
    about["options"] = {field: checkpoint["options"][field] for field in (*FIELDS, "nested", "noise")}
    save_tensors(f"{folder}/{checkpoint['name']}.safetensors", tensors, {"training": json.dumps(about)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("checkpoint"), add("--state", action="store_true"), add("--weights", action="store_true"), add("--f32")
    add("--into", help="another folder than the repository's")
    options = parser.parse_args()
    checkpoint = load_checkpoint(options.checkpoint)
    if options.state:
        folder = options.into or f"{HERE}/state"
        os.makedirs(folder, exist_ok=True)
        export_state(checkpoint, folder)
    if options.weights:
        export_weights(checkpoint, options.into or f"{HERE}/..")
    if options.f32:
        save_weights(options.f32, checkpoint["ema"], describe(checkpoint, "generator"), np.float32)


if __name__ == "__main__":
    main()
