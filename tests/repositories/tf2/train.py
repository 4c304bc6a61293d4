"""One step of training, and the weights written and read again."""

import os
import tempfile

import matplotlib
import numpy as np
import tensorflow as tf
from nets.detector import detector
from scipy.ndimage import gaussian_filter
from tensorflow.keras.optimizers import Adam
from tqdm import tqdm
from utils.pictures import class_names, here, some_pictures

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

if __name__ == "__main__":
    for gpu in tf.config.experimental.list_physical_devices(device_type="GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    names = class_names(here("model_data", "classes.txt"))
    model = detector(32, len(names))
    model.compile(optimizer=Adam(lr=1e-3), loss="categorical_crossentropy")
    losses = []
    for _ in tqdm(range(1)):
        pictures = gaussian_filter(some_pictures(4, 32), 0.5)
        truth = np.eye(len(names), dtype="float32")[[0, 1, 0, 1]]
        losses.append(float(model.train_on_batch(pictures, truth)))
    weights = os.path.join(tempfile.mkdtemp(), "weights.h5")
    model.save_weights(weights)
    model.load_weights(weights)
    plt.plot(losses)
    plt.savefig(os.path.join(os.path.dirname(weights), "loss.png"))
    print("trained: loss %.4f, weights read back" % losses[-1])
