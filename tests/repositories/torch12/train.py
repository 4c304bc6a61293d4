"""One step of training, and the weights written and read again."""

import os
import tempfile

import h5py
import matplotlib
import numpy as np
import torch
import torch.backends.cudnn as cudnn
import torch.optim as optim
from nets.detector import Detector
from scipy.ndimage import gaussian_filter
from torchvision import transforms
from tqdm import tqdm
from utils.pictures import class_names, here, some_pictures

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

if __name__ == "__main__":
    names = class_names(here("model_data", "classes.txt"))
    model = Detector(len(names)).train()
    if torch.cuda.is_available():
        model = torch.nn.DataParallel(model).cuda()
        cudnn.benchmark = True
    optimizer = optim.Adam(model.parameters(), 1e-3)
    normalize = transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
    losses = []
    for _ in tqdm(range(1)):
        pictures = gaussian_filter(some_pictures(4, 32), 0.5).transpose(0, 3, 1, 2)
        batch = torch.stack([normalize(torch.from_numpy(np.ascontiguousarray(one))) for one in pictures])
        truth = torch.tensor([0, 1, 0, 1])
        if torch.cuda.is_available():
            batch, truth = batch.cuda(), truth.cuda()
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(batch), truth)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    folder = tempfile.mkdtemp()
    torch.save(model.state_dict(), os.path.join(folder, "weights.pth"))
    model.load_state_dict(torch.load(os.path.join(folder, "weights.pth")))
    with h5py.File(os.path.join(folder, "losses.h5"), "w") as file:
        file["loss"] = losses
    plt.plot(losses)
    plt.savefig(os.path.join(folder, "loss.png"))
    print("trained: loss %.4f, weights read back" % losses[-1])
