"""The GraphQL API: questions compiled to one statement for each root field, verbs as mutations."""
