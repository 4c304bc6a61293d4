"""Which interfaces of libraries are looked for in a project, because some version lacks them?

Names only: which versions those are is the business of the rules.  Runs on Python 3.6.
"""

from typing import Dict, List, Set, Tuple

#: Interfaces that some version of their library lacks: where they live, then their names ("." is the place itself).
#: Which versions those are is the business of the rules; a use of anything below a name counts as a use of the name.
_TABLE = """
numpy: int float bool object str complex long unicode typeDict float_ complex_ unicode_ string_ Inf Infinity NaN PINF
numpy: NINF infty product cumproduct sometrue alltrue asfarray in1d row_stack trapz cast sctypes find_common_type msort
PIL: PILLOW_VERSION
PIL.Image: ANTIALIAS LINEAR CUBIC VERSION
tensorflow: placeholder placeholder_with_default Session InteractiveSession ConfigProto GPUOptions RunOptions
tensorflow: get_default_graph get_default_session reset_default_graph global_variables_initializer
tensorflow: initialize_all_variables global_variables trainable_variables get_collection add_to_collection GraphKeys
tensorflow: contrib app flags logging gfile set_random_seed variable_scope get_variable layers losses to_float to_int32
tensorflow: to_int64 log random_uniform random_normal truncated_normal sparse_tensor_to_dense py_func ceil mod
tensorflow: decode_raw parse_single_example FixedLenFeature read_file assign assign_add assign_sub summary.FileWriter
tensorflow: summary.merge_all image.resize_images image.resize_bilinear image.resize_nearest_neighbor
tensorflow: train.AdamOptimizer train.GradientDescentOptimizer train.MomentumOptimizer train.RMSPropOptimizer
tensorflow: train.Saver train.exponential_decay train.get_or_create_global_step python_io estimator GraphDef
tensorflow: matrix_inverse diag is_nan verify_tensor_all_finite
tensorflow: function config.list_physical_devices config.experimental data.AUTOTUNE random.set_seed python.keras
tensorflow.keras: utils.multi_gpu_model wrappers experimental optimizers.legacy layers.experimental.preprocessing
tensorflow.keras: backend.get_session backend.set_session layers.CuDNNLSTM layers.CuDNNGRU layers.LSTM layers.GRU
tensorflow.keras: mixed_precision
keras: backend.tensorflow_backend backend.get_session backend.set_session backend.int_shape backend.tf
keras: backend.image_dim_ordering utils.np_utils utils.multi_gpu_model utils.data_utils utils.generic_utils
keras: utils.layer_utils layers.normalization.BatchNormalization layers.advanced_activations layers.merge layers.Merge
keras: layers.convolutional layers.core layers.pooling layers.embeddings layers.recurrent layers.wrappers
keras: layers.CuDNNLSTM layers.CuDNNGRU engine engine.topology engine.training engine.Layer preprocessing
keras: preprocessing.image.ImageDataGenerator preprocessing.text wrappers.scikit_learn wrappers objectives legacy
keras: initializers.normal optimizers.Adam optimizers.SGD optimizers.RMSprop optimizers.legacy applications.resnet50
keras: applications.imagenet_utils._obtain_input_shape applications.mobilenet.DepthwiseConv2D
scipy.misc: . imread imresize imsave imrotate imfilter imshow toimage fromimage bytescale logsumexp comb factorial
scipy.misc: face ascent derivative
scipy: integrate.trapz integrate.simps integrate.cumtrapz signal.gaussian signal.hann interpolate.interp2d
torch: _six symeig qr lu solve lstsq eig matrix_rank rfft irfft ger chain_matmul utils.ffi legacy cuda.amp compile
torch: inference_mode utils.tensorboard amp nn.SiLU nn.Mish nn.Hardswish hub.load_state_dict_from_url
torchvision: models.utils transforms.Scale transforms.RandomSizedCrop transforms.functional_tensor
torchtext: legacy data.Field
distutils: .
imp: .
asyncore: .
asynchat: .
pkg_resources: .
pipes: .
cgi: . escape
cgitb: .
telnetlib: .
imghdr: .
smtpd: .
collections: Mapping MutableMapping Sequence MutableSequence Iterable Iterator Callable Hashable Set MutableSet Sized
collections: Container Generator ByteString KeysView ValuesView ItemsView MappingView Awaitable Coroutine
fractions: gcd
time: clock
inspect: getargspec formatargspec
platform: linux_distribution dist
xml.etree.cElementTree: .
base64: encodestring decodestring
os: errno getcwdu
sys: maxint setdefaultencoding
string: letters maketrans
itertools: izip imap ifilter izip_longest
urllib: urlopen urlretrieve quote unquote urlencode
cPickle: .
cStringIO: .
StringIO: .
ConfigParser: .
Queue: .
urllib2: .
urlparse: .
httplib: .
commands: .
Tkinter: .
tkMessageBox: .
tkFileDialog: .
HTMLParser: .
pandas: Panel datetime np Int64Index Float64Index UInt64Index util.testing core.index tools rolling_mean ewma lib tslib
skimage: measure.compare_ssim measure.compare_psnr measure.compare_mse draw.circle util.montage2d
sklearn: externals cross_validation grid_search utils.linear_assignment_ preprocessing.Imputer datasets.load_boston
sklearn: utils.testing metrics.plot_confusion_matrix
networkx: from_numpy_matrix to_numpy_matrix from_scipy_sparse_matrix connected_component_subgraphs
matplotlib: cm.get_cmap cm.register_cmap finance
moviepy: editor
librosa: output
mmcv: runner Config
"""


def _read_table() -> Tuple[Set[str], Dict[str, Set[str]]]:
    whole = set()  # type: Set[str]
    words: Dict[str, Set[str]] = {}
    for line in _TABLE.strip().splitlines():
        place, _, names = line.partition(":")
        for name in names.split():
            full = place if name == "." else place + "." + name
            whole.add(full)
            words.setdefault(full.partition(".")[0], set()).add(full.rpartition(".")[2])
    return whole, words


#: All ids of the table, and the last words of those that belong to a library.
APIS, WORDS = _read_table()

#: The same thing by another name.
_SAME = (("matplotlib.pyplot.cm.", "matplotlib.cm."), ("numpy.compat.long", "numpy.long"))

#: Methods whose name is unmistakable in a file that imports one of the libraries: name -> (libraries, id).
METHODS = {
    "bool": (("torch",), "torch.Tensor.bool"),
    "textsize": (("PIL.ImageDraw", "PIL.ImageFont"), "PIL.ImageDraw.textsize"),
    "multiline_textsize": (("PIL.ImageDraw", "PIL.ImageFont"), "PIL.ImageDraw.multiline_textsize"),
    "getsize": (("PIL.ImageFont", "PIL.ImageDraw"), "PIL.ImageFont.getsize"),
    "getoffset": (("PIL.ImageFont",), "PIL.ImageFont.getoffset"),
    "append": (("pandas",), "pandas.DataFrame.append"),
    "ix": (("pandas",), "pandas.DataFrame.ix"),
    "as_matrix": (("pandas",), "pandas.DataFrame.as_matrix"),
    "fit_generator": (("keras", "tensorflow"), "keras.Model.fit_generator"),
    "predict_generator": (("keras", "tensorflow"), "keras.Model.predict_generator"),
    "evaluate_generator": (("keras", "tensorflow"), "keras.Model.evaluate_generator"),
    "predict_classes": (("keras", "tensorflow"), "keras.Sequential.predict_classes"),
}
#: Whoever asks for the new name knows that the old ones may be gone.
SUCCESSORS = {
    "textbbox": ["textsize", "multiline_textsize"],
    "getbbox": ["getsize", "getoffset"],
    "getlength": ["getsize"],
}
for _name, (_libraries, _) in METHODS.items():
    for _library in _libraries:
        WORDS.setdefault(_library.partition(".")[0], set()).add(_name)
WORDS["yaml"] = {"load"}  # without a Loader, which PyYAML 6 refuses
#: Functions of torch whose keyword `axis` old releases refuse.
AXIS = frozenset("cat stack sum mean max min prod std var argmax argmin cumsum squeeze unsqueeze".split())


def apis_of(dotted: str) -> List[str]:
    """The entries of the table that a dotted name touches.

    >>> apis_of("scipy.misc.imread"), apis_of("tensorflow.compat.v1.Session")
    (['scipy.misc', 'scipy.misc.imread'], [])
    """
    for other, name in _SAME:
        if dotted.startswith(other):
            dotted = name + dotted[len(other) :]
    parts = dotted.split(".")
    heads = (".".join(parts[: count + 1]) for count in range(len(parts)))
    return [head for head in heads if head in APIS]
