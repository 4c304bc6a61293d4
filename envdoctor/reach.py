"""Which files of a project does a script load, and what do they need from outside?

Pure: a tree of texts in, facts out.  Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
"""

import re
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Set, Tuple

from . import source
from .chart import Fact, absent, known

#: How many places are quoted for an import and for a use.
_PLACES, _USE_PLACES, _FLAGS = 3, 5, 10
SKIPPED = frozenset(["node_modules", "site-packages", "build", "dist", "__pycache__"])
_ASIDE = frozenset("test tests testing doc docs example examples sample samples benchmark benchmarks".split())
_ASIDE_FILE = re.compile(r"^(setup|conftest|noxfile|versioneer|conf|hubconf|tasks|fabfile|test_.*|.*_test)\.py$")
MODULE = re.compile(r"^([A-Za-z_]\w*)(\.py|(\.[\w-]+)?\.(so|pyd))$")
#: What may become a module although it is none yet: no reason to call the module missing.
MAYBE = (".pyx", ".c", ".cpp", ".cu", ".pyi", ".pyc", ".proto", ".so", ".pyd")

#: Modules of well-known distributions: such a name is meant, even if some folder happens to be called alike.
WELL_KNOWN = frozenset(
    """torch torchvision torchaudio torchtext tensorflow keras tf_keras numpy scipy matplotlib cv2 PIL sklearn skimage
    pandas yaml tqdm h5py requests six tensorboard tensorboardX jax jaxlib flax optax onnx onnxruntime seaborn
    albumentations imgaug thop torchsummary torchinfo numba cupy sympy imageio einops timm transformers datasets
    evaluate tokenizers accelerate diffusers peft wandb pydantic attr packaging setuptools pkg_resources networkx
    joblib psutil pynvml GPUtil click jinja2 markdown google absl gast wrapt pycocotools apex mmcv mmdet mmengine
    pytorch_lightning lightning fvcore detectron2 kornia shapely rasterio nibabel SimpleITK pydicom librosa soundfile
    gym gymnasium nltk spacy gensim jieba lxml bs4 flask django fastapi streamlit gradio plotly bokeh lmdb msgpack
    labelme terminaltables prettytable rich colorama termcolor easydict addict yacs omegaconf hydra fire docopt
    mxnet paddle caffe theano tensorrt pycuda openpyxl xlrd xlsxwriter docx IPython ipywidgets nbformat pytest
    typing_extensions cython Cython pyximport dill cloudpickle ray dask xgboost lightgbm catboost optuna visdom
    keras_applications keras_preprocessing tensorflow_addons tensorflow_hub tensorflow_datasets segmentation_models
    segmentation_models_pytorch efficientnet moviepy ffmpeg decord av open3d trimesh vtk pyqt5 PyQt5 PySide2 PySide6
    psycopg2 pymysql redis sqlalchemy serial pyautogui pygame natsort patsy statsmodels faiss ultralytics supervision
    torchmetrics sentencepiece safetensors huggingface_hub bitsandbytes xformers triton deepspeed mlflow comet_ml
    neptune dgl torch_geometric torch_scatter torch_sparse torch_cluster pyarrow tables zmq tornado regex unidecode
    aiohttp certifi cffi coremltools cryptography Crypto cycler dateutil dlib dotenv easyocr efficientnet_pytorch
    face_recognition fastai filelock filterpy flash_attn gdown geopandas gpustat graphviz grpc horovod imblearn ipdb
    keras_bert keras_cv keras_tuner kiwisolver Levenshtein llvmlite loguru lpips mediapipe medpy mmpose mmseg monai
    motmetrics mpi4py mpl_toolkits netCDF4 onnxsim open_clip paddleocr pptx pretrainedmodels ptflops pyclipper pydot
    pyecharts pymongo pyparsing pytesseract pytorch_msssim pywt pytz sentence_transformers simplejson spconv
    stable_baselines3 tabulate tensorflow_estimator tensorflow_probability tensorlayer tensorpack tf2onnx tf_slim
    tflearn tifffile toml tomli ujson urllib3 werkzeug wordcloud xarray xlwt
    """.split()
)
#: Modules that were in some standard library, and Python 2's: no distribution brings them, and uses name them.
_ONCE_STANDARD = frozenset(
    """imp distutils asyncore asynchat smtpd pipes cgi cgitb telnetlib imghdr sndhdr audioop aifc chunk crypt mailcap
    msilib nis nntplib ossaudiodev spwd sunau uu xdrlib lib2to3 parser symbol formatter macpath dummy_threading
    cPickle cStringIO StringIO ConfigParser Queue urllib2 urlparse httplib commands Tkinter tkMessageBox tkFileDialog
    HTMLParser __builtin__ copy_reg cookielib Cookie SocketServer BaseHTTPServer SimpleHTTPServer thread __future__
    __main__ binhex tomllib zoneinfo
    """.split()
)

Places = Dict[str, List[str]]


class Tree(NamedTuple):
    """The project on disk, by relative path ("" is the root).

    names: folder -> the names in it that an import could mean.  texts: Python file -> its text.
    cells: notebook -> the code of its cells.  links and other folders that were not entered stay names.
    """

    names: Dict[str, Set[str]]
    texts: Dict[str, str]
    cells: Dict[str, List[str]]
    truncated: bool


def some(value: Any) -> Fact:
    """Known when there is any, absent when there is none."""
    return known(value) if value else absent()


class Reach:
    """From the entry points along the imports: which files count, and what they need."""

    def __init__(self, tree: Tree, standard: Set[str], above: Callable[[str], str]) -> None:
        """`standard`: the standard library's modules.  `above`: where the folders above have a module, or ""."""
        self.tree, self.standard, self.above = tree, standard, above
        self.holding = _folders_with_python(tree)
        self.modules = self._own_modules()
        self.read = {}  # type: Dict[str, source.Source]
        self.reached = []  # type: List[str]
        self.entries = []  # type: List[str]
        self.imports = {}  # type: Places
        self.optional = {}  # type: Places
        self.local = {}  # type: Places
        self.missing = {}  # type: Places
        self.beyond = {}  # type: Places  # names that nobody knows: elsewhere, or a distribution?
        self.loads = {}  # type: Dict[str, Set[str]]  # file -> the own files that it loads
        self.wants = {}  # type: Dict[str, Set[str]]  # file -> the outside modules that it needs
        self.path_changed = False

    def _own_modules(self) -> Dict[str, str]:
        """Top-level names that the project itself offers, in the root and, for a src layout, in src."""
        own = {}  # type: Dict[str, str]
        bases = [""]
        if "src" in self.holding and "__init__.py" not in self.tree.names.get("src", ()):
            bases.append("src")
        self.bases = bases
        for base in bases:
            for name in sorted(self.tree.names.get(base, ())):
                folder = base + "/" + name if base else name
                file = MODULE.match(name)
                if folder in self.holding and name.isidentifier():
                    kind = "package" if "__init__.py" in self.tree.names[folder] else "folder"
                    if kind == "package" or own.get(name) is None:
                        own[name] = kind
                elif file and file.group(1) not in ("setup", "conftest", "__init__"):
                    if own.get(file.group(1)) != "package":
                        own[file.group(1)] = "file"
        return own

    def _entries(self) -> List[str]:
        package = "__init__.py" in self.tree.names.get("", ())
        found, inner = [], []
        for path, text in self.tree.texts.items():
            folder, _, name = path.rpartition("/")
            aside = _ASIDE_FILE.match(name) or any(part.lower() in _ASIDE for part in folder.split("/"))
            if aside or name == "__init__.py":
                continue
            main = source.runs_as_script(text)
            if folder == "" and (main or not package):
                found.append(path)
            elif main:
                inner.append(path)
        return found + inner

    def follow(self) -> None:
        """Read what the entry points reach, and note every import on the way; then `facts` can be told."""
        self.entries = self._entries()
        if not self.entries:  # a project of notebooks only; beside scripts a notebook is a side show
            self.entries = [path for path in self.tree.cells if "/" not in path]
        imported = set()  # type: Set[str]
        waiting = list(self.entries)
        late = []  # type: List[Tuple[str, source.Import]]
        known_paths = set(waiting)
        for path in waiting:
            self.reached.append(path)
            for found in self._source(path).imports:
                if found.need == source.MAIN and "/" in path:
                    late.append((path, found))
                    continue
                for reached in self._import(path, found, found.need != source.OPTIONAL):
                    self.loads.setdefault(path, set()).add(reached)
                    imported.add(reached)
                    if reached not in known_paths:
                        known_paths.add(reached)
                        waiting.append(reached)
        for path, found in late:  # the main block of a file that others import is its author's self-test
            needed = not self._is_part(path, imported)
            for reached in self._import(path, found, needed):
                self.loads.setdefault(path, set()).add(reached)
                if reached not in known_paths:
                    known_paths.add(reached)
                    self._follow_plain(reached, known_paths)
        self.imported = imported
        self.path_changed = any(source.changes_path(self._text(path)) for path in self.reached)
        for path in self.tree.texts:
            for found in source.sketch(self.tree.texts[path]) if path not in known_paths else ():
                self._import(path, found, False)
        for path in self.tree.cells:
            for found in self._source(path).imports if path not in known_paths else ():
                self._import(path, found, False)

    def _follow_plain(self, path: str, known_paths: Set[str]) -> None:
        waiting = [path]
        for one in waiting:
            self.reached.append(one)
            for found in self._source(one).imports:
                for reached in self._import(one, found, found.need == source.REQUIRED):
                    self.loads.setdefault(one, set()).add(reached)
                    if reached not in known_paths:
                        known_paths.add(reached)
                        waiting.append(reached)

    def _is_part(self, path: str, imported: Set[str]) -> bool:
        return path in imported or "__init__.py" in self.tree.names.get(path.rpartition("/")[0], ())

    def _text(self, path: str) -> str:
        return self.tree.texts[path] if path in self.tree.texts else "\n".join(self.tree.cells[path])

    def _source(self, path: str) -> source.Source:
        if path not in self.read:
            if path in self.tree.cells:
                self.read[path] = _read_cells(self.tree.cells[path])
            else:
                self.read[path] = source.read(self.tree.texts[path])
        return self.read[path]

    # ------------------------------------------------------------ one import

    def _import(self, path: str, found: source.Import, needed: bool) -> List[str]:
        """Note one import and return the own files that it loads."""
        where = path + ":" + str(found.line)
        folder = path.rpartition("/")[0]
        if found.level:
            if folder == "" and "__init__.py" not in self.tree.names.get("", ()):
                return []
            parts = folder.split("/") if folder else []
            if found.level - 1 > len(parts):
                return []
            base = "/".join(parts[: len(parts) - found.level + 1])
            return self._local(base, found, where, needed, True)
        top = found.module.partition(".")[0]
        if not top or not top.isidentifier():
            return []
        bases = list(self.bases)
        while folder:  # the folder of a script is on the path; so may be those above it
            if folder not in bases:
                bases.append(folder)
            folder = folder.rpartition("/")[0]
        offering = [base for base in bases if self._offers(base, top)]
        if self.modules.get(top) == "folder" and top in self.standard:
            offering = []  # the standard library wins over a folder without __init__.py
        for base in offering:
            files, whole = self._locate(base, found.module.split("."))
            if whole and (files or top not in WELL_KNOWN):
                return self._local(base, found, where, needed, base in self.bases)
        if offering and not (self.modules.get(top) == "folder" and top in WELL_KNOWN):
            if offering[0] in self.bases:
                return self._local(offering[0], found, where, needed, True)
            return []
        if top in self.standard or top in _ONCE_STANDARD or found.module.startswith("google.colab"):
            return []
        if not needed:
            note(self.optional, top, where, _PLACES)
            return []
        self.wants.setdefault(path, set()).add(top)
        note(self.imports if top in WELL_KNOWN else self.beyond, top, where, _PLACES)
        return []

    def loaded_by(self, entry: str) -> List[str]:
        """A script and all own files that it loads, the nearest first."""
        loaded, waiting = {entry}, [entry]
        for path in waiting:
            fresh = self.loads.get(path, set()) - loaded
            loaded |= fresh
            waiting += sorted(fresh)
        return waiting

    def needed_by(self) -> Places:
        """Outside modules -> the scripts that cannot start without them."""
        found = {}  # type: Places
        for entry in self.entries:
            for module in set().union(*[self.wants.get(path, set()) for path in self.loaded_by(entry)]):
                found.setdefault(module, []).append(entry)
        return {module: found[module] for module in self.imports if module in found}

    def _offers(self, base: str, top: str) -> bool:
        names = self.tree.names.get(base, ())
        inner = base + "/" + top if base else top
        return (
            inner in self.holding
            or (top in names and top in SKIPPED)
            or any(_module_name(name) == top for name in names if name.startswith(top))
        )

    def _locate(self, base: str, parts: List[str]) -> Tuple[List[str], bool]:
        """The files that importing a dotted name loads, and whether all of it is there (or cannot be seen)."""
        files = []  # type: List[str]
        here = base
        for index, part in enumerate(parts):
            names = self.tree.names.get(here)
            if names is None:
                return files, True  # not entered: too deep, a link, too large
            inner = here + "/" + part if here else part
            last = index == len(parts) - 1
            if inner in self.tree.names and "__init__.py" in self.tree.names[inner]:
                if self._load(inner + "/__init__.py", files):
                    return files, True
            elif part + ".py" in names:
                return files, self._load(inner + ".py", files) or last
            elif any(_module_name(name) == part for name in names if name.startswith(part)):
                return files, True
            elif re.match(r"\w+_pb2(_grpc)?$", part) and part.partition("_pb2")[0] + ".proto" in names:
                return files, True
            elif inner not in self.tree.names:  # in the names, yet not entered: who knows what is in there
                return files, part in names or self.tree.truncated
            here = inner
        return files, True

    def _load(self, file: str, files: List[str]) -> bool:
        """Add a file to those loaded.  True: it makes up modules of its own, so none below it can be called missing."""
        text = self.tree.texts.get(file)
        if text is None:
            return True  # it is there, and it could not be read
        files.append(file)
        return "__path__" in text or "sys.modules" in text

    def _local(self, base: str, found: source.Import, where: str, needed: bool, tell: bool) -> List[str]:
        parts = found.module.split(".") if found.module else []
        files, whole = self._locate(base, parts)
        wanted = []  # type: List[Tuple[List[str], bool]]
        for name in found.names if whole else ():
            if name == "*":
                continue
            more, there = self._locate(base, parts + [name])
            if there and len(more) > len(files):
                files = files + [file for file in more if file not in files]
                wanted.append((parts + [name], True))
            elif not there and self._holds_nothing(base, parts):
                wanted.append((parts + [name], False))
        if tell and needed:
            above = [part for part in base.split("/") if part] if base not in self.bases else []
            if above[:1] == ["src"] and "src" in self.bases:
                del above[0]
            if parts and not (wanted and all(there for _, there in wanted)):
                wanted.append((parts, whole))
            for dotted_parts, there in wanted:
                dotted = ".".join(above + dotted_parts)
                if dotted:
                    note(self.local, dotted, where, _PLACES)
                    if not there:
                        note(self.missing, dotted, where, _PLACES)
        return files if needed else []

    def _holds_nothing(self, base: str, parts: List[str]) -> bool:
        """Can a name of this package only be a file of it?  So it is without __init__.py, or with an empty one."""
        folder = "/".join(([base] if base else []) + parts)
        if not parts or folder not in self.tree.names:
            return False
        start = folder + "/__init__.py"
        return "__init__.py" not in self.tree.names[folder] or not self.tree.texts.get(start, "x").strip()

    # ------------------------------------------------------------ facts

    def facts(self) -> Dict[str, Fact]:
        elsewhere = {}  # type: Dict[str, str]
        for name, places in self.beyond.items():
            path = self._elsewhere(name)
            if path and not self.path_changed:
                elsewhere[name] = path
            elif path or self.path_changed:
                for where in places:
                    note(self.optional, name, where, _PLACES)
            else:
                self.imports[name] = places
        uses, startup, guarded, unreached = {}, {}, {}, {}  # type: Places, Places, Places, Places
        flags, unparsable, python2 = [], [], False
        reached = set(self.reached)
        texts = {path: self._text(path) for path in list(self.tree.texts) + list(self.tree.cells)}
        for path, text in texts.items():
            if path not in reached and source.may_use(text):
                self._source(path)
        defined = set()  # type: Set[str]
        if any(use.method for read in self.read.values() for use in read.uses):
            defined = set(name for text in texts.values() for name in source.defined_methods(text))
        patched = set(api for read in self.read.values() for api in read.patched)
        for path in self.reached + [path for path in self.read if path not in reached]:
            read = self.read[path]
            self_test = "/" in path and self._is_part(path, self.imported)
            for use in read.uses:
                where = path + ":" + str(use.line)
                top = use.api.partition(".")[0]
                if top in self.modules and not (self.modules[top] == "folder" and top in WELL_KNOWN):
                    continue
                if use.method in defined and use.method:
                    continue
                if path not in reached or (use.main and self_test):
                    if not use.guarded and use.api not in patched:
                        note(unreached, use.api, where, _USE_PLACES)
                elif use.guarded or use.api in patched:
                    note(guarded, use.api, where, _USE_PLACES)
                else:
                    note(uses, use.api, where, _USE_PLACES)
                    if use.startup:
                        note(startup, use.api, where, _USE_PLACES)
            if path in reached:
                flags += [{"where": path + ":" + str(line), "name": name} for name, line in read.flags]
                if read.trouble:
                    unparsable.append(path + ":" + str(read.line))
                    python2 = python2 or read.trouble == "python2"
        optional = {name: places for name, places in self.optional.items() if name not in self.imports}
        return {
            "project.entries": some(self.entries),
            "project.unparsable": some(unparsable),
            "project.python2": known("yes" if python2 else "no"),
            "project.imports": some(self.imports),
            "project.needed_by": some(self.needed_by()),
            "project.optional_imports": some(optional),
            "project.modules": some(self.modules),
            "project.local_imports": some(self.local),
            "project.local_missing": some({} if self.path_changed else self.missing),
            "project.elsewhere": some(elsewhere),
            "project.uses": some(uses),
            "project.startup_uses": some(startup),
            "project.guarded_uses": some(guarded),
            "project.unreached_uses": some(unreached),
            "project.cuda_flags": some(flags[:_FLAGS]),
        }

    def _elsewhere(self, name: str) -> str:
        """Where else the name is found: in a folder of the project, or in the two folders above it."""
        for folder in sorted(self.tree.names, key=lambda path: (path.count("/"), path)):
            if folder and (name + ".py" in self.tree.names[folder] or folder + "/" + name in self.holding):
                return folder + "/" + (name + ".py" if name + ".py" in self.tree.names[folder] else name)
        return self.above(name)


def note(places: Places, name: str, where: str, limit: int) -> None:
    """Remember one more place of a name, once, and no more than `limit` of them."""
    found = places.setdefault(name, [])
    if where not in found and len(found) < limit:
        found.append(where)


def _module_name(name: str) -> str:
    """What an extension module's file (or its source) is imported as."""
    return name.partition(".")[0] if name.endswith((".py",) + MAYBE) and not name.endswith(".proto") else ""


def _folders_with_python(tree: Tree) -> Set[str]:
    """Folders that hold importable files, themselves or in folders below whose names are identifiers."""
    holding = set()  # type: Set[str]
    for folder, names in tree.names.items():
        if any(MODULE.match(name) for name in names):
            while folder and folder not in holding:
                holding.add(folder)
                if not folder.rpartition("/")[2].isidentifier():
                    break
                folder = folder.rpartition("/")[0]
    return holding


def _read_cells(cells: Iterable[str]) -> source.Source:
    """A notebook as one source whose "lines" are its cells; a cell that cannot be read does not spoil the others."""
    imports, uses, flags = [], [], []
    patched = set()  # type: Set[str]
    whole = source.read("\n".join(cells))
    if not whole.trouble:
        ends, total = [], 0
        for cell in cells:
            total += cell.count("\n") + 1
            ends.append(total)

        def number(line: int) -> int:
            return next((index for index, end in enumerate(ends, 1) if line <= end), len(ends))

        return whole._replace(
            imports=tuple(found._replace(line=number(found.line)) for found in whole.imports),
            uses=tuple(use._replace(line=number(use.line)) for use in whole.uses),
            flags=tuple((name, number(line)) for name, line in whole.flags),
        )
    for index, cell in enumerate(cells, 1):
        read = source.read(cell)
        imports += [found._replace(line=index) for found in read.imports]
        uses += [use._replace(line=index) for use in read.uses]
        flags += [(name, index) for name, _ in read.flags]
        patched.update(read.patched)
    return source.Source(tuple(imports), tuple(uses), tuple(flags), tuple(sorted(patched)))
