"""Pages for people: views over named operations of the public GraphQL schema, nothing else.

pages(execute, sign_in, clock)  the application to mount at the root, after the API
Execute, ExecutionOutcome       how a page asks; given at start-up
SignIn, Session                 how sessions are opened, known and closed; given at start-up
"""

from fitsm_graph.kernel.cookies import SESSION_COOKIE
from fitsm_graph.web.execute import Execute, ExecutionOutcome
from fitsm_graph.web.pages import pages
from fitsm_graph.web.sign_in import Session, SignIn

__all__ = ["SESSION_COOKIE", "Execute", "ExecutionOutcome", "Session", "SignIn", "pages"]
