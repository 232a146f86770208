// What suggestions are looked up by, so that a finding made again is counted and not registered twice.
CREATE INDEX suggestion_finding IF NOT EXISTS FOR (suggestion:Suggestion) ON (suggestion.finding);
