"""A detector in the manner of its time: convolutions, one head."""

from tensorflow.keras.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten, Input, LeakyReLU
from tensorflow.keras.models import Model


def detector(size, classes):
    inputs = Input(shape=(size, size, 3))
    x = Conv2D(8, (3, 3), strides=(2, 2), padding="same", use_bias=False)(inputs)
    x = BatchNormalization()(x)
    x = LeakyReLU(alpha=0.1)(x)
    x = Flatten()(x)
    x = Dense(classes)(x)
    return Model(inputs, Activation("softmax")(x))
