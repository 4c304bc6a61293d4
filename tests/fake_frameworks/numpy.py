"""As much numpy as the self-test uses with the fake TensorFlow and the fake JAX."""

import math


class Array:
    def __init__(self, value, shape=(), dtype="float32"):
        self.value, self.shape, self.dtype = float(value), tuple(shape), dtype

    def like(self, value):
        return Array(value, self.shape, self.dtype)

    def astype(self, dtype):
        return Array(self.value, self.shape, dtype)

    def __truediv__(self, number):
        return self.like(self.value / number)

    def __sub__(self, other):
        assert self.dtype == other.dtype == "float32"
        return self.like(self.value - other.value)

    def __add__(self, other):
        return self.like(self.value + getattr(other, "value", other))

    __radd__ = __add__

    def __getitem__(self, index):
        return self if isinstance(index, tuple) else self.value

    def max(self):
        return self.value

    def all(self):
        return bool(self.value)


class random:
    class RandomState:
        def __init__(self, seed):
            assert seed == 0

        def randint(self, low, high, shape):
            return Array(32, shape, "int64")


def tile(array, times):
    return Array(array.value, [side * time for side, time in zip(array.shape, times)], array.dtype)


def isfinite(array):
    return array.like(math.isfinite(array.value))


def abs(array):
    return array.like(-array.value if array.value < 0 else array.value)


def matmul(left, right):
    return left.like(left.value * right.value)


def pad(array, widths, mode):
    return array


def tensordot(left, right, axes):
    """Called once for each of nine positions."""
    return left.like(left.value * right.value / 9)


def moveaxis(array, old, new):
    return array


def zeros(shape, dtype):
    return Array(0, (shape,), dtype)


def ones(shape, dtype):
    return Array(1, (shape,), dtype)


def asarray(array):
    return getattr(array, "array", array)
