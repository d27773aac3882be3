"""Reads and writes safetensors files with numpy alone: https://github.com/huggingface/safetensors, format of the header."""

import json
import struct

import numpy as np
import torch

DTYPES = {"F16": np.float16, "F32": np.float32}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


def save_tensors(path, tensors, metadata, dtype=np.float16):
    """Writes {name: tensor} in `dtype`, sorted by name; `metadata` is {name: text}. Refuses what the dtype cannot hold."""
    header, chunks, offset = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors):
        array = np.asarray(torch.as_tensor(tensors[name]).detach().cpu().float().numpy(), dtype, order="C")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} has values that {np.dtype(dtype)} cannot hold; train with gradient clipping, or save F32.")
        header[name] = dict(dtype=NAMES[array.dtype], shape=list(array.shape), data_offsets=[offset, offset + array.nbytes])
        chunks.append(array.tobytes())
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def load_tensors(path):
    """({name: float32 tensor}, {name: text}) of a file of F16 and F32 tensors."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        array = np.frombuffer(data[8 + length + start : 8 + length + end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.astype(np.float32))
    return tensors, metadata
