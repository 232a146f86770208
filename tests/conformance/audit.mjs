// Asks a server all that GraphQL over HTTP demands, and prints what became of each question.
// Address and token come from the environment; the token is on no command line.
import { auditServer } from 'graphql-http';

const token = process.env.AUDIT_TOKEN;
const fetchFn = (url, options = {}) =>
  fetch(url, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
const found = await auditServer({ url: process.env.AUDIT_ADDRESS, fetchFn });
console.log(JSON.stringify(found.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
