"""What does the model see in a picture?"""

import numpy as np
from nets.detector import detector
from utils.pictures import class_names, here, some_pictures

if __name__ == "__main__":
    names = class_names(here("model_data", "classes.txt"))
    guess = detector(32, len(names)).predict(some_pictures(1, 32))
    print("predicted:", names[int(np.argmax(guess[0]))])
