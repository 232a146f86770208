"""What the schedule of the small estate holds: changes, releases, windows, and a freeze."""


def moment(day, time):
    return f"2026-{day}T{time}:00.000000Z"


def planned(key, title, starts, ends, **more):
    kept = {
        "key": key, "title": title, "type": "NORMAL", "status": "approved", "outcome": None,
        "plannedStartsAt": starts, "plannedEndsAt": ends, "riskClass": None,
        "scheduleFindings": None, "alters": [],
    }  # fmt: skip
    return kept | more


class Schedule:
    """Answers what is asked of a time, as the API does: half-open, cut at `first`, and counted."""

    def __init__(self):
        hit = [
            {"effect": "DOWN", "element": {"id": "db-1"}},
            {"effect": "AT_RISK", "element": {"id": "db-2"}},
        ]
        self.changes = [
            planned("CHG-000004", "New <disks>", moment("11-24", "02:00"), moment("11-24", "04:00"),
                    alters=hit, riskClass="high", scheduleFindings=["CHG-000007: same element"]),
            planned("CHG-000005", "Move the archive", moment("11-27", "22:00"),
                    moment("11-29", "06:00"), outcome="SUCCESSFUL", type="MAJOR"),
            planned("CHG-000006", "A month later", moment("12-24", "02:00"),
                    moment("12-24", "04:00")),
        ]  # fmt: skip
        self.releases = [
            planned("REL-000002", "Portal 4", moment("12-03", "20:00"), moment("12-04", "00:00"))
        ]
        self.windows = [
            {"key": "MNT-000001", "title": "Power of hall A", "startsAt": moment("11-02", "00:00"),
             "endsAt": moment("11-03", "00:00"), "covers": [{"element": {"id": "feed-a"}}]},
        ]  # fmt: skip
        self.times = [
            {"name": "year-end", "effect": "freeze", "types": ["NORMAL", "MAJOR"],
             "startsAt": moment("12-19", "00:00"), "endsAt": moment("12-31", "23:00"),
             "why": "Year end."},
        ]  # fmt: skip

    def root(self):
        return {
            "changes": lambda _info, where, **more: page(self.changes, PLANNED, where, **more),
            "releases": lambda _info, where, **more: page(self.releases, PLANNED, where, **more),
            "maintenanceWindows": lambda _info, where, **more: page(
                self.windows, SINGLE, where, **more
            ),
            "changeWindows": lambda _info, since, until, first: [
                each for each in self.times if each["startsAt"] < until and since < each["endsAt"]
            ][:first],
        }


PLANNED, SINGLE = ("plannedStartsAt", "plannedEndsAt"), ("startsAt", "endsAt")


def page(rows, names, where, first, **_order):
    starts, ends = names
    found = [
        each for each in rows
        if each[starts] < where[starts]["lt"] and each[ends] > where[ends]["gt"]
    ]  # fmt: skip
    return {"nodes": found[:first], "totalCount": len(found)}
