// What the steps of records are found by. Those of requests are steps of cases from now on.
MATCH (step:RequestStep) SET step:Step:CaseStep REMOVE step:RequestStep;
DROP CONSTRAINT request_step_key IF EXISTS;
CREATE CONSTRAINT case_step_key IF NOT EXISTS FOR (step:CaseStep) REQUIRE step.key IS UNIQUE;
CREATE CONSTRAINT change_step_key IF NOT EXISTS FOR (step:ChangeStep) REQUIRE step.key IS UNIQUE;
CREATE INDEX case_step_state IF NOT EXISTS FOR (step:CaseStep) ON (step.state);
CREATE INDEX change_step_state IF NOT EXISTS FOR (step:ChangeStep) ON (step.state);
CREATE INDEX case_step_step_list IF NOT EXISTS FOR (step:CaseStep) ON (step.step_list);
CREATE INDEX change_step_step_list IF NOT EXISTS FOR (step:ChangeStep) ON (step.step_list);
