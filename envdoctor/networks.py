"""Which network do the names of modules, classes, folders and weight files speak of?

Pure: names in, networks out.  Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
A name is a weak witness: only where all of them agree is a network told, and a variant is never taken for the network.
"""

import re
from typing import Any, Dict, Iterable, List, Set, Tuple

#: The networks that are told, by the ids that rules use.
NETWORKS = frozenset("ssd yolov3 yolov4 yolov4-tiny retinanet m2det efficientdet faster-rcnn".split())
#: What else a name can speak of: some YOLO; a tiny something of it; a network that is not told.
YOLO, TINY, OTHER = "yolo", "tiny", "other"

_FAMILY = re.compile(
    r"yolo|ssd|retina|m2_?det|efficient[-_]?det|effdet|r[-_ ]?cnn|fcos|r_?fcn|center[-_]?net|corner[-_]?net|detr"
    r"|refine[-_]?det|rfb"
)
#: Such a name speaks of data in some network's format, or of an augmentation that many have copied.
_DATA = re.compile(
    r"data|loader|label|annot|format|augment|transform|crop|convert|collate|kmeans|box_?cod"
    r"|2_?yolo|to_?yolo|yolo_?(2|to)_?[a-z]"
)
#: Words that make a lighter, heavier or otherwise different network of it.
_VARIANT = re.compile(
    r"(?<!el)lite|nano|slim|prun|spp|csp(?!_?dark)|mobile|ghost|shuffle|efficient|squeeze|dense_?net|micro|mini|fast"
    r"|asff|scaled|large|small|x?nas|world|mb\d|(?<![a-z0-9])p[5-7](?![a-z0-9])"
)
_YOLO = re.compile(r"yolo[-_ ]?(?:v[-_ ]?)?(\d+|[xrfpe](?![a-z]))?")
#: Letters that may stand right before "yolo" without making another network of it.
_PREFIX = re.compile(r"(?:^|[^a-z])(?:\w*(?:torch|keras|tensorflow|tf)|my|tiny)$")
_SSD = re.compile(r"(?<![A-Za-z])(?:ssd|SSD|Ssd)(?![a-z])|(?<![A-Za-z])ssd(?=lite|mobile)")
_PLAIN = (
    ("retinanet", re.compile(r"retina[-_ ]?net")),
    ("m2det", re.compile(r"(?<![a-z])m2[-_]?det")),
    ("efficientdet", re.compile(r"efficient[-_]?det|(?<![a-z])effdet")),
    ("faster-rcnn", re.compile(r"faster[-_ ]?r[-_ ]?cnn|(?<![a-z])frcnn")),
)
_OTHERS = re.compile(
    r"(mask|cascade|keypoint|sparse|libra)[-_]?r[-_]?cnn|(?<![a-z])mrcnn|(?<![a-z])r_?fcn|(?<![a-z])fcos|center[-_]?net"
    r"|corner[-_]?net|(?<![a-z])detr(?![a-z])|refine[-_]?det|rfb[-_]?net|retina[-_]?face"
)
#: What an SSD for detection has beside its name; the sum of squared differences and a disk have nothing of it.
_BOXES = re.compile(r"multi_?box|prior|default_?box|dbox|anchor|bbox|box_utils|ssd_?300|ssd_?512|nms|detect")
#: Backbones with which a YOLO is another network than the one of its paper.
_BACKBONE = re.compile(r"mobile_?net|ghost|shuffle_?net|efficient_?net|squeeze_?net|dense_?net|(?<![a-z])vgg|res_?net")
#: Constructors of torchvision.models.detection; those with other backbones are other networks.
_CONSTRUCTORS = {
    "fasterrcnn_resnet50_fpn": "faster-rcnn",
    "fasterrcnn_resnet50_fpn_v2": "faster-rcnn",
    "fasterrcnn_mobilenet_v3_large_fpn": OTHER,
    "fasterrcnn_mobilenet_v3_large_320_fpn": OTHER,
    "retinanet_resnet50_fpn": "retinanet",
    "retinanet_resnet50_fpn_v2": "retinanet",
    "ssd300_vgg16": "ssd",
    "ssdlite320_mobilenet_v3_large": OTHER,
    "fcos_resnet50_fpn": OTHER,
    "maskrcnn_resnet50_fpn": OTHER,
    "maskrcnn_resnet50_fpn_v2": OTHER,
    "keypointrcnn_resnet50_fpn": OTHER,
}

#: (a name, where it stands)
Name = Tuple[str, str]


def meanings(name: str) -> Set[str]:
    """What one name speaks of: NETWORKS, YOLO, TINY, OTHER.

    >>> sorted(meanings("yolov4-tiny-pytorch-master")), sorted(meanings("YoloBody")), sorted(meanings("lossd"))
    (['yolov4-tiny'], ['yolo'], [])
    >>> sorted(meanings("yolov5s")), sorted(meanings("mobilenet-yolov4")), sorted(meanings("SSDAugmentation"))
    (['other'], ['other'], [])
    """
    low = name.lower()
    if not _FAMILY.search(low) or _DATA.search(low):
        return set()
    found = set()  # type: Set[str]
    for match in _YOLO.finditer(low):
        found.add(_yolo(name, low, match))
    ssd = _SSD.search(name)
    if ssd:
        found.add(OTHER if _VARIANT.search(low) or "tiny" in low else "ssd")
    for network, pattern in _PLAIN:
        plain = pattern.search(low)
        if plain:
            rest = low[: plain.start()] + " " + low[plain.end() :]
            found.add(OTHER if _VARIANT.search(rest) or "tiny" in rest else network)
    if _OTHERS.search(low):
        found.add(OTHER)
    return found


def _yolo(name: str, low: str, match: Any) -> str:
    before, after = low[: match.start()], name[match.end() : match.end() + 1]
    version, rest = match.group(1) or "", before + " " + low[match.end() :]
    in_word = before[-1:].isalpha() and (name[match.start()].islower() or name[match.start() - 1].isupper())
    if version.isalpha() or _VARIANT.search(rest) or (in_word and not _PREFIX.search(before)):
        return OTHER
    tiny = "tiny" in rest
    if version == "" or int(version) > 20:  # more than 20 is the size of its pictures
        return TINY if tiny else YOLO
    if after.islower() and not low.startswith("tiny", match.end()):  # yolov3u, yolov4x
        return OTHER
    network = "yolov" + version + ("-tiny" if tiny else "")
    return network if network in NETWORKS else OTHER


def constructed(text: str) -> Set[str]:
    """The networks of torchvision that a text constructs.

    >>> constructed("model = fasterrcnn_resnet50_fpn(weights=None)"), constructed("ssdlite320_mobilenet_v3_large()")
    ({'faster-rcnn'}, {'other'})
    """
    return set(network for name, network in _CONSTRUCTORS.items() if name + "(" in text)


def agreed(
    own: Iterable[Name], hints: Iterable[Name], built: Iterable[Name], modules: Iterable[str]
) -> Dict[str, List[str]]:
    """The network of which all names speak, with the places that say so; {} where they disagree or say too little.

    own: names of the project's modules, packages, classes and functions.  hints: of its folder and of weight files.
    built: networks that a library constructs.  modules: the names of its module files alone.
    """
    told = {}  # type: Dict[str, List[str]]
    by_own = set()  # type: Set[str]
    boxes = False
    for name, where in own:
        boxes = boxes or _BOXES.search(name.lower()) is not None
        for meaning in meanings(name):
            by_own.add(meaning)
            told.setdefault(meaning, []).append(where)
    for network, where in built:
        by_own.add(network)
        told.setdefault(network, []).append(where)
        boxes = True
    for name, where in hints:
        for meaning in meanings(name):
            told.setdefault(meaning, []).append(where)
    networks = [network for network in told if network in NETWORKS]
    if len(networks) != 1 or OTHER in told:
        return {}
    network = networks[0]
    if network.startswith(YOLO):
        files = [name.lower() for name in modules]
        tiny = TINY in told or any("tiny" in name for name in files)
        if (tiny and network != "yolov4-tiny") or any(map(_BACKBONE.search, files)):
            return {}
        proven = bool(by_own & set([network, YOLO, TINY]))
    else:
        proven = network in by_own and not told.keys() & set([YOLO, TINY]) and (network != "ssd" or boxes)
    places = told[network] + (told.get(YOLO, []) + told.get(TINY, []) if network not in by_own else [])
    return {network: list(dict.fromkeys(places))} if proven else {}
