// Problems and improvements by where they stand: those that go on are looked through for what is due.
CREATE INDEX problem_status IF NOT EXISTS FOR (problem:Problem) ON (problem.status);
CREATE INDEX improvement_status IF NOT EXISTS FOR (improvement:Improvement) ON (improvement.status);
