// Documents that processes hand out, and the pieces of their content.
CREATE CONSTRAINT document_key IF NOT EXISTS FOR (document:Document) REQUIRE document.key IS UNIQUE;
CREATE INDEX document_series IF NOT EXISTS FOR (document:Document) ON (document.series);
CREATE INDEX document_kind_of_document IF NOT EXISTS FOR (document:Document) ON (document.kind_of_document);
CREATE INDEX document_status IF NOT EXISTS FOR (document:Document) ON (document.status);
CREATE CONSTRAINT document_part_key IF NOT EXISTS FOR (part:DocumentPart) REQUIRE part.key IS UNIQUE;
