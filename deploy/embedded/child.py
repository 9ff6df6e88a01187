"""Becomes a server: in a session of its own, as another user if asked, gone when its owner goes.

Run as a script with the standard library only, so that nothing has to happen between fork and
exec in a process that has threads: ``child.py OWNER_PID DEATH_SIGNAL UID GID COMMAND...``
with -1 for "stay who you are".
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
OWNER_GONE = 111


def become(owner: int, death: int, uid: int, gid: int, command: list[str]) -> None:
    """Replace this process by ``command``. Linux tells it when the thread that started us ends."""
    os.setsid()
    # A shell that starts its job in the background leaves these ignored, across exec too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user: the kernel forgets the setting there.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death)
    if os.getppid() != owner:
        sys.exit(OWNER_GONE)
    os.execv(command[0], command)


if __name__ == "__main__":
    owner_pid, death_signal, user, group = (int(word) for word in sys.argv[1:5])
    become(owner_pid, death_signal, user, group, sys.argv[5:])
