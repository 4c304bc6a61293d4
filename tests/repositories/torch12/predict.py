"""What does the model see in a picture?"""

import torch
from nets.detector import Detector
from utils.pictures import class_names, here, some_pictures

if __name__ == "__main__":
    names = class_names(here("model_data", "classes.txt"))
    with torch.no_grad():
        guess = Detector(len(names)).eval()(torch.from_numpy(some_pictures(1, 32).transpose(0, 3, 1, 2)))
    print("predicted:", names[int(guess[0].argmax())])
