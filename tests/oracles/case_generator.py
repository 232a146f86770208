"""Random impact cases: every feature of the semantics, in every mixture, from one seed.

Small cases (up to 12 elements) find most mistakes and are easy to read; medium ones (up to 40)
have several cycles that meet; large ones (up to 250) are made apart. Shapes are laid one upon
another in the same case: random requirements, grounded rings whose arcs are cut once or twice,
pools of pools, shared groups.
"""

from random import Random
from typing import Any

Json = dict[str, Any]
STRENGTHS = ("hard", "hard", "hard", "soft", "info")
OWN = ("down", "down", "degraded", "at_risk")


def case(seed: int) -> Json:
    """Make the case of this number: the same one each time."""
    random = Random(seed)
    shape = random.choice((small, small, small, medium, ring, ring, nested))
    return shape(random)


def small(random: Random) -> Json:
    """One to twelve elements and whatever happens to them."""
    return _finish(random, _scatter(random, random.randint(1, 12)))


def medium(random: Random) -> Json:
    """Up to forty elements, sparse enough for several separate cycles."""
    return _finish(random, _scatter(random, random.randint(13, 40)))


def large(seed: int) -> Json:
    """Sixty to 250 elements; every other time a grounded web in which most hold each other up."""
    random = Random(seed)
    made = _scatter(random, random.randint(60, 250))
    names = made["elements"]
    if random.random() < 0.5:
        made["requirements"] = [
            {
                "of": element,
                "members": list(dict.fromkeys((names[place - 1], random.choice(names)))),
                "need": 1,
                "strength": random.choice(("hard", "hard", "soft")),
                "grounded": True,
            }
            for place, element in enumerate(names)
            if place >= random.randint(1, 4)
        ]
    return _finish(random, made)


def ring(random: Random) -> Json:
    """A grounded ring of 7 to 15 around a source, cut once or twice, with things hung on it."""
    size = random.randint(7, 15)
    names = ["src", *(f"r{i}" for i in range(1, size))]
    rows: list[Json] = []
    strength = random.choice(("hard", "hard", "hard", "soft"))
    for place in range(1, size):
        members = [names[place - 1], names[(place + 1) % size]]
        row = {"of": names[place], "members": members, "need": 1, "strength": strength}
        rows.append(row | {"grounded": random.random() < 0.95})
    outside = [f"x{i}" for i in range(random.randint(0, 4))]
    rows.extend(_row(random, element, names + outside) for element in outside)
    made: Json = {"elements": names + outside, "requirements": rows}
    for cut in random.sample(names if random.random() < 0.2 else names[1:], random.randint(1, 2)):
        made.setdefault(random.choice(OWN), []).append(cut)
    return _finish(random, made, faults=random.choice((0, 0, 1)))


def nested(random: Random) -> Json:
    """Hosts, groups over hosts, groups over groups, and services that share them."""
    hosts = [f"h{i}" for i in range(random.randint(2, 10))]
    groups = [f"g{i}" for i in range(random.randint(1, 5))]
    services = [f"s{i}" for i in range(random.randint(1, 4))]
    grounded = random.random() < 0.5
    rows = []
    for place, group in enumerate(groups):
        below = hosts + groups[:place] + ([group] if random.random() < 0.1 else [])
        rows.append(_row(random, group, below) | {"grounded": grounded})
    rows += [_row(random, service, groups) for service in services for _ in range(2)]
    if random.random() < 0.5:
        rows.append(_row(random, random.choice(hosts), groups))
    return _finish(random, {"elements": hosts + groups + services, "requirements": rows})


def _scatter(random: Random, size: int) -> Json:
    names = [f"e{i}" for i in range(size)]
    rich = random.choice((0.5, 1.0, 1.5))
    ground = random.choice((0.0, 0.3, 0.7, 1.0))
    rows = []
    for _ in range(random.randint(0, int(rich * size) + 1)):
        row = _row(random, random.choice(names), names)
        rows.append(row | {"grounded": random.random() < ground})
    return {"elements": names, "requirements": rows}


def _row(random: Random, of: str, among: list[str]) -> Json:
    count = min(len(among), random.choice((1, 1, 2, 2, 3, 4)))
    row: Json = {"of": of, "members": random.sample(among, count)}
    weights = [1] * count
    if random.random() < 0.3:
        weights = row["weights"] = [random.randint(1, 4) for _ in range(count)]
    total = sum(weights)
    row["need"] = min(random.randint(1, total), random.randint(1, total))
    if random.random() < 0.08:
        row["need"] = random.choice((0, 0, total + 1))
    row["strength"] = random.choice(STRENGTHS)
    if random.random() < 0.3:
        row["reserve"] = random.randint(0, total + 1)
    return row


def _finish(random: Random, made: Json, faults: int | None = None) -> Json:
    """Name some requirements, strike some elements, shuffle what has no order."""
    elements = made["elements"]
    upto = min(len(elements), 2 + len(elements) // 6)
    for element in random.sample(elements, random.randint(0, upto) if faults is None else faults):
        struck = made.setdefault(random.choice(OWN), [])
        if element not in struck:
            struck.append(element)
    for place, row in enumerate(made["requirements"]):
        if random.random() < 0.2:
            row["id"] = f"need-{place}"
    random.shuffle(made["requirements"])
    random.shuffle(elements)
    return made
