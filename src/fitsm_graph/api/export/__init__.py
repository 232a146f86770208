"""Ways out: the answer to a question as a file.

The question is the same document with the same variables, rights and limits as in GraphQL. Rows
become CSV, NDJSON, XLSX or Parquet, page after page; graphs become GraphML, GEXF, DOT, Mermaid or
JSON Graph Format.
"""
