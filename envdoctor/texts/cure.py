"""What is said while an environment is changed, put back or restored, and when that cannot be?"""

TEXTS = {
    # ------------------------------------------------------------ refused: nothing was touched
    "nothing-to-do": (
        "there is nothing to change",
        "没有需要更改的内容",
    ),
    "python-silent": (
        "{path} does not say where its packages lie ({detail}), so nothing was changed",
        "{path} 没有回答它的包安装在哪里（{detail}），因此没有做任何更改",
    ),
    "managed": (
        "{path} belongs to the operating system, whose own tools rely on its packages; make an environment of your own instead: python3 -m venv .venv",
        "{path} 由操作系统管理，系统自带的工具依赖其中的包；请新建自己的环境：python3 -m venv .venv",
    ),
    "not-writable": (
        "{path} cannot be written to ({problem}), so nothing was changed; make an environment of your own instead: python3 -m venv .venv",
        "{path} 无法写入（{problem}），因此没有做任何更改；请新建自己的环境：python3 -m venv .venv",
    ),
    "busy": (
        "process {pid} is changing this environment right now; wait until it is done",
        "进程 {pid} 正在更改这个环境；请等它完成",
    ),
    "pending-first": (
        "an earlier change of this environment was interrupted; finish it or put it back first",
        "之前对这个环境的一次更改被中断了；请先完成它，或者恢复原状",
    ),
    "nothing-pending": (
        "no interrupted change was found in this environment",
        "这个环境中没有被中断的更改",
    ),
    "disk-too-full": (
        "the change needs {need} MiB on the disk of the environment, and {free} MiB are free; nothing was changed",
        "这次更改需要环境所在磁盘有 {need} MiB 空间，目前只剩 {free} MiB；没有做任何更改",
    ),
    "disk-full": (
        "the disk of the environment is full; nothing was changed",
        "环境所在的磁盘已满；没有做任何更改",
    ),
    "disk-trouble": (
        "the files of the environment cannot be saved ({problem}), so nothing was changed",
        "无法保存环境中的文件（{problem}），因此没有做任何更改",
    ),
    "fetch-failed": (
        "not everything could be fetched for {names}; nothing was changed",
        "无法获取 {names} 所需的全部文件；没有做任何更改",
    ),
    "stopped-before": (
        "stopped before anything was changed",
        "在更改之前已停止，环境没有变化",
    ),
    "nothing-to-undo": (
        "there is nothing to undo in this environment",
        "这个环境中没有可以撤销的更改",
    ),
    "changed-since": (
        "since the fix somebody else has changed {names}; undoing it would lose that, so nothing was done",
        "修复之后，{names} 又被更改过；撤销会丢失那些更改，因此没有做任何操作",
    ),
    "snapshot-gone": (
        "the saved files in {path} are missing or damaged, so nothing was done",
        "{path} 中保存的文件缺失或已损坏，因此没有做任何操作",
    ),
    # ------------------------------------------------------------ why everything was put back
    "step-failed": (
        "step {number} of {count} ({names}) failed; everything is as it was before",
        "第 {number} 步（共 {count} 步，{names}）失败；一切已恢复原状",
    ),
    "still-there": (
        "{name} {version} is still there although it was removed; everything is as it was before",
        "{name} {version} 卸载后仍然存在；一切已恢复原状",
    ),
    "not-there": (
        "{name} {version} is not there although it was installed; everything is as it was before",
        "{name} {version} 安装后却不存在；一切已恢复原状",
    ),
    "other-version": (
        "{name} is there in version {found} instead of {version}; everything is as it was before",
        "{name} 的版本是 {found}，而不是 {version}；一切已恢复原状",
    ),
    "check-failed": (
        "after the change this fails: {title} ({complaint}); everything is as it was before",
        "更改之后，以下检查失败：{title}（{complaint}）；一切已恢复原状",
    ),
    "worse": (
        "the change would bring a new fault ({rules}); everything is as it was before",
        "这次更改会带来新的问题（{rules}）；一切已恢复原状",
    ),
    "stopped": (
        "stopped on the way; everything is as it was before",
        "中途停止；一切已恢复原状",
    ),
    "put-back": (
        "everything is as it was before the interrupted change",
        "一切已恢复到被中断的更改之前",
    ),
    "disk-filled": (
        "the disk filled up on the way; everything is as it was before",
        "中途磁盘写满；一切已恢复原状",
    ),
    "disk-failed": (
        "a file could not be read or written on the way ({problem}); everything is as it was before",
        "中途有文件无法读写（{problem}）；一切已恢复原状",
    ),
    # ------------------------------------------------------------ neither the old nor the new
    "not-put-back": (
        "the files could not all be put back ({problem}); mend that and run the command again, what was saved is kept",
        "有文件无法恢复（{problem}）；请先解决这个问题再运行一次，保存的文件仍在",
    ),
    "conda-failed": (
        "conda could not return to revision {revision}; what was saved is kept, and the command can be run again",
        "conda 无法回到版本 {revision}；保存的文件仍在，可以再运行一次",
    ),
    "snapshot-spoiled": (
        "{path} was written to while the environment was being changed ({count} such files), so it is not as it was before; install its package anew",
        "更改期间 {path} 被写入过（这样的文件共 {count} 个），无法恢复原状；请重新安装它所属的包",
    ),
    "not-as-before": (
        "{names} could not be brought back exactly as before",
        "{names} 没能完全恢复原状",
    ),
    # ------------------------------------------------------------ what a killed doctor has left
    "pending-fix-applying": (
        "an earlier fix was interrupted in step {step} of {count} ({names})",
        "之前的一次修复在第 {step} 步（共 {count} 步，{names}）被中断",
    ),
    "pending-fix-verifying": (
        "an earlier fix was interrupted while its result was being checked ({names})",
        "之前的一次修复在检查结果时被中断（{names}）",
    ),
    "pending-fix-rolling-back": (
        "an earlier fix had failed and was interrupted while everything was being put back ({names})",
        "之前的一次修复失败，在恢复原状时被中断（{names}）",
    ),
    "pending-undo-applying": (
        "an earlier undo was interrupted ({names})",
        "之前的一次撤销被中断（{names}）",
    ),
    "pending-undo-verifying": (
        "an earlier undo was interrupted while its result was being checked ({names})",
        "之前的一次撤销在检查结果时被中断（{names}）",
    ),
    "pending-undo-rolling-back": (
        "an earlier undo had failed and was interrupted while everything was being put back ({names})",
        "之前的一次撤销失败，在恢复原状时被中断（{names}）",
    ),
    # ------------------------------------------------------------ what is told on the way
    "stage-fetch": (
        "fetching what is needed: {names}",
        "正在获取所需文件：{names}",
    ),
    "stage-save": (
        "saving the environment as it is",
        "正在保存环境的现状",
    ),
    "stage-step": (
        "step {number} of {count}: {names}",
        "第 {number} 步（共 {count} 步）：{names}",
    ),
    "stage-check": (
        "check {number} of {count}",
        "第 {number} 项检查（共 {count} 项）",
    ),
    "stage-diagnose": (
        "examining the environment again",
        "正在重新检查环境",
    ),
    "stage-restore": (
        "putting everything back",
        "正在恢复原状",
    ),
    "log-at": (
        "full output: {path}",
        "完整输出：{path}",
    ),
}
