"""Does anything leave the machine that must not: names, homes, hosts, tokens, ids of cards?"""

import html
import importlib
import json
import pkgutil
import platform
import re
import subprocess
import sys
import time
from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import envdoctor.texts
from envdoctor import renderers, rulebook
from envdoctor.chart import Chart, Fact, from_json, known, unknown
from envdoctor.gpu import renderers as gpu_renderers
from envdoctor.redact import Redaction, of_this_machine, redacted, redaction
from envdoctor.renderers import Console
from envdoctor.report import Doubt, Evidence, Plan, Remedy
from envdoctor.share import KEPT, for_format, redacted_answer, redacted_report, spelled

from .gpu_answers import ANSWERS
from .reports import REPORTS
from .tape import Tape

LANGUAGES = ("en", "zh")
UUID = "GPU-6e1f5b7a-1c8d-7d0b-5a3b-3f0e4d9f1a2b"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ6c2FuIn0.c2lnbmF0dXJl"
DIGEST = "0123456789abcdef0123456789abcdef01234567"
COVER = redaction(
    ["/home/zhangsan", "C:\\Users\\zhangsan", "/home/张三丰", "/mnt/homes/a.b+c(d"],
    ["zhangsan", "张三丰", "a.b+c(d", "root", "test", "li"],
    ["lab-pc7", "lab-pc7.cs.example.edu", "DESKTOP-A1B2C3D", "server"],
)


# ---------------------------------------------------------------- what real texts look like

NAMES = [
    ("/home/zhangsan/envs/x/bin/python", "~/envs/x/bin/python"),
    ("/home/zhangsan", "~"),
    ("/home/zhangsan2/x and /home/zhangsan.", "/home/<user>/x and ~."),
    ("PATH=/home/zhangsan/bin:/home/zhangsan/.local/bin:/usr/bin", "PATH=~/bin:~/.local/bin:/usr/bin"),
    ("file:///home/zhangsan/x", "file://~/x"),
    ("gcc -I/home/zhangsan/include -L/home/wang/lib", "gcc -I~/include -L/home/<user>/lib"),
    ("/mnt/backup/home/zhangsan/x", "/mnt/backup/<home>/x"),
    ("C:\\Users\\zhangsan\\envs", "~\\envs"),
    ("c:/users/ZhangSan/envs", "~/envs"),
    ("'C:\\\\Users\\\\zhangsan\\\\envs'", "'~\\\\envs'"),
    ("C:\\Users\\ZHANGS~1\\AppData", "C:\\Users\\<user>\\AppData"),
    ("C:\\Users\\li wei\\x, C:\\Users\\li wei", "C:\\Users\\<user>\\x, C:\\Users\\<user> wei"),
    ("'C:\\Users\\li wei'", "'C:\\Users\\<user>'"),
    ("D:\\Documents and Settings\\wang\\x", "D:\\Documents and Settings\\<user>\\x"),
    ("D:\\work\\zhangsan\\yolo", "D:\\work\\<user>\\yolo"),
    ("/mnt/c/Users/wang/x", "/mnt/c/Users/<user>/x"),
    ("/c/Users/wang/x", "/c/Users/<user>/x"),
    ("\\\\wsl$\\Ubuntu\\home\\wang\\x", "\\\\wsl$\\Ubuntu\\home\\<user>\\x"),
    ("\\\\wsl.localhost\\Ubuntu\\home\\wang", "\\\\wsl.localhost\\Ubuntu\\home\\<user>"),
    ("/Users/anna/x, /Volumes/Macintosh HD/Users/anna/x", "/Users/<user>/x, /Volumes/Macintosh HD/Users/<user>/x"),
    ("/public/home/wang/miniconda3", "/public/home/<user>/miniconda3"),
    ("/home/li/x and /data/li", "/home/<user>/x and /data/li"),  # two letters are no name outside of a home
    ("/home/张三丰/x, 张三丰的电脑", "~/x, <user>的电脑"),
    ("在/home/wang/下", "在/home/<user>/下"),
    ("/home/%E5%BC%A0%E4%B8%89%E4%B8%B0/x", "~/x"),
    ('"C:\\\\Users\\\\\\u5f20\\u4e09\\u4e30\\\\x"', '"C:\\\\Users\\\\\\<user>\\\\x"'),
    ("/mnt/homes/a.b+c(d/x", "~/x"),
    ("owner a.b+c(d, not axb+c(d", "owner <user>, not axb+c(d"),
    ("/data/zhangsan/x and --entity zhangsan", "/data/<user>/x and --entity <user>"),
    ("tf_zhangsan", "tf_<user>"),
    ("/data/test/x", "/data/<user>/x"),
    ("lab-pc7, LAB-PC7 and lab-pc71", "<host>, <host> and lab-pc71"),
    ("lab-pc7.cs.example.edu and gpu3.cs.example.edu", "<host> and <host>"),
    ("ssh -p 22 li@gpu-node nvidia-smi", "ssh -p 22 <user>@<host> nvidia-smi"),
    ("--rdzv_endpoint=gpu7:29500 --dist-url gpu7", "--rdzv_endpoint=<host> --dist-url <host>"),
    ("S-1-5-21-1234567890-1234567890-1234567890-1001", "***"),
    ("(base) zhangsan@lab-pc7:~$ python", "(base) <user>@<host>:~$ python"),
    ("li.si@example.org", "<user>@<host>"),
    ("ssh li@10.1.2.3", "ssh <user>@<host>"),
    ("\\\\NAS01\\share\\x", "\\\\<host>\\share\\x"),
    ("'\\\\\\\\NAS01\\\\share'", "'\\\\\\\\<host>\\\\share'"),
    ("sftp://nas01/x", "sftp://<host>/x"),
    ("USER=li HOME=/home/li", "USER=<user> HOME=/home/<user>"),
    ("MASTER_ADDR=gpu-7 --master_addr gpu-7", "MASTER_ADDR=<host> --master_addr <host>"),
    ("192.168.1.7 and 172.20.0.3", "<host> and <host>"),
    ("http://10.1.2.3:8080/simple", "http://<host>:8080/simple"),
    ("tcp 10.0.0.5:22, --trusted-host 10.0.0.5", "tcp <host>:22, --trusted-host <host>"),
    ("fe80::1ff:fe23:4567:890a%eth0 or http://[2001:db8::7]:80/", "<host>%eth0 or http://[<host>]:80/"),
    ("aa:bb:cc:dd:ee:ff", "<host>"),
    (UUID + ", " + UUID.lower(), "GPU-***, GPU-***"),
    ("CUDA_VISIBLE_DEVICES=GPU-8932f937,MIG-" + UUID + "/1/0", "CUDA_VISIBLE_DEVICES=GPU-***,MIG-***"),
]

SECRETS = [
    ("http://me:secret@proxy.example:3128", "http://***@proxy.example:3128"),
    ("https://tok3n@index.example/simple", "https://***@index.example/simple"),
    ("git+https://me:p@ss@git.example/x.git@v1.0", "git+https://***@git.example/x.git@v1.0"),
    ("https://me:pa/ss@index.example/simple", "https://***@index.example/simple"),
    ("https://conda.example/t/li-1234-abcd/pkgs/main", "https://conda.example/t/***/pkgs/main"),
    ("https://index.example/simple?token=abc&x=1", "https://index.example/simple?token=***&x=1"),
    ("https://bucket.example/a?X-Amz-Signature=abc&sig=def", "https://bucket.example/a?X-Amz-Signature=***&sig=***"),
    ("https://hook.example/send?key=abc", "https://hook.example/send?key=***"),
    ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/services/***"),
    ("https://discord.com/api/webhooks/1/abc", "https://discord.com/api/webhooks/***"),
    ('{"username": "x", "key": "0123456789abcdef0123456789abcdef"}', '{"username": "x", "key": "***"}'),
    ("http://localhost:8888/lab?token=abc", "http://localhost:8888/lab?token=***"),
    ("HF_TOKEN=abc python train.py", "HF_TOKEN=*** python train.py"),
    ("export WANDB_API_KEY=" + DIGEST, "export WANDB_API_KEY=***"),
    ("wandb login " + DIGEST, "wandb login ***"),
    ("AWS_SECRET_ACCESS_KEY: abc/def+ghi", "AWS_SECRET_ACCESS_KEY: ***"),
    ("--password hunter2 --epochs 3", "--password *** --epochs 3"),
    ("--hf-token=abc --lr 1", "--hf-token=*** --lr 1"),
    ('{"api_key": "abc def", "x": 1}', '{"api_key": "***", "x": 1}'),
    ("{'password': 'abc'}", "{'password': '***'}"),
    ('"{\\"secret\\": \\"abc\\"}"', '"{\\"secret\\": \\"***"}"'),
    ("private_token => abc", "private_token => ***"),
    ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
    ("PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: ***"),
    ("curl -H 'Bearer abcdefgh12345678'", "curl -H 'Bearer ***'"),
    ("AccountKey=abc==;EndpointSuffix=x", "AccountKey=***;EndpointSuffix=x"),
    ("//registry.example/:_authToken=abc", "//registry.example/:_authToken=***"),
    ("密码：abc，令牌: def", "密码：***，令牌: ***"),
    ("hf_abcdefgh12345678", "***"),
    ("hf_" + "aBcDeFgHiJ" * 3, "***"),
    ("ghp_0123456789abcdef and github_pat_11AAAAAAA0abc", "*** and ***"),
    ("glpat-abcdefgh1234", "***"),
    ("sk-proj-abcdefgh12345678", "***"),
    ("sk-ant-api03-abcdefgh12345678", "***"),
    ("AKIA0123456789ABCDEF", "***"),
    ("LTAI5tAbCdEfGhIjKlMn", "***"),
    ("xoxb-1234567890-abcdef", "***"),
    ("AIza" + "aB3" * 11, "***"),
    ("nvapi-abcdefgh12345678", "***"),
    (JWT, "***"),
    ("x\n-----BEGIN OPENSSH PRIVATE KEY-----\nabc\ndef\n-----END OPENSSH PRIVATE KEY-----\ny", "x\n***\ny"),
    ("-----BEGIN PRIVATE KEY-----\nabc", "***"),
]


@pytest.mark.parametrize("text, covered", NAMES + SECRETS)
def test_what_is_covered(text, covered):
    assert COVER.text(text) == covered
    assert COVER.text(covered) == covered


@pytest.mark.parametrize("text, covered", SECRETS)
def test_a_secret_needs_no_names(text, covered):
    assert Redaction().text(text) == covered


HARMLESS = [
    "torch==1.13.1+cu117", "tokenizers==0.15.0", "keyring 24.3", "secretstorage==3.3", "hf_transfer", "hf-transfer",
    "nvidia-curand-cu12==10.3.2.106", "nvidia-cudnn-cu12 8.9.2.26", "opencv-python 4.1.2.30", "cuDNN 7.6.5.32",
    "10.0.19045.4170", "127.0.0.1:7890", "http://localhost:8080", "http://127.0.0.1:7890", "0000:01:00.0", "12:30:45",
    "std::vector<at::Tensor>", "c10::Error", "--max_tokens 512 --pad_token '[PAD]' --eos_token_id 2",
    "KeyError: 'token'", "num_tokens=3, key=lambda x: x", "HF_TOKEN=$HF_TOKEN", "TOKEN=%TOKEN%", "token=None",
    "use_auth_token=True", "https://host.example:8080/@scope/pkg", "git@github.com:org/repo", "pkg@1.2.3",
    "git+https://github.com/a/b@" + DIGEST, "git_version = '" + DIGEST + "'", "~/envs/x/bin/python",
    "~/home/x", "src/home/views.py", "data/home/train", "https://example.org/home/x", "/home/runner/work",
    "C:\\Users\\Public\\x", "/root/x", "GPU-accelerated", "GPU-0", "RTX-3080", "/opt/test/x", "src/test/x.py",
    "tests/test_x.py", "the test failed", "/usr/lib/python3/dist-packages/test/x", "pip install --user torch",
    "server", "libcudnn.so.8: cannot open shared object file", "sha256:" + DIGEST + DIGEST[:24],
    "C:\\Program Files\\NVIDIA GPU Computing Toolkit\\CUDA\\v11.2\\bin", "'\\n\\nCurrent thread'", "\\\\d+\\\\w",
    "/usr/local/cuda-11.2/lib64:/usr/lib/wsl/lib", "https://docs.example.org/a?page=3&lang=zh", "显卡驱动 535.183.01",
    "host: x86_64-linux", "--host 0.0.0.0 --server --port 80", "sort_key=name", '"key": "conv1_1_bn_running_mean"',
    "PWD=/data/x", "C:\\ProgramData\\anaconda3\\envs\\tf\\python.exe", "@pytest.mark.parametrize", "a@b", "::1",
]  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays(text):
    assert COVER.text(text) == text


def test_our_own_words_stay():
    """Sentences, and all that rules say; /home/x in an example is a home, too."""
    for module in pkgutil.iter_modules(envdoctor.texts.__path__):
        for texts in importlib.import_module("envdoctor.texts." + module.name).TEXTS.values():
            assert [COVER.text(text) for text in texts] == list(texts)
    for rule in rulebook.load().rules:
        treatments = rule.treatments
        words = [rule.title, rule.detail, *(one.note for one in treatments if one.note)]
        texts = [text for one in words for text in one.values()] + [rule.id, rule.cause, *rule.sources]
        texts += [pin for one in treatments for pin in (*one.pip, *one.constraints)]
        assert [COVER.text(text) for text in texts] == texts


@pytest.mark.parametrize("user", ["torch", "data", "test", "user", "python", "keras", "conda", "12345"])
def test_a_name_that_is_a_word_tears_nothing(user):
    """Only the folder of that name is covered."""
    cover = redaction(["/home/" + user], [user], [user])
    for report in map(redacted_report, [REPORTS["sick"](), REPORTS["healthy"]()], [cover] * 2):
        chart = report.chart
        assert chart.distributions() and "***" not in str(chart.distributions())
        assert chart.value("packages.count") == len(chart.distributions())
        assert not re.search("<user>|<host>", str([found.title for found in report.findings]))
    assert cover.text(f"/home/{user}/x") == "~/x"
    assert cover.text(f"pytorch, {user} and my{user}s") == f"pytorch, {user} and my{user}s"


def test_a_name_that_a_distribution_has_stays_its_name():
    chart = Chart({}, {"zhangsan": known("1.0", "/home/zhangsan/x/zhangsan-1.0.dist-info/METADATA")})
    seen = redacted(chart, COVER)
    assert seen.distributions() == {"zhangsan": "1.0"}
    assert seen.fact("zhangsan").origin == "~/x/zhangsan-1.0.dist-info/METADATA"


def test_who_has_a_home_is_a_user():
    chart = Chart({"python": "/home/wang/x/bin/python"}, {"a": known("/data/wang/y"), "b": known("wang")})
    seen = redacted(chart, COVER)
    assert (seen.patient["python"], seen.value("a")) == ("/home/<user>/x/bin/python", "/data/<user>/y")


def test_the_home_of_a_chart_from_elsewhere():
    chart = Chart({"python": "/home/wang/x/bin/python", "chosen_by": "--from"}, {"a": known("/home/wang/y")})
    seen = redacted(chart, COVER)
    assert (seen.patient["python"], seen.value("a")) == ("~/x/bin/python", "~/y")


def test_variables_by_their_names():
    facts = {
        "env.HF_TOKEN": known("abc"),
        "env.HTTPS_PROXY": known("http://me:pw@proxy.example.edu:3128"),
        "env.HTTP_PROXY": known("http://127.0.0.1:7890"),
        "env.ALL_PROXY": known("socks5://gateway:1080"),
        "env.NO_PROXY": known("localhost,127.0.0.1,.example.edu,10.0.0.0/8"),
        "env.CUDA_VISIBLE_DEVICES": known("0,1"),
    }
    seen = redacted(Chart({}, facts), COVER)
    assert {name: fact.value for name, fact in seen.facts.items()} == {
        "env.HF_TOKEN": "***",
        "env.HTTPS_PROXY": "http://***@<host>:3128",
        "env.HTTP_PROXY": "http://127.0.0.1:7890",
        "env.ALL_PROXY": "socks5://<host>:1080",
        "env.NO_PROXY": "localhost,127.0.0.1,<host>,<host>/8",
        "env.CUDA_VISIBLE_DEVICES": "0,1",
    }


def test_two_homes_stay_two():
    assert Redaction().data({"/home/wang/x": 1, "/home/chen/x": 2}) == {"/home/<user>/x": 1, "/home/<user>/x (2)": 2}


def test_a_command_keeps_its_words():
    command = ("/home/zhangsan/x/bin/python", "-m", "pip", "install", "--index-url", "https://a:b@i.example/s", "x<3")
    assert COVER.command(command) == ("~/x/bin/python", *command[1:5], "https://***@i.example/s", "x<3")
    assert COVER.command(("curl", "-u", "me:pw", "--token", "abc", "--master_addr", "gpu7", "--master_port", "1")) == (
        "curl", "-u", "***", "--token", "***", "--master_addr", "<host>", "--master_port", "1",
    )  # fmt: skip


def test_the_names_of_a_machine(monkeypatch):
    monkeypatch.setattr(platform, "node", lambda: "pc7.cs.example.edu")
    environ = {"HOME": "/home/zhangsan", "USER": "zhangsan", "SUDO_USER": "wangwu", "SLURMD_NODENAME": "gpu-node-3"}
    cover = of_this_machine(Tape(environ=environ))
    assert cover.text("/home/zhangsan/x /data/wangwu/x pc7 pc9.cs.example.edu gpu-node-3") == (
        "~/x /data/<user>/x <host> <host> <host>"
    )
    windows = Tape(
        "windows", environ={"USERPROFILE": "C:\\Users\\王 五", "USERNAME": "王 五", "COMPUTERNAME": "PC-WANG"}
    )
    assert of_this_machine(windows).text("c:\\users\\王 五\\x on pc-wang") == "~\\x on <host>"


def test_a_home_need_not_be_named_like_its_user():
    cover = of_this_machine(Tape(environ={"HOME": "/workspace", "USER": "root"}))
    assert cover.text("/workspace/x and /data/workspace/x") == "~/x and /data/workspace/x"


@pytest.mark.parametrize("home", ["/", "/home", "/home/", "/Users", "C:\\Users", "C:\\", "", "~"])
def test_what_is_no_home_hides_nobody(home):
    cover = of_this_machine(Tape(environ={"HOME": home, "USER": "root"}))
    assert (
        cover.text("/home/wangwu/x, /Users/wangwu, C:\\Users\\wangwu")
        == "/home/<user>/x, /Users/<user>, C:\\Users\\<user>"
    )


def test_a_folder_in_home_that_is_a_word_is_nobody():
    chart = Chart({}, {"a": known("/home/data/x"), "b": known("/mnt/data/y")})
    seen = redacted(chart, COVER)
    assert (seen.value("a"), seen.value("b")) == ("/home/<user>/x", "/mnt/data/y")


# ---------------------------------------------------------------- whatever comes

PIECES = [
    "/", "\\", "\\\\", "a", "li", "zhangsan", "张三丰", "test", "/home/", "/Users/", "C:\\Users\\", "~", "~/", "<user>",
    "<host>", "***", "@", ":", "=", "://", "/t/", "?key=", "token", "HF_TOKEN=", "--password ", "'", '"', ",", " ",
    "\n", ".", "-", "1", "10.0.0.5", "lab-pc7", "lab-pc7.cs.example.edu", "GPU-", UUID, JWT, DIGEST, "sk-", "hf_", "%",
    "_", "Bearer ", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "fe80::", "USER=", "MASTER_ADDR=",
    "\udc80",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=12).map("".join)
things = st.recursive(
    st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(), st.binary(max_size=5)),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.one_of(texts, st.integers()), inner), st.tuples(inner)),
    max_leaves=10,
)


@settings(max_examples=500)
@given(texts)
def test_twice_is_once(text):
    once = COVER.text(text)
    assert COVER.text(once) == once


@given(things)
def test_no_data_is_too_strange(data):
    COVER.knowing((), data).data(data)
    redacted(Chart({"python": data}, {"x": known(data)}, probes={"p": data}), COVER)


def test_data_as_deep_as_a_well():
    deep = "/home/zhangsan/x"
    for _ in range(5000):
        deep = [deep]
    assert "zhangsan" not in str(COVER.knowing((), deep).data(deep))


names = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x9FFF, blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Mn")),
    min_size=5,
    max_size=12,
).filter(lambda name: not re.search(r"[\\/~<>*]", name) and name.strip(".") == name and any(map(str.isalpha, name)))


@given(names)
def test_any_name_can_be_a_users(name):
    cover = redaction([f"/home/{name}"], [name], [])
    if cover.users:
        text = cover.text(f"/home/{name}/x, /data/{name}/y ({name}) and /home/{name}")
        assert text == "~/x, /data/<user>/y (<user>) and ~"


#: Repeated, each is the worst that some expression could be given.
ADVERSARIES = [
    "a", "/", "\\", "/a", "\\a", "\\\\a\\", "\\\\a\\\\", "a:", "://", "://a", "://a:b", "://a@", "a@", "a@b.",
    "1.", "1.1.1.1", "a:b:", "-", "--a ", "--a=", "a=", 'a="', "'a' : ", "/home/", "/home/a/", "/Users/a ",
    "/Volumes/a", "C:\\Users\\", "C:\\Users\\a ", "/t/", "://x/t", "?key=", "token=[", "eyJ", "eyJa-", "eyJa.",
    "sk-", "sk-a", "hf_", "hf_a", "ghp_", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "GPU-", "GPU-aaaaaaaa-",
    "aaaaaaaa-", DIGEST, "Bearer ", "bearer a", "密码：", "/data/", "D:\\a a\\", "a.cs.example.edu.", "::1:",
    "fe80::", "://[", "ssh://a", "-L/home/", "zhangsan", "/home/zhangsan", "u5f20\\", "_", "%", "\n", " ", "张",
    "\\u5f20",
]  # fmt: skip


def seconds(text):
    start = time.process_time()
    COVER.text(text)
    return time.process_time() - start


@pytest.mark.parametrize("piece", ADVERSARIES)
def test_four_times_the_text_takes_about_four_times_as_long(piece):
    """Sixteen times would be the sign of an expression that goes back and forth."""
    short, long = (piece * (size // len(piece)) for size in (16000, 64000))
    ratios = []
    for _ in range(4):
        ratios.append((seconds(long) + 0.001) / (seconds(short) + 0.001))
        if ratios[-1] < 8:
            return
    raise AssertionError(ratios)


def test_a_megabyte_is_no_trouble():
    line = (
        "/home/zhangsan/x HF_TOKEN=abc http://a:b@c.example/ \\\\nas\\x 10.0.0.5:22 " + "a=b " * 10 + "x" * 100 + "\n"
    )
    short, long = (line * (size // len(line)) for size in (100000, 1000000))
    assert seconds(long) < 30 * (seconds(short) + 0.001)


# ---------------------------------------------------------------- every format

#: What is planted, and what of it must be found nowhere.
PLANTS = {
    "home": ("/home/zhangsan/envs/x/bin/python", "zhangsan"),
    "home of Windows": ("C:\\Users\\zhangsan\\envs", "zhangsan"),
    "another's home": ("/home/wangwu/miniconda3/x", "wangwu"),
    "another's folder": ("/Users/wangwu/x and /data/wangwu/y", "wangwu"),
    "name": ("--entity zhangsan", "zhangsan"),
    "Chinese name": ("/data/张三丰/训练", "张三丰"),
    "name with signs": ("/data/a.b+c(d/x", "a.b+c(d"),
    "host": ("on lab-pc7", "lab-pc7"),
    "domain": ("node-x9.cs.example.edu", "node-x9"),
    "share": ("\\\\NAS01\\share\\x", "NAS01"),
    "address": ("http://10.11.12.13:8080/simple", "10.11.12.13"),
    "prompt": ("(base) wangwu@pc-of-wang:~$", "pc-of-wang"),
    "mail": ("wangwu@mail.example.org", "mail.example"),
    "login": ("https://wangwu:hunter2pw@index.example/simple", "hunter2pw"),
    "token in an address": ("https://conda.example/t/tk-1234-secret/main", "tk-1234-secret"),
    "token in a query": ("https://index.example/simple?access_token=tk1234secret", "tk1234secret"),
    "variable": ("HF_TOKEN=tk1234secret", "tk1234secret"),
    "option": ("--api-key tk1234secret", "tk1234secret"),
    "JSON": ('{"wandb_api_key": "tk1234secret"}', "tk1234secret"),
    "token": ("ghp_0123456789abcdefSECRET", "0123456789abcdef"),
    "web token": (JWT, "eyJzdWIiOiJ6c2FuIn0"),
    "card": (UUID, "1c8d-7d0b"),
    "private key": ("-----BEGIN RSA PRIVATE KEY-----\nMIIEsecret\n-----END RSA PRIVATE KEY-----", "MIIEsecret"),
}
plants = st.lists(st.sampled_from(sorted(PLANTS)), min_size=1, max_size=4, unique=True)
FORMATS = [name for name in renderers.names() if for_format(name)]
GPU_FORMATS = [name for name in gpu_renderers.names() if for_format(name)]
EVERY = pytest.mark.parametrize("lang", LANGUAGES)


def test_every_format_is_redacted_but_those_for_ones_own_terminal():
    assert set(KEPT) <= set(renderers.names()) and set(KEPT) <= set(gpu_renderers.names())
    assert {name for name in renderers.names() if not for_format(name)} == set(KEPT)
    assert {"html", "markdown"} <= set(FORMATS) and "html" in GPU_FORMATS
    assert for_format("chart") and for_format("a-format-of-tomorrow")


def argv(text):
    return (text,) if "PRIVATE KEY" in text else tuple(text.split(" "))  # nobody's shell would tear that


def planted(value, text):
    """Data of the same shape with the text in every string of it, and numbers as they are."""
    if isinstance(value, str):
        return f"{value} {text}"
    if isinstance(value, (list, tuple)):
        return [planted(item, text) for item in value] + [text]
    if isinstance(value, dict):
        return {**{key: planted(item, text) for key, item in value.items()}, text: text}
    return value


def planted_chart(chart, text):
    facts = {
        name: Fact(
            fact.state, planted(fact.value, text), planted(fact.origin, text), fact.why, planted(fact.detail, text)
        )
        for name, fact in chart.facts.items()
    }
    facts["project.extra"] = known({text: [text, {"x": text}]}, text)
    facts["project.lost"] = unknown("probe-failed", text, text)
    facts["env.LD_LIBRARY_PATH"], facts["env.PIP_INDEX_URL"] = known(text, text), known(text)
    ours = ("python", "prefix", "project", "name", "version", "passed_over")
    patient = {key: planted(value, text) if key in ours else value for key, value in chart.patient.items()}
    patient.update(project=text + "/yolo", passed_over=["CONDA_PREFIX=" + text])
    return chart._replace(patient=patient, facts=facts, probes={"gpu": {"ms": 1, "trouble": text}})


def planted_finding(found, python, text):
    commands = ((python, "-m", "pip", "install", text), ("sh", "-c", text), argv(text))
    return replace(
        found,
        title={lang: f"{words} {text}" for lang, words in found.title.items()},
        detail={lang: f"{words} {text}" for lang, words in found.detail.items()},
        evidence=(
            *(Evidence(one.fact, planted(one.value, text), text) for one in found.evidence),
            Evidence(text, text),
        ),
        sources=(*found.sources, text),
        packages=(*found.packages, text),
        remedy=Remedy(commands, (text,), note={lang: text for lang in LANGUAGES}),
        consequences=tuple(planted_finding(child, python, text) for child in found.consequences),
    )


def planted_report(report, text):
    chart = planted_chart(report.chart, text)
    python = str(chart.patient.get("python") or "python")
    findings = tuple(planted_finding(found, python, text) for found in report.findings * 2)
    doubts = (*report.doubts, Doubt("driver/x", ("driver", text), "probe-failed", text))
    plan = Plan(((python, "-m", "pip", "install", text), argv(text)))
    return replace(report, chart=chart, findings=findings, doubts=doubts, plan=plan, ignored=(text,), verbose=True)


def planted_answer(answer, text):
    report = planted_report(answer.report, text) if answer.report is not None else None
    python = str(report.chart.patient.get("python") or "python") if report is not None else "python"
    card = {"uuid": UUID, "name": "NVIDIA X"}
    cards = tuple(replace(one, **card) if not place else one for place, one in enumerate(answer.cards))
    scene, process = answer.scene, answer.process
    if scene is not None:
        others = tuple(replace(one, user="wangwu", command=planted(one.command, text)) for one in scene.others)
        scene = replace(scene, cards=cards, others=others, wanted_by=text, hidden=text, doubt_detail=text, used=(UUID,))
    if process is not None:
        process = replace(
            process, command=(*process.command, *argv(text)), user="zhangsan", folder=text, python=text,
            environ={"HOME": text, "HF_TOKEN": "tk1234secret"}, name=text,
        )  # fmt: skip
    reasons = tuple(
        replace(one, words={key: planted(word, text) if key not in ("why", "verdict", "stage") else word
                            for key, word in one.words.items()})
        for one in answer.verdict.reasons
    )  # fmt: skip
    trials = tuple(
        replace(
            trial,
            words=planted(trial.words, text),
            stages=tuple(replace(one, error=text, found=planted(dict(one.found), text)) for one in trial.stages),
        )
        for trial in answer.trials
    )
    return replace(
        answer, verdict=replace(answer.verdict, reasons=reasons), report=report, cards=cards, scene=scene,
        causes=tuple(planted_finding(found, python, text) for found in answer.causes), process=process, trials=trials,
        command=(*answer.command, *argv(text)) if answer.command else (),
    )  # fmt: skip


def spellings(text):
    """A text as it reads in any format: without marks, escapes undone."""
    bare = re.sub("<[^<>]*>|\u200b", "", text)
    yield from (text, bare, html.unescape(bare), bare.replace("\\", ""))
    yield re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code.group(1), 16)), text)


def check(text, chosen):
    for name in chosen:
        needle = PLANTS[name][1]
        for spelled_text in spellings(text):
            at = spelled_text.lower().find(needle.lower())
            assert at < 0, (name, spelled_text[max(0, at - 100) : at + 60])


@settings(max_examples=20)
@given(plants, st.sampled_from(sorted(REPORTS)), st.sampled_from(["", "(", "x=", "“"]))
@pytest.mark.parametrize("form", FORMATS)
@EVERY
def test_no_report_tells_a_secret(form, lang, chosen, name, before):
    text = " ".join(before + PLANTS[one][0] for one in chosen)
    report = redacted_report(planted_report(REPORTS[name](), text), COVER)
    check(renderers.renderer(form).render(report, lang, Console(100, encoding="utf-8")), chosen)


@given(plants, st.sampled_from(sorted(REPORTS)))
def test_no_chart_tells_a_secret(chosen, name):
    text = " ".join(PLANTS[one][0] for one in chosen)
    chart = redacted(planted_chart(REPORTS[name]().chart, text), COVER)
    check(json.dumps(chart.as_json(), ensure_ascii=False), chosen)
    assert redacted(from_json(json.loads(json.dumps(chart.as_json()))), COVER).as_json() == chart.as_json()


@lru_cache(maxsize=None)
def answer_of(name):
    return ANSWERS[name]()


@settings(max_examples=25)
@given(plants, st.sampled_from(sorted(ANSWERS)))
@pytest.mark.parametrize("form", GPU_FORMATS)
@EVERY
def test_no_answer_about_the_gpu_tells_a_secret(form, lang, chosen, name):
    text = " ".join(PLANTS[one][0] for one in chosen)
    answer = redacted_answer(planted_answer(answer_of(name), text), COVER)
    written = gpu_renderers.renderer(form).render(answer, lang, Console(100, encoding="utf-8"))
    check(written, [*chosen, "card", "name", "another's home"])
    check(repr(answer), [*chosen, "card", "name", "another's home"])  # also what no format shows today


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_twice_is_once(name):
    once = redacted_report(planted_report(REPORTS[name](), " ".join(text for text, _ in PLANTS.values())), COVER)
    assert redacted_report(once, COVER) == once


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_answer_twice_is_once(name):
    once = redacted_answer(planted_answer(answer_of(name), " ".join(text for text, _ in PLANTS.values())), COVER)
    assert redacted_answer(once, COVER) == once


# ---------------------------------------------------------------- what stays


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_keeps_its_sense(name):
    report = REPORTS[name]()
    seen = redacted_report(report, COVER)
    assert seen.verdict == report.verdict and seen.chart.distributions() == report.chart.distributions()
    assert [found.title for found in seen.findings] == [found.title for found in report.findings]
    assert [found.detail for found in seen.findings] == [found.detail for found in report.findings]
    assert [found.sources for found in seen.findings] == [found.sources for found in report.findings]
    assert set(seen.chart.facts) == set(report.chart.facts)
    for fact in ("gpu", "driver", "torch.cuda", "os.name", "python", "packages.count", "gpu.memory"):
        assert seen.chart.fact(fact).value == report.chart.fact(fact).value


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_answer_keeps_its_sense(name):
    answer = answer_of(name)
    seen = redacted_answer(answer, COVER)
    assert seen.verdict.verdict == answer.verdict.verdict and seen.samples == answer.samples
    assert [card.name for card in seen.cards] == [card.name for card in answer.cards]
    assert len({card.uuid for card in seen.cards}) == len({card.uuid for card in answer.cards})
    if answer.scene is not None:
        assert [card.uuid in seen.scene.used for card in seen.cards] == [
            card.uuid in answer.scene.used for card in answer.cards
        ]
        numbers = {card.uuid: number for number, card in enumerate(answer.cards)}
        told = {card.uuid: number for number, card in enumerate(seen.cards)}
        assert [told.get(one.card) for one in seen.scene.others] == [
            numbers.get(one.card) for one in answer.scene.others
        ]
    if seen.process is not None:
        assert seen.process.environ == {} and seen.process.pid == answer.process.pid


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("home", ["/home/zhangsan", "/home/zhang san", "/home/张三丰"])
@pytest.mark.parametrize("inside", ["x/bin/python", "my envs/x/bin/python", "o'k/$x/python"])
def test_a_command_can_still_be_run(home, inside):
    """In the shell of whoever has such an environment."""
    cover = redaction([home], [home.rpartition("/")[2]], [])
    chart = redacted(Chart({"python": f"{home}/{inside}"}, {}), cover)
    command = cover.command((f"{home}/{inside}", "-m", "pip", "install", "h5py<3"))
    line = spelled(command, chart)
    assert line.startswith("~/")
    done = subprocess.run(
        ["sh", "-c", "printf '%s\\n' " + line],
        env={"HOME": "/h", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout.decode("utf-8").splitlines() == ["/h/" + inside, "-m", "pip", "install", "h5py<3"]
