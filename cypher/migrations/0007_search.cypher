// Words of elements are indexed behind the commit: within it they cost more than all the rest of it.
// A search waits until what was committed before it is indexed.
DROP INDEX element_text IF EXISTS;
CREATE FULLTEXT INDEX element_text IF NOT EXISTS FOR (element:Element) ON EACH [element.key, element.name, element.description] OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}};
