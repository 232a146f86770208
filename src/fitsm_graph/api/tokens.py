"""How many tokens a document has, found out for a hundredth of what parsing it costs.

What is refused for its length is refused before anything is made of it. The parser keeps its own
limit: what is no token ends the count here, and is left to it to be told with its place.
"""

import re

_TOKEN = re.compile(
    r"""
    [\ \t\n\r,\ufeff]*+
    (?:
      (?P<token>
        [!$&():=@\[\]{|}] | \.\.\.
      | [_A-Za-z][_0-9A-Za-z]*+
      | -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+
      | \"{3} (?: \\\"{3} | [^"] | "(?!"") )*+ \"{3}
      | "(?!"") (?: [^"\\\n\r] | \\[^\n\r] )*+ "
      )
    | (?P<comment> \#[^\n\r]*+ )
    | (?P<other> . )
    | \Z
    )
    """,
    re.VERBOSE | re.DOTALL,
)


def exceeds(text: str, most: int) -> bool:
    """Say whether a document has more tokens than so many, or more comments.

    Comments are no tokens, but the parser keeps them as if they were.
    """
    tokens = comments = 0
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "token":
            tokens += 1
            if tokens > most:
                return True
        elif found.lastgroup == "comment":
            comments += 1
            if comments > most:
                return True
        else:
            break
    return False
