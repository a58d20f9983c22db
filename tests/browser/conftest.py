"""JupyterLab and a browser, neither of which reaches another machine."""

from __future__ import annotations

import os
import shutil
import socketserver
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Request, WebSocket, sync_playwright
from running_lab import HERE, Lab, running_lab

SECONDS = 300  # for a notebook, and for all else, on a slow machine
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CLOSED = f"http://{HERE}:9"  # nobody answers there: what Chromium asks of other machines of its own accord ends here
OWN = (f"http://{HERE}:", f"ws://{HERE}:", "file:", "data:", "blob:")


@pytest.fixture(scope="session")
def asked_outside() -> list[str]:
    """What pages, the server and its kernels have asked of other machines."""
    return []


@pytest.fixture(scope="session")
def offline(asked_outside: list[str]) -> Iterator[dict[str, str]]:
    """Environment of processes whose HTTP requests to other machines end at a proxy, which notes and does not answer.

    Clients that do not ask the environment for a proxy are not seen.
    """

    class Refusal(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked_outside.append(self.rfile.readline().decode("latin-1").strip())

    with socketserver.ThreadingTCPServer((HERE, 0), Refusal) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        names = [f"{scheme}_proxy" for scheme in ("http", "https", "ftp", "all")]
        address = f"http://{HERE}:{proxy.server_address[1]}"
        yield {**os.environ, **dict.fromkeys([*names, *map(str.upper, names)], address), "no_proxy": HERE}
        proxy.shutdown()


@pytest.fixture(scope="session")
def lab(offline: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab"), offline) as running:
        yield running


@pytest.fixture(scope="session")
def browser(asked_outside: list[str]) -> Iterator[BrowserContext]:
    """Chromium without a screen."""
    named = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else CHROMIUM)), None)
    if found is None:
        pytest.exit(
            "no Chromium found; on Debian or Ubuntu: apt-get install chromium libatomic1, or name one in CHROMIUM", 2
        )

    def note(request: Request | WebSocket) -> None:
        if not request.url.startswith(OWN):
            asked_outside.append(request.url)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found,
            args=["--disable-dev-shm-usage", "--disable-gpu"],
            ignore_default_args=["--hide-scrollbars"],
            proxy={"server": CLOSED, "bypass": HERE},
        )
        context = chromium.new_context(viewport={"width": 1400, "height": 1600})
        context.set_default_timeout(SECONDS * 1000)
        context.on("request", note)
        context.on("page", lambda page: page.on("websocket", note))
        yield context
        chromium.close()
