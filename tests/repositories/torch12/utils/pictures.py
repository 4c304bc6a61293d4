"""Pictures and class names."""

import os

import cv2
import numpy as np
from PIL import Image


def class_names(path):
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip()]


def some_pictures(number, size):
    random = np.random.RandomState(0)
    pictures = []
    for _ in range(number):
        image = Image.fromarray(random.randint(0, 255, (size * 2, size * 2, 3)).astype("uint8"))
        pictures.append(cv2.resize(np.array(image), (size, size)) / 255.0)
    return np.array(pictures, dtype="float32")


def here(*names):
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), *names)
