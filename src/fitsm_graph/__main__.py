"""`python -m fitsm_graph` is the command line."""

from fitsm_graph.cli import main

main()
