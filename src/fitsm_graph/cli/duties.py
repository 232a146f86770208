"""`fitsm-graph duties` and `fitsm-graph inbox`: what is due, and messages to people (PR9.4)."""

import typer

from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.asking import ask, ask_pages
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import note
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show

app = typer.Typer(no_args_is_help=True)
inbox = typer.Typer(no_args_is_help=True)
PAGE = 200
MATTERS = ("key", "dueAt", "title", "subject", "ofProcess", "owner")
JOBS = ("name", "endedAt", "nextAt", "said", "error", "failures")
ESTATE = ("kind", "subject", "element", "toDo", "missing", "since", "due")
STEPS = ("record", "number", "stepKind", "title", "recordTitle", "role", "since")
ANSWERING = ("kind", "key", "name")
MESSAGES = ("createdAt", "key", "subject", "readAt")
QUALITY = ("kind", "open", "openLacking", "over", "overLacking", "share")
LACKING = ("key", "title", "status", "owner", "registeredAt")
SENDINGS = ("id", "key", "channel", "status", "attempts", "nextAt", "sentAt", "error")


@app.command("list")
def list_duties(output: Form = FORM) -> None:
    """List what is due again and again, and how it went last.

    Examples:
      fsg duties list -o json
    """
    found = ask("Duties")["duties"]
    rows = [[each[name] for name in JOBS] for each in found["jobs"]]
    show(output, found, found["jobs"], Sheet(JOBS, rows))


@app.command("lacking")
def list_lacking(
    process: str = typer.Option("", "--process", help="of this process only, such as pm"),
    kind: str = typer.Option("", "--kind", help="of this kind only, such as Problem"),
    every: bool = typer.Option(False, "--all", help="also those that were over in 30 days"),
    first: int = typer.Option(PAGE, "--first", help="how many at most"),
    output: Form = FORM,
) -> None:
    """List records that lack something of what good ones say, by the policy record-quality.

    Examples:
      fsg duties lacking --process pm
      fsg duties lacking --kind Change --all -o json
    """
    given = {"process": process, "kind": kind, "open": None if every else True, "first": first}
    found = ask("RecordQuality", **given, since=None, until=None)["recordQuality"]
    counts = [[each[name] for name in QUALITY] for each in found["kinds"]]
    rows = [[*(each[n] for n in LACKING), ", ".join(each["lacks"])] for each in found["records"]]
    sheets = (Sheet(QUALITY, counts, "by kind"), Sheet((*LACKING, "lacks"), rows, "records"))
    show(output, found, found["records"], *sheets)


@app.command("due")
def list_due(
    mine: bool = typer.Option(False, "--mine", help="only what is yours, or your groups'"),
    process: str = typer.Option("", "--process", help="of this process only, such as chm"),
    first: int = typer.Option(PAGE, "--first", help="how many at most"),
    output: Form = FORM,
) -> None:
    """List what fell due and somebody is to see to, the longest due first.

    Examples:
      fsg duties due --mine
      fsg duties due --process chm -o json
    """
    found = ask("DutiesDue", mine=mine, process=process or None, first=first)["duties"]
    rows = [
        [
            each["owner"] and each["owner"]["key"] if name == "owner" else each[name]
            for name in MATTERS
        ]
        for each in found["due"]
    ]
    show(output, found, found["due"], Sheet(MATTERS, rows))
    if found["dueCount"] > len(rows):
        note(f"{found['dueCount']:,} fell due; --first shows more of them")


@app.command("steps")
def list_steps(
    first: int = typer.Option(PAGE, "--first", help="how many at most"), output: Form = FORM
) -> None:
    """List the steps of records that wait for you, the longest begun first.

    Examples:
      fsg duties steps
      fsg duties steps -o json
    """
    found = ask("MySteps", first=first)["mySteps"]
    rows = [[each[name] for name in STEPS] for each in found["steps"]]
    show(output, found, found["steps"], Sheet(STEPS, rows))
    if found["total"] > len(rows):
        note(f"{found['total']:,} steps wait for you; --first shows more of them")


@app.command("estate")
def list_estate(
    of: str = typer.Option("", "--of", metavar="PARTY", help="a person or group; you if left out"),
    kind: list[str] = typer.Option([], "--kind", help="attestation, deviation, … only"),
    first: int = typer.Option(PAGE, "--first", help="how many at most"),
    output: Form = FORM,
) -> None:
    """List what waits for you as an owner of CIs, what is due first.

    Examples:
      fsg duties estate
      fsg duties estate --of ops --kind deviation -o json
    """
    given = {"of": of or None, "kinds": kind or None, "first": first}
    found = ask("EstateWork", **given)["estateWork"]
    rows = [
        [
            each["element"] and each["element"]["key"] if name == "element" else
            ", ".join(each[name]) if name == "missing" else each[name]
            for name in ESTATE
        ]
        for each in found["work"]
    ]  # fmt: skip
    show(output, found, found["work"], Sheet(ESTATE, rows))
    told = ", ".join(f"{each['count']:,} {each['kind']}" for each in found["counts"])
    note(f"{found['elements']:,} elements" + (f": {told}" if told else ": nothing waits"))
    if found["total"] > len(rows):
        note(f"{found['total']:,} in all; --first shows more of them")


@app.command("who")
def who_answers(
    of: str = typer.Argument(metavar="RECORD", help="id or key"), output: Form = FORM
) -> None:
    """Say who answers for a record, and why: who owns it, or whoever is nearest.

    Examples:
      fsg duties who INC-000001
      fsg duties who PRB-000001 -o json
    """
    found = ask("WhoAnswers", of=of)["whoAnswers"]
    rows = [[each[name] for name in ANSWERING] for each in found["parties"]]
    show(output, found, found["parties"], Sheet(ANSWERING, rows))
    if output is Form.TABLE:
        why = found["by"].replace("_", " ")
        note(f"by {why}" + (f" of {found['through']}" if found["through"] else ""))


@app.command("run")
def run_duty(name: str = typer.Argument(metavar="JOB", help="such as deliver")) -> None:
    """Do what is due now, where no server does it.

    Examples:
      fsg duties run deliver
    """

    async def work(product: Product) -> str:
        went = await product.scheduler.run(name)
        await product.scheduler.let_go()
        return str(went["error"] or went["said"] or "nothing had to be done")

    note(with_product(work))


@app.command("deliveries")
def list_deliveries(
    status: str = typer.Option("", "--status", help="waiting, sent, dead, held or collected only"),
    output: Form = FORM,
) -> None:
    """List messages to everybody and how their delivery went.

    Examples:
      fsg duties deliveries --status dead
    """
    rows = list(ask_pages("ListDeliveries", "deliveries", PAGE, status=status or None))
    show(output, rows, rows, Sheet(SENDINGS, [[each[name] for name in SENDINGS] for each in rows]))


@app.command("replay")
def replay(delivery: str = typer.Argument(metavar="DELIVERY", help="its id")) -> None:
    """Try a delivery once more that was given up or waits.

    Examples:
      fsg duties replay 000000000042-0f0e0d0c0b0a09080706
    """
    ask("ReplayDelivery", id=delivery)
    note("it is tried once more")


@inbox.command("list")
def list_messages(
    unread: bool = typer.Option(False, "--unread", help="only those that were not read"),
    output: Form = FORM,
) -> None:
    """List messages to the person whose account asks, the newest first.

    Examples:
      fsg inbox list --unread
    """
    rows = list(ask_pages("ListNotifications", "notifications", PAGE, unread=unread))
    show(output, rows, rows, Sheet(MESSAGES, [[each[name] for name in MESSAGES] for each in rows]))


@inbox.command("read")
def read(
    messages: list[str] = typer.Argument(None, metavar="[MESSAGE…]", help="their ids; all if none"),
) -> None:
    """Say that messages were read.

    Examples:
      fsg inbox read
    """
    found = ask("ReadNotifications", ids=messages or None)["readNotifications"]
    note(f"{found['read']} read")
