"""Asking pages without a browser, and reading what they say."""

from html.parser import HTMLParser

import httpx

from fitsm_graph.web import SESSION_COOKIE
from unit.web.estate import TOKEN, application, demo

ORIGIN = "http://127.0.0.1:8000"


def client(estate=None, *, signed_in=True, doors=None):
    transport = httpx.ASGITransport(
        app=application(estate or demo(), doors), raise_app_exceptions=False
    )
    cookies = {SESSION_COOKIE: TOKEN} if signed_in else {}
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies)


async def get(path, estate=None, **more):
    async with client(estate, **more) as browser:
        return await browser.get(path)


class Markup(HTMLParser):
    """Every start tag of a page with its attributes, and the text outside of tags."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]
