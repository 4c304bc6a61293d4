"""Which words must not leave this machine?

Runs on Python 3.6.

Three kinds are covered: names (this machine's users, home folders and hosts, and whoever has a home in the same text),
secrets that are known by their look (a token, a private key, the login in an address), and secrets that are known by
what stands before them (`HF_TOKEN=`, `--password`).  A log of a megabyte must not stop a report, so no expression here
repeats without a bound what may then fail.
"""

import re
from functools import lru_cache
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from .chart import KNOWN, Chart, Fact, canonical

#: What stands in place of a secret, a user's name, a host, and of a home that is inside a longer path.
HIDDEN, USER, HOST, HOME = "***", "<user>", "<host>", "<home>"

#: What was hidden behind a secret shows when that is covered; after so many rounds nothing does (a test tries).
_ROUNDS = 5

_Cover = Callable[[str], str]


class Redaction(NamedTuple):
    """Which names must not leave this machine; secrets are covered even without any.

    homes: folders that become `~`.  users, hosts: names that are covered wherever they stand as a word.
    folders: names that are words of everyday life as well; they are covered only as the name of a folder.
    pairs: (a text, what stands in its place).
    """

    homes: Tuple[str, ...] = ()
    users: Tuple[str, ...] = ()
    hosts: Tuple[str, ...] = ()
    folders: Tuple[str, ...] = ()
    pairs: Tuple[Tuple[str, str], ...] = ()

    def text(self, text: str) -> str:
        for _ in range(_ROUNDS):
            before = text
            for needles, cover in _steps(self):
                if not needles or any(needle in text for needle in needles):
                    text = cover(text)
            if text == before:
                break
        return text

    def command(self, words: Iterable[str]) -> Tuple[str, ...]:
        """A command's words; what follows an option that asks for a secret is one."""
        covered = []  # type: List[str]
        option = ""
        for word in words:
            login = option in ("u", "user", "proxy-user") and ":" in word
            if option and not word.startswith("-") and (login or says_secret(option)):
                covered.append(HIDDEN)
            elif option and _says_host(option, True) and word not in _LOOPBACK and not word.startswith("-"):
                covered.append(HOST)
            else:
                covered.append(self.text(word))
            asked = _ASKS.search(word) or _ENDS_WITH_NAME.search(word)
            option = asked.group(1) if asked else ""
        return tuple(covered)

    def data(self, data: Any, depth: int = 0) -> Any:
        """JSON data of any shape; nothing of ours is nested so deep that it would be cut."""
        if isinstance(data, str):
            return self.text(data)
        if depth > 40:
            return HIDDEN
        if isinstance(data, (list, tuple, set, frozenset)):
            return [self.data(item, depth + 1) for item in data]
        if isinstance(data, Mapping):
            covered = {}  # type: Dict[str, Any]
            for key, value in data.items():
                name = _unused(self.text(str(key)), covered)
                secret = isinstance(value, str) and says_secret(str(key))
                covered[name] = HIDDEN if secret else self.data(value, depth + 1)
            return covered
        if isinstance(data, (bytes, bytearray)):
            return self.text(bytes(data).decode("utf-8", "replace"))
        return data

    def knowing(self, names: Iterable[str] = (), data: Any = None) -> "Redaction":
        """The same, with an eye on what it will cover: who has a home folder in the data is a user, also where the
        name stands in another path; and a name that a distribution has as well (`names`) is no secret there."""
        spared = frozenset(map(canonical, names))
        words = [name for name in self.users + self.hosts if canonical(name) in spared]
        found = [name for name in _owners(data) if _is_name(name) and not _is_word(name)]
        return self._replace(
            users=tuple(name for name in self.users if name not in words),
            hosts=tuple(name for name in self.hosts if name not in words),
            folders=tuple(sorted(set(self.folders) | set(words) | set(found))),
        )


def _unused(name: str, taken: Mapping[str, Any]) -> str:
    """Two homes have the same cover, but both are to be told of."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = "{} ({})".format(name, number)
    return free


def redaction(homes: Iterable[str], users: Iterable[str], hosts: Iterable[str]) -> Redaction:
    """Home folders become `~`, user names `<user>`, host names `<host>`.

    A user's name hides inside other paths too (D:\\work\\NAME).  Names that are everybody's (root, localhost) are no
    secret; those that are also words (data, torch) are covered as names of folders only; and names of one or two
    letters where they are the name of a home folder, whoever's it is.
    """
    homes = [
        home for home in homes if len(home.strip("/\\")) > 2 and not re.search(r"(?i)[\\/](?:home|users)[\\/]*$", home)
    ]
    people = [name for name in users if _is_name(name)]
    places = [name for name in hosts if _is_name(name) and not _is_word(name)]
    return Redaction(
        homes=tuple(sorted(set(homes), key=lambda home: (-len(home), home))),
        users=tuple(sorted({name for name in people if not _is_word(name)})),
        hosts=tuple(sorted(set(places))),
        folders=tuple(sorted({name for name in people if _is_word(name)})),
    )


# ---------------------------------------------------------------- what is no name

#: Accounts and folders that there are on every machine.
_EVERYBODY = frozenset(
    "root admin administrator user users runner runneradmin ubuntu debian centos fedora home python conda localhost "
    "localdomain jovyan vscode codespace gitpod coder vagrant ec2-user pi docker builder jenkins linuxbrew public "
    "default defaultuser0 shared nobody guest anaconda anaconda3 miniconda miniconda3 miniforge3 mambaforge "
    "containeradministrator workgroup appdata conda-bld feedstock_root".split()
)
#: Words that stand in our reports and are names of users or hosts, too (our choice).
_WORDS = frozenset(
    # computers
    "data test tests testing tester demo dev devel developer development prod production stage staging work worker "
    "workspace workstation train trainer training model models project projects code lab labs team group staff student "
    "students teacher class course server servers client node nodes master main head login compute cluster grid cloud "
    "local remote host desktop laptop notebook computer machine windows linux macos mac system service daemon app apps "
    "web www mail ftp ssh vnc nas hpc dgx gpu cpu ram ssd usb pci cuda cudnn rocm nvidia amd intel arm driver kernel "
    "tesla geforce titan quadro rtx gtx a100 h100 h200 v100 p100 a10 a30 a40 l40 t4 k80 tegra jetson nano orin xavier "
    # frameworks, packages, what is in them
    "torch pytorch tensorflow keras jax flax mxnet paddle onnx numpy scipy pandas pillow opencv cv2 sklearn h5py "
    "matplotlib jupyter lab ipython pip venv env envs base bin lib lib64 include share site packages dist cache tmp "
    "temp opt usr var etc src build dist docs examples scripts utils tools config configs log logs output outputs "
    "input inputs dataset datasets weights checkpoint checkpoints runs results image images video audio label labels "
    "yolo resnet vgg bert llm gpt gan cnn rnn lstm unet deep learning vision robot ai ml dl nlp "
    # English
    "new old one two the and for not yes all any can may will mark art bill max min sum long small big fast slow "
    "version name file folder path type kind value error warning note info none null true false python3 java rust "
    "cargo git svn sql mysql redis mongo oracle postgres nginx apache http https proxy index url api key token gui cli "
    "first last next from with this that run set get see found cure copy start stop check install update "
    # Chinese
    "用户 用户名 测试 数据 数据集 管理员 电脑 计算机 模型 训练 项目 公共 共享 代码 桌面 文档 下载 学生 老师 实验室 "
    "环境 显卡 驱动 系统 服务器 软件 程序 工作 学习 深度学习 默认".split()
)


def _is_name(name: str) -> bool:
    """Whether it can tell who somebody is.  Of a Chinese name, two characters do."""
    letters = len(name) + sum(ord(character) > 127 for character in name)
    if letters < 3 or "/" in name or "\\" in name:
        return False
    return name.lower() not in _EVERYBODY and any(character.isalnum() for character in name)


def _is_word(name: str) -> bool:
    """Whether it may mean something else: a word, or a number that is a part of versions."""
    return name.lower() in _WORDS or (len(name) < 6 and name.isdigit())


# ---------------------------------------------------------------- the steps


@lru_cache(maxsize=32)
def _steps(known: Redaction) -> Tuple[Tuple[Tuple[str, ...], _Cover], ...]:
    """What is done to a text, in this order: (texts of which one must be in it, a function that covers).

    Secrets come first: a name that was covered inside of one would hide from the next step what it is.
    """
    steps = [
        (("PRIVATE KEY",), _private_keys),
        (("@",), _covering(_URL_LOGIN, HIDDEN + "@")),
        (("/t/",), _covering(_CONDA_TOKEN, r"\1" + HIDDEN)),
        (("=",), _covering(_QUERY, r"\1" + HIDDEN)),
        (("hook",), _covering(_HOOK, r"\1" + HIDDEN)),
        (("=", ":", "："), _assigned),
        (("-",), _option),
        (("earer",), _covering(_BEARER, r"\1" + HIDDEN)),
        ((), _covering(_SHAPES, HIDDEN)),
        ((), _covering(_DIGEST, _digest)),
        (("-",), _covering(_GPU_UUID, lambda match: match.group(1).upper() + "-" + HIDDEN)),
        (("-",), _covering(_UUID, HIDDEN)),
    ]  # type: List[Tuple[Tuple[str, ...], Any]]
    steps[:0] = [((text,), _replacing(text, cover)) for text, cover in known.pairs if text]
    for home in known.homes:
        steps.append(((), _covering(re.compile(*_home(home)), _tilde)))
    steps += [
        (("ome", "OME", "sers", "SERS", "Docum", "用户"), _homes),
        (("\\\\",), _covering(_SHARE, _share)),
        (("://",), _covering(_MOUNT, r"\1" + HOST)),
        (("@",), _covering(_SSH, r"\1" + USER + "@" + HOST)),
        (("@",), _covering(_LOGIN, USER + "@" + HOST)),
    ]
    domains = [domain for domain in map(_domain, known.hosts) if domain]
    if domains:
        steps.append(((), _covering(re.compile(_below(domains), re.I), HOST)))
    names = {spelling: USER for name in known.users for spelling in _spellings(name)}
    names.update({spelling: HOST for name in known.hosts for spelling in _spellings(name)})
    if names:
        folded = {name.lower(): cover for name, cover in names.items()}
        pattern = re.compile("|".join(map(_as_word, _longest_first(names))), re.I)
        steps.append(((), _covering(pattern, lambda match: folded.get(match.group().lower(), USER))))
    if known.folders:
        steps.append((("/", "\\"), _covering(re.compile(_as_folder(known.folders), re.I), r"\1" + USER)))
    steps += [((".",), _addresses), ((":",), _long_addresses)]
    return tuple((tuple(needles), cover) for needles, cover in steps)


def _covering(pattern: Any, cover: Any) -> _Cover:
    return lambda text: str(pattern.sub(cover, text))


def _replacing(text: str, cover: str) -> _Cover:
    return lambda whole: whole.replace(text, cover)


# ---------------------------------------------------------------- secrets by their look

_URL_LOGIN = re.compile(r"(?<=://)(?:[^/\s\"'<>]{1,300}|[^\s/@:\"'<>]{1,100}:(?!\d{1,5}/)[^\s@\"'<>]{1,200})@")
#: conda's own address of a channel with a token.
_CONDA_TOKEN = re.compile(r"(://[^\s\"'<>]{0,200}?/t/|\bconda\.anaconda\.org/t/)[^/\s\"'<>]+")
#: Single words that ask for a secret only in an address.
_QUERY = re.compile(r"(?i)([?&;](?:key|sig|[\w-]{0,30}signature|auth|code|ticket|session|sid)=)[^&\s#\"'<>]+")
#: Addresses that are a secret themselves: who knows one can write to a chat.
_HOOK = re.compile(r"(://hooks\.slack\.com/\w{1,20}/|://discord(?:app)?\.com/api/webhooks/)[^\s\"'<>]+")
_BEARER = re.compile(r"(?i)\b(bearer\s{1,3})(?=[A-Za-z._~+/-]{0,60}\d)[\w.~+/=-]{12,}")
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"hf_(?:(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{12,}|[A-Za-z0-9]{30,})|api_org_[A-Za-z0-9]{20,}"
    r"|gh[pousr]_[A-Za-z0-9]{8,}|github_pat_\w{8,}|gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent|oas)-[\w.-]{8,}"
    r"|[srp]k-(?=[A-Za-z_-]{0,40}\d)[\w-]{16,}|sk-[A-Za-z0-9]{30,}|[sr]k_(?:live|test)_\w{8,}|gsk_\w{20,}"
    r"|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|nvapi-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|dckr_pat_[\w-]{8,}"
    r"|(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{8,}|LTAI[A-Za-z0-9]{12,}|AKID[A-Za-z0-9]{13,}"
    r"|r8_[A-Za-z0-9]{20,}|wandb_v\d_\w{16,}|local-[0-9a-f]{40}(?!\w)|S-1-5-21(?:-\d{1,10}){3,4})"
    r"|(?<![\w.-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"  # a JSON web token
)
#: A key of W&B; but so look commits as well.
_DIGEST = re.compile(r"(?<![\w@/#.+-])[0-9a-f]{40}(?![\w-])")
_OF_A_COMMIT = re.compile(r"(?i)(?:git|commit|rev|sha1?|hash|version|HEAD)\w{0,16}\W{0,6}$")
_GPU_UUID = re.compile(
    r"(?i)\b(GPU|MIG)-(?:GPU-)?(?=[a-f-]{0,36}\d)[0-9a-f]{8}(?:-[0-9a-f]{1,12}){0,4}(?![\w-])(?:/\d{1,3}){0,2}"
)
_UUID = re.compile(r"(?i)(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])")
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")


def _digest(match: Any) -> str:
    before = match.string[max(0, match.start() - 30) : match.start()]
    return str(match.group() if _OF_A_COMMIT.search(before) else HIDDEN)


def _private_keys(text: str) -> str:
    """A key whose end is missing goes to the end of the text."""
    kept, done = [], 0
    for begin in _KEY_BEGINS.finditer(text):
        if begin.start() < done:
            continue
        end = _KEY_ENDS.search(text, begin.end())
        kept.append(text[done : begin.start()] + HIDDEN)
        done = end.end() if end else len(text)
        if not end:
            break
    return "".join(kept) + text[done:]


# ---------------------------------------------------------------- secrets by what stands before them

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SURE = frozenset(
    "password passwords passwd passphrase passcode secret secrets credential credentials authorization cookie "
    "apikey accesskey secretkey privatekey authtoken accesstoken sessiontoken webhook".split()
)
#: `token` after these is a word of language models, not a secret.
_NO_TOKEN = frozenset(
    "pad eos bos sep cls mask unk special stop start end image per max min num n first last next new prefix suffix "
    "begin mean total each additional extra decoder encoder forced".split()
)
#: `key` after these is a secret even in small letters, and `pass` after those.
_KEYS = frozenset(
    "api access secret private auth account ssh encryption signing license master subscription storage service wandb "
    "openai hf aws azure client consumer deploy security app".split()
)
_PASS = frozenset("db user admin root ftp smtp mail mysql pg sudo proxy http login".split())
_NO_VALUE = frozenset("error exception warning".split())


#: Most names have none of these in them.
_STEMS = re.compile("(?i)token|secret|pass|pwd|key|credential|authorization|cookie|webhook")


@lru_cache(maxsize=4096)
def says_secret(name: str) -> bool:
    """Whether the name of a variable, an option or a field says that its value is nobody's business.

    >>> [says_secret(name) for name in ("HF_TOKEN", "--private-token", "AccountKey", "db_password")]
    [True, True, True, True]
    >>> [says_secret(name) for name in ("tokenizers", "max_tokens", "pad_token", "key", "KeyError", "PWD")]
    [False, False, False, False, False, False]
    """
    if not _STEMS.search(name):
        return False
    parts = _PARTS.findall(name)
    loud = name.isupper()
    words = [part.lower() for part in parts]
    if not words or words[-1] in _NO_VALUE:
        return False
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        last = place == len(words) - 1
        if word in _SURE:
            return True
        if word == "token" and before not in _NO_TOKEN and (loud or last):
            return True
        if word == "key" and ((loud and (before or last)) or before in _KEYS):
            return True
        if word in ("pass", "pwd") and before and (loud or before in _PASS):
            return True
    return False


def _says_user(name: str) -> bool:
    return name.isupper() and bool(re.search(r"(?:^|_)(?:USER|USERNAME|LOGNAME)$", name))


def _says_host(name: str, option: bool = False) -> bool:
    """An option says it with more words than a field, whose `host:` may be anything."""
    return bool((_HOST_OPTION if option else _HOST_NAME).search(name))


_HOST_NAME = re.compile(r"(?i)(?:^|[-_])(?:addr|hostname|nodelist|nodename|userdomain|computername)$")
_HOST_OPTION = re.compile(
    r"(?i)(?:^|[-_])(?:addr|address|hostname|hosts?|nodelist|nodename|endpoint|server|dist[-_]url)$"
)
#: `"key": "…"` may be anything, unless its value looks like one.
_MAYBE = re.compile(r"(?i)(?:^|[-_])(?:key|auth|session|sid|pat|code)$")
_RANDOM = re.compile(r"\\{0,2}[\"']?(?=[A-Za-z+/]{0,40}\d)[A-Za-z0-9+/]{20,}={0,2}(?![\w./\\-])")


_NAMED = re.compile(
    r"(?:(?<![\w.-])(?P<name>-{0,2}[A-Za-z_][\w.-]{0,80})|(?P<chinese>密码|口令|密钥|令牌))"
    r"\\{0,2}[\"']?\s{0,3}(?:=>|[:：](?!:)|=(?!=))\s{0,3}"
)
_ASKS = re.compile(r"(?<![\w.-])--?([A-Za-z][\w.-]{0,80})$")
_ENDS_WITH_NAME = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]{0,80})\\{0,2}[\"']?[:=]$")
_OPTION = re.compile(r"(?<![\w.-])-{1,2}(?P<name>[A-Za-z][\w.-]{0,80})\s{1,3}(?!-)")
_SCHEME = re.compile(r"(?:[Bb]earer|[Bb]asic|[Dd]igest|[Tt]oken)\s{1,3}(?=\S)")
_VALUE = re.compile(
    r"(?:(?P<open>\\{0,2}[\"'])(?P<quoted>[^\"'\r\n]*)|[\[{(][^\])}\r\n]*|[^\s\"',;&|)\]}<>，。；、）]+)"
)
#: No secret, but where it is, or that there is none.
_REFERENCE = re.compile(
    r"(?i)\\{0,2}[\"']?(?:\$\{?\w{1,80}\}?|%\w{1,80}%|none|null|true|false|yes|no|not|os\.\S*|\*+|-?\d(?:\.\d+)?)[\"']?$"
)


def _assigned(text: str) -> str:
    """`NAME=value`, `"name": "value"`, `Name: value`."""
    kept, done = [], 0
    for found in _NAMED.finditer(text):
        name = (found.group("name") or "").lstrip("-")
        if found.start() < done:
            continue
        if found.group("chinese") or says_secret(name) or (_MAYBE.search(name) and _RANDOM.match(text, found.end())):
            cover = HIDDEN
        elif _says_user(name):
            cover = USER
        elif _says_host(name, (found.group("name") or "").startswith("-")):
            cover = HOST
        else:
            continue
        scheme = _SCHEME.match(text, found.end()) if cover == HIDDEN else None
        covered = _covered(text, scheme.end() if scheme else found.end(), cover)
        if covered:
            kept.append(text[done : covered[0]] + cover)
            done = covered[1]
    return "".join(kept) + text[done:]


def _covered(text: str, start: int, cover: str) -> Optional[Tuple[int, int]]:
    """From where to where the value that begins here is to be covered; None where it tells nothing."""
    value = _VALUE.match(text, start)
    if not value or _REFERENCE.match(value.group()):
        return None
    inner = "quoted" if value.group("open") else 0
    if cover == HOST and value.group(inner) in _LOOPBACK:
        return None
    return value.start(inner), value.end(inner)


def _option(text: str) -> str:
    """`--password value`."""
    kept, done = [], 0
    for found in _OPTION.finditer(text):
        name = found.group("name")
        cover = HIDDEN if says_secret(name) else HOST if _says_host(name, True) else ""
        covered = _covered(text, found.end(), cover) if cover and found.start() >= done else None
        if covered:
            kept.append(text[done : covered[0]] + cover)
            done = covered[1]
    return "".join(kept) + text[done:]


# ---------------------------------------------------------------- homes

_STOP = "\\s/\\\\:;,\"'`<>|()\\[\\]{}*?&=，。；：！？、（）《》“”‘’"
#: Also with characters that JSON or Python has written as \\uXXXX, whose first backslash the path before has taken.
_OWNER = "(?:[^" + _STOP + r"]|\\{1,2}u[0-9a-fA-F]{4}){1,80}"
_SPACED = "[^" + _STOP + "]{1,40}(?: [^" + _STOP + "]{1,40}){1,3}(?=[\\\\/\"'])"
_BACK = r"\\{1,4}"
_LEAD = r"(?:^|[^A-Za-z0-9_.~…/-]|(?<!:)/)(?:-[A-Z])?(?:/Volumes/[^/\n]{1,64})?(?:/[\w.-]{1,64}){0,5}"
#: The name of a home folder; in front of it the path to it, which begins where a path begins.
_OWNERS = (
    re.compile("(" + _LEAD + r"/home\d{0,2}/{1,2})(" + _OWNER + ")"),
    re.compile("(" + _LEAD + "/Users/{1,2})(" + _SPACED + "|" + _OWNER + ")"),
    re.compile(
        r"(?i)((?:[A-Z]:[\\/]{1,4}|" + _BACK + r")(?:Users|Documents and Settings|用户)[\\/]{1,4})"
        "(" + _SPACED + "|" + _OWNER + ")"
    ),
    re.compile(
        r"(?i)(\\{2,4}[\w.$-]{1,64}(?:" + _BACK + r"[\w.-]{1,64}){0,3}" + _BACK + "home" + _BACK + ")(" + _OWNER + ")"
    ),
)


def _homes(text: str) -> str:
    """The homes of others, and every spelling of our own that is not the home itself."""
    for pattern in _OWNERS:
        text = pattern.sub(_of_somebody, text)
    return text


def _of_somebody(match: Any) -> str:
    name = match.group(2)
    return str(match.group() if name.strip(".").lower() in _EVERYBODY else match.group(1) + USER)


def _owners(data: Any) -> Iterator[str]:
    """The names of all home folders in the data."""
    for text in _texts(data):
        if "ome" in text or "sers" in text or "Docum" in text:
            for pattern in _OWNERS:
                for match in pattern.finditer(text):
                    yield match.group(2).strip(".")


def _texts(data: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping) and depth < 40:
        for key, value in data.items():
            yield str(key)
            for text in _texts(value, depth + 1):
                yield text
    elif isinstance(data, (list, tuple, set, frozenset)) and depth < 40:
        for item in data:
            for text in _texts(item, depth + 1):
                yield text


def _home(home: str) -> Tuple[str, int]:
    """(An expression for a home folder in each of the ways in which it is written, its flags)."""
    windows = bool(re.match(r"[A-Za-z]:|\\", home))
    between = r"[\\/]{1,4}" if windows else "/{1,2}"
    parts = [
        "(?:" + "|".join(map(re.escape, _spellings(part))) + ")" for part in re.split(r"[\\/]+", home.strip("\\/"))
    ]
    ends = r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9_])" if ord(home.rstrip("\\/")[-1]) < 128 else r"(?![\w-]|\.\w)"
    begins = between if home[:1] == "\\" else home[:1] if home[:1] == "/" else ""
    alone = "" if len(parts) > 1 else "(?<![A-Za-z0-9_.~…-])"  # in /data/workspace, /workspace is no home
    return alone + begins + between.join(parts) + ends, re.I if windows else 0


def _tilde(match: Any) -> str:
    """`~`; inside a longer path (/mnt/backup/home/NAME) that would be another folder."""
    if match.group()[:1] != "/":
        return "~"
    before = match.string[max(0, match.start() - 3) : match.start()]
    return "~" if re.search(r"(?:^|[^A-Za-z0-9_.~…-])(?:-[A-Z])?$", before) else "/" + HOME


def _spellings(name: str) -> List[str]:
    """A name as it is, and as addresses, JSON and Python write its characters that are not ASCII."""
    if all(ord(character) < 128 for character in name):
        return [name]
    in_address = "".join(
        chr(byte) if byte < 128 else "%{:02X}".format(byte) for byte in name.encode("utf-8", "replace")
    )
    escaped = name.encode("ascii", "backslashreplace").decode("ascii")
    return [name, in_address, escaped, escaped.replace("\\", "\\\\")]


# ---------------------------------------------------------------- names of users and hosts


def _longest_first(names: Iterable[str]) -> List[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def _as_word(name: str) -> str:
    begins = "(?<![A-Za-z0-9])" if re.match("[A-Za-z0-9]", name) else ""
    ends = "(?![A-Za-z0-9])" if re.search("[A-Za-z0-9]$", name) else ""
    return begins + re.escape(name) + ends


def _as_folder(names: Iterable[str]) -> str:
    """One of the upper folders of an absolute path that is not the system's: /data/NAME, D:\\work\\NAME."""
    spelled = [re.escape(spelling) for name in names for spelling in _spellings(name)]
    return (
        r"(?<![A-Za-z0-9_.~…<>\\/-])((?!/(?:usr|opt|lib|lib64|etc|proc|sys|dev|bin|sbin|run|home|Users)[/ ])"
        r"(?:[A-Z]:[\\/]{1,4}(?:[\w. -]{1,40}[\\/]{1,4}){0,2}|/{1,2}(?:[\w.-]{1,40}/{1,2}){1,2}))"
        r"(?:" + "|".join(_longest_first(spelled)) + r")(?=[\\/:;,\s\"')\]]|$)"
    )


def _domain(host: str) -> str:
    """The domain of a host whose neighbours' names would tell as much: that of a department, not of a university.

    >>> _domain("pc7.cs.example.edu"), _domain("pc7.example.edu"), _domain("pc7.local")
    ('cs.example.edu', '', '')
    """
    labels = [label for label in host.split(".") if label][1:]
    national = (
        len(labels) > 1 and len(labels[-1]) == 2 and labels[-2].lower() in ("edu", "ac", "com", "co", "org", "gov")
    )
    return ".".join(labels) if len(labels) >= 3 + national else ""


def _below(domains: Iterable[str]) -> str:
    return r"(?<![\w.-])(?:[\w-]{1,63}\.){0,6}(?:" + "|".join(map(re.escape, _longest_first(domains))) + r")(?![\w-])"


#: After these it needs neither.
_SSH = re.compile(r"(\b(?:ssh|scp|sftp|rsync|mosh)\b[^\n@]{0,80}[\s\"'])[\w.+-]{1,64}@[\w.-]{1,255}")
#: `user@host` with a dot, or in a prompt.  git@ is everybody's, and `name@1.2` is a version.
_LOGIN = re.compile(
    r"(?<![\w.+%*>-])(?!git@|(?<=\\)[nrt]@)[\w.+%-]{1,64}@(?:[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,8}\.[A-Za-z]{2,24}(?![\w-])"
    r"|\d{1,3}(?:\.\d{1,3}){3}(?![\w.])(?=:|\s|$)|[A-Za-z0-9_-]{1,63}(?=:[~/\\]))"
)
#: Two strokes and one, or both of them doubled; two and two are a path of which a program has printed a part.
_SHARE = re.compile(
    r"(?<![\\\w:.%~>)\]}$-])(\\\\(?:\?\\UNC\\)?)([\w.$-]{1,63})(?=\\(?!\\))"
    r"|(?<![\\\w:.%~>)\]}$-])(\\{4}(?:\?\\\\UNC\\\\)?)([\w.$-]{1,63})(?=\\\\(?!\\))"
)
_MOUNT = re.compile(
    r"(?i)((?<![\w+])(?:ssh|sftp|smb|cifs|nfs|afp|rsync|ldap)://(?:\*\*\*@)?)(?!git)[A-Za-z0-9._-]{1,255}"
)


def _share(match: Any) -> str:
    host = (match.group(2) or match.group(4)).lower()
    if host in ("wsl$", "wsl.localhost", "localhost") or not host.strip("."):
        return str(match.group())
    return str((match.group(1) or match.group(3)) + HOST)


# ---------------------------------------------------------------- addresses

_LOOPBACK = frozenset(["localhost", "127.0.0.1", "0.0.0.0", "::1", "127.0.1.1", "::"])
_ADDRESS = re.compile(r"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\w|\.\d)")
#: Versions of four numbers look like addresses (cuDNN 8.9.2.26, cuRAND 10.3.2.106), so it takes more than a look.
_BEFORE_ADDRESS = re.compile(
    r"(?i)(?:://|@|//|\\\\|\b(?:hosts?|server|addr|address|ip|proxy|ssh|ping|via|peer|endpoint|trusted-host)\W{1,3})$"
)
_AFTER_ADDRESS = re.compile(r":\d{2,5}(?![\w.])|/\d{1,2}(?![\w.])")
_LONG_ADDRESS = re.compile(r"(?i)(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])")
_BRACKETED = re.compile(r"(?i)(?<=://\[)[0-9a-f:.%\w]{2,60}(?=\])")


def _addresses(text: str) -> str:
    return _ADDRESS.sub(_address, text) if text.count(".") > 2 else text


def _address(match: Any) -> str:
    numbers = [int(number) for number in match.groups()]
    whole = str(match.group())
    if max(numbers) > 255 or numbers[0] == 127 or whole in ("0.0.0.0", "255.255.255.255"):
        return whole
    private = numbers[:2] in ([192, 168], [169, 254]) or (numbers[0] == 172 and 16 <= numbers[1] < 32)
    before = match.string[max(0, match.start() - 20) : match.start()]
    if private or _BEFORE_ADDRESS.search(before) or _AFTER_ADDRESS.match(match.string, match.end()):
        return HOST
    return whole


def _long_addresses(text: str) -> str:
    """IPv6 and network cards; a time, a place on the PCI bus and a name of C++ have fewer colons or other letters."""
    if text.count(":") < 2:
        return text
    text = _BRACKETED.sub(lambda match: match.group() if match.group() in _LOOPBACK else HOST, text)
    return _LONG_ADDRESS.sub(_long_address, text)


def _long_address(match: Any) -> str:
    whole = str(match.group())
    groups = whole.split(":")
    card = len(groups) == 6 and all(len(group) == 2 for group in groups)
    full = len(groups) == 8 and all(groups)
    short = whole.count("::") == 1 and bool(re.match(r"(?i)(?:fe[89ab]|f[cd]|2[0-9a-f]{3}|3[0-9a-f]{3})", groups[0]))
    return HOST if card or full or (short and len(groups[0]) == 4) else whole


# ---------------------------------------------------------------- a chart

_PROXIES = ("env.HTTP_PROXY", "env.HTTPS_PROXY", "env.ALL_PROXY", "env.NO_PROXY")
_PROXY_HOST = re.compile(r"(^|://(?:\*\*\*@)?|[,;\s]|\*\*\*@)\.?(\*?[\w.-]{1,255})(?=[:/,;\s]|$)")


def redacted(chart: Chart, cover: Redaction) -> Chart:
    cover = for_chart(chart, cover)
    facts = {}  # type: Dict[str, Fact]
    for name, fact in chart.facts.items():
        facts[_unused(cover.text(name), facts)] = Fact(
            fact.state,
            _value(name, fact, cover),
            cover.text(str(fact.origin)),
            cover.text(str(fact.why)),
            cover.text(str(fact.detail)),
        )
    return chart._replace(
        patient=cover.data(dict(chart.patient)),
        facts=facts,
        complete=frozenset(map(cover.text, chart.complete)),
        probes=cover.data(dict(chart.probes)),
        doctor=cover.text(chart.doctor),
    )


def for_chart(chart: Chart, cover: Redaction) -> Redaction:
    """What covers this chart: also those who have a home in it.  Where it was taken elsewhere, the home of its patient
    is `~` there."""
    seen = [dict(chart.patient), [[fact.origin, fact.value, fact.detail] for fact in chart.facts.values()]]
    if chart.patient.get("chosen_by") == "--from":
        homes = set(cover.homes) | {home for home in map(_home_above, _places(chart)) if home}
        cover = cover._replace(homes=tuple(_longest_first(homes)))
    return cover.knowing([name for name in chart.facts if "." not in name], seen)


def _places(chart: Chart) -> List[str]:
    return [str(chart.patient.get(name) or "") for name in ("python", "prefix", "project")]


def _home_above(path: str) -> str:
    """The home folder in which something lies, or "".

    >>> _home_above("/home/li/envs/x/bin/python"), _home_above("/opt/conda")
    ('/home/li', '')
    """
    for pattern in _OWNERS:
        found = pattern.match(path)
        if found and found.group(2).lower() not in _EVERYBODY:
            return str(found.group())
    return ""


def _value(name: str, fact: Fact, cover: Redaction) -> Any:
    if fact.state != KNOWN or not name.startswith("env.") or not isinstance(fact.value, str):
        return cover.data(fact.value)
    if says_secret(name[len("env.") :]):
        return HIDDEN
    value = cover.text(fact.value)
    if name.upper() in map(str.upper, _PROXIES):  # of a proxy it matters that there is one, and whether it runs here
        value = _PROXY_HOST.sub(_proxy, value)
    return value


def _proxy(match: Any) -> str:
    host = match.group(2)
    told = host in _LOOPBACK or host in ("http", "https", "socks4", "socks5", "socks5h") or host.isdigit()
    return str(match.group() if told or host == "*" else match.group(1) + HOST)


# ---------------------------------------------------------------- this machine

_USERS = ("USER", "LOGNAME", "USERNAME", "SUDO_USER", "JUPYTERHUB_USER", "SLURM_JOB_USER", "NB_USER")
_HOSTS = ("HOSTNAME", "COMPUTERNAME", "USERDOMAIN", "SLURMD_NODENAME")


def of_this_machine(ask: Any) -> Redaction:
    """The names of this machine and its user."""
    import platform

    environ = ask.environ
    homes = [environ.get("HOME", ""), environ.get("USERPROFILE", ""), ask.path.expanduser("~")]
    users = [environ.get(name, "") for name in _USERS]
    users += [name for name in (ask.path.basename(home.rstrip("/\\")) for home in homes) if not _is_word(name)]
    hosts = [platform.node()] + [environ.get(name, "") for name in _HOSTS]
    return redaction(homes, users, hosts + [host.partition(".")[0] for host in hosts])
