"""What the operating system refused, in one sentence for an operator: which file, why, and what to do.

https://docs.python.org/3/library/exceptions.html#os-exceptions
"""

from __future__ import annotations

import errno
from pathlib import Path

_TO_DO = {
    errno.ENOSPC: ("空きを作ってください", "make room on the disk"),
    errno.EDQUOT: ("空きを作ってください", "make room on the disk"),
    errno.EACCES: ("権限を確かめてください", "look at its owner and mode"),
    errno.EPERM: ("権限を確かめてください", "look at its owner and mode"),
    errno.EROFS: ("書き込めるフォルダーを指定してください", "name a folder that can be written"),
    errno.ENOENT: ("名前を確かめてください", "look at how it is written"),
    errno.ENOTDIR: ("名前を確かめてください", "look at how it is written"),
    errno.EEXIST: ("まだ無いフォルダーを指定してください", "name a folder that is not there yet"),
    errno.EISDIR: ("ファイル名を指定してください", "name a file, not a folder"),
}


def sentence(fault: OSError, otherwise: Path | None = None) -> str:
    """In Japanese and English; `otherwise` is the file where the fault names none."""
    if fault.errno is None:
        return str(fault)  # one of ours, a sentence already
    what = f"`{name}`" if (name := fault.filename or otherwise) else "a file"
    ja, text = _TO_DO.get(fault.errno, ("", ""))
    why = (fault.strerror or str(fault)).lower()
    return f"{what} を使えません。{ja} / {what} cannot be used: {why}" + (f"; {text}" if text else "")
