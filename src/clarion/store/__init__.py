"""The only room that knows PostgreSQL: server, schema, named queries, job queue, secrets."""
