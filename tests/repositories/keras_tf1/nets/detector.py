"""A detector in the manner of its time: convolutions, one head."""

from keras import backend as K
from keras.layers import Activation, Conv2D, Dense, Flatten, Input
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.normalization import BatchNormalization
from keras.models import Model


def detector(size, classes):
    inputs = Input(shape=(size, size, 3))
    x = Conv2D(8, (3, 3), strides=(2, 2), padding="same", use_bias=False)(inputs)
    x = BatchNormalization()(x)
    x = LeakyReLU(alpha=0.1)(x)
    x = Flatten()(x)
    x = Dense(classes)(x)
    return Model(inputs, Activation("softmax")(x))


def loss(truth, guess):
    return K.mean(K.categorical_crossentropy(truth, guess))
