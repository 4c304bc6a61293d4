"""A JAX that pretends.

FAKE_PLAY: cpu-build, no-driver, no-platform (JAX_PLATFORMS asks for what cannot be started), no-backend (the same, for
what is not installed), no-cpu (it leaves the CPU out), old (methods of 0.3), wrong, full.  Without a word it has a good
NVIDIA card.
"""

import os
import sys
from types import SimpleNamespace

PLAY = os.environ.get("FAKE_PLAY", "").split()


def plays(*words):
    return any(word in PLAY for word in words)


__version__ = "0.3.25" if plays("old") else "0.10.2"
JAXLIB = SimpleNamespace(__version__="0.3.25+cuda11.cudnn82" if plays("old") else __version__)
TROUBLE = {"cuda": "INTERNAL: no supported devices found for platform CUDA", "tpu": "no libtpu.so"}


class Device(SimpleNamespace):
    def __str__(self):
        return "{}:0".format("cuda" if self.platform == "gpu" else self.platform)

    def __hash__(self):
        return id(self)


CPU = Device(platform="cpu", device_kind="cpu")
GPU = Device(
    platform="gpu",
    device_kind="NVIDIA GeForce RTX 3080",
    compute_capability="8.6",
    client=SimpleNamespace(platform_version="PJRT C API\ncuda 13000"),
)


def devices(kind=None):
    assert not plays("no-backend")
    if plays("no-platform"):
        raise RuntimeError("Unable to initialize backend 'cuda': no GPU\n(set JAX_PLATFORMS='' to choose another)")
    there = [GPU] * (not plays("cpu-build", "no-driver")) + [CPU] * (not plays("no-cpu"))
    if kind is None:
        return there[:1]
    found = [device for device in there if device.platform == kind]
    if not found:
        raise RuntimeError("Unknown backend: '{}' requested, but no such platforms are present".format(kind))
    return found


class Array:
    def __init__(self, array, on):
        self.array, self.on = array, on
        if plays("old"):
            self.device = lambda: on
        else:
            self.devices = lambda: {on}

    def astype(self, dtype):
        return Array(self.array.astype(dtype), self.on)

    def block_until_ready(self):
        return self

    def __add__(self, other):
        return Array(self.array.like(self.array.value + other.array.value), self.on)


def device_put(array, device):
    return Array(array, device)


def jit(function):
    return function


def product(left, right):
    assert left.on is right.on and left.array.dtype == right.array.dtype
    value = left.array.value * right.array.value
    if left.on is GPU and plays("full"):
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 4194304 bytes.")
    return Array(left.array.like(value * 1.5 if left.on is GPU and plays("wrong") else value), left.on)


class lax:
    @staticmethod
    def conv(images, weights, strides, padding):
        assert (strides, padding) == ((1, 1), "SAME")
        return product(images, weights)


numpy = SimpleNamespace(matmul=product)

if __name__ == "jax":  # and not collected by pytest
    sys.modules["jax.numpy"] = numpy
    sys.modules["jaxlib"] = JAXLIB
    sys.modules["jax._src.xla_bridge"] = SimpleNamespace(_backend_errors=TROUBLE if plays("no-driver") else {})
