"""The only room that speaks Bolt: driver, ledger, statements, migrations, local server."""
