"""Opens the HTML report in a real browser and works with it as a person would.

    python3 tests/page.py TIGHTLIP [SCREENSHOTS]

Makes a repository with secrets and hostile file names, lets TIGHTLIP write the
page, and drives headless Chromium (Debian: chromium, chromium-driver) by the
WebDriver protocol. What only a browser can say is asked here: that the page's
own policy lets its script run and nothing else, that no file name became an
element, that filtering and copying work, and that it reads without a script.
"""

import base64
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HOSTILE = ["<script>alert(1)<_script>", "<img src=x onerror=alert(1)>", '" onload="alert(1)', "<!--"]


def token(seed):
    """Made at run time, so that no file of ours holds anything like a secret."""
    return hashlib.sha256(f"a token for tests {seed}".encode()).hexdigest()[:40]


def repository(place):
    """Five places of one secret, some others, one accepted, one unreadable."""
    def write(name, text):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    header = "Authorization: " + "Bearer "
    for n in range(5):
        write(f"etl/request{n}.http", f"{header}{token('one')}\n")
    write("etl/load.py", f'h = "{header}{token("two")}"\n')
    write("etl/old.py", f'h = "{header}{token("three")}"  # tightlip:allow: a sandbox\n')
    for seed, name in enumerate(HOSTILE):
        write(name, f"{header}{token(seed)}\n")
    subprocess.run(["git", "init", "--quiet", "."], cwd=place, check=True)


class Browser:
    """As much of the WebDriver protocol as this needs."""

    def __init__(self, room, script=True):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.session = None
        arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--window-size=1000,1100", f"--user-data-dir={room}",
        ]
        options = {
            "args": arguments,
            "binary": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        }
        if not script:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        for _ in range(100):
            try:
                answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
                break
            except OSError:
                time.sleep(0.1)
        self.session = answer["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def do(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def open(self, path):
        self.do("POST", "/url", {"url": path.as_uri()})

    def ask(self, script):
        return self.do("POST", "/execute/sync", {"script": f"return {script}", "args": []})

    def find(self, selector):
        found = self.do("POST", "/elements", {"using": "css selector", "value": selector})
        return [next(iter(element.values())) for element in found]

    def click(self, selector):
        self.do("POST", f"/element/{self.find(selector)[0]}/click", {})

    def write(self, selector, text):
        element = self.find(selector)[0]
        self.do("POST", f"/element/{element}/clear", {})
        self.do("POST", f"/element/{element}/value", {"text": text})

    def scheme(self, value):
        features = [{"name": "prefers-color-scheme", "value": value}]
        self.do("POST", "/goog/cdp/execute", {
            "cmd": "Emulation.setEmulatedMedia", "params": {"features": features},
        })

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.do("GET", "/screenshot")))

    def log(self):
        return self.do("POST", "/se/log", {"type": "browser"})

    def close(self):
        try:
            if self.session:
                self.do("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()


def shown(browser):
    return browser.ask("document.querySelector('form output').textContent")


def visible(browser):
    return browser.ask(
        "[...document.querySelectorAll('section[data-secret]')].filter((s) => s.offsetHeight > 0).length"
    )


def luminance(color):
    """Relative luminance (WCAG 2) of a colour as the browser tells it."""
    channels = [int(part) / 255 for part in color[color.index("(") + 1:-1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrasts(browser):
    """The contrast of each element that holds text itself, with what it says."""
    found = browser.ask("""[...document.querySelectorAll('body *')]
        .filter((e) => e.offsetHeight > 0 && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
        .map((e) => {
            let behind = e;
            while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)')
                behind = behind.parentElement;
            return [getComputedStyle(e).color, getComputedStyle(behind || document.body).backgroundColor,
                    e.textContent.slice(0, 30)];
        })""")
    for front, back, text in found:
        one, two = luminance(front), luminance(back)
        yield (max(one, two) + 0.05) / (min(one, two) + 0.05), text


def work_with(page, room, pictures):
    browser = Browser(room / "profile")
    try:
        browser.open(page)
        assert browser.log() == [], browser.log()
        # 1 secret in 5 places, 1 alone, the hostile ones; the accepted one is hidden.
        secrets = 2 + len(HOSTILE)
        assert visible(browser) == secrets, visible(browser)
        assert shown(browser) == f"{secrets} secrets in {secrets + 4} places", shown(browser)
        for name in HOSTILE:
            assert browser.ask(f"document.body.textContent.includes({json.dumps(name)})"), name
        elements = browser.ask("document.querySelectorAll('img, iframe, main script, [onload], [onerror]').length")
        assert elements == 0, "a file name became an element"

        browser.click("input[data-settled]")
        assert visible(browser) == secrets + 1
        browser.click("input[data-settled]")
        browser.click("input[data-severity=high]")
        assert visible(browser) == 0
        browser.click("input[data-severity=high]")
        browser.write("input[type=search]", "request4")
        assert shown(browser) == "1 secret in 1 place", shown(browser)
        assert browser.ask("document.querySelector('details.more').open"), "the match stays folded"
        browser.write("input[type=search]", "nothing at all")
        assert visible(browser) == 0
        browser.write("input[type=search]", "load.py")
        assert visible(browser) == 1

        browser.write("input[type=search]", "request")
        browser.ask("(window.copied = null, navigator.clipboard ? navigator.clipboard.writeText = "
                    "(text) => { window.copied = text; return Promise.resolve(); } : null)")
        folded = "section:not([hidden]) .remedy"
        if not browser.ask(f"document.querySelector({json.dumps(folded)}).open"):
            browser.click(f"{folded} > summary")
        browser.click(f"{folded} code + button")  # the first: the command that accepts it
        time.sleep(0.2)
        copied = browser.ask("window.copied || String(getSelection())")
        assert re.fullmatch(r'tightlip allow [0-9a-f]{4,32} --reason "\.\.\."', copied), copied

        # Nothing else runs or loads, even when it is put into the page by hand.
        ran = browser.ask("""(() => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            return window.ran === true;
        })()""")
        assert not ran, "the policy let a foreign script run"
        requests = browser.ask("performance.getEntriesByType('resource').length")
        assert requests == 0, "the page loaded something"

        browser.open(page)
        for scheme in ("light", "dark"):
            browser.scheme(scheme)
            for contrast, text in contrasts(browser):
                assert contrast >= 4.5, f"{scheme}: {contrast:.1f} for {text!r}"
            if pictures:
                browser.screenshot(pictures / f"page-{scheme}.png")
        wide = browser.ask("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, "it scrolls sideways"
    finally:
        browser.close()


def read_without_script(page, room):
    """Everything is there, and no control that would do nothing."""
    browser = Browser(room / "profile-still", script=False)
    try:
        browser.open(page)
        assert len(browser.find("section[data-secret]")) == 3 + len(HOSTILE)
        assert browser.find("form")
        form, button = browser.find("form")[0], browser.find("button")[0]
        assert not browser.do("GET", f"/element/{form}/displayed")
        assert not browser.do("GET", f"/element/{button}/displayed")
    finally:
        browser.close()


def main(program, pictures=None):
    pictures = pictures and Path(pictures).resolve()
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as room:
        room = Path(room)
        place = room / "repository"
        place.mkdir()
        repository(place)
        page = room / "report.html"
        run = subprocess.run([os.path.abspath(program), "scan", "-f", "html", "-o", page, "."], cwd=place)
        assert run.returncode == 1, run.returncode
        work_with(page, room, pictures)
        read_without_script(page, room)
    print("tests/page.py: all passed")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
