"""What is the cause in what an installer printed?  One sentence for each kind (cure/install_log.py)."""

TEXTS = {
    "unknown": ("{line}", "{line}"),
    "the-index": ("the package index", "软件源"),
    "nothing": ("{tool} failed and said nothing", "{tool} 失败了，但没有输出任何信息"),
    # ---- the machine
    "disk-full": ("the disk is full ({line})", "磁盘空间不足（{line}）"),
    "killed": (
        "the process was killed, most likely because memory ran out ({line})",
        "进程被杀掉了，多半是内存不足（{line}）",
    ),
    "long-path": (
        "a file name is longer than Windows allows here; enable long paths or use a shorter folder",
        "文件路径超过了 Windows 的长度限制；请开启长路径支持，或者换一个更短的目录",
    ),
    "file-in-use": (
        "a file is in use or may not be changed: {path}; close the programs that use this environment",
        "文件被占用或无权修改：{path}；请关闭正在使用这个环境的程序",
    ),
    "read-only": ("the file system is read-only ({path})", "文件系统是只读的（{path}）"),
    "not-permitted": ("no permission to write ({path})", "没有写入权限（{path}）"),
    "externally-managed": (
        "this Python belongs to the operating system, which does not let pip change it; use a venv",
        "这个 Python 由操作系统管理，不允许 pip 修改；请使用 venv",
    ),
    # ---- what was asked for cannot be had
    "conflict": ("two demands exclude each other: {one}; {other}", "两个要求互相矛盾：{one}；{other}"),
    "conflict-unnamed": (
        "the demands exclude each other, and the installer does not say which ({line})",
        "这些要求互相矛盾，安装工具没有说明是哪几个（{line}）",
    ),
    "no-package": (
        "nothing was found for {name}: no such name, no file of it for this Python and system, or no answer of the index",
        "找不到 {name}：没有这个名字，没有适合这个 Python 和系统的文件，或者软件源没有应答",
    ),
    "no-version": (
        "{name} is not among the versions that are offered for this Python and system ({offered})",
        "{name} 不在这个 Python 和系统可用的版本之中（可用：{offered}）",
    ),
    "no-version-plain": ("the index has no {name}{version}", "软件源里没有 {name}{version}"),
    "yanked": (
        "{name}{version} was withdrawn by its authors",
        "{name}{version} 已被作者撤回",
    ),
    "other-python": ("{name} needs another Python ({wanted})", "{name} 需要别的 Python 版本（{wanted}）"),
    "python-required": (
        "a package needs another Python ({wanted}) than {python}",
        "有包需要的 Python 版本是 {wanted}，而这里是 {python}",
    ),
    "package-needs-python": (
        "{name} needs Python {wanted}, and this is {python}",
        "{name} 需要 Python {wanted}，而这里是 {python}",
    ),
    "no-wheel": (
        "{name} has no wheel for this Python and system",
        "{name} 没有适合这个 Python 和系统的 wheel",
    ),
    "wrong-platform": (
        "{name} was made for another Python or another system",
        "{name} 是给别的 Python 版本或别的系统用的",
    ),
    # ---- files
    "hash-mismatch": (
        "a downloaded file is not the one that was expected (its checksum differs)",
        "下载的文件与预期不符（校验值不同）",
    ),
    "hash-missing": (
        "checksums are demanded, and some requirements have none",
        "要求校验文件，但有些依赖没有写校验值",
    ),
    "cut-download": ("a download broke off before its end", "下载中途中断，文件不完整"),
    "invalid-wheel": (
        "a package file is damaged; a new download may help ({line})",
        "安装包已损坏，重新下载也许就好（{line}）",
    ),
    # ---- conda
    "conda-no-package": (
        "the channels have no {name} for this system",
        "当前的 channel 里没有适合这个系统的 {name}",
    ),
    "conda-conflict": ("the demands exclude each other: {line}", "这些要求互相矛盾：{line}"),
    "conda-no-environment": ("conda does not know this environment ({line})", "conda 找不到这个环境（{line}）"),
    # ---- the network
    "network-no-ssl": (
        "this Python cannot speak HTTPS: its ssl module is missing or cannot be loaded",
        "这个 Python 不能使用 HTTPS：缺少 ssl 模块，或者模块无法加载",
    ),
    "network-proxy": (
        "the proxy cannot be reached or refuses the connection ({host})",
        "代理连不上，或者拒绝了连接（{host}）",
    ),
    "network-certificate": (
        "the certificate of {host} is not trusted here (a proxy that opens connections, a wrong clock, or an old list of authorities)",
        "这台机器不信任 {host} 的证书（可能是代理在中间解密、系统时间不对，或根证书太旧）",
    ),
    "network-tls": (
        "no encrypted connection to {host} came about; often a proxy is in between",
        "无法与 {host} 建立加密连接，常见原因是中间有代理",
    ),
    "network-name": (
        "{host} cannot be found by its name; there is no network, or no name server",
        "无法解析{host}的域名：没有联网，或者 DNS 不可用",
    ),
    "network-refused": ("no connection to {host}", "连不上 {host}"),
    "network-timeout": ("{host} did not answer in time", "{host} 没有及时响应（超时）"),
    "network-broken": ("the connection to {host} broke off", "与 {host} 的连接中断了"),
    "network-unauthorized": (
        "{host} demands a user name and a password (401)",
        "{host} 需要用户名和密码（401）",
    ),
    "network-forbidden": ("{host} refuses access (403)", "{host} 拒绝访问（403）"),
    "network-not-found": (
        "{host} has no such page (404); the address of the index may be wrong",
        "{host} 上没有这个页面（404），软件源地址可能写错了",
    ),
    "network-status": ("{host} answered with an error ({status})", "{host} 返回了错误（{status}）"),
    # ---- a build from source
    "needs-git": ("git is needed for this and was not found", "需要 git，但没有找到"),
    "build-sklearn-name": (
        "the package is called scikit-learn; sklearn is only a name that must not be installed",
        "这个包叫 scikit-learn；sklearn 只是一个占位的名字，不能安装",
    ),
    "build-2to3": (
        "{name} is too old for this setuptools: it uses use_2to3, which ended with setuptools 58",
        "{name} 对这个 setuptools 来说太旧：它用到 use_2to3，而 setuptools 58 已经去掉了它",
    ),
    "build-python-2": (
        "{name} is written for Python 2 ({line})",
        "{name} 是为 Python 2 写的（{line}）",
    ),
    "build-old-setuptools": (
        "{name} is built with a setuptools that is too old for Python 3.12 and newer",
        "构建 {name} 时用的 setuptools 太旧，不支持 Python 3.12 及以上",
    ),
    "build-old-for-python": (
        "{name} is too old for this Python ({line})",
        "{name} 太旧，不支持这个 Python（{line}）",
    ),
    "build-new-cython": (
        "{name} cannot be built with the Cython that was taken for it ({line})",
        "{name} 无法用这个版本的 Cython 构建（{line}）",
    ),
    "build-invalid-version": (
        "this setuptools refuses the way in which {name} writes a version ({line})",
        "这个 setuptools 不接受 {name} 的版本号写法（{line}）",
    ),
    "build-cuda-mismatch": (
        "{name} would be built with another CUDA than that of PyTorch ({line})",
        "构建 {name} 用的 CUDA 和 PyTorch 的 CUDA 版本不同（{line}）",
    ),
    "build-cuda": (
        "{name} must be compiled, and for that the CUDA toolkit (nvcc) is missing",
        "{name} 需要编译，但没有找到 CUDA 工具包（nvcc）",
    ),
    "build-compiler": (
        "{name} must be compiled, and no C or C++ compiler was found ({line})",
        "{name} 需要编译，但没有找到 C/C++ 编译器（{line}）",
    ),
    "build-tool": ("{name} must be built, and {tool} is missing", "{name} 需要构建，但缺少 {tool}"),
    "build-python-headers": (
        "{name} must be compiled, and the headers of this Python (Python.h) are missing",
        "{name} 需要编译，但缺少这个 Python 的头文件（Python.h）",
    ),
    "build-header": (
        "{name} must be compiled, and the file {header} of another library is missing",
        "{name} 需要编译，但缺少别的库的头文件 {header}",
    ),
    "build-distutils": (
        "{name} is too old for this Python or its setuptools: it is built with {module}, which is gone",
        "{name} 太旧：构建它要用 {module}，而这个 Python 或 setuptools 已经没有它",
    ),
    "build-pkg-resources": (
        "{name} is built with pkg_resources, which is gone since setuptools 82, or setuptools is missing",
        "构建 {name} 要用 pkg_resources，而 setuptools 82 起已没有它（也可能是没装 setuptools）",
    ),
    "build-module": (
        "the build of {name} needs the module {module}, which is not there while it is built",
        "构建 {name} 时要用到模块 {module}，但构建环境里没有它",
    ),
    "build-compile": (
        "the source code of {name} cannot be compiled here ({line})",
        "{name} 的源代码在这里编译不过（{line}）",
    ),
    "build-failed": ("{name} could not be built ({line})", "{name} 构建失败（{line}）"),
    # ---- the installer itself
    "no-pip": ("there is no pip in this environment", "这个环境里没有 pip"),
    "old-installer": ("the installer does not know an option ({line})", "安装工具不认识某个选项（{line}）"),
    "not-removable": (
        "{name} was not installed by pip and cannot be removed by it",
        "{name} 不是用 pip 装的，pip 无法卸载",
    ),
    "broken-installer": ("the installer itself is damaged ({line})", "安装工具本身已损坏（{line}）"),
}
