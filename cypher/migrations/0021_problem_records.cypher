// What leads to problems: reviews by their period, findings by what they are about.
CREATE INDEX trend_review_identity IF NOT EXISTS FOR (review:TrendReview) ON (review.identity);
CREATE INDEX trend_finding_subject IF NOT EXISTS FOR (finding:TrendFinding) ON (finding.subject);
