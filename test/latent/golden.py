"""The latents of some seeds, written a second time from the contract in src/latent/seeded-random.ts: python3 test/latent/golden.py"""

import struct
from decimal import Decimal, getcontext

getcontext().prec = 50
M32, M64 = 2**32 - 1, 2**64 - 1


def fnv(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 & M64
    return h


def splitmix(state):
    while True:
        state = state + 0x9E3779B97F4A7C15 & M64
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & M64
        z = (z ^ z >> 27) * 0x94D049BB133111EB & M64
        yield z ^ z >> 31


def rotate(x, k):
    return (x << k | x >> 32 - k) & M32


def uniforms(seed, stream):
    mix = splitmix(fnv(stream.encode() + b"\0" + seed.encode()))
    s = [word >> shift & M32 for word in (next(mix), next(mix)) for shift in (0, 32)]

    def integer():
        result = rotate(s[1] * 5 & M32, 7) * 9 & M32
        t = s[1] << 9 & M32
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 11)
        return result

    while True:
        upper = integer() >> 5
        yield ((upper << 26) + (integer() >> 6)) / 2**53


def normals(seed, stream):
    u = uniforms(seed, stream)
    while True:
        x, y = 2 * next(u) - 1, 2 * next(u) - 1
        q = x * x + y * y
        if 0 < q < 1:
            # 50 digits instead of our own logarithm: both must round to the same float32.
            factor = (-2 * Decimal(q).ln() / Decimal(q)).sqrt()
            yield x * float(factor)
            yield y * float(factor)


def float32_bits(x):
    return f"{struct.unpack('<I', struct.pack('<f', x))[0]:08x}"


if __name__ == "__main__":
    for seed in ["0", "42", "42/1", "", "Äpfel 🍎", "\ufffd", "x" * 100000]:
        stream = normals(seed, "z")
        name = seed if len(seed) < 20 else f"{seed[0]}*{len(seed)}"
        print(name, " ".join(float32_bits(next(stream)) for _ in range(6)), [int(next(uniforms(seed, "class")) * 13)])
    stream = normals("42", "noise")
    print("noise 42", " ".join(float32_bits(next(stream)) for _ in range(4)))
    import hashlib

    stream = normals("42", "z")
    many = b"".join(struct.pack("<f", next(stream)) for _ in range(100000))
    print("sha256 of 100,000 deviates of z of 42:", hashlib.sha256(many).hexdigest())
