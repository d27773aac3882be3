"""Makes test/fixtures/tiny-stylegan2-ada-{generator,discriminator}.safetensors from the .pkl fixture beside it: the tensors of G_ema and D bit
for bit, without the resampling filters, metadata `architecture`. Needs PyTorch: /usr/bin/python3 test/tools/convert-ada-fixture.py

The pickle's classes are replaced by empty ones and none of its code runs. The fixture is ours; never do this with files of others: the reader
that visitors' files go through is another."""

import collections
import io
import json
import pathlib
import pickle
import struct

import torch

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"


class Anything:
    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        self.state = state


def persistent(meta):
    found = Anything()
    found.state = meta["state"]
    return found


class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        known = {
            "_rebuild_tensor_v2": torch._utils._rebuild_tensor_v2,
            "_rebuild_parameter": torch._utils._rebuild_parameter,
            "_load_from_bytes": lambda data: torch.load(io.BytesIO(data)),
            "_reconstruct_persistent_obj": persistent,
            "OrderedDict": collections.OrderedDict,
        }
        return known.get(name) or type(name, (Anything,), {})


def walk(module, prefix=""):
    state = getattr(module, "state", {})
    for part in ("_parameters", "_buffers"):
        for name, tensor in state.get(part, {}).items():
            if tensor is not None and name != "resample_filter":
                yield prefix + name, tensor.detach().contiguous()
    for name, child in state.get("_modules", {}).items():
        yield from walk(child, f"{prefix}{name}.")


networks = Reader(open(FIXTURES / "tiny-stylegan2-ada.pkl", "rb")).load()
generator = networks["G_ema"]
given = generator.state["_init_kwargs"]
architecture = {
    "kind": "stylegan2",
    "resolution": given["img_resolution"],
    "z_dim": given["z_dim"],
    "w_dim": given["w_dim"],
    "mapping_layers": given["mapping_kwargs"]["num_layers"],
    "channel_base": given["channel_base"],
    "channel_max": given["channel_max"],
    "classes": given["c_dim"],
    "conv_clamp": generator.state["_modules"]["synthesis"].state["_modules"]["b16"].state["_modules"]["conv1"].state["conv_clamp"],
}


def convert(network, role):
    header, data = {"__metadata__": {"architecture": json.dumps(architecture)}}, b""
    for name, tensor in walk(network):
        raw = tensor.numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (FIXTURES / f"tiny-stylegan2-ada-{role}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


convert(generator, "generator")
convert(networks["D"], "discriminator")
