"""Is a repository read as its scripts would run it, and never taken for more than it says?"""

import json
import ntpath
import textwrap

import pytest

from envdoctor.ask import Ask
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes import project
from envdoctor.texts.reason import TEXTS

from .tape import Tape

STANDARD = "os sys io re json random time math types logging queue collections typing platform email code copy".split()
INSIDE = {"stdlib_modules": STANDARD + ["parser", "test"], "builtin_modules": ["sys", "time"]}
ROOT = "/home/me/work/net"


def look(files, inside=None, root=ROOT, ask=None, **tape):
    """The facts of a project: relative path -> source (dedented)."""
    texts = {
        ROOT + "/" + path: textwrap.dedent(text) if isinstance(text, str) else text for path, text in files.items()
    }
    ask = ask or Tape(files=texts, **tape)
    chosen = Patient(
        "venv", "/env/bin/python", "/env", "--python", inside=INSIDE if inside is None else inside, project=root
    )
    facts = project.probe(chosen, ask).facts
    assert set(facts) == set(project.FACTS)
    for fact in facts.values():
        assert fact.state != UNKNOWN or fact.why in TEXTS
        json.dumps(fact.value)
    return facts


def values(facts):
    return {name.partition(".")[2]: fact.value for name, fact in facts.items() if fact.state == KNOWN}


def seen(files, name, **others):
    """One fact's value; None when it is absent."""
    fact = look(files, **others)["project." + name]
    assert fact.state != UNKNOWN
    return fact.value


# ---------------------------------------------------------------- whole repositories

KERAS = {
    "train.py": """\
        import keras.backend as K
        import numpy as np
        import tensorflow as tf
        from keras.layers import Input
        from keras.optimizers import Adam
        from nets.yolo3 import yolo_body
        from utils.utils import get_random_data

        if __name__ == "__main__":
            config = tf.ConfigProto()
            config.gpu_options.allow_growth = True
            K.set_session(tf.Session(config=config))
            model = yolo_body(Input((416, 416, 3)))
            model.compile(optimizer=Adam(lr=1e-3))
            model.fit_generator(get_random_data())
        """,
    "predict.py": """\
        from PIL import Image

        from yolo import YOLO

        yolo = YOLO()
        Image.open(input("file")).show()
        """,
    "yolo.py": """\
        import colorsys
        import os

        from PIL import Image, ImageDraw, ImageFont

        from nets.yolo3 import yolo_body


        class YOLO(object):
            _defaults = {
                "model_path": "model_data/yolo.h5",
                "cuda": True,
            }

            def detect(self, image):
                image = image.resize((416, 416), Image.ANTIALIAS)
                draw = ImageDraw.Draw(image)
                return draw.textsize("person", ImageFont.truetype("simhei.ttf"))
        """,
    "nets/yolo3.py": """\
        import tensorflow as tf
        from keras.layers.advanced_activations import LeakyReLU
        from keras.layers.normalization import BatchNormalization
        from utils.utils import compose


        def yolo_body(inputs):
            return tf.to_float(inputs)
        """,
    "utils/utils.py": "import cv2\nimport numpy as np\n\n\ndef f(x):\n    return np.float(x)\n",
    "utils/convert_old.py": "import caffe\nimport numpy as np\n\nprint(np.int(3))\n",
    "requirements.txt": "scipy==1.2.1\nnumpy==1.17.0\nkeras==2.1.5\ntensorflow==1.13.2\n",
}


def test_a_keras_repository():
    found = values(look(KERAS))
    assert found["entries"] == ["predict.py", "train.py", "yolo.py"]
    assert found["files"] == 6
    assert sorted(found["imports"]) == ["PIL", "colorsys", "cv2", "keras", "numpy", "tensorflow"]
    assert found["imports"]["cv2"] == ["utils/utils.py:1"]
    assert found["optional_imports"] == {"caffe": ["utils/convert_old.py:1"]}
    assert found["modules"] == {"nets": "folder", "utils": "folder", "predict": "file", "train": "file", "yolo": "file"}
    assert found["local_imports"] == {
        "yolo": ["predict.py:3"],
        "nets.yolo3": ["train.py:6", "yolo.py:6"],
        "utils.utils": ["train.py:7", "nets/yolo3.py:4"],
    }
    assert "local_missing" not in found and "elsewhere" not in found
    assert found["uses"] == {
        "PIL.Image.ANTIALIAS": ["yolo.py:16"],
        "PIL.ImageDraw.textsize": ["yolo.py:18"],
        "tensorflow.ConfigProto": ["train.py:10"],
        "tensorflow.Session": ["train.py:12"],
        "tensorflow.to_float": ["nets/yolo3.py:8"],
        "keras.backend.set_session": ["train.py:12"],
        "keras.optimizers.Adam": ["train.py:5"],
        "keras.optimizers.lr": ["train.py:14"],
        "keras.Model.fit_generator": ["train.py:15"],
        "keras.layers.advanced_activations": ["nets/yolo3.py:2"],
        "keras.layers.normalization.BatchNormalization": ["nets/yolo3.py:3"],
        "numpy.float": ["utils/utils.py:6"],
    }
    assert sorted(found["startup_uses"]) == [
        "keras.Model.fit_generator",
        "keras.backend.set_session",
        "keras.layers.advanced_activations",
        "keras.layers.normalization.BatchNormalization",
        "keras.optimizers.Adam",
        "keras.optimizers.lr",
        "tensorflow.ConfigProto",
        "tensorflow.Session",
    ]
    assert found["unreached_uses"] == {"numpy.int": ["utils/convert_old.py:4"]}
    assert found["cuda_flags"] == [{"where": "yolo.py:12", "name": "cuda"}]
    assert found["requires"]["keras"] == {
        "specifier": "==2.1.5",
        "where": "requirements.txt:3",
        "marker": "",
        "tool": "pip",
    }
    assert (found["python2"], found["notebook"], found["truncated"]) == ("no", "no", "no")


def test_a_torch_repository():
    found = values(
        look(
            {
                "train.py": """\
                    import torch
                    import torch.backends.cudnn as cudnn
                    from nets.ssd import get_ssd
                    from nets import ssd_training
                    from utils import config

                    Cuda = True
                    if __name__ == "__main__":
                        conf = torch.rand(3)
                        mask = (conf > 0.5).bool()
                        both = torch.cat([conf, conf], axis=0)
                    """,
                "nets/__init__.py": "",
                "nets/ssd.py": """\
                    import torch.nn as nn
                    from .vgg import vgg

                    def get_ssd():
                        import thop
                        return nn.Module()

                    if __name__ == "__main__":
                        from torchsummary import summary
                        get_ssd().bool()
                    """,
                "nets/vgg.py": "import torchvision\n",
                "nets/ssd_training.py": "import torch\n",
                "utils/__init__.py": "",
                "utils/config.py": "Config = {}\n",
                "summary.py": "from thop import profile\n",
            }
        )
    )
    assert found["imports"] == {
        "torch": ["train.py:1", "train.py:2", "nets/ssd.py:1"],
        "torchvision": ["nets/vgg.py:1"],
        "thop": ["summary.py:1"],
    }
    assert found["optional_imports"] == {"torchsummary": ["nets/ssd.py:9"]}
    assert found["local_imports"] == {
        "nets.ssd": ["train.py:3"],
        "nets.ssd_training": ["train.py:4"],
        "utils.config": ["train.py:5"],
        "nets.vgg": ["nets/ssd.py:2"],
    }
    assert found["uses"] == {"torch.Tensor.bool": ["train.py:10"], "torch.cat.axis": ["train.py:11"]}
    assert found["unreached_uses"] == {"torch.Tensor.bool": ["nets/ssd.py:10"]}
    assert found["cuda_flags"] == [{"where": "train.py:7", "name": "Cuda"}]
    assert "local_missing" not in found


def test_a_tf2_repository_raises_nothing():
    found = values(
        look(
            {
                "train.py": """\
                    import tensorflow as tf
                    from tensorflow.keras.optimizers import Adam
                    from tensorflow.keras.callbacks import TensorBoard
                    gpus = tf.config.experimental.list_physical_devices("GPU")
                    for gpu in gpus:
                        tf.config.experimental.set_memory_growth(gpu, True)
                    with tf.GradientTape() as tape:
                        x = tf.compat.v1.Session
                    Adam(learning_rate=1e-3)
                    """
            }
        )
    )
    assert sorted(found["uses"]) == ["tensorflow.config.experimental"]
    assert found["imports"] == {"tensorflow": ["train.py:1", "train.py:2", "train.py:3"]}


# ---------------------------------------------------------------- no project, no look


def test_without_a_project_everything_is_absent():
    facts = look({}, root="")
    assert {fact.state for fact in facts.values()} == {ABSENT}


def test_a_missing_folder_is_unknown():
    facts = look({}, root="/nowhere")
    assert {(fact.state, fact.why, fact.detail) for fact in facts.values()} == {
        (UNKNOWN, "project-unreadable", "missing")
    }


def test_an_empty_folder_has_nothing():
    found = values(look({"README.md": ""}))
    assert found == {"root": ROOT, "files": 0, "truncated": "no", "python2": "no", "notebook": "no"}


# ---------------------------------------------------------------- who is reached

REACH = [
    ({"a.py": "import cv2"}, ["cv2"], []),
    ({"__init__.py": "", "a.py": "import cv2"}, [], ["cv2"]),
    ({"__init__.py": "", "a.py": "import cv2\nif __name__ == '__main__':\n    pass"}, ["cv2"], []),
    ({"tools/a.py": "import cv2"}, [], ["cv2"]),
    ({"tools/a.py": "import cv2\nif __name__ == '__main__':\n    import lmdb"}, ["cv2", "lmdb"], []),
    (
        {"nets/__init__.py": "", "nets/a.py": "import cv2\nif __name__ == '__main__':\n    import lmdb"},
        ["cv2"],
        ["lmdb"],
    ),
    (
        {"a.py": "import nets.a", "nets/a.py": "import cv2\nif __name__ == '__main__':\n    import lmdb"},
        ["cv2"],
        ["lmdb"],
    ),
    ({"tests/a.py": "import cv2\nif __name__ == '__main__':\n    pass"}, [], ["cv2"]),
    ({"setup.py": "import cv2", "conftest.py": "import lmdb", "test_a.py": "import h5py"}, [], ["cv2", "h5py", "lmdb"]),
    ({"a.py": "from b.c import d", "b/__init__.py": "import lmdb", "b/c.py": "import cv2"}, ["cv2", "lmdb"], []),
    ({"a.py": "import b.c.d", "b/c/d.py": "from ..e import f", "b/e.py": "import cv2"}, ["cv2"], []),
    ({"a.py": "def f():\n    import b", "b/__init__.py": "import cv2"}, [], ["cv2"]),
    ({"a.py": "from b import *", "b.py": "import cv2"}, ["cv2"], []),
    ({"a.py": "import b", "src/b/__init__.py": "from b import c", "src/b/c.py": "import cv2"}, ["cv2"], []),
    ({"a.py": "from src.b import c", "src/b.py": "import cv2"}, ["cv2"], []),
    ({"a.py": "import b", "b/__init__.py": "from . import c", "b/c.py": "import cv2"}, ["cv2"], []),
    # as Python 2 had it, or as it is for a script of that folder
    ({"a.py": "from b import c", "b/c.py": "import d", "b/d.py": "import cv2"}, ["cv2"], []),
    # somebody else's
    (
        {"a.py": "import cv2", "venv/pyvenv.cfg": "", "venv/lib/x.py": "import a", "node_modules/b.py": "import b"},
        ["cv2"],
        [],
    ),
    (
        {"a.py": "import cv2", ".hidden/b.py": "import b", "env/conda-meta/history": "", "env/c.py": "import c"},
        ["cv2"],
        [],
    ),
    ({"a.py": "import imp, distutils.util, cPickle, google.colab, os, __future__"}, [], []),
    ({"a.py": "import build.x", "build/x.py": ""}, [], []),
    ({"a.py": "import fast", "fast.cpython-37m-x86_64-linux-gnu.so": ""}, [], []),
    ({"a.py": "import fast", "fast.pyx": ""}, [], []),
]


@pytest.mark.parametrize("files, required, optional", REACH, ids=["+".join(files) for files, _, _ in REACH])
def test_what_is_required(files, required, optional):
    found = values(look(files))
    assert sorted(found.get("imports", {})) == required
    assert sorted(found.get("optional_imports", {})) == optional


def test_without_a_known_standard_library_nothing_is_left_out():
    assert sorted(seen({"a.py": "import os, cv2"}, "imports", inside={"path": []})) == ["cv2", "os"]


def test_the_standard_library_of_an_old_python_is_read_from_its_folder():
    files = {"a.py": "import os, cv2, _heapq", "random.py": ""}
    inside = {"stdlib": "/py/lib", "builtin_modules": ["sys"]}
    library = {"/py/lib/os.py": "", "/py/lib/random.py": "", "/py/lib/lib-dynload/_heapq.cpython-37m.so": ""}
    ask = Tape(files=dict(library, **{ROOT + "/" + path: text for path, text in files.items()}))
    facts = look({}, inside=inside, ask=ask)
    assert sorted(facts["project.imports"].value) == ["cv2"]
    assert sorted(facts["project.shadows"].value) == ["random"]


# ---------------------------------------------------------------- own modules

MISSING = [
    ({"a.py": "from utils.utils import f", "utils/b.py": ""}, ["utils.utils"]),
    ({"a.py": "from utils.utils import f", "utils/utils.py": ""}, []),
    ({"a.py": "from utils import f", "utils/__init__.py": ""}, ["utils.f"]),
    ({"a.py": "from utils import f", "utils/__init__.py": "f = 1"}, []),
    ({"a.py": "from utils import f", "utils/b.py": ""}, ["utils.f"]),
    ({"a.py": "import utils.b", "utils.py": ""}, ["utils.b"]),
    ({"a.py": "import six.moves", "six.py": "import sys\nsys.modules[__name__ + '.moves'] = 1"}, []),
    ({"a.py": "import utils.fast", "utils/__init__.py": "", "utils/fast.pyx": ""}, []),
    ({"a.py": "from utils import x_pb2", "utils/b.py": "", "utils/x.proto": ""}, []),
    ({"a.py": "try:\n    from utils.c import f\nexcept ImportError:\n    pass", "utils/b.py": ""}, []),
    ({"a.py": "import utils.b", "utils/__init__.py": "", "utils/b.py": "from .gone import f"}, ["utils.gone"]),
    ({"a.py": "import b", "src/b/__init__.py": "from .gone import f"}, ["b.gone"]),
    ({"a.py": "import sys\nsys.path.append('lib')\nfrom utils.c import f", "utils/b.py": "", "lib/utils/c.py": ""}, []),
    # a folder of data or scripts that is called like a distribution
    ({"a.py": "from datasets import load_dataset", "datasets/prepare.py": ""}, []),
    ({"a.py": "import wandb", "wandb/run/a.py": ""}, []),
    ({"a.py": "from code import interact", "code/b.py": ""}, []),
]


@pytest.mark.parametrize(
    "files, missing", MISSING, ids=["+".join(files) + str(i) for i, (files, _) in enumerate(MISSING)]
)
def test_local_missing(files, missing):
    found = values(look(files))
    assert sorted(found.get("local_missing", {})) == missing
    assert set(missing) <= set(found.get("local_imports", {}))


def test_a_folder_named_like_a_distribution_does_not_stand_for_it():
    assert seen({"a.py": "from datasets import load_dataset", "datasets/b.py": ""}, "imports") == {
        "datasets": ["a.py:1"]
    }


ELSEWHERE = [
    ({"a.py": "from nets.b import c", "../nets/b.py": ""}, {"nets": "../nets"}),
    ({"a.py": "from nets.b import c", "../../nets/__init__.py": ""}, {"nets": "../../nets"}),
    ({"a.py": "import helper", "../helper.py": ""}, {"helper": "../helper.py"}),
    ({"a.py": "import helper", "../../../helper.py": ""}, None),
    ({"a.py": "from nets.b import c", "yolo/nets/b.py": ""}, {"nets": "yolo/nets"}),
    ({"a.py": "import helper", "yolo/helper.py": ""}, {"helper": "yolo/helper.py"}),
    ({"a.py": "import sys\nsys.path.insert(0, 'yolo')\nimport helper", "yolo/helper.py": ""}, None),
    ({"a.py": "import pycm", "../pycm/setup.py": "", "../pycm/x.py": ""}, None),
    ({"a.py": "import cv2", "../cv2/x.py": ""}, None),
    ({"a.py": "import onnx", "nets/onnx.py": ""}, None),
    ({"a.py": "import helper", "../helper/README.md": ""}, None),
]


@pytest.mark.parametrize("files, elsewhere", ELSEWHERE, ids=[str(one[1]) + str(i) for i, one in enumerate(ELSEWHERE)])
def test_started_in_the_wrong_folder(files, elsewhere):
    found = values(look(files, root=ROOT))
    assert found.get("elsewhere") == elsewhere
    assert not set(elsewhere or ()) & set(found.get("imports", ()))


def test_a_changed_path_leaves_unknown_names_open():
    found = values(look({"a.py": "import sys, cv2, mystery\nsys.path.append('/opt/x')"}))
    assert sorted(found["imports"]) == ["cv2"] and sorted(found["optional_imports"]) == ["mystery"]


# ---------------------------------------------------------------- uses


def test_a_patch_anywhere_guards_everywhere():
    files = {
        "a.py": "import fix\nimport numpy as np\nnp.int(3)\nnp.float(3)",
        "fix.py": "import numpy\nnumpy.int = int",
    }
    found = values(look(files))
    assert sorted(found["uses"]) == ["numpy.float"] and sorted(found["guarded_uses"]) == ["numpy.int"]


def test_own_names_are_not_the_library():
    files = {
        "a.py": "import torch\nfrom PIL import ImageFont\nx.bool()\nfont.getsize('x')\nimport imp",
        "imp.py": "",
        "b.py": "class Mask:\n    def bool(self):\n        pass\n    def getsize(self, x):\n        pass\n",
    }
    assert seen(files, "uses") is None


# ---------------------------------------------------------------- other texts


def test_python_2():
    facts = values(look({"a.py": 'import cv2\nimport b\nprint "x"', "b.py": "import lmdb\nx = = 1"}))
    assert facts["unparsable"] == ["a.py:3", "b.py:2"] and facts["python2"] == "yes"
    assert sorted(facts["imports"]) == ["cv2", "lmdb"]
    assert values(look({"b.py": "x = = 1"}))["python2"] == "no"


def notebook(*cells):
    return json.dumps(
        {
            "cells": [{"cell_type": "markdown", "source": ["import a"]}]
            + [{"cell_type": "code", "source": c} for c in cells]
        }
    )


def test_notebooks():
    cells = notebook(
        ["!pip install x\n", "%matplotlib inline\n", "import cv2\n"],
        "%%bash\nimport nothing",
        ["import numpy as np\n", "np.int(3)\n", "np?\n", "Cuda = True"],
    )
    found = values(look({"demo.ipynb": cells}))
    assert found["imports"] == {"cv2": ["demo.ipynb:1"], "numpy": ["demo.ipynb:3"]}
    assert found["uses"] == {"numpy.int": ["demo.ipynb:3"]} and found["notebook"] == "yes"
    assert found["cuda_flags"] == [{"where": "demo.ipynb:3", "name": "Cuda"}]
    found = values(look({"demo.ipynb": cells, "a.py": "import h5py"}))
    assert sorted(found["imports"]) == ["h5py"] and sorted(found["optional_imports"]) == ["cv2", "numpy"]
    found = values(look({"demo.ipynb": notebook("import cv2", "x = = 1", "import numpy")}))
    assert sorted(found["imports"]) == ["cv2", "numpy"]
    for damaged in ("", "[]", "{", '{"cells": 3}', '{"cells": [3]}', '{"cells": [{"cell_type": "code", "source": 3}]}'):
        assert values(look({"demo.ipynb": damaged}))["notebook"] == "yes"


def test_odd_bytes():
    files = {
        "a.py": "# \u4f9d\u8d56\nimport cv2\nx = '\u4e2d\u6587'\n".encode("gbk"),
        "b.py": b"\xef\xbb\xbfimport h5py\r\n",
        "c.py": b"import lmdb\x00\n",
        "requirements.txt": "# \u4ee5\u4e0a\r\ntorch==1.2.0\r\n".encode("utf-16"),
        "environment.yml": "name: \u4e2d\ndependencies:\n  - tqdm\n".encode("gbk"),
    }
    found = values(look(files))
    assert {"cv2", "h5py"} <= set(found["imports"])
    assert sorted(found["requires"]) == ["torch", "tqdm"] and "requires_unreadable" not in found


def test_what_is_asked_for():
    files = {
        "requirements.txt": "-r requirements/extra.txt\n-r gone.txt\ntorch==1.2.0\ntorch 1.3\n",
        "requirements/extra.txt": "-r ../requirements.txt\ntqdm\n",
        "environment.yml": "dependencies:\n  - python=3.6\n  - pytorch=1.1\n",
        "setup.py": "setup(name='net', python_requires='>=3.5', install_requires=['numpy'])",
    }
    found = values(look(files))
    assert found["requires"]["torch"] == {
        "specifier": "==1.2.0",
        "where": "requirements.txt:3",
        "marker": "",
        "tool": "pip",
        "also": [{"specifier": "==1.1.*", "where": "environment.yml:3", "marker": "", "tool": "conda"}],
    }
    assert found["requires"]["tqdm"]["where"] == "requirements/extra.txt:2"
    assert found["requires"]["numpy"]["where"] == "setup.py:1"
    assert found["requires_unreadable"] == ["requirements.txt:2: -r gone.txt", "requirements.txt:4: torch 1.3"]
    assert look(files)["project.python_requires"][1:3] == ("==3.6.*", "environment.yml")
    assert sorted(seen({"requirements/base.txt": "a", "requirements/dev.txt": "b"}, "requires")) == ["a"]


# ---------------------------------------------------------------- shadows

SHADOWS = [
    ({"random.py": ""}, {"random": ("random.py", "file", "standard library")}),
    ({"logging/__init__.py": ""}, {"logging": ("logging", "package", "standard library")}),
    ({"logging/a.py": ""}, {}),
    ({"torch.py": ""}, {"torch": ("torch.py", "file", "distribution")}),
    (
        {"tqdm.py": "", "cv2.py": ""},
        {"tqdm": ("tqdm.py", "file", "distribution"), "cv2": ("cv2.py", "file", "distribution")},
    ),
    ({"PIL/__init__.py": ""}, {"PIL": ("PIL", "package", "distribution")}),
    ({"PIL/a.py": ""}, {}),
    ({"nets/random.py": "", "nets/__init__.py": ""}, {}),
    ({"time.py": "", "os.py": "", "parser.py": "", "test.py": "", "train.py": "", "utils/__init__.py": ""}, {}),
    ({"timm/__init__.py": "", "datasets/__init__.py": ""}, {}),  # a copy on purpose
    ({"tqdm.py": "", "setup.py": "from setuptools import setup\nsetup(name='tqdm')"}, {}),
    ({"PIL/__init__.py": "", "pyproject.toml": "[project]\nname = 'Pillow'\n"}, {}),
    ({"keras/__init__.py": "", "setup.cfg": "[metadata]\nname = keras\n"}, {}),
]


@pytest.mark.parametrize("files, shadows", SHADOWS, ids=["+".join(files) for files, _ in SHADOWS])
def test_shadows(files, shadows):
    found = values(look(files)).get("shadows", {})
    assert {name: (one["path"], one["kind"], one["of"]) for name, one in found.items()} == shadows


def test_shadows_are_unknown_where_the_standard_library_is():
    assert look({"random.py": ""}, inside={})["project.shadows"].why == "stdlib-unknown"
    assert sorted(look({"random.py": "", "torch.py": ""}, inside={})["project.shadows"].value) == ["torch"]


# ---------------------------------------------------------------- limits and machines


def test_limits():
    many = {"%s/m%d.py" % (folder, i): "" for folder in ("a", "b") for i in range(1100)}
    facts = look(dict(many, **{"run.py": "import cv2"}))
    assert facts["project.truncated"].value == "yes" and facts["project.files"].value == 2000
    assert facts["project.imports"].value == {"cv2": ["run.py:1"]}
    assert facts["project.uses"].why == "project-truncated"
    deep = look({"run.py": "", "/".join("abcdefghij") + "/x.py": "import lmdb"})
    assert deep["project.truncated"].value == "yes"
    large = look({"run.py": "import cv2", "data.py": "x = '" + "a" * 1000000 + "'"})
    assert large["project.truncated"].value == "yes" and large["project.files"].value == 1


def test_folders_of_pictures_are_not_searched():
    pictures = {"data/JPEGImages/%d.jpg" % i: "" for i in range(300)}
    pictures["data/JPEGImages/deep/x.py"] = "import lmdb"
    facts = look(dict(pictures, **{"run.py": ""}))
    assert facts["project.files"].value == 1 and facts["project.truncated"].value == "no"


def test_closed_files_are_not_taken_for_missing_ones():
    facts = look({"a.py": "import b\nfrom c.d import e", "b.py": None, "c/d.py": None})
    assert facts["project.truncated"].value == "yes"
    assert facts["project.local_missing"].why == "project-truncated"


def test_windows():
    files = {"train.py": "from nets.a import b\nimport helper", "nets\\a.py": "import cv2", "..\\helper.py": ""}
    root = "C:\\work\\net"
    ask = Tape(os="windows", files={ntpath.normpath(root + "\\" + path): text for path, text in files.items()})
    found = values(look({}, root=root, ask=ask))
    assert found["imports"] == {"cv2": ["nets/a.py:1"]}
    assert found["elsewhere"] == {"helper": "../helper.py"}
    assert found["local_imports"] == {"nets.a": ["train.py:1"]}


def test_real_files(tmp_path):
    (tmp_path / "nets").mkdir()
    (tmp_path / "train.py").write_text("import nets.a\nimport nets.link.x\n", encoding="utf-8")
    (tmp_path / "nets" / "a.py").write_text("import cv2\n", encoding="utf-8")
    (tmp_path / "requirements.txt").write_bytes("torch==1.2.0\n".encode("utf-16"))
    try:
        (tmp_path / "nets" / "link").symlink_to(tmp_path)
    except OSError:
        (tmp_path / "nets" / "link").mkdir()
        (tmp_path / "nets" / "link" / "x.py").write_text("", encoding="utf-8")
    found = values(look({}, root=str(tmp_path), ask=Ask()))
    assert found["imports"] == {"cv2": ["nets/a.py:1"]} and "local_missing" not in found
    assert found["requires"]["torch"]["specifier"] == "==1.2.0"
