"""What does a Python file import, and which removed interfaces does it use?

Pure: text in, data out; nothing is run.  Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
A statement's expressions are only searched when a word of the table stands on its lines: parsing is the cost,
walking every node would be as much again.
"""

import ast
import re
import warnings
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from .interfaces import AXIS, METHODS, SUCCESSORS, WORDS, apis_of

_CUDA = frozenset(["cuda", "Cuda", "CUDA", "use_cuda", "use_gpu"])
#: A batch size by its name; what is only validated or predicted with it has another one.
_BATCH = re.compile(
    r"(?i)^-{0,2}((train|training|freeze|unfreeze|mini|default)[-_]?)?batch[-_]?size([-_](train|per_gpu))?$"
)
_BATCH_WORDS = ("atch_size", "atch-size", "ATCH_SIZE", "atchSize", "atchsize", "DataLoader(")
_NOT_TRAINED = re.compile(r"(?i)(?:^|[-_.])(val|valid|test|eval|dev|pred|infer|demo|detect|export|summar|visual|sampl)")

_NEEDLE = re.compile(r"\.[ \t]*([A-Za-z_]\w*)|\b(?:hasattr|getattr|setattr)\b|\b(?:axis|lr|decay)\b\s*=")
_FLAG = re.compile(r"[Cc]uda\b|CUDA\b|use_gpu\b")
_PATH_CHANGED = re.compile(
    r"\bsys\.path\.(append|insert|extend)\b|\bsys\.path(\[[^\n]*\])?\s*\+?=[^=]|\baddsitedir\b|\b_init_paths?\b"
)
_MAIN = re.compile(r"^if\s+\(?\s*(__name__\s*==\s*['\"]__main__|['\"]__main__['\"]\s*==\s*__name__)", re.M)
_VERSION_TEST = re.compile(r"(?i)version|^is_?v\d|_v[12]$|py2|py3|tf_?[12]|legacy|compat")
#: Statements of Python 2; and what else only Python 2 reads, too short to be trusted anywhere but at the error itself.
_PYTHON2 = re.compile(
    r"^(?:.*[:;])?\s*(print\s+[^\s(=.,)\]]|print\s*>>|exec\s+['\"\w]|raise\s+[\w.]+\s*,|except\s+[\w.() ,]+,\s*\w+\s*:)"
)
_PYTHON2_BITS = re.compile(r"<>|`[\w.]+`|\bur['\"]|\b\d+L\b|\b(def\s+\w+|lambda)\b.*[(,]\s*\(\s*\w+\s*,")
_IMPORT_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?:from[ \t]+(?P<level>\.*)[ \t]*(?P<place>[\w.]*)[ \t]+import[ \t]+(?P<names>[^#;\n]*)"
    r"|import[ \t]+(?P<modules>[\w., \t]+))",
    re.M,
)
_DEFINED = re.compile(r"\bdef\s+(" + "|".join(METHODS) + r")\s*\(")

#: The file name that the parser is told, so that its warnings (invalid escapes …) can be silenced and no others.
_PARSED_AS = "<envdoctor-project>"

REQUIRED, MAIN, OPTIONAL = "required", "main", "optional"


class Import(NamedTuple):
    """One imported module.  `names` are those of `from module import …`; level counts its leading dots.

    need: "required" (runs whenever the file is loaded), "main" (in its `if __name__ == "__main__"` block) or
    "optional" (in a function, a guarded `try`, a branch that not everybody takes).
    """

    module: str
    names: Tuple[str, ...]
    level: int
    line: int
    need: str


class Use(NamedTuple):
    """One use of an interface of the table.

    guarded: the code is prepared for its absence.  startup: it runs whenever the file is loaded (not in a function).
    main: it stands in the block of `if __name__ == "__main__"`.  method: it was recognised by the method's name only.
    """

    api: str
    line: int
    guarded: bool = False
    startup: bool = False
    main: bool = False
    method: str = ""


class Source(NamedTuple):
    """A file as far as it was understood.  `trouble` is "", "python2" or "syntax"; `line` says where.

    defined: the names of its classes and functions.  batches: literal sizes of the batches that it trains with.
    Both as (what, line).
    """

    imports: Tuple[Import, ...] = ()
    uses: Tuple[Use, ...] = ()
    flags: Tuple[Tuple[str, int], ...] = ()
    patched: Tuple[str, ...] = ()
    trouble: str = ""
    line: int = 0
    defined: Tuple[Tuple[str, int], ...] = ()
    batches: Tuple[Tuple[int, int], ...] = ()


def tidy(text: str) -> str:
    """The text with \\n at the end of each line and without a byte order mark."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def runs_as_script(text: str) -> bool:
    """Does the file have an `if __name__ == "__main__"` block?"""
    return "__main__" in text and _MAIN.search(text) is not None


def changes_path(text: str) -> bool:
    """Does the file add folders to sys.path, so that its imports cannot be judged by their names?"""
    return _PATH_CHANGED.search(text) is not None


def defined_methods(text: str) -> Set[str]:
    """Names of METHODS that the file defines itself."""
    return set(_DEFINED.findall(text))


def may_use(text: str) -> bool:
    """Is there any word of the table?  False means that `read` would find no use."""
    imports = sketch(text)
    libraries = set(found.module.partition(".")[0] for found in imports) & set(WORDS)
    return any(True for found in imports for _ in _apis_of(found)) or any(True for _ in _needles(text, libraries))


def sketch(text: str) -> List[Import]:
    """The imports of a file, line by line, without parsing it.  What is indented counts as optional."""
    found = []
    for match in _IMPORT_LINE.finditer(text):
        line = text.count("\n", 0, match.start("indent")) + 1
        need = OPTIONAL if match.group("indent") else REQUIRED
        if match.group("modules") is not None:
            for module in match.group("modules").split(","):
                words = module.split()
                if words and (len(words) == 1 or (len(words) == 3 and words[1] == "as")):
                    found.append(Import(words[0], (), 0, line, need))
        elif match.group("place") or match.group("level"):
            names = tuple(re.findall(r"(\w+)(?:\s+as\s+\w+)?\s*(?:,|$)", match.group("names").strip("() \t\\")))
            found.append(Import(match.group("place"), names, len(match.group("level")), line, need))
    return found


def read(text: str) -> Source:
    """Imports, uses and flags of one file.  Never raises: what cannot be parsed is sketched, with the reason."""
    try:
        tree = parse(text)
    except SyntaxError as error:
        line = error.lineno or 1
        lines = text.split("\n")
        near = [one[:500] for one in lines[max(0, line - 2) : line + 1]]
        old = "call to 'print'" in str(error) or "call to 'exec'" in str(error) or any(map(_PYTHON2.search, near))
        old = old or "leading zeros" in str(error) or "invalid token" in str(error)  # 0755
        old = old or any(map(_PYTHON2_BITS.search, [one[:500] for one in lines[line - 1 : line]]))
        return _sketched(text, "python2" if old else "syntax", line)
    except (ValueError, RecursionError, MemoryError, OverflowError):  # NUL bytes, absurd nesting or numbers
        return _sketched(text, "syntax", 1)
    try:
        return _Walk(text).whole(tree)
    except RecursionError:
        return _sketched(text, "syntax", 1)


def _sketched(text: str, trouble: str, line: int) -> Source:
    imports = sketch(text)
    uses = [Use(api, found.line, startup=found.need == REQUIRED) for found in imports for api in _apis_of(found)]
    return Source(tuple(imports), tuple(uses), (), (), trouble, line)


def parse(text: str) -> ast.Module:
    """The syntax tree of a text, without its warnings.  Raises SyntaxError, ValueError, RecursionError, MemoryError."""
    # Each time, because whoever saves and restores the filters (tests, mostly) takes ours away with theirs.
    warnings.filterwarnings("ignore", module=re.escape(_PARSED_AS))
    tree = compile(text, _PARSED_AS, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def _needles(text: str, libraries: Iterable[str]) -> Iterator[int]:
    """Where words of these libraries stand, and words that ask whether something is there."""
    wanted = set().union(*[WORDS[library] for library in libraries])  # type: Set[str]
    if not wanted:
        return
    wanted.update(["__version__", "VERSION"])
    for match in _NEEDLE.finditer(text):
        attribute = match.group(1)
        if attribute is None or attribute in wanted:
            yield match.start()


def _apis_of(found: Import) -> List[str]:
    if found.level:
        return []
    every = apis_of(found.module)
    for name in found.names:
        every += [api for api in apis_of(found.module + "." + name) if api not in every]
    return every


# ---------------------------------------------------------------- the walk


class _Place(NamedTuple):
    """Under which circumstances does a statement run?"""

    maybe: bool = False
    main: bool = False
    deep: bool = False
    guarded: bool = False
    function: str = ""

    @property
    def need(self) -> str:
        return OPTIONAL if self.maybe or self.deep else MAIN if self.main else REQUIRED


_IMPORT_ERRORS = frozenset(["", "ImportError", "ModuleNotFoundError", "Exception", "BaseException"])
_USE_ERRORS = _IMPORT_ERRORS | frozenset(["AttributeError", "TypeError", "ValueError", "NameError"])
_LEAVE = frozenset(["exit", "quit", "_exit"])


class _Walk:
    """One pass over the statements, then a look into those expressions that are worth it."""

    def __init__(self, text: str) -> None:
        self.imports = []  # type: List[Import]
        self.uses = []  # type: List[Tuple[str, Use]]  # the name at the root of the expression, the use
        self.flags = []  # type: List[Tuple[str, int]]
        self.patched = set()  # type: Set[str]
        self.aliases: Dict[str, str] = {}
        self.unsure = set()  # type: Set[str]
        self.asked_for = set()  # type: Set[str]  # names that hasattr, getattr or setattr mention
        self.objects_asked = ()  # type: Tuple[str, ...]  # modules of which hasattr asks anything
        self.version_asked = set()  # type: Set[str]  # libraries whose version is looked at
        self.modules = set()  # type: Set[str]
        self.later = []  # type: List[Tuple[Any, _Place]]
        self.renamed = []  # type: List[Any]
        self.bound: Dict[str, int] = {}  # how many imports bind a name
        self.text, self.lines = text, _lines_of(text)
        self.batches = []  # type: List[Tuple[str, Optional[int], int]]  # name, literal size, line
        self.has_batches = any(word in text for word in _BATCH_WORDS)

    def whole(self, tree: ast.Module) -> Source:
        self.block(tree.body, _Place(), 1 << 30)
        for statement in self.renamed:
            self.rename(statement)
        for node, place in self.later:
            self.look(node, place)
        if self.uses:
            self.find_rebound(tree)
        uses = []
        for root, use in self.uses:
            asked = use.api.rpartition(".")[2] in self.asked_for or use.api.partition(".")[0] in self.version_asked
            asked = asked or use.api.startswith(self.objects_asked)
            uses.append(use._replace(guarded=use.guarded or asked or root in self.unsure))
        flags = sorted(set(self.flags), key=lambda flag: flag[1])
        uses.sort(key=lambda use: use.line)
        defined = [(node.name, node.lineno) for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        return Source(
            tuple(self.imports), tuple(uses), tuple(flags), tuple(sorted(self.patched)),
            defined=tuple(defined), batches=tuple(self.batch_sizes()),
        )  # fmt: skip

    # ------------------------------------------------------------ statements

    def block(self, body: List[Any], place: _Place, end: int) -> None:
        last = len(body) - 1
        for index, statement in enumerate(body):
            self.statement(statement, place, end if index == last else body[index + 1].lineno)

    def statement(self, node: Any, place: _Place, end: int) -> None:
        kind = type(node)
        if kind is ast.Import or kind is ast.ImportFrom:
            self.imported(node, place)
            return
        body = getattr(node, "body", None)
        if hasattr(node, "cases"):  # match, since Python 3.10
            self.later += [(part, place) for part in [node.subject] + [case.guard for case in node.cases] if part]
            for case in node.cases:
                self.block(case.body, place._replace(maybe=True), end)
            return
        if not isinstance(body, list):
            if self.worth(node.lineno, end):
                self.later.append((node, place))
            if kind is ast.Assign and isinstance(node.value, ast.Attribute):
                self.renamed.append(node)
            if self.has_batches and (kind is ast.Assign or (kind is ast.Expr and type(node.value) is ast.Call)):
                self.batch(node, place)
            return
        inside, otherwise = place, place
        if kind is ast.If:
            inside, otherwise = self.branches(node.test, place)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = place._replace(deep=True, function=place.function + "." + node.name)
        elif hasattr(node, "handlers"):
            self.attempt(node, place, end)
            return
        elif isinstance(node, (ast.With, ast.AsyncWith)) and _suppresses(node):
            inside = place._replace(maybe=True, guarded=True)
        rest = getattr(node, "orelse", [])
        first = min([node.lineno] + [decorator.lineno for decorator in getattr(node, "decorator_list", [])])
        if self.worth(first, body[0].lineno + 1):
            for head in _head(node):
                self.later.append((head, place))
        self.block(body, inside, rest[0].lineno if rest else end)
        if rest:
            self.block(rest, otherwise, end)

    def worth(self, start: int, end: int) -> bool:
        from bisect import bisect_left

        index = bisect_left(self.lines, start)
        return index < len(self.lines) and self.lines[index] < max(end, start + 1)

    def branches(self, test: Any, place: _Place) -> Tuple[_Place, _Place]:
        """Who gets into the two branches of an `if`?  A flag that somebody may set makes both of them optional."""
        maybe = place._replace(maybe=True)
        dead = place._replace(maybe=True, guarded=True)
        known, value = _constant(test)
        if known:
            return (place, dead) if value else (dead, place)
        names = _names_in(test)
        if "__name__" in names:
            return place._replace(main=True), maybe
        if names & set(["TYPE_CHECKING", "hasattr"]) or any(map(_VERSION_TEST.search, names)):
            return dead, dead
        return maybe, maybe

    def attempt(self, node: Any, place: _Place, end: int) -> None:
        caught = set()  # type: Set[str]
        for handler in node.handlers:
            if not _leaves(handler.body):
                caught |= _caught(handler.type)
        forgiving = bool(caught & _IMPORT_ERRORS)
        inside = place._replace(maybe=place.maybe or forgiving, guarded=place.guarded or bool(caught & _USE_ERRORS))
        next_parts = [node.handlers, node.orelse, node.finalbody]
        self.block(node.body, inside, min([part[0].lineno for part in next_parts if part] + [end]))
        for handler in node.handlers:
            about = bool(_caught(handler.type) & _USE_ERRORS)
            self.block(handler.body, place._replace(maybe=True, guarded=place.guarded or about), end)
        self.block(node.orelse, place._replace(maybe=place.maybe or forgiving), end)
        self.block(node.finalbody, place, end)

    def imported(self, node: Any, place: _Place) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.note(Import(alias.name, (), 0, node.lineno, place.need), place)
                self.modules.add(alias.name)
                top = alias.name.partition(".")[0]
                self.bind(alias.asname or top, alias.name if alias.asname else top)
            return
        module = node.module or ""
        level = node.level or 0
        self.note(Import(module, tuple(alias.name for alias in node.names), level, node.lineno, place.need), place)
        if not level:
            self.modules.add(module)
            self.modules.update(module + "." + alias.name for alias in node.names)
        for alias in node.names:
            if alias.name != "*":
                self.bind(alias.asname or alias.name, "" if level else module + "." + alias.name)

    def note(self, found: Import, place: _Place) -> None:
        self.imports.append(found)
        for api in _apis_of(found):
            self.used("", api, found.line, place)

    def bind(self, name: str, target: str) -> None:
        self.bound[name] = self.bound.get(name, 0) + 1
        if self.aliases.setdefault(name, target) != target:
            self.unsure.add(name)

    def rename(self, node: Any) -> None:
        """`K = keras.backend` gives a module a second name; `tf = tf.compat.v1` makes the first one ambiguous."""
        target, dotted = node.targets[0], self.dotted(node.value)
        if len(node.targets) == 1 and isinstance(target, ast.Name) and dotted:
            if target.id in self.aliases:
                self.unsure.add(target.id)
            else:
                self.aliases[target.id] = dotted

    # ------------------------------------------------------------ expressions

    def used(self, root: str, api: str, line: int, place: _Place, method: str = "") -> None:
        startup = not place.maybe and not place.deep
        self.uses.append((root, Use(api, line, place.guarded, startup, place.main, method)))

    def dotted(self, node: Any) -> str:
        """The canonical dotted name of an expression that starts at an imported name, or ""."""
        parts = []  # type: List[str]
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        target = self.aliases.get(node.id, "")
        return ".".join([target] + parts[::-1]) if target else ""

    def look(self, top: Any, place: _Place) -> None:
        """Search one statement or expression.  A stack, not recursion: sources nest deeper than Python allows."""
        quiet = set()  # type: Set[int]  # calls in which a version is only shown
        stack = [top]
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind is ast.Attribute:
                self.attribute(node, place, id(node) in quiet)
                if isinstance(node.value, (ast.Attribute, ast.Name)):
                    inner = node.value  # type: Any
                    while isinstance(inner, ast.Attribute):
                        inner = inner.value
                    if isinstance(inner, ast.Name):
                        continue  # the whole chain has been judged at its head
            elif kind is ast.Call:
                self.call(node, place)
                if isinstance(node.func, ast.Name) and node.func.id in ("print", "str"):
                    quiet.update(map(id, node.args))
                elif isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "info", "debug", "write"):
                    quiet.update(map(id, node.args))
            elif kind is ast.JoinedStr:
                quiet.update(id(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
            elif kind is ast.BinOp and isinstance(node.op, (ast.Mod, ast.Add)) and _is_text(node.left):
                quiet.update([id(node.right)])
                if isinstance(node.right, ast.Tuple):
                    quiet.update(map(id, node.right.elts))
            elif kind is ast.Subscript and isinstance(node.value, ast.Attribute) and node.value.attr == "ix":
                self.method(node.value, "ix", place)
            self.flag(node)
            stack.extend(ast.iter_child_nodes(node))

    def attribute(self, node: Any, place: _Place, shown: bool) -> None:
        dotted = self.dotted(node)
        if not dotted:
            return
        apis = apis_of(dotted)
        if not isinstance(node.ctx, ast.Load):
            self.patched.update(apis[-1:])
        elif apis:
            for api in apis:
                self.used(_root(node), api, node.lineno, place)
        elif not shown and re.search(r"\.(__version__|VERSION|version\.version)(\.|$)", dotted):
            self.version_asked.add(dotted.partition(".")[0])

    def call(self, node: Any, place: _Place) -> None:
        function, keywords = node.func, set(word.arg for word in node.keywords)
        if isinstance(function, ast.Name) and function.id in ("hasattr", "getattr", "setattr") and len(node.args) > 1:
            name = _text(node.args[1])
            if name and function.id == "setattr":
                self.patched.update(apis_of(self.dotted(node.args[0]) + "." + name)[-1:])
            elif name and (function.id == "hasattr" or len(node.args) > 2):
                self.asked_for.update([name] + SUCCESSORS.get(name, []))
                about = self.dotted(node.args[0]) if function.id == "hasattr" else ""
                self.objects_asked += (about + ".",) if about else ()
        dotted = self.dotted(function)
        if dotted:
            place_of, _, name = dotted.rpartition(".")
            root = _root(function)
            if "axis" in keywords and place_of == "torch" and name in AXIS:
                self.used(root, dotted + ".axis", node.lineno, place)
            if place_of in ("keras.optimizers", "tensorflow.keras.optimizers"):
                for word in ("lr", "decay"):
                    if word in keywords:
                        self.used(root, place_of + "." + word, node.lineno, place)
            if dotted == "yaml.load" and len(node.args) == 1 and not keywords:
                self.used(root, "yaml.load.without_loader", node.lineno, place)
        elif isinstance(function, ast.Attribute) and function.attr in METHODS:
            name = function.attr
            plain = not node.args and not keywords
            fits = {"bool": plain, "as_matrix": not node.args, "append": "ignore_index" in keywords, "ix": False}
            if fits.get(name, bool(node.args or keywords)):
                self.method(function, name, place)

    def method(self, node: Any, name: str, place: _Place) -> None:
        libraries, api = METHODS[name]
        if self.dotted(node):
            return  # a function of a module, not a method of some object
        if any((module + ".").startswith(library + ".") for module in self.modules for library in libraries):
            self.used("", api, node.lineno, place, name)

    def flag(self, node: Any) -> None:
        """`Cuda = True`, `{"cuda": True}`, `def f(cuda=True)`, `add_argument("--cuda", default=True)`."""
        pairs = []  # type: List[Tuple[Any, Any]]
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values))
        elif isinstance(node, ast.arguments):
            count = len(node.defaults)
            pairs = list(zip(node.args[-count:] if count else [], node.defaults))
            pairs += list(zip(node.kwonlyargs, node.kw_defaults))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            pairs = [(option, word.value) for option in node.args for word in node.keywords if word.arg == "default"]
        for name_of, value in pairs:
            if value is None or _constant(value) != (True, True) or _constant(value)[1] is not True:
                continue
            name = getattr(name_of, "id", None) or getattr(name_of, "attr", None) or getattr(name_of, "arg", None)
            name = (name or _text(name_of)).lstrip("-").replace("-", "_")
            if name in _CUDA:
                self.flags.append((name, name_of.lineno))

    def batch(self, node: Any, place: _Place) -> None:
        """`batch_size = 1`, `add_argument("--batch-size", default=1)`, `loader = DataLoader(data, batch_size=1)`."""
        call = node.value if type(node.value) is ast.Call else None
        function = getattr(call.func, "attr", None) or getattr(call.func, "id", None) if call else None
        target = getattr(node.targets[0], "id", "") if type(node) is ast.Assign else ""
        if function not in ("DataLoader", "add_argument") and "atch" not in target and "ATCH" not in target:
            return
        name, size, sure = "", None, not place.maybe  # type: str, Any, bool
        if function == "DataLoader" and call and type(node) is ast.Assign:
            words = {word.arg: word.value for word in call.keywords}
            size = words.get("batch_size") or (call.args[1] if len(call.args) > 1 else None)
            names = "-".join(sorted(_names_in(node.targets[0]) | (_names_in(call.args[0]) if call.args else set())))
            shuffled = _constant(words.get("shuffle"))[1] is True
            sure = ("train" in names.lower() or shuffled) and not re.search(r"(?i)(?<!train)val|test", names)
            name = "DataLoader"
        elif function == "add_argument" and call:
            options = [_text(option) for option in call.args if _BATCH.match(_text(option))]
            size = next((word.value for word in call.keywords if word.arg == "default"), None)
            name = options[0] if options and size is not None else ""
        elif _BATCH.match(target) and len(node.targets) == 1:
            name, size = target, node.value
        if name and ("train" in place.function.lower() or not _NOT_TRAINED.search(place.function)):
            value = _constant(size)[1] if sure else None
            self.batches.append((name, value if type(value) is int else None, node.lineno))

    def batch_sizes(self) -> List[Tuple[int, int]]:
        """The literal sizes; a name that is also given something else stands for no number that can be told."""
        told = [one for one in self.batches if one[0] == "DataLoader" and one[1] is not None] or self.batches
        doubtful = set(name for name, size, _ in told if size is None and name != "DataLoader")
        return [(size, line) for name, size, line in told if size is not None and name not in doubtful]

    def find_rebound(self, tree: ast.Module) -> None:
        """Imported names that the file also uses for something else: what they stand for is not certain."""
        roots = set(root for root, _ in self.uses) & set(self.aliases)
        # Whoever binds a name writes it without a dot behind it; most files do that in their imports only.
        bare = r"\b%s\b(?!\s*\.)(?!\s+import\b)"
        roots = set(root for root in roots if len(re.findall(bare % root, self.text)) > self.bound.get(root, 0))
        if not roots:
            return
        renamed = set(id(node.targets[0]) for node in self.renamed)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                name = "" if isinstance(node.ctx, ast.Load) or id(node) in renamed else node.id
            elif isinstance(node, ast.arg):
                name = node.arg
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                name = node.name
            elif isinstance(node, ast.ExceptHandler):
                name = node.name or ""
            else:
                continue
            if name in roots:
                self.unsure.add(name)


def _lines_of(text: str) -> List[int]:
    """The numbers of the lines that are worth a look, in order."""
    places = list(_needles(text, [library for library in WORDS if library in text]))
    if "True" in text:
        places = sorted(places + [found.start() for found in _FLAG.finditer(text)])
    lines = []  # type: List[int]
    line, here = 1, 0
    for position in places:
        line += text.count("\n", here, position)
        here = position
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def _head(node: Any) -> List[Any]:
    """The expressions of a compound statement that are not in its body."""
    parts = []  # type: List[Any]
    for field, value in ast.iter_fields(node):
        if field not in ("body", "orelse"):
            parts += [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST)]
    return parts


def _root(node: Any) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node: Any) -> Tuple[bool, Any]:
    """(True, value) of a literal number, text, True, False or None; NameConstant and Num until Python 3.7."""
    kind = type(node).__name__
    if kind in ("Constant", "NameConstant"):
        return True, node.value
    return (True, node.n) if kind == "Num" else (False, None)


def _text(node: Any) -> str:
    kind = type(node).__name__
    value = node.value if kind == "Constant" else node.s if kind == "Str" else ""
    return value if isinstance(value, str) else ""


def _is_text(node: Any) -> bool:
    return bool(_text(node)) or isinstance(node, ast.JoinedStr)


def _names_in(node: Any) -> Set[str]:
    """Every identifier of an expression."""
    found = set()  # type: Set[str]
    for part in ast.walk(node):
        name = getattr(part, "id", None) or getattr(part, "attr", None)
        if name:
            found.add(name)
    if "sys" in found and "platform" in found or "os" in found and "name" in found or "platform" in found:
        found.add("version")  # a question about the machine is as good as one about a version
    return found


def _caught(kind: Optional[Any]) -> Set[str]:
    """The exceptions that a handler names; "" for a bare `except`."""
    if kind is None:
        return set([""])
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return set(getattr(one, "id", None) or getattr(one, "attr", None) or "?" for one in kinds)


def _leaves(body: List[Any]) -> bool:
    """Does a handler end by raising or by leaving the program?"""
    last = body[-1]
    if isinstance(last, ast.Raise):
        return True
    call = last.value if isinstance(last, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    return (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in _LEAVE


def _suppresses(node: Any) -> bool:
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    return any("suppress" in (getattr(call.func, "id", ""), getattr(call.func, "attr", "")) for call in calls)
