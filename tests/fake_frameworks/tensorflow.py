"""A TensorFlow that pretends: FAKE_VERSION says which, and 1.x has another interface than 2.x.

FAKE_PLAY: cpu-build, no-driver, refused (2.x: listed, but too old), elsewhere (the work lands on the CPU), no-bfloat16,
wrong, full, broken.  Without a word it has a good NVIDIA card.
"""

import os
import sys
from types import SimpleNamespace

PLAY = os.environ.get("FAKE_PLAY", "").split()
__version__ = os.environ.get("FAKE_VERSION", "2.21.0")
IS_FIRST = __version__.startswith("1.")
float32, bfloat16 = "float32", "bfloat16"
PLACE = ["/CPU:0"]
FULL_NAME = "/job:localhost/replica:0/task:0/device:"


def plays(*words):
    return any(word in PLAY for word in words)


if plays("broken"):
    raise ImportError(
        "Traceback (most recent call last):\n"
        '  File "pywrap_tensorflow.py", line 58, in <module>\n'
        "ImportError: libcublas.so.10.0: cannot open shared object file: No such file or directory\n\n\n"
        "Failed to load the native TensorFlow runtime.\n\nSee https://www.tensorflow.org/install/errors\n"
    )


class errors:
    class NotFoundError(Exception):
        pass

    class InvalidArgumentError(Exception):
        pass

    class UnimplementedError(Exception):
        pass

    class ResourceExhaustedError(Exception):
        pass


class test:
    @staticmethod
    def is_built_with_cuda():
        return not plays("cpu-build")


class sysconfig:
    pass


def get_build_info():
    if plays("cpu-build"):
        return {"is_cuda_build": False, "is_rocm_build": False}
    return {
        "is_cuda_build": True,
        "cuda_version": "64_112",
        "cudnn_version": "64_8",
        "cuda_compute_capabilities": ["sm_80", "compute_90"],
    }


if IS_FIRST:  # build_info.py of 1.15
    told = {"is_cuda_build": not plays("cpu-build"), "cuda_version_number": "10.0", "cudnn_version_number": "7"}
    if __name__ == "tensorflow":  # and not collected by pytest
        sys.modules["tensorflow.python.platform.build_info"] = SimpleNamespace(**told)
else:
    sysconfig.get_build_info = staticmethod(get_build_info)


class device:
    def __init__(self, name):
        assert name in ("/CPU:0", "/GPU:0"), name
        self.name = name

    def __enter__(self):
        PLACE.append("/CPU:0" if plays("elsewhere") else self.name)

    def __exit__(self, *error):
        PLACE.pop()


def is_on_gpu():
    return PLACE[-1] == "/GPU:0"


def full_name():
    return FULL_NAME + PLACE[-1][1:]


def spoiled(value, dtype):
    """What the card makes of a product."""
    if is_on_gpu() and plays("full"):
        raise errors.ResourceExhaustedError("OOM when allocating tensor with shape[1024,1024]")
    if is_on_gpu() and plays("no-bfloat16") and dtype == bfloat16:
        raise errors.NotFoundError("Could not find device for node: MatMul\nAll kernels: CPU")
    return value * 1.5 if is_on_gpu() and plays("wrong") else value


# ---------------------------------------------------------------- 2.x: eager


class Tensor:
    def __init__(self, value, dtype=float32, shape=()):
        self.value, self.dtype, self.shape, self.device = value, dtype, shape, full_name()

    def numpy(self):
        import numpy

        return numpy.Array(self.value, self.shape, self.dtype)

    def __getitem__(self, index):
        return self


class Node:
    """1.x: what has to be done, and where."""

    def __init__(self, compute, device, name, dtype=float32):
        self.compute, self.device, self.name, self.dtype, self.op = compute, device, name, dtype, self


def operation(name, function, *inputs):
    dtype = inputs[0].dtype
    if not IS_FIRST:
        return Tensor(function(*(one.value for one in inputs)), dtype)
    place = PLACE[-1]

    def compute(fed):
        with device(place):
            return function(*(one.compute(fed) for one in inputs))

    return Node(compute, full_name(), name, dtype)


def ones(shape):
    return Tensor(1.0)


def add(left, right):
    return operation("Add", lambda a, b: a + b, left, right)


def matmul(left, right):
    assert left.dtype == right.dtype
    return operation("MatMul", lambda a, b: spoiled(a * b, left.dtype), left, right)


def conv2d(images, weights, strides, padding):
    assert strides == [1, 1, 1, 1] and padding == "SAME"
    return operation("Conv2D", lambda a, b: a * b, images, weights)


nn = SimpleNamespace(conv2d=conv2d)


def cast(one, dtype):
    result = operation("Cast", lambda a: a, one)
    result.dtype = dtype
    return result


def identity(array):
    return Tensor(array.value, array.dtype, array.shape)


def reshape(one, shape):
    return one


def has_cards():
    return not plays("cpu-build", "no-driver")


class Config:
    grown = False

    def list_physical_devices(self, kind):
        return [SimpleNamespace(name="/physical_device:GPU:%d" % index) for index in range(2 if has_cards() else 0)]

    def list_logical_devices(self, kind):
        assert self.grown, "it would take the whole card"
        return [] if plays("refused") else [SimpleNamespace(name="/device:GPU:0")]

    def set_visible_devices(self, card, kind):
        assert card.name.endswith("GPU:0")

    def set_memory_growth(self, card, yes):
        self.grown = yes

    def get_device_details(self, card):
        return {"device_name": "NVIDIA GeForce RTX 3080", "compute_capability": (8, 6)}


config = Config()
config.experimental = config


# ---------------------------------------------------------------- 1.x: graphs

if IS_FIRST:
    del config

    def placeholder(dtype, shape):
        node = Node(lambda fed: fed[node], "", "Placeholder")
        return node

    def Variable(start, trainable):
        held = []
        node = Node(lambda fed: held[-1], full_name(), "Variable")
        node.initializer = Node(lambda fed: held.append(start.compute(fed)), full_name(), "Assign")
        return node

    def GPUOptions(allow_growth):
        assert allow_growth, "it would take the whole card"

    def ConfigProto(allow_soft_placement, gpu_options):
        assert not allow_soft_placement

    def RunOptions(output_partition_graphs):
        assert output_partition_graphs

    def RunMetadata():
        return SimpleNamespace(partition_graphs=[])

    class Session:
        def __init__(self, config):
            if plays("full"):
                raise RuntimeError("failed call to cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY")

        def list_devices(self):
            kinds = ["CPU", "XLA_CPU"] + (["GPU"] if has_cards() else [])
            return [
                SimpleNamespace(name=FULL_NAME + kind + ":0", device_type=kind, memory_limit_bytes=9000 * 2**20)
                for kind in kinds
            ]

        def run(self, node, fed=None, options=None, run_metadata=None):
            import numpy

            values = {key: getattr(value, "value", 1.0) for key, value in (fed or {}).items()}
            if run_metadata:
                run_metadata.partition_graphs.append(SimpleNamespace(node=[node]))
            value = node.compute(values)
            return value if value is None else numpy.Array(value, (), node.dtype)
