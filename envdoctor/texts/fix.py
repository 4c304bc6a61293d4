"""What do `fix` and `undo` say?"""

TEXTS = {
    "nothing": (
        "Nothing to change: no finding has a cure that this environment can take.",
        "没有要改的：没有哪个问题可以靠改动这个环境解决。",
    ),
    "healthy": ("Nothing to mend: no fault was found.", "没有要修的：没有发现问题。"),
    "plan": ("The plan", "方案"),
    "plan-resolved": (
        "checked with {solver}: all of it can be installed together, for this Python and this system",
        "已用 {solver} 核实：这些版本能一起装在当前 Python 和系统上",
    ),
    "plan-known": (
        "from the rules alone: no resolver could be asked ({why})",
        "只依据规则：没能用解析器核实（{why}）",
    ),
    "why-no-resolver": (
        "neither uv nor a pip from 22.2 on is there; `pip install uv` in any environment gives one",
        "没有 uv，也没有 22.2 以上的 pip；在任意环境里 `pip install uv` 即可",
    ),
    "why-timeout": ("it took too long", "耗时太长"),
    "why-failed": ("it failed: {said}", "它出错了：{said}"),
    "column-package": ("package", "包"),
    "column-from": ("from", "现在"),
    "column-to": ("to", "改为"),
    "column-why": ("why", "原因"),
    "not-there": ("-", "-"),
    "removed": ("removed", "移除"),
    "any": ("newest that fits", "合适的最新版"),
    "again": ("{version} again", "重装 {version}"),
    "follows": ("goes with {names}", "随 {names} 一起变"),
    "commands": ("What will be run:", "将要执行："),
    "left": ("Not mended by this plan:", "这个方案解决不了的："),
    "obstacle": ("There is no plan: {why}", "没有可行的方案：{why}"),
    "conflict": (
        "what the findings call for does not go together with what is installed.",
        "各项修改与已安装的包无法同时满足。",
    ),
    "resolver-said": ("{solver} says: {said}", "{solver} 的说法：{said}"),
    "new-environment": (
        "Some of it cannot be mended in this environment. `envdoctor plan --project .` writes a recipe for a new one.",
        "有些问题在这个环境里解决不了。`envdoctor plan --project .` 可以给出一个新环境的配方。",
    ),
    "ask": ("Apply it", "现在执行吗"),
    "declined": ("Nothing was changed.", "没有改动任何东西。"),
    "dry-run": (
        "Nothing was changed. `envdoctor fix{words}` applies it.",
        "没有改动任何东西。执行请用 `envdoctor fix{words}`。",
    ),
    "no-terminal": (
        "Nobody can be asked here: add --yes to apply it, or --dry-run to see it only.",
        "这里无法询问：加 --yes 直接执行，或加 --dry-run 只看方案。",
    ),
    "only-dry-run": (
        "This patient is a description, not an environment on this machine: only `fix --dry-run` makes sense.",
        "这个对象只是一份描述，不是本机上的环境：只能用 `fix --dry-run`。",
    ),
    "no-such-finding": (
        "No finding here is of the rule {rule}. Found: {found}.",
        "这里没有规则 {rule} 的问题。发现的有：{found}。",
    ),
    # ---- progress
    "progress": ("{what} ({seconds} s)", "{what}（{seconds} 秒）"),
    "doing-examine": ("examining the environment", "正在检查环境"),
    "doing-resolve": ("looking for versions that go together", "正在寻找互相兼容的版本"),
    # ---- outcome
    "rehearsed": (
        "Rehearsed: it was installed in a scratch copy of this environment, and what must work works there.",
        "已演练：在这个环境的临时副本里装过，该能用的都能用。",
    ),
    "rehearsal-failed": ("The rehearsal failed, so nothing was changed: {why}", "演练失败，没有改动任何东西：{why}"),
    "done": ("Done. {count} changed, in {seconds} s.", "完成：改动 {count} 个包，用时 {seconds} 秒。"),
    "done-healthy": ("No error is left.", "没有遗留的错误。"),
    "done-left": ("Errors that are left: {count}.", "还有 {count} 个错误没有解决。"),
    "undo-hint": (
        "`envdoctor undo{words}` brings back what was there before.",
        "`envdoctor undo{words}` 可以恢复原状。",
    ),
    "log": ("Full log: {path}", "完整日志：{path}"),
    # ---- undo
    "undone": ("Undone: what was there before the last fix is back.", "已撤销：恢复到上一次 fix 之前的状态。"),
    "pending-ask": (
        "Roll it back (b), or finish it (f)",
        "恢复原状（b），还是继续完成（f）",
    ),
    "pending-needs-answer": (
        "Say what to do with it: --resume brings it to its end, --roll-back brings back what was there before.",
        "请说明怎么处理：--resume 继续完成，--roll-back 恢复原状。",
    ),
    "nothing-pending": (
        "No earlier change was cut off here, so there is nothing to resume or to roll back.",
        "这里没有中断的改动，不需要继续完成或恢复原状。",
    ),
    "yes-and-dry-run": ("--yes and --dry-run contradict each other.", "--yes 和 --dry-run 互相矛盾。"),
    "resume-and-roll-back": (
        "--resume and --roll-back contradict each other.",
        "--resume 和 --roll-back 互相矛盾。",
    ),
    "rolled-back": ("What was there before is back.", "已恢复原状。"),
    "finished": ("It has been brought to its end.", "已继续完成。"),
}
