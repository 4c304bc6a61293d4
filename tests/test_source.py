"""Does a source tell what it imports and uses, and nothing that it does not?"""

import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import source


def read(text):
    return source.read(source.tidy(textwrap.dedent(text)))


def uses(text):
    """(what counts, what is guarded)"""
    found = read(text).uses
    return (
        sorted({use.api for use in found if not use.guarded}),
        sorted({use.api for use in found if use.guarded}),
    )


IMPORTS = [
    ("import cv2", "required"),
    ("from PIL import Image", "required"),
    ("with open('x') as f:\n    import cv2", "required"),
    ("for i in range(2):\n    import cv2", "required"),
    ("class A:\n    import cv2", "required"),
    ("if True:\n    import cv2", "required"),
    ("if 0:\n    pass\nelse:\n    import cv2", "required"),
    ("if __name__ == '__main__':\n    import cv2", "main"),
    ("if '__main__' == __name__:\n    import cv2", "main"),
    ("def f():\n    import cv2", "optional"),
    ("async def f():\n    import cv2", "optional"),
    ("try:\n    import cv2\nexcept ImportError:\n    cv2 = None", "optional"),
    ("try:\n    import cv2\nexcept (OSError, ModuleNotFoundError):\n    cv2 = None", "optional"),
    ("try:\n    import cv2\nexcept:\n    pass", "optional"),
    ("try:\n    import a\nexcept Exception:\n    import cv2", "optional"),
    ("try:\n    import a\nexcept ImportError:\n    pass\nelse:\n    import cv2", "optional"),
    ("try:\n    import a\nexcept ImportError:\n    pass\nfinally:\n    import cv2", "required"),
    ("try:\n    import cv2\nexcept KeyError:\n    pass", "required"),
    ("try:\n    import cv2\nexcept ImportError:\n    raise ImportError('install OpenCV')", "required"),
    ("try:\n    import cv2\nexcept ImportError:\n    print('install OpenCV')\n    sys.exit(1)", "required"),
    ("with contextlib.suppress(ImportError):\n    import cv2", "optional"),
    ("if TYPE_CHECKING:\n    import cv2", "optional"),
    ("if typing.TYPE_CHECKING:\n    import cv2", "optional"),
    ("if sys.platform == 'win32':\n    import cv2", "optional"),
    ("if os.name != 'nt':\n    import cv2", "optional"),
    ("if platform.system() == 'Linux':\n    import cv2", "optional"),
    ("if sys.version_info < (3, 8):\n    import cv2", "optional"),
    ("if sys.version_info < (3, 8):\n    pass\nelse:\n    import cv2", "optional"),
    ("if False:\n    import cv2", "optional"),
    ("if args.view:\n    import cv2", "optional"),
    ("if backbone == 'a':\n    import a\nelif backbone == 'b':\n    import cv2", "optional"),
]


@pytest.mark.parametrize("text, need", IMPORTS, ids=[text.replace("\n", "|") for text, _ in IMPORTS])
def test_when_an_import_runs(text, need):
    found = [one for one in read(text).imports if one.module in ("cv2", "PIL")]
    assert [one.need for one in found] == [need]
    assert found[0].line == text[: max(text.find("cv2"), text.find("PIL"))].count("\n") + 1


def test_the_parts_of_an_import():
    found = read("import os.path as p, torch\nfrom ..utils import a, b as c\nfrom . import d\n").imports
    assert [(one.module, one.names, one.level) for one in found] == [
        ("os.path", (), 0),
        ("torch", (), 0),
        ("utils", ("a", "b"), 2),
        ("", ("d",), 1),
    ]


USED = [
    ("import numpy as np\nx = np.int(3)", ["numpy.int"]),
    ("import numpy\nx = y.astype(numpy.float)", ["numpy.float"]),
    ("from numpy import bool as b", ["numpy.bool"]),
    ("import numpy as np\nx = np.int32(np.float64(1)), np.integer", []),
    ("from PIL import Image\nimage.resize((1, 1), Image.ANTIALIAS)", ["PIL.Image.ANTIALIAS"]),
    ("import PIL.Image\nimage.resize((1, 1), PIL.Image.ANTIALIAS)", ["PIL.Image.ANTIALIAS"]),
    ("import PIL.Image as I\nf(\n    1,\n    I.ANTIALIAS,\n)", ["PIL.Image.ANTIALIAS"]),
    ("from PIL import Image, PILLOW_VERSION", ["PIL.PILLOW_VERSION"]),
    ("import tensorflow as tf\nx = tf.placeholder(tf.float32)", ["tensorflow.placeholder"]),
    ("import tensorflow as tf\nwith tf.Session() as s:\n    pass", ["tensorflow.Session"]),
    ("import tensorflow as tf\nop = tf.train.AdamOptimizer(1e-3)", ["tensorflow.train.AdamOptimizer"]),
    ("import tensorflow as tf\nop = tf.train.Checkpoint()", []),
    ("import tensorflow.contrib.slim as slim", ["tensorflow.contrib"]),
    ("from tensorflow.contrib import slim", ["tensorflow.contrib"]),
    ("import tensorflow as tf\nslim = tf.contrib.slim", ["tensorflow.contrib"]),
    ("import tensorflow.compat.v1 as tf\nx = tf.placeholder(tf.float32)", []),
    ("from tensorflow.compat import v1 as tf\nx = tf.placeholder(tf.float32)", []),
    ("import tensorflow as tf\nx = tf.compat.v1.placeholder(tf.float32)", []),
    ("import tensorflow as tf\nx = tf.keras.layers.Dense(3)", []),
    ("import tensorflow as tf\nx = tf.layers.dense(y, 3)", ["tensorflow.layers"]),
    ("from tensorflow.python.keras.layers import Dense", ["tensorflow.python.keras"]),
    ("import keras.backend.tensorflow_backend as K", ["keras.backend.tensorflow_backend"]),
    ("from keras import backend as K\nK.set_session(s)", ["keras.backend.set_session"]),
    ("import keras\nK = keras.backend\nK.set_session(s)", ["keras.backend.set_session"]),
    ("from keras.utils import np_utils", ["keras.utils.np_utils"]),
    ("from keras.utils import plot_model, get_file, Sequence", []),
    ("from keras.engine.topology import Layer", ["keras.engine", "keras.engine.topology"]),
    ("from keras.layers.advanced_activations import LeakyReLU", ["keras.layers.advanced_activations"]),
    ("from keras.layers.normalization import BatchNormalization", ["keras.layers.normalization.BatchNormalization"]),
    ("from keras.layers import BatchNormalization", []),
    ("from keras.optimizers import Adam\nAdam(lr=1e-3)", ["keras.optimizers.Adam", "keras.optimizers.lr"]),
    ("from keras.optimizers import Adam\nAdam(learning_rate=1e-3)", ["keras.optimizers.Adam"]),
    ("from tensorflow.keras.optimizers import Adam\nAdam(lr=1e-3)", ["tensorflow.keras.optimizers.lr"]),
    ("import torch.optim as optim\noptim.Adam(p, lr=1e-3)", []),
    ("from scipy.misc import imread", ["scipy.misc", "scipy.misc.imread"]),
    ("import scipy.misc", ["scipy.misc"]),
    ("from scipy import misc\nmisc.imresize(a, 2)", ["scipy.misc", "scipy.misc.imresize"]),
    ("import torch\nfrom torch._six import string_classes", ["torch._six"]),
    ("import torch\nx = torch.symeig(y)", ["torch.symeig"]),
    ("from torchvision.models.utils import load_state_dict_from_url", ["torchvision.models.utils"]),
    ("import distutils.version", ["distutils"]),
    ("from imp import reload", ["imp"]),
    ("from collections import Iterable, OrderedDict", ["collections.Iterable"]),
    ("import collections\nisinstance(x, collections.Mapping)", ["collections.Mapping"]),
    ("import collections.abc\nisinstance(x, collections.abc.Mapping)", []),
    ("import time\nt = time.clock()", ["time.clock"]),
    ("from fractions import gcd", ["fractions.gcd"]),
    ("import xml.etree.cElementTree as ET", ["xml.etree.cElementTree"]),
    ("import matplotlib.pyplot as plt\nplt.cm.get_cmap('jet')", ["matplotlib.cm.get_cmap"]),
    ("from sklearn.externals import joblib", ["sklearn.externals"]),
    ("from skimage.measure import compare_ssim", ["skimage.measure.compare_ssim"]),
    ("import yaml\ncfg = yaml.load(f)", ["yaml.load.without_loader"]),
    ("import yaml\ncfg = yaml.load(f, Loader=yaml.FullLoader)", []),
    ("import yaml\ncfg = yaml.load(f, yaml.FullLoader)", []),
    # methods, by their names
    ("import torch\nmask = (a > 0).bool()", ["torch.Tensor.bool"]),
    ("import torch\nmask = a.b.bool()", ["torch.Tensor.bool"]),
    ("import torch\nmask = a.bool(1)", []),
    ("mask = a.bool()", []),
    ("import torch, numpy as np\nx = np.bool()", ["numpy.bool"]),
    ("import torch\ntorch.cat([a, b], axis=1)", ["torch.cat.axis"]),
    ("import torch\ntorch.cat([a, b], dim=1)", []),
    ("import numpy as np, torch\nnp.stack(a, axis=1)", []),
    ("from PIL import ImageDraw\nw, h = draw.textsize(label, font)", ["PIL.ImageDraw.textsize"]),
    ("from PIL import ImageFont\nw, h = font.getsize(label)", ["PIL.ImageFont.getsize"]),
    ("from PIL import ImageFont\nimport os\nos.path.getsize(label)", []),
    ("from PIL import ImageFont\nfrom os import path\npath.getsize(label)", []),
    ("from PIL import Image\nw, h = font.getsize(label)", []),
    ("import pandas as pd\ndf = df.append(row, ignore_index=True)", ["pandas.DataFrame.append"]),
    ("import pandas as pd\nrows.append(row)", []),
    ("rows.append(row, ignore_index=True)", []),
    ("import pandas as pd\ndf.ix[0]", ["pandas.DataFrame.ix"]),
    ("import pandas as pd\ndf.as_matrix()", ["pandas.DataFrame.as_matrix"]),
    ("from keras.models import Model\nm.fit_generator(g)", ["keras.Model.fit_generator"]),
    ("m.fit_generator(g)", []),
    # positions that are easily missed
    (
        "import numpy as np\n@f(np.int)\ndef g(x=np.float) -> np.bool:\n    pass",
        ["numpy.bool", "numpy.float", "numpy.int"],
    ),
    (
        "import numpy as np\nclass A(np.object):\n    x = [np.int for y in z if np.float]",
        ["numpy.float", "numpy.int", "numpy.object"],
    ),
    ("import numpy as np\nf = lambda x: np.int(x)", ["numpy.int"]),
    ("import numpy as np\nwhile np.int(x):\n    pass\nelse:\n    np.float", ["numpy.float", "numpy.int"]),
    ("import numpy as np\nprint(f'{np.int(3)}')", ["numpy.int"]),
    ("def f():\n    import numpy as np\n    np.int", ["numpy.int"]),
    ("np.int(3)", []),
    ("# np.int\n'np.int'\nimport numpy as np", []),
]


@pytest.mark.parametrize("text, apis", USED, ids=[text.replace("\n", "|")[:60] for text, _ in USED])
def test_uses(text, apis):
    assert uses(text) == (apis, [])


GUARDED = [
    ("import numpy as np\ntry:\n    np.int\nexcept AttributeError:\n    pass", "numpy.int"),
    (
        "from PIL import Image\nif hasattr(Image, 'LANCZOS'):\n    x = 1\nelse:\n    x = Image.ANTIALIAS",
        "PIL.Image.ANTIALIAS",
    ),
    ("import numpy as np\nx = np.int if hasattr(np, 'int') else int", "numpy.int"),
    (
        "import tensorflow as tf\nif tf.__version__.startswith('2'):\n    pass\nelse:\n    tf.placeholder(1)",
        "tensorflow.placeholder",
    ),
    ("import tensorflow as tf\nTF2 = tf.__version__ >= '2'\nif not TF2:\n    tf.Session()", "tensorflow.Session"),
    (
        "import tensorflow as tf\ndef f():\n    if is_tf2():\n        return\n    if TF_V1:\n        tf.Session()",
        "tensorflow.Session",
    ),
    ("import tensorflow as tf\ntf = tf.compat.v1\ntf.Session()", "tensorflow.Session"),
    (
        "try:\n    from collections.abc import Mapping\nexcept ImportError:\n    from collections import Mapping",
        "collections.Mapping",
    ),
    (
        "try:\n    from scipy.misc import imread\nexcept ImportError:\n    from imageio import imread",
        "scipy.misc.imread",
    ),
    (
        "from keras.optimizers import SGD as S\ntry:\n    o = S(learning_rate=1)\nexcept TypeError:\n    o = S(lr=1)",
        "keras.optimizers.lr",
    ),
    ("import numpy as np\ndef f(np):\n    return np.int", "numpy.int"),
    ("from PIL import ImageFont\nif hasattr(font, 'getsize'):\n    font.getsize(t)", "PIL.ImageFont.getsize"),
    ("import numpy as np\nif False:\n    np.int", "numpy.int"),
]


@pytest.mark.parametrize("text, api", GUARDED, ids=[text.replace("\n", "|")[:60] for text, _ in GUARDED])
def test_guarded_uses_do_not_count(text, api):
    counted, guarded = uses(text)
    assert api in guarded and api not in counted


def test_an_alias_of_two_modules_is_not_judged():
    text = "try:\n    import tensorflow.compat.v1 as tf\nexcept ImportError:\n    import tensorflow as tf\ntf.Session()"
    assert uses(text)[0] == []


def test_showing_a_version_is_no_guard():
    text = """\
    import tensorflow as tf
    print(tf.__version__)
    print('TF %s' % tf.__version__)
    print(f'{tf.__version__}')
    tf.Session()
    """
    assert uses(text) == (["tensorflow.Session"], [])


def test_patches_are_told():
    text = "import numpy as np, PIL.Image\nnp.int = int\nsetattr(PIL.Image, 'ANTIALIAS', 1)\nx = np.int(2)"
    assert read(text).patched == ("PIL.Image.ANTIALIAS", "numpy.int")


def test_where_a_use_runs():
    text = """\
    import tensorflow as tf
    a = tf.Session()
    def f():
        return tf.Session()
    if args.x:
        b = tf.Session()
    if __name__ == "__main__":
        c = tf.Session()
    """
    assert [(use.line, use.startup, use.main) for use in read(text).uses] == [
        (2, True, False),
        (4, False, False),
        (6, False, False),
        (8, True, True),
    ]


FLAGS = [
    ("Cuda = True", [("Cuda", 1)]),
    ("Cuda = False", []),
    ("cuda = 1", []),
    ("# Cuda = True", []),
    ("self.cuda: bool = True", [("cuda", 1)]),
    ("class A:\n    _defaults = {\n        'path': 'x',\n        \"cuda\"     : True,\n    }", [("cuda", 4)]),
    ("def f(x, cuda=True, *, use_gpu=True):\n    pass", [("cuda", 1), ("use_gpu", 1)]),
    ("p.add_argument('--use-cuda', type=bool, default=True)", [("use_cuda", 1)]),
    ("if __name__ == '__main__':\n    Cuda            = True\n    seed = 11", [("Cuda", 2)]),
]


@pytest.mark.parametrize("text, flags", FLAGS)
def test_cuda_flags(text, flags):
    assert sorted(read(text).flags) == sorted(flags)


PYTHON2 = [
    'import cv2\nprint "hello"',
    "import cv2\nprint x, y",
    "import cv2\ntry:\n    f()\nexcept ValueError, e:\n    pass",
    'import cv2\nraise ValueError, "x"',
    "import cv2\nif a <> b:\n    pass",
    "import cv2\nos.chmod(p, 0755)",
    "import cv2\nif x: print 'y'",
]


@pytest.mark.parametrize("text", PYTHON2)
def test_python_2_is_recognised_and_its_imports_are_kept(text):
    found = read(text)
    assert found.trouble == "python2"
    assert [(one.module, one.need) for one in found.imports] == [("cv2", "required")]


@pytest.mark.parametrize(
    "text", ["import cv2\ndef f(a, b):\n    x = = 3", "import cv2\nx = (1,\n", "import cv2\ndate = '2020-01-01\n"]
)
def test_other_syntax_errors_are_no_python_2(text):
    assert read(text).trouble == "syntax"
    assert [one.module for one in read(text).imports] == ["cv2"]


def test_sketched_imports():
    text = "import a, b.c as d\nfrom e import (f,\n   g)\n  import h\nfrom . import i, j as k  # x\nprint 1\n"
    found = source.sketch(text)
    assert [(one.module, one.names, one.level, one.line, one.need) for one in found] == [
        ("a", (), 0, 1, "required"),
        ("b.c", (), 0, 1, "required"),
        ("e", ("f",), 0, 2, "required"),
        ("h", (), 0, 4, "optional"),
        ("", ("i", "j"), 1, 5, "required"),
    ]


def test_warnings_of_the_parser_are_silent(recwarn):
    source.read("import re\nre.compile('\\d')\n1 is 1\n")
    assert not [one for one in recwarn.list if "envdoctor" in str(one.filename)]


def test_lines_are_right_behind_any_line_end():
    for end in ("\n", "\r\n", "\r"):
        assert read(end.join(["\ufeffimport numpy as np", "x = 'a\x0cb\u2028c'", "np.int"])).uses[0].line == 3


def test_deep_nesting_is_no_accident():
    deep = "x = " + "[" * 5000 + "]" * 5000 + "\nimport cv2\n"
    assert [one.module for one in source.read(deep).imports] == ["cv2"]
    long = "import numpy as np\nx = np.int(1)" + " + 1" * 3000
    assert source.read(long).imports[0].module == "numpy"


WORDS = st.sampled_from(
    "import from numpy torch as np tf try: except: def f(): if else: class A: np.int .bool() ( ) [ ] , : = \n \n\n    "
    " print 'x' \" lr=1 True cuda match _ case 1: with \\ # @ lambda x: * ** \t \x00 \u4e2d \ufffd".split(" ")
)


@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)))
@settings(max_examples=300, deadline=None)
def test_never_raises(text):
    text = source.tidy(text)
    source.read(text)
    source.sketch(text)
    source.may_use(text)
    source.runs_as_script(text)


@given(st.lists(st.sampled_from([text for text, _ in USED + GUARDED]), max_size=3))
@settings(max_examples=100, deadline=None)
def test_the_cheap_test_misses_nothing(texts):
    text = "\n".join(texts)
    if source.read(text).uses:
        assert source.may_use(text)


@pytest.mark.skipif(sys.version_info < (3, 10), reason="match statements")
def test_match_statements():
    found = read("import numpy as np\nmatch x:\n    case 1:\n        import cv2\n        np.int\n")
    assert [one.need for one in found.imports] == ["required", "optional"]
    assert [use.api for use in found.uses] == ["numpy.int"]
