// Records of all processes are found by their keys alone, and what was said about them by theirs.
MATCH (record:Incident|Change|MaintenanceWindow) SET record:ProcessRecord;
CREATE CONSTRAINT process_record_key IF NOT EXISTS FOR (record:ProcessRecord) REQUIRE record.key IS UNIQUE;
CREATE CONSTRAINT comment_key IF NOT EXISTS FOR (comment:Comment) REQUIRE comment.key IS UNIQUE;
CREATE CONSTRAINT attachment_key IF NOT EXISTS FOR (attachment:Attachment) REQUIRE attachment.key IS UNIQUE;
