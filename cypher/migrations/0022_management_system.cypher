// What the records of the service management system are found by; one reminder for each thing that fell due.
CREATE INDEX management_document_kind_of_document IF NOT EXISTS FOR (document:ManagementDocument) ON (document.kind_of_document);
CREATE INDEX management_document_series IF NOT EXISTS FOR (document:ManagementDocument) ON (document.series);
CREATE INDEX management_document_next_review_at IF NOT EXISTS FOR (document:ManagementDocument) ON (document.next_review_at);
CREATE INDEX stakeholder_next_review_at IF NOT EXISTS FOR (stakeholder:Stakeholder) ON (stakeholder.next_review_at);
CREATE INDEX review_kind_of_review IF NOT EXISTS FOR (review:Review) ON (review.kind_of_review);
CREATE INDEX review_plan IF NOT EXISTS FOR (review:Review) ON (review.plan);
CREATE INDEX review_due_at IF NOT EXISTS FOR (review:Review) ON (review.due_at);
CREATE INDEX nonconformity_of_requirement IF NOT EXISTS FOR (nonconformity:Nonconformity) ON (nonconformity.of_requirement);
CREATE CONSTRAINT reminder_identity IF NOT EXISTS FOR (reminder:Reminder) REQUIRE reminder.identity IS UNIQUE;
CREATE INDEX reminder_matter IF NOT EXISTS FOR (reminder:Reminder) ON (reminder.matter);
CREATE INDEX reminder_due_at IF NOT EXISTS FOR (reminder:Reminder) ON (reminder.due_at);
