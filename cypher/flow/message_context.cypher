// flow.message_context (read)
// What a message that came in became, who wrote it, and the records that it may answer. One row.
//
// $identity  str        what it is known again by
// $answers   str        the same of the message that it answers; empty: of none
// $notice    str        id of the message of ours that it may answer
// $keys      list[str]  keys of records that it names
// $emails    list[str]  forms of the address of who wrote it
// $actor     str        login of the account that brings it
// -> arrival  map        properties of it; null: it comes for the first time
// -> persons  list[map]  {id, login, own, shut_out} of who has the address; login: of their
//                        account, or null; own: the account that brings it acts for them; shut_out:
//                        they have accounts, and none of them is in use
// -> collects bool       what it answers is a message of ours about no record, or about several
// -> records  list[map]  {record, labels, stands} of what it may answer, the surest first; stands: who
//                        wrote it owns it, asked for it, wrote of it before, or was told of it so
//
// seek    arrival_identity delivery_id record_id process_record_key person_email
//         account_key
// budget  5 ms
// why     An answer belongs to what it answers, and who may not see that does not find it (PR9.4).
RETURN head(COLLECT {
         MATCH (arrival:Arrival {identity: $identity})
         RETURN properties(arrival)
       }) AS arrival,
       COLLECT {
         UNWIND $emails AS email
         MATCH (person:Person {email: email})
         WITH DISTINCT person ORDER BY person.id
         RETURN {id: person.id, login: head(COLLECT {
           MATCH (account:Account)-[:ACTS_FOR]->(person)
           WHERE NOT coalesce(account.disabled, false)
           RETURN account.key ORDER BY account.key LIMIT 1
         }), own: EXISTS { (:Account {key: $actor})-[:ACTS_FOR]->(person) },
            shut_out: EXISTS { (:Account)-[:ACTS_FOR]->(person) } AND NOT EXISTS {
              MATCH (account:Account)-[:ACTS_FOR]->(person)
              WHERE NOT coalesce(account.disabled, false)
            }}
       } AS persons,
       EXISTS {
         MATCH (delivery:Delivery {id: $notice})
         WHERE coalesce(delivery.record, '') = ''
       } AS collects,
       COLLECT {
         CALL () {
           MATCH (:Arrival {identity: $answers})-[:BECAME]->(record:ProcessRecord)
           RETURN record, 0 AS place
           UNION
           MATCH (delivery:Delivery {id: $notice})
           MATCH (record:Record {id: delivery.record})
           WHERE record:ProcessRecord
           RETURN record, 1 AS place
           UNION
           UNWIND $keys AS key
           MATCH (record:ProcessRecord {key: key})
           RETURN record, 2 AS place
         }
         WITH record, min(place) AS place ORDER BY place, record.id
         RETURN {record: properties(record), labels: labels(record), stands: EXISTS {
           UNWIND $emails AS email
           MATCH (person:Person {email: email})
           WHERE EXISTS { (record)-[:OWNED_BY]->(person) }
              OR EXISTS { (record)-[:OWNED_BY]->(:Group)<-[:BELONGS_TO]-(person) }
              OR EXISTS { (record)-[:REQUESTED_BY|REPORTED_BY]->(person) }
              OR EXISTS { (record)<-[:BECAME]-(:Arrival)-[:SENT_BY]->(person) }
              OR EXISTS {
                MATCH (account:Account)-[:ACTS_FOR]->(person)
                WHERE account.key IN [record.requester, record.registered_by]
              }
              OR EXISTS {
                MATCH (told:Delivery {id: $notice})
                WHERE told.person = person.id AND told.record = record.id
              }
         }}
       } AS records
