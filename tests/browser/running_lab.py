"""A JupyterLab server as `make lab` starts it, on a copy of the notebooks."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
HERE = "127.0.0.1"
OPTIONS = f"--no-browser --ip={HERE} --port=0 --allow-root --expose-app-in-browser"
SECONDS = 60  # to start, and to end


@dataclass(frozen=True)
class Lab:
    """A running server."""

    url: str
    token: str

    def address(self, path: str, method: str = "GET") -> str:
        """Address at which a request to the server ends."""
        call = urllib.request.Request(self.url + path, method=method, headers={"Authorization": f"token {self.token}"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(call) as answer:
            return str(answer.url)


@contextmanager
def running_lab(folder: Path, environment: Mapping[str, str]) -> Iterator[Lab]:
    """Run the server on a copy of the notebooks and the corpus; the user's own settings are out of its reach."""
    for name in ("corpus", "notebooks"):
        shutil.copytree(PROJECT / name, folder / "checkout" / name)
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    call = ["make", "lab", f"LAB_ROOT={folder / 'checkout'}", f"LAB_OPTIONS={OPTIONS}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            call,
            cwd=PROJECT,
            env={**environment, **own, "IPYTHONDIR": str(folder / "ipython")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    lab = _started(server, folder)
    try:
        yield lab
        lab.address("api/shutdown", "POST")
        server.wait(SECONDS)
    finally:
        server.terminate()


def _started(server: subprocess.Popen[bytes], folder: Path) -> Lab:
    """The server, from the file in which it describes itself."""
    for _ in range(SECONDS * 10):
        with suppress(ValueError, ConnectionRefusedError):  # the file is not yet whole, or nobody is listening yet
            for path in (folder / "runtime").glob("jpserver-*.json"):
                told = json.loads(path.read_text("utf-8"))
                socket.create_connection((HERE, told["port"])).close()
                return Lab(told["url"], told["token"])
        if server.poll() is not None:
            break
        time.sleep(0.1)
    server.terminate()
    raise AssertionError(f"make lab did not start: {(folder / 'log').read_text('utf-8')}")
