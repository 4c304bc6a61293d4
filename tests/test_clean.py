"""Does cleaning show what a program printed, whatever stands around it?"""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.explaining.excerpt import WHOLE, excerpt
from envdoctor.intake.clean import LONGEST, NoText, clean, raw_lines, unwrap

ERROR = "ModuleNotFoundError: No module named 'cv2'"
HEADER = "Traceback (most recent call last):"


def cleaned(text: str) -> list:
    return list(clean(text.split("\n")))


@pytest.mark.parametrize(
    "raw",
    [
        ERROR,
        "\x1b[31m" + ERROR + "\x1b[0m",
        "\x1b]0;title\x07" + ERROR,
        "[31m" + ERROR + "[0m",
        "> " + ERROR,
        "> > " + ERROR,
        "2024-05-01T12:34:56.1234567Z " + ERROR,
        "2024-05-01 12:34:56,123 " + ERROR,
        "[2024-05-01 12:34:56,123] " + ERROR,
        "12:34:56 " + ERROR,
        "[rank1]: " + ERROR,
        "[1,0]<stderr>:" + ERROR,
        "(pid=1234) " + ERROR,
        "(RayTrainWorker pid=1234, ip=10.0.0.1) " + ERROR,
        "web_1  | " + ERROR,
        "trainer-1  | " + ERROR,
        "[pod/trainer-0/main] " + ERROR,
        "#12 34.56 " + ERROR,
        "3: " + ERROR,
        "May  1 12:34:56 node7 python[321]: " + ERROR,
        "2024-05-01 12:34:56.789 | ERROR    | __main__:main:12 - " + ERROR,
        "│ " + ERROR + "                    │",
        "      │ " + ERROR,
        " 10%|█         | 1/10 [00:01<00:09]\r 20%|██        | 2/10 [00:02<00:08]\r" + ERROR,
        ERROR.replace("'", "&#39;"),
        "<code>" + ERROR + "</code>",
        ERROR + "\x00\u200b",
        "\ufeff" + ERROR,
        ERROR.replace(" ", "\u00a0"),
        "2024-05-01 12:34:56,123 [rank0]: > \x1b[1m" + ERROR,
    ],
)
def test_prefixes_and_colours_are_taken_away(raw: str) -> None:
    assert cleaned(raw) == [ERROR]


@pytest.mark.parametrize(
    "line",
    [
        ">>> import torch",
        "|   0  GeForce GTX 1070    Off  | 00000000:01:00.0  On |                  N/A |",
        "(base) D:\\yolo>python train.py",
        '  File "train.py", line 3, in <module>',
        "RuntimeError: shape '[64, 3]' is invalid for input of size 100",
        "训练完成，准确率 96.3%",
        "Original Traceback (most recent call last):",
        "value [0] m = 3",
    ],
)
def test_what_a_program_printed_itself_stays(line: str) -> None:
    assert cleaned(line) == [line]


def test_a_traceback_behind_a_bar_begins_a_line() -> None:
    assert cleaned(" 12%|█▏ " + HEADER)[-1] == HEADER


def test_only_the_last_state_of_a_bar_is_kept() -> None:
    assert cleaned("a 1%|x\ra 2%|x\ra 3%|x") == ["a 3%|x"]
    assert cleaned("loading failed\ra 2%|x\rdone") == ["loading failed", "done"]


def test_boxes_of_rich_become_a_traceback() -> None:
    box = [
        "╭───────────── Traceback (most recent call last) ─────────────╮",
        "│ /home/u/project/train.py:12 in <module>                     │",
        "│                                                             │",
        "│    11                                                       │",
        "│ ❱  12 main()                                                │",
        "╰─────────────────────────────────────────────────────────────╯",
    ]
    lines = list(clean(box))
    assert lines[0] == HEADER
    assert lines[1] == '  File "/home/u/project/train.py", line 12, in <module>'
    assert not any(character in "".join(lines) for character in "│╭╰❱")


@pytest.mark.parametrize("written, read", [("gbk", "latin-1"), ("utf-8", "latin-1"), ("utf-8", "gb18030")])
def test_chinese_that_was_read_in_a_wrong_encoding_is_read_again(written: str, read: str) -> None:
    text = "ImportError: DLL load failed: 找不到指定的模块。"
    wrong = text.encode(written).decode(read, "replace")
    assert wrong != text
    assert "找不到指定的模块" in cleaned(wrong)[0]


TEXT = "第一行\nImportError: DLL load failed: 找不到指定的程序\nlast\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_bytes_of_every_usual_encoding(encoding: str, end: str) -> None:
    text = "Traceback of a run\n" + TEXT if encoding.startswith("utf-16-") else TEXT
    lines = list(clean(raw_lines(io.BytesIO(text.replace("\n", end).encode(encoding)))))
    assert [line for line in lines if line] == text.strip("\n").split("\n")


def test_a_log_may_mix_encodings() -> None:
    data = "找不到模块\n".encode("gbk") + "完成了\n".encode() + b"caf\xe9\n"
    assert list(raw_lines(io.BytesIO(data)))[:2] == ["找不到模块", "完成了"]


def test_binary_data_is_no_text() -> None:
    with pytest.raises(NoText):
        list(raw_lines(io.BytesIO(bytes(range(256)) * 40)))


@given(st.binary(max_size=2000))
def test_any_bytes_give_lines_or_a_complaint(data: bytes) -> None:
    try:
        lines = list(clean(raw_lines(io.BytesIO(data))))
    except NoText:
        return
    assert not any(character < " " and character != "\t" for line in lines for character in line)


@given(st.text(max_size=400))
def test_nothing_that_is_cleaned_steers_a_terminal(text: str) -> None:
    assert not any(character in line for line in cleaned(text) for character in "\x1b\x9b\x00\u202e\r")


def test_long_lines_are_cut() -> None:
    (line,) = cleaned("x" * 1_000_000)
    assert len(line) <= LONGEST + 10
    (only,) = list(raw_lines(io.BytesIO(b"x" * 9_000_000)))
    assert len(only) < 9_000_000


@pytest.mark.parametrize("columns", [80, 120])
def test_lines_that_a_terminal_cut_are_joined(columns: int) -> None:
    long = "OSError: libcusparse.so.11: cannot open shared object file: " + "/opt/very/long/path/" * 8 + "x.so"
    cut = [long[start : start + columns] for start in range(0, len(long), columns)]
    assert unwrap([HEADER, *cut, ""]) == [HEADER, long, ""]


def test_lines_of_a_table_are_not_joined() -> None:
    rows = ["| a    | b    |" + " " * 60 + "|"] * 6
    assert unwrap(rows) == rows
    same = [f"Epoch {number} " + "x" * 70 for number in range(9)]
    assert unwrap(same) == same


def test_of_a_very_long_log_the_errors_are_kept() -> None:
    calm = "step loss 0.1234 lr 0.001 images 12.3 per second and nothing else to tell\n"
    half = calm * (WHOLE // len(calm) + 2000)
    log = (half + f'{HEADER}\n  File "a.py", line 3, in <module>\n{ERROR}\n' + half).encode()
    lines = excerpt(io.BytesIO(log))
    assert ERROR in lines and HEADER in lines
    assert len(lines) < 20_000
