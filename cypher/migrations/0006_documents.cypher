// Documents that are asked for by their digest: keys, digests, and the name they are listed by.
CREATE CONSTRAINT persisted_document_key IF NOT EXISTS FOR (document:PersistedDocument) REQUIRE document.key IS UNIQUE;
CREATE CONSTRAINT persisted_document_digest IF NOT EXISTS FOR (document:PersistedDocument) REQUIRE document.digest IS UNIQUE;
CREATE INDEX persisted_document_name IF NOT EXISTS FOR (document:PersistedDocument) ON (document.name);
