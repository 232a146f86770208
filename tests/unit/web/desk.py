"""What the service desk of the small estate keeps: offerings, incidents and service requests."""

MOMENT = "2026-11-23T08:30:00.000Z"
OFFERINGS = [
    {"key": "OFR-000001", "title": "A mailbox", "description": "of 50 GB", "offers": None},
    {"key": "OFR-000002", "title": "A project", "description": "", "offers": {"id": "web"}},
]
COMMENTS = [
    {"text": "We look at it.", "author": "grace", "createdAt": MOMENT, "public": True},
    {"text": "The disk again?", "author": "grace", "createdAt": MOMENT, "public": False},
]


class Desk:
    """Registers cases, once for each key; whoever may not is refused."""

    def __init__(self, find):
        self.find = find
        self.cases = {}
        self.once = {}
        self.allowed = True
        self.offerings = list(OFFERINGS)

    def root(self):
        return {
            "requestOfferings": lambda _info, first, **_where: {
                "nodes": self.offerings[:first], "totalCount": len(self.offerings)
            },
            "incident": lambda _info, by: self.cases.get(by["key"]),
            "serviceRequest": lambda _info, by: self.cases.get(by["key"]),
            "registerIncident": self.incident,
            "registerServiceRequest": self.request,
        }  # fmt: skip

    def incident(self, _info, input, **once):
        hits = [
            {"effect": hit["effect"], "element": self.find(hit["element"])}
            for hit in input["affects"]
        ]
        more = {"affects": hits, "startsAt": input.get("startsAt") or MOMENT}
        return self.made("incident", "INC", once["idempotencyKey"], input, more)

    def request(self, _info, input, **once):
        found = next(each for each in self.offerings if each["key"] == input["offering"])
        steps = [
            {"number": 2, "title": "make it", "state": "open"},
            {"number": 1, "title": "agree", "state": "done"},
        ]
        more = {"requests": found, "steps": steps, "title": found["title"]}
        return self.made("serviceRequest", "SRQ", once["idempotencyKey"], input, more)

    def made(self, field, prefix, once, input, more):
        if not self.allowed:
            return {"errors": [REFUSED], field: None}
        if once not in self.once:
            key = f"{prefix}-{len(self.once) + 1:06}"
            self.once[once] = self.cases[key] = CASE | dict(input) | more | {"key": key}
        return {"errors": [], field: self.once[once]}


REFUSED = {
    "code": "FORBIDDEN", "message": "You may not register incidents", "why": "no role may",
    "remedy": "ask the administrator", "path": [], "requirement": "PR9.1",
}  # fmt: skip
CASE = {
    "title": "", "status": "registered", "description": "", "createdAt": MOMENT, "priority": 2,
    "because": ["impact high: 1 service is down"], "responseDueAt": MOMENT,
    "resolutionDueAt": None, "nextUpdateDueAt": None, "resolution": "", "closedAt": None,
    "owner": {"name": "Service desk", "key": "desk"}, "comments": COMMENTS,
}  # fmt: skip
