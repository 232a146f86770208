"""The name that API and pages know a session by."""

SESSION_COOKIE = "fitsm_session"
