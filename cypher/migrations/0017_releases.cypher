// Releases and what is kept of them: keys, and what they are listed by.
CREATE INDEX release_status IF NOT EXISTS FOR (release:Release) ON (release.status);
CREATE INDEX release_planned_ends_at IF NOT EXISTS FOR (release:Release) ON (release.planned_ends_at);
CREATE INDEX release_review_due_at IF NOT EXISTS FOR (release:Release) ON (release.review_due_at);
CREATE INDEX deployment_status IF NOT EXISTS FOR (deployment:Deployment) ON (deployment.status);
CREATE CONSTRAINT acceptance_criterion_key IF NOT EXISTS FOR (criterion:AcceptanceCriterion) REQUIRE criterion.key IS UNIQUE;
CREATE CONSTRAINT test_result_key IF NOT EXISTS FOR (result:TestResult) REQUIRE result.key IS UNIQUE;
CREATE INDEX communication_due_at IF NOT EXISTS FOR (action:CommunicationAction) ON (action.due_at);
CREATE INDEX training_due_at IF NOT EXISTS FOR (training:TrainingRecord) ON (training.due_at);
CREATE CONSTRAINT deployment_review_key IF NOT EXISTS FOR (review:DeploymentReview) REQUIRE review.key IS UNIQUE;
