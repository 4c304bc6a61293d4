"""Is the network recognised that a repository trains, and none that it only mentions; and what of its batch size?"""

import textwrap

import pytest

from envdoctor import networks, source
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN

from .tape import Tape
from .test_project import look

#: A training script of torch that loads these modules.
FIT = "loss.backward()\noptimizer.step()\n"


def facts_of(files, folder="net"):
    """The facts of a project in a folder of this name."""
    root = "/home/me/work/" + folder
    texts = {root + "/" + path: textwrap.dedent(text) for path, text in files.items()}
    return look({}, root=root, ask=Tape(files=texts))


def network(files, folder="net"):
    fact = facts_of(files, folder)["project.networks"]
    assert fact.state in (KNOWN, ABSENT)
    return next(iter(fact.value)) if fact.state == KNOWN else None


def torch(*modules, **more):
    """train.py that imports these own modules, each of them with this text."""
    files = {"train.py": "import torch\n" + "".join("import %s\n" % name for name in modules) + FIT}
    files.update({name.replace(".", "/") + ".py": "import torch\n" for name in modules})
    return dict(files, **{path: text for path, text in more.items()})


TRAINED = [
    # by the name of its module
    ("yolov3", torch("nets.yolo3", "utils.utils"), "net"),
    ("yolov4", torch("nets.yolo4", "nets.CSPdarknet"), "net"),
    ("yolov4-tiny", torch("nets.yolo4_tiny", "nets.CSPdarknet53_tiny"), "net"),
    ("retinanet", torch("nets.retinanet", "nets.resnet"), "net"),
    ("m2det", torch("m2det", "layers.multibox_loss"), "net"),
    ("efficientdet", torch("nets.efficientdet", "nets.efficientnet"), "net"),
    ("faster-rcnn", torch("nets.frcnn", "nets.rpn", "nets.resnet50"), "net"),
    ("faster-rcnn", torch("model.faster_rcnn_vgg16"), "net"),
    ("ssd", torch("nets.ssd", "nets.ssd_training", "utils.anchors"), "net"),
    ("ssd", torch("ssd", "layers.multibox_loss"), "net"),
    # by its package, by the script, by classes and functions
    ("retinanet", torch("keras_retinanet.losses"), "net"),
    ("faster-rcnn", {"train_frcnn.py": "import torch\n" + FIT}, "net"),
    ("yolov3", torch("model", **{"model.py": "import torch\n\nclass YOLOv3(torch.nn.Module):\n    pass\n"}), "net"),
    ("ssd", torch("model", **{"model.py": "class SSD300:\n    pass\n\nclass MultiBoxLoss:\n    pass\n"}), "net"),
    ("yolov4", torch("models", **{"models.py": "class Yolov4:\n    pass\n\nclass Yolov4Head:\n    pass\n"}), "net"),
    ("efficientdet", torch("backbone", **{"backbone.py": "class EfficientDetBackbone:\n    pass\n"}), "net"),
    # a plain "yolo" gets its version from the folder or from the weights
    ("yolov3", torch("nets.yolo", "nets.darknet"), "yolo3-pytorch-master"),
    ("yolov4", torch("nets.yolo", "nets.CSPdarknet"), "yolov4-pytorch (1)"),
    ("yolov4-tiny", torch("nets.yolo", "nets.CSPdarknet53_tiny"), "yolov4-tiny-tf2"),
    ("yolov4", dict(torch("nets.yolo"), **{"train.py": "import nets.yolo\np = 'model_data/yolo4_weights.pth'\n" + FIT}),
     "net"),
    ("yolov3", {"train.py": "from nets import yolo\na = 'config/yolov3.cfg'\n" + FIT, "nets/yolo.py": ""}, "net"),
    ("yolov4-tiny", torch("nets.yolo"), "yolov4-tiny-pytorch"),
    # by what torchvision constructs
    ("faster-rcnn", {"train.py": "import torchvision as tv\nm = tv.models.detection.fasterrcnn_resnet50_fpn()\n" + FIT},
     "net"),
    ("retinanet", {"train.py": "from torchvision.models.detection import retinanet_resnet50_fpn\n"
                               "m = retinanet_resnet50_fpn(weights=None)\n" + FIT}, "net"),
    ("ssd", {"train.py": "from torchvision.models import detection\nm = detection.ssd300_vgg16()\n" + FIT}, "net"),
    # wherever the steps of training are
    ("yolov3", {"train.py": "from nets import yolo3\nfrom utils.fit import fit_one_epoch\n", "nets/yolo3.py": "",
                "utils/fit.py": "def fit_one_epoch():\n    loss.backward()\n"}, "net"),
    ("yolov3", {"main.py": "import keras\nimport yolo3.model\nmodel.fit(x, y)\n", "yolo3/model.py": ""}, "net"),
    ("retinanet", {"tools/train.py": "from nets import retinanet\nif __name__ == '__main__':\n    loss.backward()\n",
                   "nets/retinanet.py": "", "demo.py": "import nets.retinanet\n"}, "net"),
    ("retinanet", {"pkg/bin/train.py": "from ..models import retinanet\nif __name__ == '__main__':\n    x.backward()\n",
                   "pkg/models/retinanet.py": "", "pkg/__init__.py": "", "pkg/models/__init__.py": "",
                   "pkg/bin/__init__.py": ""}, "net"),
    ("yolov3", dict(torch("nets.yolo3"), **{"README.md": "", "cfg/yolov4.cfg": "", "docs/ssd.md": ""}), "net"),
]  # fmt: skip


@pytest.mark.parametrize("wanted, files, folder", TRAINED, ids=["%s-%d" % (one[0], i) for i, one in enumerate(TRAINED)])
def test_what_it_trains(wanted, files, folder):
    assert network(files, folder) == wanted


YOLO3 = {"nets/yolo3.py": "", "nets/__init__.py": ""}

NOT_TRAINED = {
    "nothing": {"README.md": ""},
    "no training script": dict(YOLO3, **{"predict.py": "import nets.yolo3\n"}),
    "a script that is called train and takes no step": dict(YOLO3, **{"train_list.py": "import nets.yolo3\n"}),
    "a prediction with a backward pass": dict(YOLO3, **{"predict.py": "import nets.yolo3\nscore.backward()\n"}),
    "sklearn fits, too": dict(YOLO3, **{"main.py": "import sklearn, nets.yolo3\nmodel.fit(x, y)\n"}),
    "the network is not loaded by the training": dict(
        YOLO3, **{"train.py": "import torch\n" + FIT, "track.py": "import nets.yolo3\n"}
    ),
    "it is loaded for one function only": dict(
        YOLO3, **{"train.py": "import torch\n\ndef compare():\n    import nets.yolo3\n\n" + FIT}
    ),
    "two networks": torch("nets.yolo3", "nets.yolo4"),
    "a zoo": torch("models.ssd", "models.retinanet", "models.frcnn", "models.anchors"),
    "two training scripts for two networks": {
        "train_a.py": "import nets.yolo3\n" + FIT,
        "train_b.py": "import nets.frcnn\n" + FIT,
        "nets/yolo3.py": "",
        "nets/frcnn.py": "",
    },
    "a copy beside another repository's own script": {
        "main.py": "import torch\n",
        "yolov3/train.py": "import torch\nimport models\nif __name__ == '__main__':\n    loss.backward()\n",
        "yolov3/models.py": "class YOLOv3:\n    pass\n",
    },
    "a copy among third-party code": {
        "third_party/yolov3/train.py": "import torch\nif __name__ == '__main__':\n    loss.backward()\n",
    },
    "copies beside each other": {
        "yolov3/train.py": "import torch\nif __name__ == '__main__':\n    loss.backward()\n",
        "ssd/train.py": "import torch\nif __name__ == '__main__':\n    loss.backward()\n",
    },
    "YOLOv3-tiny": torch("nets.yolo3_tiny"),
    "YOLOv3 with a small one beside it": torch(
        "yolo3", **{"yolo3.py": "def yolo_body():\n    pass\n\ndef tiny_yolo_body():\n    pass\n"}
    ),
    "YOLOv4 with the backbone of the small one": torch("nets.yolo4", "nets.CSPdarknet53_tiny"),
    "YOLOv4 on MobileNet": torch("nets.yolo4", "nets.mobilenet_v1"),
    "YOLOv3-SPP": torch("models.yolov3_spp"),
    "scaled YOLOv4": torch("models.yolov4_csp"),
    "YOLOv5": torch("models.yolov5"),
    "YOLOX": torch("nets.yolox"),
    "YOLOR": torch("models.yolor"),
    "YOLACT": torch("yolact"),
    "PP-YOLO": torch("ppyolo3"),
    "a YOLO of no version": torch("nets.yolo", "nets.yolo_training"),
    "the size of its pictures is no version": torch("nets.yolo_416"),
    "SSDLite": torch("models.ssdlite", "models.anchors"),
    "SSD on MobileNet": torch("models.mobilenet_ssd", "models.prior_box"),
    "a disk": torch("utils.ssd_disk", "utils.cache"),
    "a sum of squared differences": torch("losses.ssd", "networks.registration"),
    "word parts": torch("lossd", "passd", "utils.ssdeep", "anchors"),
    "an augmentation that everybody copies": torch(
        "model", **{"model.py": "class SSDAugmentation:\n    pass\n\ndef nms():\n    pass\n"}
    ),
    "labels in YOLO's format": torch("yolov3_dataset", "voc2yolo4", "yolo2coco"),
    "Mask R-CNN, which has a Faster R-CNN inside": torch("faster_rcnn", "mask_rcnn"),
    "Fast R-CNN": torch("fast_rcnn"),
    "RetinaFace": torch("models.retinaface"),
    "the retina": torch("retina_vessels"),
    "EfficientNet": torch("efficientnet"),
    "EfficientDet-Lite": torch("efficientdet_lite"),
    "CenterNet": torch("nets.centernet"),
    "torchvision's lighter Faster R-CNN": {
        "train.py": "import torchvision\nm = torchvision.models.detection.fasterrcnn_mobilenet_v3_large_fpn()\n" + FIT
    },
    "torchvision's Mask R-CNN": {
        "train.py": "import torchvision\nm = torchvision.models.detection.maskrcnn_resnet50_fpn()\n" + FIT
    },
    "a constructor that is chosen by name": {
        "train.py": "import torchvision as tv\nm = tv.models.get_model(args.model)  # fasterrcnn_resnet50_fpn\n" + FIT
    },
    "a Faster R-CNN and some YOLO": torch("nets.frcnn", "nets.yolo"),
    "weights of another network": dict(YOLO3, **{"train.py": "import nets.yolo3\nw = 'yolov5s.pt'\n" + FIT}),
    "weights alone": {"train.py": "import torch\nw = 'yolov3.weights'\n" + FIT},
    "weights in a comment": dict(torch("nets.yolo"), **{"train.py": "import nets.yolo\n# w = 'yolov3.pt'\n" + FIT}),
    "a library is asked for it": {"train.py": "from ultralytics import YOLO\nYOLO('yolov3.yaml').train()\n"},
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_TRAINED)
def test_what_it_does_not_train(name):
    assert network(NOT_TRAINED[name]) is None


@pytest.mark.parametrize(
    "folder, files",
    [
        ("yolov4-pytorch", torch("model")),  # the folder's name alone
        ("yolov3", torch("losses.ssd")),
        ("ssd-pytorch", torch("model", "anchors")),
        ("yolov5-pytorch", torch("nets.yolo3")),  # it disagrees
        ("yolov4-tiny-pytorch", torch("nets.yolo4")),
        ("mobilenet-yolov4-pytorch", torch("nets.yolo4")),
        ("yolov3-custom-dataset", torch("nets.yolo")),  # it speaks of data
        ("efficientnet-yolo3", torch("nets.yolo")),
    ],
)
def test_a_folder_s_name_is_a_weak_witness(folder, files):
    assert network(files, folder) is None


def test_a_disk_s_name_is_no_witness_at_all():
    assert network(torch("nets.yolo4"), "ssd") == "yolov4"


def test_the_places_that_tell_it():
    found = facts_of(torch("nets.yolo", "nets.CSPdarknet"), "yolov4-pytorch")
    assert found["project.networks"].value == {"yolov4": ["../yolov4-pytorch", "nets/yolo.py"]}
    text = "import torch\n\n\nclass RetinaNet:\n    pass\n"
    found = facts_of(torch("nets.retinanet", **{"nets/retinanet.py": text}))
    assert found["project.networks"].value == {"retinanet": ["nets/retinanet.py", "nets/retinanet.py:4"]}


def test_without_all_of_the_project_nobody_knows():
    deep = dict(torch("nets.yolo3"), **{"/".join("abcdefghij") + "/x.py": ""})
    fact = facts_of(deep)["project.networks"]
    assert (fact.state, fact.why) == (UNKNOWN, "project-truncated")


@pytest.mark.parametrize(
    "name, meaning",
    [
        ("yolov4-tiny-pytorch-master", {"yolov4-tiny"}), ("YOLOv4Tiny", {"yolov4-tiny"}),
        ("yolov4tiny", {"yolov4-tiny"}), ("tiny_yolo_v4", {"yolov4-tiny"}),
        ("YoloBody", {"yolo"}), ("tiny_yolo_body", {"tiny"}), ("MyYolo", {"yolo"}),
        ("pytorchyolo", {"yolo"}), ("yolo_v3", {"yolov3"}), ("yolo-v3", {"yolov3"}), ("YOLOv3Loss", {"yolov3"}),
        ("yolov3-416", {"yolov3"}), ("yolov3u", {"other"}), ("yolov4x", {"other"}), ("yolov4-p5", {"other"}),
        ("yolov10n", {"other"}), ("yolo11s", {"other"}), ("PPYOLO", {"other"}), ("SSD300", {"ssd"}),
        ("build_ssd", {"ssd"}), ("SSDLite320", {"other"}), ("MobileNetV2-SSD", {"other"}),
        ("Faster-R-CNN", {"faster-rcnn"}),
        ("FasterRCNNTrainer", {"faster-rcnn"}), ("keras_frcnn", {"faster-rcnn"}), ("M2Det", {"m2det"}),
        ("tf_efficientdet_d0", {"efficientdet"}), ("RetinaNet", {"retinanet"}), ("retinaface", {"other"}),
        ("FasterRcnnBoxCoder", set()), ("lossd", set()), ("SSDAugmentation", set()), ("train", set()),
        ("yolov3-satellite", {"yolov3"}),
    ],
)  # fmt: skip
def test_a_name(name, meaning):
    assert networks.meanings(name) == meaning


# ---------------------------------------------------------------- the size of a batch

SIZES = [
    ("batch_size = 1", [1]),
    ("Batch_size = 4\nBatch_size = 2", [4, 2]),
    ("BATCH_SIZE = 1", [1]),
    ("if True:\n    Freeze_batch_size = 8\n    Unfreeze_batch_size = 1", [8, 1]),
    ("def main():\n    batch_size = 1", [1]),
    ("def train_and_eval():\n    batch_size = 1", [1]),
    ("p.add_argument('--batch-size', type=int, default=1)", [1]),
    ("p.add_argument('-b', '--batch_size', default=1, help='a (b)')", [1]),
    ("p.add_argument('--batch-size', type=int, default=1)\nbatch_size = args.batch_size", [1]),
    ("train_loader = DataLoader(data, batch_size=1)", [1]),
    ("loader = torch.utils.data.DataLoader(train_set, 1, True)", [1]),
    ("loader = DataLoader(data, batch_size=1, shuffle=True)", [1]),
    ("batch_size = 1\nloader = DataLoader(train_set, batch_size=16)", [16]),
    # not told
    ("batch_size = 1\nbatch_size = batch_size * gpus", []),
    ("batch_size = int(sys.argv[1])", []),
    ("batch_size = True", []),
    ("val_batch_size = 1", []),
    ("test_batch_size = 1", []),
    ("replay_batch_size = 1", []),
    ("def evaluate():\n    batch_size = 1", []),
    ("def predict_one():\n    batch_size = 1", []),
    ("if args.debug:\n    batch_size = 1", []),
    ("batch_size = 8\nif args.debug:\n    batch_size = 1", []),
    ("p.add_argument('--test-batch-size', default=1)", []),
    ("p.add_argument('--batch-size', type=int, required=True)", []),
    ("val_loader = DataLoader(data, batch_size=1)", []),
    ("loader = DataLoader(test_set, batch_size=1, shuffle=True)", []),
    ("loader = DataLoader(data, batch_size=1)", []),
    ("loader = DataLoader(trainval_set, batch_size=1)", [1]),
    ("# batch_size = 1", []),
    ("'''\nbatch_size = 1\n'''", []),
    ("f(batch_size=1)", []),
]


@pytest.mark.parametrize("text, sizes", SIZES, ids=[text for text, _ in SIZES])
def test_literal_sizes(text, sizes):
    assert [size for size, _ in source.read(text).batches] == sizes


LAYER = "import torch.nn as nn\n\nlayer = nn.BatchNorm2d(64)\n"
ONE = "import net\nbatch_size = 1\n" + FIT

OF_ONE = [
    ({"train.py": ONE, "net.py": LAYER}, {"torch": ["train.py:2"]}),
    ({"train.py": ONE, "net.py": "import torch.nn as nn\ndef f(norm_layer=nn.BatchNorm2d):\n    pass\n"},
     {"torch": ["train.py:2"]}),
    ({"train.py": "from torchvision import models\nbatch_size = 1\nnet = models.resnet18()\n" + FIT},
     {"torch": ["train.py:2"]}),
    ({"train.py": "import torchvision as tv\nbatch_size = 1\nn = tv.models.segmentation.deeplabv3_resnet50()\n" + FIT},
     {"torch": ["train.py:2"]}),
    ({"train.py": "import keras\nimport net\nbatch_size = 1\nmodel.fit(x)\n",
      "net.py": "from keras.layers import BatchNormalization\nx = BatchNormalization()(x)\n"},
     {"keras": ["train.py:3"]}),
    ({"main.py": "from parts import *\nbatch_size = 1\n" + FIT, "parts.py": LAYER}, {"torch": ["main.py:2"]}),
    # no layer, or none that learns from the batch
    ({"train.py": ONE, "net.py": "import torch.nn as nn\nlayer = nn.GroupNorm(1, 64)\n"}, None),
    ({"train.py": ONE, "net.py": "import torch.nn as nn\n# layer = nn.BatchNorm2d(64)\n"}, None),
    ({"train.py": ONE, "net.py": "import torch.nn as nn\nx = isinstance(m, nn.BatchNorm2d)\n"}, None),
    ({"train.py": ONE, "net.py": "import torch\nx = name.find('BatchNorm2d') != -1\n"}, None),
    ({"train.py": ONE, "net.py": "from torch.nn import BatchNorm2d\n"}, None),
    ({"train.py": ONE, "net.py": LAYER + "\ndef freeze_bn():\n    pass\n"}, None),
    ({"train.py": ONE, "net.py": LAYER + "if isinstance(m, nn.BatchNorm2d):\n    m.eval()\n"}, None),
    ({"train.py": ONE, "net.py": "from torchvision.ops import FrozenBatchNorm2d\nn = FrozenBatchNorm2d(64)\n"}, None),
    ({"train.py": "import torchvision\nbatch_size = 1\nn = torchvision.models.vgg16()\n" + FIT}, None),
    # other sizes, other scripts
    ({"train.py": ONE.replace("= 1", "= 2"), "net.py": LAYER}, None),
    ({"predict.py": ONE, "net.py": LAYER}, None),
    ({"test.py": ONE, "net.py": LAYER}, None),
    ({"config.py": "batch_size = 1\n", "train.py": "import config, net\n" + FIT, "net.py": LAYER}, None),
    ({"train.py": "import net\nbatch_size = 8\n" + FIT, "net.py": LAYER, "fit_a.py": "batch_size = 1\n" + FIT}, None),
]  # fmt: skip


@pytest.mark.parametrize("files, of_one", OF_ONE, ids=[str(number) for number in range(len(OF_ONE))])
def test_a_batch_of_one_with_batch_normalisation(files, of_one):
    assert facts_of(files)["project.batch_of_one"].value == of_one


def test_batches_and_layers_are_told_with_their_places():
    found = facts_of({"train.py": "import net\nBatch_size = 4\nBatch_size = 2\n" + FIT, "net.py": LAYER})
    assert found["project.batch_size"].value == {"4": ["train.py:2"], "2": ["train.py:3"]}
    assert found["project.batchnorm"].value == {"torch": ["net.py:3"]}
