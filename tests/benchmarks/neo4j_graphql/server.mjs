// The peer: @neo4j/graphql on the same database, on the loopback. Takes its port as argument and
// the database from the environment; says "ready" when it listens.
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

const typeDefs = /* GraphQL */ `
  type Element @node {
    id: ID!
    key: String!
    name: String!
    type: String
    lifecycle: String
    description: String
    created_at: String
    version: Int
    dependsOn: [Element!]! @relationship(type: "DEPENDS_ON", direction: OUT)
    calls: [Element!]! @relationship(type: "CALLS", direction: OUT)
    runsOn: [Element!]! @relationship(type: "RUNS_ON", direction: OUT)
    uses: [Element!]! @relationship(type: "USES", direction: OUT)
    authenticatedBy: [Element!]! @relationship(type: "AUTHENTICATED_BY", direction: OUT)
  }
  type CI @node {
    id: ID!
    key: String!
    name: String!
    type: String
    lifecycle: String
    description: String
    created_at: String
    version: Int
  }
`;

const { FITSM_NEO4J_URI: uri, FITSM_NEO4J_USER: user, FITSM_NEO4J_PASSWORD: password } = process.env;
const driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { telemetryDisabled: true });
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const yoga = createYoga({ schema, logging: false, graphiql: false });
createServer(yoga).listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => process.exit(0));
