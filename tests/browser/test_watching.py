"""The watch over pages sees what it must: one page with every fault. Pages without any are the other files' matter."""

from __future__ import annotations

import time

import pytest
from watching import Watch

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>A page</title>
<script>
  console.log("a word");
  console.error("an error");
  Promise.reject(new Error("refused"));
  fetch("http://127.0.0.1:9/fetched").catch(() => 0);
  navigator.sendBeacon("http://127.0.0.1:9/told");
  new WebSocket("ws://127.0.0.1:9/socket");
</script>
<script>throw new Error("thrown")</script>
<link rel=stylesheet href=http://127.0.0.1:9/sheet>
<img src=missing.png>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
<iframe src=frame.html></iframe>
<iframe srcdoc="<script>console.warn('in a frame')</script>"></iframe>
<iframe srcdoc="<meta http-equiv=content-security-policy content=&quot;default-src 'none'&quot;><script>1</script>">
</iframe>
"""
FAULTS = {
    "log: a word",
    "error: an error",
    "uncaught: refused",
    "uncaught: thrown",
    "warning: in a frame",
    "error: Executing inline script violates the following Content Security Policy directive",
    "asked for http://127.0.0.1:9/fetched",
    "asked for http://127.0.0.1:9/told",
    "asked for http://127.0.0.1:9/sheet",
    "asked for ws://127.0.0.1:9/socket",
    "asked for {folder}/missing.png",
    "asked for {folder}/frame.html",
}


def test_sees_every_fault_of_a_page_and_of_its_frames(browser, belongs, tmp_path):
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "frame.html").write_text("<!doctype html><title>A frame</title>")
    wanted = {fault.format(folder=tmp_path.as_uri()) for fault in FAULTS}
    watch, context = Watch(belongs), browser.new_context()  # not the fixture's, which would fail this test
    watch.follow(context)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    deadline = time.monotonic() + 30
    while (missing := {fault for fault in wanted if not _seen(fault, watch)}) and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    context.close()
    assert missing == set(), watch.faults()
    assert watch.asked[0] == (tmp_path / "page.html").as_uri()
    assert not any("/page.html" in address or address.startswith("data:") for address in watch.foreign)


def _seen(fault, watch):
    return any(seen.startswith(fault) for seen in watch.faults())
