// flow.records_lacking (read)
// Records that are open, or were over in a period, and what they lack of what good ones say. One row for
// each kind, and for the open and the others of it.
//
// $rules   map        {open, over} by kind: {fields, out, into}, names of fields, and {name, type} of relations
// $kinds   list[str]  the kinds
// $before  str        open records are looked at that were registered before that, in the stored form
// $since   str        beginning of the period, likewise; included
// $until   str        its end; not included
// $given_up list[str] states of what was given up; of those nothing is asked
// $after   str        id of the last record before those that are told, or ''
// $limit   int        most records that are told of each
// -> kind     str        the kind
// -> open     bool       whether they are open
// -> checked  int        how many were looked at
// -> lacking  int        how many of them lack something
// -> poor     list[map]  {id, key, title, status, owner, registered_at, lacks} of those that are told, by id
//
// seek    -
// budget  3 s for 100,000 of them
// why     What is missing of a record is found while it can still be asked for (GR2.3).
MATCH (record:ProcessRecord)
WHERE (record.closed_at IS NULL AND record.created_at < $before)
   OR ($since <= record.closed_at < $until AND NOT record.status IN $given_up)
WITH record, record.closed_at IS NULL AS open, head([label IN labels(record) WHERE label IN $kinds]) AS kind
WHERE kind IS NOT NULL
WITH record, open, kind, CASE WHEN open THEN $rules[kind].open ELSE $rules[kind].over END AS rule
WHERE size(rule.fields) + size(rule.out) + size(rule.into) > 0
WITH record, open, kind, rule,
     CASE WHEN size(rule.out) = 0 THEN [] ELSE COLLECT { MATCH (record)-[tie]->() RETURN DISTINCT type(tie) } END AS out,
     CASE WHEN size(rule.into) = 0 THEN [] ELSE COLLECT { MATCH (record)<-[tie]-() RETURN DISTINCT type(tie) } END AS into
WITH record, open, kind,
     [name IN rule.fields WHERE coalesce(toStringOrNull(record[name]), CASE WHEN record[name] IS NULL THEN '' ELSE 'some' END) = '']
     + [tie IN rule.out WHERE NOT tie.type IN out | tie.name]
     + [tie IN rule.into WHERE NOT tie.type IN into | tie.name] AS lacks
ORDER BY record.id
WITH open, kind, count(record) AS checked,
     collect(CASE WHEN size(lacks) > 0 THEN [record, lacks] END) AS lacking
RETURN kind, open, checked, size(lacking) AS lacking,
       COLLECT {
         UNWIND [one IN lacking WHERE one[0].id > $after][..$limit] AS one
         WITH one[0] AS record, one[1] AS lacks
         RETURN {id: record.id, key: record.key, title: record.title, status: record.status,
                 owner: head([(record)-[:OWNED_BY]->(owner:Record) | owner.key]),
                 registered_at: record.created_at, lacks: lacks}
         ORDER BY record.id
       } AS poor
ORDER BY kind, open
