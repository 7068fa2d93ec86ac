import base64
import io
import json
import logging
import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urljoin

from PIL import Image

from odoo.tests.common import ChromeBrowser

# the page stands still: nothing loads, and what is shown has not changed for half a second
STILL = """new Promise((resolve) => {
    let last = "", calm = 0;
    const stop = (answer) => { clearInterval(timer); resolve(answer); };
    const timer = setInterval(() => {
        const page = document.querySelector(".o_action_manager > *") ? document.body.innerText : "";
        const busy = document.querySelector(".o_loading_indicator, .o_blockUI, .o_sop_loading");
        calm = page && page === last && !busy ? calm + 1 : 0;
        last = page;
        if (calm > 3) { stop(true); }
    }, 150);
    setTimeout(() => stop(false), 25000);
})"""
# parts of the page that are cut off at the side of the window, which nobody can scroll to
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Camera:
    """A browser at one width, logged in as somebody, that opens pages and takes pictures."""

    def __init__(self, case, browser, folder):
        self.case = case
        self.browser = browser
        self.folder = folder

    def evaluate(self, code, timeout=30):
        """What JavaScript (or its promise) gives, as a JSON value."""
        answer = self.browser._websocket_request(
            "Runtime.evaluate",
            params={"expression": code, "awaitPromise": True, "returnByValue": True},
            timeout=timeout,
        )
        return answer["result"].get("value")

    def open(self, path):
        """Go to a page and wait until it stands still."""
        # a page left while it saves nothing asks nothing
        self.evaluate("window.onbeforeunload = null")
        self.browser._websocket_request(
            "Page.navigate", params={"url": urljoin(self.case.base_url(), path)}, timeout=30
        )
        self.case.assertTrue(
            self.browser._wait_ready("document.readyState === 'complete'"), f"{path} did not load"
        )
        self.case.assertTrue(self.evaluate(STILL), f"{path} does not come to rest")

    def click(self, selector):
        """Click the first element of a selector and wait until the page stands still."""
        code = f"document.querySelector({json.dumps(selector)})"
        self.case.assertTrue(self.evaluate(f"!!{code}"), f"there is no {selector}")
        self.evaluate(f"{code}.click()")
        self.case.assertTrue(self.evaluate(STILL), f"{selector} does not come to rest")

    def shoot(self, name):
        """Write ``<name>.png`` into the folder, in few colours to stay small."""
        data = self.browser._websocket_request("Page.captureScreenshot", timeout=30)["data"]
        image = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
        self.folder.mkdir(parents=True, exist_ok=True)
        image.quantize(
            256, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE
        ).save(self.folder / f"{name}.png", optimize=True)
        return image


class _Complaints(logging.Handler):
    """Keeps what the browser's console says at the level of a warning or above."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


@contextmanager
def camera(case, login, width, height, folder):
    """A `Camera` for an HttpCase; its ``complaints`` are the console's warnings and errors."""
    case.browser_size = f"{width}x{height}"
    browser = ChromeBrowser(case, success_signal="never said")
    complaints = _Complaints()
    console = case._logger.getChild("browser")
    with case.allow_requests(browser=browser), ExitStack() as atexit:
        atexit.callback(case._wait_remaining_requests)
        atexit.callback(browser.stop)
        console.addHandler(complaints)
        atexit.callback(console.removeHandler, complaints)
        case.authenticate(login, login, browser=browser)
        case.cr.flush()
        case.cr.clear()
        taken = Camera(case, browser, folder)
        taken.complaints = complaints.texts
        yield taken


def screenshot_folder(default):
    """Where pictures go: the folder that SOP_SCREENSHOTS names, else ``default``."""
    return Path(os.environ.get("SOP_SCREENSHOTS") or default)
