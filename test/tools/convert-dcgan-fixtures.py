"""Makes test/fixtures/tiny-dcgan-{generator,discriminator}.safetensors from the .pth fixtures beside them: tensors bit for bit, named
as in src/weights/architecture.ts, metadata `architecture`. Needs Python only: python3 test/tools/convert-dcgan-fixtures.py"""

import collections
import json
import pathlib
import pickle
import struct
import zipfile

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"


class StateDict(pickle.Unpickler):
    """Unpickles a state dict without PyTorch: tensors become (shape, bytes). The fixtures are ours; never do this with files of others."""

    def __init__(self, archive, prefix):
        super().__init__(archive.open(f"{prefix}/data.pkl"))
        self.archive, self.prefix = archive, prefix

    def find_class(self, module, name):
        if name == "OrderedDict":
            return collections.OrderedDict
        if name == "_rebuild_tensor_v2":
            return lambda data, offset, shape, *_: (list(shape), data)
        return name

    def persistent_load(self, saved):
        return self.archive.read(f"{self.prefix}/data/{saved[2]}")


def read(path):
    with zipfile.ZipFile(path) as archive:
        prefix = archive.namelist()[0].split("/")[0]
        return StateDict(archive, prefix).load()


def conv(type, filters, stride, padding, batch_norm, activation, **more):
    base = {"type": type, "filters": filters, "kernel": 4, "stride": stride, "padding": padding}
    return base | {"bias": False, "batch_norm": batch_norm, "activation": activation} | more


ARCHITECTURE = {
    "kind": "dcgan",
    "resolution": 32,
    "z_dim": 16,
    "classes": 0,
    "generator": [
        conv("conv_transpose", 16, 1, 0, True, "relu"),
        conv("conv_transpose", 8, 2, 1, True, "relu"),
        conv("conv_transpose", 8, 2, 1, True, "relu"),
        conv("conv_transpose", 3, 2, 1, False, "tanh"),
    ],
    "discriminator": [
        conv("conv", 8, 2, 1, False, "leaky_relu", slope=0.2),
        conv("conv", 16, 2, 1, True, "leaky_relu", slope=0.2),
        conv("conv", 32, 2, 1, True, "leaky_relu", slope=0.2),
        conv("conv", 1, 1, 0, False, "sigmoid"),
    ],
}


def convert(role):
    tensors, layer = [], -1
    for name, (shape, data) in read(FIXTURES / f"tiny-dcgan-{role}.pth").items():
        part = name.split(".", 2)[2]
        if part == "num_batches_tracked":
            continue
        if len(shape) == 4:
            layer += 1
        tensors.append((f"{role}.{layer}.{part}" if len(shape) == 4 else f"{role}.{layer}.norm.{part}", shape, data))
    header, offset = {"__metadata__": {"architecture": json.dumps(ARCHITECTURE)}}, 0
    for name, shape, data in tensors:
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (FIXTURES / f"tiny-dcgan-{role}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors))


for role in ("generator", "discriminator"):
    convert(role)
