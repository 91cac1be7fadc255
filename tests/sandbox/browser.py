"""A real headless Chromium, driven through its own pipe: pages are opened, measured, and typed at."""

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--remote-debugging-pipe")


class Gone(Exception):
    """The browser refused a command, mostly because the page was just left."""


class Tab:
    """One tab: DevTools commands go down one pipe, answers come up the other, each ended by NUL."""

    def __init__(self, down: int, up: int) -> None:
        self._down = down
        self._up = up
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def ask(self, method: str, **values: object) -> Mapping[str, Any]:
        """Send a command; what it answers."""
        self._number += 1
        session = {} if self._session is None else {"sessionId": self._session}
        message = {"id": self._number, "method": method, "params": values, **session}
        os.write(self._down, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise Gone(answer["error"])
                return answer["result"]  # type: ignore[no-any-return]

    def open(self, url: str, *, width: int = 1200, dark: bool = False) -> None:
        """Show a page in a window of this width and wait until it is whole."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """What an expression is in the page; a promise is waited for."""
        found = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, script: str) -> None:
        """Wait, up to twenty seconds, until an expression is true in the page, or in the one that follows it."""
        for _ in range(400):
            with contextlib.suppress(Gone):
                if self.run(script):
                    return
            time.sleep(0.05)
        raise AssertionError(script)

    def press(self, key: str, **more: object) -> None:
        """Press a key and let it go."""
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, **more)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def _next(self) -> Mapping[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._up, 1 << 20)
            assert piece, "the browser has ended"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        found: Mapping[str, Any] = json.loads(message)
        return found


@contextlib.contextmanager
def browser(home: Path) -> Iterator[Tab]:
    """A browser with one tab, until the block ends."""
    assert CHROMIUM is not None
    down_out, down_in = os.pipe()
    up_out, up_in = os.pipe()
    wired = f'exec "$@" 3<&{down_out} 4>&{up_in}'
    process = subprocess.Popen(
        ["bash", "-c", wired, "bash", CHROMIUM, *_FLAGS, f"--user-data-dir={home}"],
        pass_fds=(down_out, up_in),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(down_out)
    os.close(up_in)
    try:
        yield Tab(down_in, up_out)
    finally:
        process.kill()
        process.wait(10)
        os.close(down_in)
        os.close(up_out)
