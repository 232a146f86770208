// What is kept of changes beside themselves: keys, and what they are looked up by.
CREATE CONSTRAINT back_out_plan_key IF NOT EXISTS FOR (plan:BackOutPlan) REQUIRE plan.key IS UNIQUE;
CREATE CONSTRAINT change_assessment_key IF NOT EXISTS FOR (assessment:ChangeAssessment) REQUIRE assessment.key IS UNIQUE;
CREATE CONSTRAINT approval_key IF NOT EXISTS FOR (approval:Approval) REQUIRE approval.key IS UNIQUE;
CREATE CONSTRAINT post_implementation_review_key IF NOT EXISTS FOR (review:PostImplementationReview) REQUIRE review.key IS UNIQUE;
CREATE INDEX post_implementation_review_due_at IF NOT EXISTS FOR (review:PostImplementationReview) ON (review.due_at);
CREATE INDEX change_planned_ends_at IF NOT EXISTS FOR (change:Change) ON (change.planned_ends_at);
CREATE CONSTRAINT calendar_feed_key IF NOT EXISTS FOR (feed:CalendarFeed) REQUIRE feed.key IS UNIQUE;
CREATE CONSTRAINT calendar_feed_hint IF NOT EXISTS FOR (feed:CalendarFeed) REQUIRE feed.hint IS UNIQUE;
