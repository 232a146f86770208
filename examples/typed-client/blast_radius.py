"""A script with a typed client: its editor knows every field, and a misspelt one is an error.

`make typed-client` makes the package fitsm_typed beside this file, in an environment of its own;
then, with a server and a token:

    FITSM_TOKEN=fsg_… ../../.venv-typed/bin/python blast_radius.py ELEMENT OWNER
"""

import os
import sys

from fitsm_typed import FitsmGraph

element, owner = sys.argv[1:3]
url = os.environ.get("FITSM_URL", "http://127.0.0.1:8000")
client = FitsmGraph(
    url=f"{url}/graphql/", headers={"Authorization": f"Bearer {os.environ['FITSM_TOKEN']}"}
)

radius = client.blast_radius(of=[element])
print(f"{radius.completeness.affected_count} elements are affected by {element}")
for service in radius.services:
    print(f"{service.element.name}: {service.before.value} -> {service.after.value}")

after, count = None, 0
while True:
    page = client.servers_of(owner=owner, first=100, after=after)
    count += len(page.nodes)
    if not page.page_info.has_next_page:
        break
    after = page.page_info.end_cursor
print(f"{count} servers are looked after by {owner}")
