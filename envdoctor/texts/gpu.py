"""What does `envdoctor gpu` say?

The verdicts are headlines; every reason is one sentence that is true by itself.
"""

TEXTS = {
    # ---- headlines
    "verdict-used": ("The GPU is used.", "GPU 正在使用中。"),
    "verdict-underfed": ("The GPU is used, but little.", "用到了 GPU，但利用率不高。"),
    "verdict-input-bound": (
        "The GPU is used, and mostly waits for data.",
        "用到了 GPU，但它大部分时间在等数据。",
    ),
    "verdict-idle": ("GPU memory is held, but nothing is computed on the GPU.", "占着显存，但没有在 GPU 上计算。"),
    "verdict-compiling": (
        "Probably kernels are being compiled for this card; ask again in a few minutes.",
        "很可能正在为这块显卡编译内核；过几分钟再看。",
    ),
    "verdict-cpu-only": ("The GPU is not used: everything runs on the CPU.", "没有用到 GPU：全部在 CPU 上运行。"),
    "verdict-not-yet": ("The GPU has not been used so far.", "目前还没有用到 GPU。"),
    "verdict-wrong-gpu": ("The wrong GPU is used.", "用的不是指定的那块 GPU。"),
    "verdict-other-process": (
        "The GPU is not used by this program; its load belongs to another process.",
        "这个程序没有用 GPU；显卡上的负载是别的进程的。",
    ),
    "verdict-cannot-tell": ("Whether the GPU is used cannot be told.", "无法判断有没有用到 GPU。"),
    "verdict-test-used": ("The GPU works.", "GPU 可以正常使用。"),
    "verdict-test-cpu-only": ("No GPU can be used from this environment.", "这个环境里用不上 GPU。"),
    "verdict-test-wrong-gpu": (
        "The GPU computes wrong values with this framework.",
        "这块 GPU 配这个框架会算出错误的结果。",
    ),
    "verdict-test-cannot-tell": ("Whether the GPU can be used cannot be told.", "无法判断能不能用 GPU。"),
    "confidence-high": ("sure", "有把握"),
    "confidence-medium": ("fairly sure", "比较有把握"),
    "confidence-low": ("not sure", "把握不大"),
    "headline": ("{headline} ({confidence})", "{headline}（{confidence}）"),
    # ---- who
    "title-test": ("envdoctor {doctor} — GPU self-test of {who}", "envdoctor {doctor} — GPU 自检：{who}"),
    "title-pid": (
        "envdoctor {doctor} — {command} (PID {pid}), watched for {seconds} s",
        "envdoctor {doctor} — {command}（PID {pid}），观察了 {seconds} 秒",
    ),
    "title-command": (
        "envdoctor {doctor} — {command}, watched for {seconds} s",
        "envdoctor {doctor} — {command}，观察了 {seconds} 秒",
    ),
    "title-live": ("envdoctor {doctor} — GPUs, {seconds} s", "envdoctor {doctor} — 显卡，{seconds} 秒"),
    "a-process": ("a process", "某个进程"),
    "card": ("GPU {number}: {name}, {gib} GiB", "GPU {number}：{name}，显存 {gib} GiB"),
    "card-no-size": ("GPU {number}: {name}", "GPU {number}：{name}"),
    "card-ours": ("{card} (in use by this program)", "{card}（本程序在用）"),
    "no-cards": ("no NVIDIA GPU is listed", "没有列出 NVIDIA 显卡"),
    "python-of": ("interpreter: {path}", "解释器：{path}"),
    # ---- figures
    "figure-gpu": ("GPU, all programs", "GPU（所有程序）"),
    "figure-sm": ("GPU, this program", "GPU（本程序）"),
    "figure-memory": ("GPU memory", "显存"),
    "figure-cpu": ("CPU", "CPU"),
    "figures-percent": ("median {middle} %, most {most} %", "中位数 {middle} %，最高 {most} %"),
    "figures-core": (
        "median {middle} % of a core, most {most} %",
        "中位数 {middle} %，最高 {most} %（100 % 为一个核）",
    ),
    "figures-mib": ("{last} MiB at the end, most {most} MiB", "结束时 {last} MiB，最高 {most} MiB"),
    # ---- reasons: what was watched
    "no-samples": ("It ended before anything could be seen.", "它结束得太快，什么都没来得及看到。"),
    "ended-soon": (
        "It ended after {seconds} s; that is too short to show what it would use.",
        "它运行 {seconds} 秒就结束了，时间太短，看不出会用什么。",
    ),
    "short": (
        "Only {seconds} s were watched; look longer with --seconds to be surer.",
        "只观察了 {seconds} 秒；用 --seconds 看久一点会更有把握。",
    ),
    "gpu-lost": (
        "A GPU has fallen off the bus, or needs a reset: the driver reports it as lost.",
        "有一块 GPU 已掉线或需要重置（驱动报告它已丢失）。",
    ),
    "lost-before": ("Before that it looked like: {verdict}.", "在那之前的判断是：{verdict}。"),
    "kernels": (
        "Its own kernels ran in {percent} % of the time (median), in {zeros} % of the samples none did.",
        "它自己的内核在 {percent} % 的时间里运行（中位数），{zeros} % 的采样里没有运行。",
    ),
    "low": (
        "Its own kernels ran in only {percent} % of the time (median).",
        "它自己的内核只在 {percent} % 的时间里运行（中位数）。",
    ),
    "sawtooth": (
        "Its kernels come in bursts: in {zeros} % of the samples none ran.",
        "它的内核断断续续：{zeros} % 的采样里没有运行。",
    ),
    "duty-cycle": (
        "That is the share of time with any kernel running, not how much of the chip was busy.",
        "这是“有内核在运行的时间”所占的比例，并不表示芯片有多少在工作。",
    ),
    "sm-active": (
        "On average {percent} % of the card's multiprocessors were busy.",
        "平均有 {percent} % 的流多处理器在工作。",
    ),
    "underfed-hint": (
        "A larger batch, or more workers that load data, may give it more to do.",
        "加大 batch_size，或增加读数据的 num_workers，可以让它多干点活。",
    ),
    "cpu-busy": (
        "Its processes keep the CPU at {percent} % of one core.",
        "它的进程占用 CPU {percent} %（一个核为 100 %）。",
    ),
    "workers-busy": (
        "Its busiest worker is at {percent} % of one core: loading data is the bottleneck.",
        "最忙的子进程占满了一个核的 {percent} %：瓶颈在读取数据。",
    ),
    "disk-wait": (
        "In {percent} % of the samples it waited for the disk.",
        "{percent} % 的采样里它在等磁盘。",
    ),
    "context": ("It holds a CUDA context.", "它已建立 CUDA 上下文。"),
    "context-idle": (
        "It holds {mib} MiB of GPU memory, and ran no kernel in all that time.",
        "它占着 {mib} MiB 显存，但这段时间里没有运行任何内核。",
    ),
    "context-idle-no-size": (
        "It holds a CUDA context, and ran no kernel in all that time.",
        "它已建立 CUDA 上下文，但这段时间里没有运行任何内核。",
    ),
    "idle-hint": (
        "It may be waiting, stopped in a debugger, finished, or hung.",
        "它可能在等待、停在调试器里、已经跑完，或者卡住了。",
    ),
    "idle-but-cpu": (
        "It may be preparing data on the CPU, or the driver may be compiling; look again later.",
        "它可能在用 CPU 准备数据，也可能是驱动在编译；过一会儿再看。",
    ),
    "compiling": (
        "It holds a growing amount of GPU memory, has run no kernel yet, and keeps the CPU busy, as it does when the "
        "driver compiles kernels for a card that the build has no code for.",
        "它占用的显存在增加，还没有运行内核，而 CPU 很忙：驱动在为这块显卡现场编译内核时就是这样。",
    ),
    "card-idle": ("The card did nothing in all that time.", "这段时间里显卡没有任何活动。"),
    "card-ours-alone": (
        "The driver does not tell whose kernels run, but nobody else is on the card, and it was in use {percent} % of "
        "the time.",
        "驱动不区分内核属于谁，但这块卡上没有别人，而它有 {percent} % 的时间在工作。",
    ),
    "card-shared": (
        "The driver does not tell whose kernels run, and others use the card ({percent} % in all).",
        "驱动不区分内核属于谁，而这块卡上还有别的程序（合计 {percent} %）。",
    ),
    "no-utilization": ("The driver tells no utilization for this card.", "驱动没有提供这块显卡的利用率。"),
    "throttled-heat": ("The driver slows the card down because it is too hot.", "显卡过热，驱动正在降频。"),
    "throttled-brake": (
        "The hardware slows the card down (power supply or heat).",
        "硬件正在限制这块显卡的频率（供电或温度）。",
    ),
    "wrong-card": (
        "It runs on GPU {used}, while {by} asks for {wanted}.",
        "它在 GPU {used} 上运行，而 {by} 指定的是 {wanted}。",
    ),
    "numbered-by-speed": (
        "CUDA counts from the fastest card on, nvidia-smi by place on the bus; CUDA_DEVICE_ORDER=PCI_BUS_ID makes them "
        "agree.",
        "CUDA 默认把最快的卡排在最前，nvidia-smi 按总线位置排序；设置 CUDA_DEVICE_ORDER=PCI_BUS_ID 可以让两者一致。",
    ),
    "no-card": ("This machine has no NVIDIA GPU.", "这台机器没有 NVIDIA 显卡。"),
    "hidden": ("{variable} hides every GPU from it.", "{variable} 让它看不到任何 GPU。"),
    "not-loaded": (
        "The CUDA driver's library is not loaded in any of its processes.",
        "它的所有进程都没有加载 CUDA 驱动库。",
    ),
    "cpu-works": (
        "It worked at {percent} % of one CPU core (median).",
        "它占用 CPU {percent} %（一个核为 100 %，中位数）。",
    ),
    "may-import": (
        "It has only just started; a framework may still be loading.",
        "它刚启动不久，可能还在加载框架。",
    ),
    "does-nothing": (
        "It did next to nothing meanwhile ({percent} % of one core).",
        "这段时间它几乎没有动作（CPU {percent} %）。",
    ),
    "not-listed": (
        "The driver lists no context of its processes on any card.",
        "驱动列出的进程里没有它。",
    ),
    "loaded-unused": (
        "The CUDA driver's library is loaded, but no card holds a context of it.",
        "它加载了 CUDA 驱动库，但没有在任何显卡上建立上下文。",
    ),
    "not-moved": (
        "It works on the CPU meanwhile: perhaps model and data are never moved to the GPU (`.to('cuda')`, `.cuda()`).",
        "与此同时 CPU 在工作：可能模型和数据一直没有搬到 GPU 上（`.to('cuda')`、`.cuda()`）。",
    ),
    "load-of-others": (
        "The card is in use {percent} % of the time, but not by this program.",
        "显卡有 {percent} % 的时间在工作，但不是这个程序在用。",
    ),
    "tenant": ("PID {pid} of {user} is on the card: {command}", "显卡上有 {user} 的进程 PID {pid}：{command}"),
    "tenant-memory": (
        "PID {pid} of {user} holds {mib} MiB: {command}",
        "{user} 的进程 PID {pid} 占用 {mib} MiB：{command}",
    ),
    "came-and-went": (
        "The card was idle before, in use up to {percent} % while the command ran, and idle again after it.",
        "命令运行前显卡空闲，运行期间利用率最高 {percent} %，结束后又空闲了。",
    ),
    "came": (
        "The card was idle before the command started, and in use up to {percent} % while it ran.",
        "命令开始前显卡空闲，运行期间利用率最高 {percent} %。",
    ),
    "nothing-came": (
        "The card did the same before and during the run.",
        "显卡在命令运行前和运行期间没有差别。",
    ),
    "not-only-ours": (
        "The card was in use already before the run, or did not come to rest after it.",
        "显卡在运行之前就有负载，或者结束之后没有停下来。",
    ),
    "use-self-test": (
        "`envdoctor gpu` without --pid tests inside the environment, which works here, too.",
        "不带 --pid 的 `envdoctor gpu` 会在环境内部测试，这里也能用。",
    ),
    "engines": (
        "Windows counts up to {percent} % of compute engine time for its processes (median {middle} %).",
        "Windows 统计到它的进程占用计算引擎最高 {percent} %（中位数 {middle} %）。",
    ),
    "only-copies": (
        "Windows counts only copies for its processes (up to {percent} %): data is moved, nothing is computed.",
        "Windows 只统计到它在复制数据（最高 {percent} %）：只有搬运，没有计算。",
    ),
    "engines-silent": (
        "Windows counts no GPU work for its processes; these counters often miss work, so that proves nothing.",
        "Windows 没有统计到它的 GPU 活动；但这些计数器常有遗漏，不能说明问题。",
    ),
    # ---- why the driver's lists of processes prove nothing
    "doubt-container": (
        "In this container the driver may list processes by the numbers of the host, so a missing one proves nothing.",
        "在这个容器里，驱动可能按宿主机的编号列出进程，没有列出并不能说明问题。",
    ),
    "doubt-nvml": (
        "NVIDIA's management library tells nothing of processes: {reason}.",
        "NVIDIA 的管理库无法提供进程信息：{reason}。",
    ),
    "doubt-wsl": (
        "Inside WSL2 the driver tells neither processes nor a reliable utilization.",
        "在 WSL2 里，驱动不提供进程列表，利用率也不可靠。",
    ),
    "doubt-mig": (
        "The card is divided into MIG instances, for which the driver tells no utilization and few processes.",
        "这块显卡划分成了 MIG 实例，驱动不提供利用率，进程信息也不全。",
    ),
    "doubt-wddm": (
        "With Windows' display driver NVML does not tell which memory or load belongs to which program.",
        "在 Windows 显示驱动模式下，NVML 不区分显存和负载属于哪个程序。",
    ),
    "doubt-vgpu": (
        "On a virtual GPU the guest sees little of its processes.",
        "在虚拟 GPU 上，虚拟机内能看到的进程信息很少。",
    ),
    "doubt-tegra": (
        "On a Jetson NVML tells little or nothing; `tegrastats` shows the GPU's load there.",
        "在 Jetson 上 NVML 几乎不提供信息；请用 `tegrastats` 看 GPU 负载。",
    ),
    "doubt-amd": (
        "It uses AMD's runtime, which NVIDIA's interfaces do not see; `envdoctor gpu` without --pid can test it.",
        "它使用的是 AMD 的运行库，NVIDIA 的接口看不到；可以用不带 --pid 的 `envdoctor gpu` 测试。",
    ),
    # ---- reasons: the self-test
    "no-framework": (
        "Neither PyTorch nor TensorFlow nor JAX is installed in this environment.",
        "这个环境里没有安装 PyTorch、TensorFlow 或 JAX。",
    ),
    "trial-gpu": (
        "{framework} computed on {card} ({device}), and its values agree with those of the CPU.",
        "{framework} 在 {card}（{device}）上算完，结果与 CPU 一致。",
    ),
    "trial-speed": (
        "It is {ratio} times as fast as the CPU there (matrix product).",
        "矩阵乘法是 CPU 的 {ratio} 倍速。",
    ),
    "trial-slow": (
        "It is only {ratio} times as fast as the CPU there (matrix product): suspicious, not wrong; an old or throttled "
        "card may do that.",
        "矩阵乘法只有 CPU 的 {ratio} 倍速：可疑，但不一定有错；旧卡或降频的卡会这样。",
    ),
    "trial-cpu-build": (
        "{framework} is a CPU build: it holds no code for any GPU.",
        "{framework} 是 CPU 版，不含 GPU 代码。",
    ),
    "trial-no-device": ("{framework} finds no GPU that it can use.", "{framework} 找不到可用的 GPU。"),
    "trial-says": ('It says: "{words}"', "它自己的说法：“{words}”"),
    "trial-wrong-values": (
        "{framework}: {op} on the GPU is off by {value} against the CPU (allowed: {limit}).",
        "{framework}：{op} 在 GPU 上的结果与 CPU 相差 {value}（允许 {limit}）。",
    ),
    "trial-failed": (
        '{framework} sees the GPU, but fails in the stage "{stage}": {error}',
        "{framework} 看得到 GPU，但在“{stage}”阶段出错：{error}",
    ),
    "trial-full": (
        "There is no room on the GPU for the test of {framework}: others fill its memory. That does not mean it is broken.",
        "显存被占满，没有空间测试 {framework}。这不代表显卡坏了。",
    ),
    "trial-not-imported": ("{framework} cannot be imported: {error}", "{framework} 无法导入：{error}"),
    "trial-signal": (
        '{framework} crashed in the stage "{stage}" (signal {signal}).',
        "{framework} 在“{stage}”阶段崩溃（信号 {signal}）。",
    ),
    "trial-exit": (
        '{framework} ended by itself in the stage "{stage}": {error}',
        "{framework} 在“{stage}”阶段自行退出：{error}",
    ),
    "trial-cut": (
        '{framework} was stopped in the stage "{stage}", which took longer than {seconds} s.',
        "{framework} 在“{stage}”阶段超过 {seconds} 秒，已被停止。",
    ),
    "free-memory": ("{card}: {mib} MiB free", "{card}：剩余 {mib} MiB"),
    # ---- the stages, as they go by
    "stage-import": ("import", "导入"),
    "stage-devices": ("look for devices", "查找设备"),
    "stage-context": ("set up the GPU", "初始化 GPU"),
    "stage-first": ("first operation", "第一次运算"),
    "stage-warm": ("more operations", "更多运算"),
    "stage-check": ("compare with the CPU", "与 CPU 对比结果"),
    "stage-speed": ("measure the speed", "测速"),
    "stage-begins": ("{framework}: {stage} ...", "{framework}：{stage} …"),
    "stage-done": ("{seconds} s", "{seconds} 秒"),
    "stage-failed": ("failed after {seconds} s", "失败，用时 {seconds} 秒"),
    "stage-cut": ("stopped after {seconds} s", "{seconds} 秒后被停止"),
    "stage-crashed": ("crashed after {seconds} s", "{seconds} 秒后崩溃"),
    "stage-skipped": ("not needed", "不需要"),
    "slow-compiling": (
        "this takes long: the driver may be compiling kernels for your card, which may take minutes the first time",
        "用时较长：驱动可能正在为你的显卡编译内核，第一次可能要几分钟",
    ),
    "words": ("what it wrote to stderr, the end:", "它写到 stderr 的内容（末尾）："),
    "slow": ("this takes long; still waiting", "用时较长，仍在等待"),
    # ---- what the card holds
    "memory-guide": (
        "Its memory suffices for training, at the usual batch sizes: {fits}.",
        "按常用的 batch_size，显存够训练：{fits}。",
    ),
    "memory-short": ("It is short for: {names}.", "不太够训练：{names}。"),
    # ---- causes
    "why": ("Why:", "原因："),
    "more-check": (
        "`envdoctor check` examines the whole environment.",
        "`envdoctor check` 可以检查整个环境。",
    ),
    "exit": ("The command ended with exit code {status}.", "命令的退出码是 {status}。"),
    # ---- the live view
    "live-columns": ("GPU  use  memory", "GPU  利用率  显存"),
    "live-nobody": ("no compute processes", "没有计算进程"),
    "live-ours": ("this program", "本程序"),
    "live-hint": ("--pid PID gives a verdict on one process; Ctrl-C ends", "--pid PID 可判断某个进程；按 Ctrl-C 结束"),
    "live-ends": ("Ctrl-C ends", "按 Ctrl-C 结束"),
    "live-collecting": ("watching ...", "观察中 …"),
}
