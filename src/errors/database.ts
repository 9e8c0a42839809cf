import { defineErrors } from "./define.ts"

/** Reaching a database, and whether it can be worked on at all. */
export const databaseErrors = defineErrors({
  "cannot-connect": {
    exit: 5,
    when: "No connection to the database could be opened.",
    why: "Nothing ran. Most of the reasons pass by themselves (a server that starts, a proxy that is not ready yet, no free connection), so the exit code says that trying again later may help.",
    fix: "The message names host, port, database and user as they were understood, and the hint the likely cause. Check first that the same URL works with `psql`. In a container, `localhost` is the container itself. With TLS, `sslmode=require` encrypts without checking the certificate, `verify-full` checks it against the authorities of `sslrootcert` (or those of Node.js).",
  },
  "statements-hidden": {
    exit: 2,
    when: "`lockstep queries pull` is run as a role that may not read the statements of other roles.",
    why: "The server keeps them from everybody but superusers and members of `pg_read_all_stats`. A list without them would prove nothing.",
    fix: "`grant pg_read_all_stats to <role>`, which lets it read statistics and no data; or ask for the queries of the connecting role only, with `--role`.",
  },
  "statements-not-recorded": {
    exit: 2,
    when: "`lockstep queries pull` is asked of a database that does not keep the queries of its applications.",
    why: "Only the server knows what has really been issued; it keeps that in the extension `pg_stat_statements`, if it is there.",
    fix: "Name `pg_stat_statements` in `shared_preload_libraries` (most providers have it there already), then `create extension pg_stat_statements`, and let the application run for a while. Or write the queries into a file of SQL by hand.",
  },
  "auth-package-missing": {
    exit: 2,
    when: "`auth` says that tokens of Google, AWS or Azure are the password, and the provider's library is not installed.",
    why: "Only a provider's own library knows all the ways in which an identity is found: a role of the instance, a workload's identity, a file of the user's. It is loaded where it is configured and is no dependency of Lockstep.",
    fix: "`npm install google-auth-library` (Google), `npm install @google-cloud/cloud-sql-connector` (Google with an `instance`), `npm install @aws-sdk/rds-signer` (AWS), `npm install @azure/identity` (Azure), in the project or beside Lockstep. Or write a `password` function.",
  },
  "auth-failed": {
    exit: 5,
    when: "The library of Google, AWS or Azure gives no token to log in with.",
    why: "It finds no identity here, the identity may not have a token, or the provider did not answer. The server was not asked, nothing ran.",
    fix: "The message is the library's own. Google wants Application Default Credentials, AWS credentials and a region, Azure an identity; a container has them from its platform, a developer from `gcloud auth application-default login`, `aws sso login` or `az login`.",
  },
  "invalid-database-url": {
    exit: 2,
    when: "The database URL, the keyword string or a `PG*` variable cannot be understood.",
    why: "Guessing could reach another database than the one that was meant.",
    fix: "Write it as `postgresql://user:password@host:5432/database?sslmode=require` or `host=... dbname=...`. Characters with a meaning in URLs must be escaped in user and password: `@` as `%40`, `/` as `%2F`, `:` as `%3A`, `#` as `%23`, `?` as `%3F`, `%` as `%25`. The password is left out of the message on purpose.",
  },
  "pooled-connection": {
    exit: 2,
    when: "The connection goes through a pooler that hands each transaction, or each statement, to another server session.",
    why: "Settings such as `lock_timeout`, and everything else that lives in a session, would apply to somebody else's statements, and statements that cannot run in a transaction would run without their time limits.",
    fix: "Use the direct URL of the database for Lockstep; the hint shows its likely form. Where there is none, `--pooled` works through the pooler with settings that live no longer than a transaction.",
  },
  "pooler-exhausted": {
    exit: 5,
    when: "Lockstep works through a pooler, and got no second session from it in time while the first one held the runner's lock.",
    why: "The lock is an open transaction and occupies a session of the pool; the revisions run in another. Nothing ran.",
    fix: "Give the pool at least two sessions (`default_pool_size`, `pool_size`), use the direct URL of the database, or try again when the pool is less busy.",
  },
  "needs-session": {
    exit: 2,
    when: "Lockstep works through a pooler (`--pooled`), and a revision that runs step by step sets something for its session: with SET or RESET, or with a `lock-timeout` or `statement-timeout` in its header.",
    why: "Statements that cannot run in a transaction, such as CREATE INDEX CONCURRENTLY, reach any session of the pool. The setting would not be there for them, and would be there for somebody else.",
    fix: "Apply the revision over the direct URL of the database, or take the setting out.",
  },
  "read-only-target": {
    exit: 2,
    when: "The server is a replica, or the session is read-only by default.",
    why: "Nothing can be applied there; on a replica the revisions arrive by replication.",
    fix: "Connect to the primary. Many providers have one host name for writing and another for reading. Where `default_transaction_read_only` is set for the role or the database, use a role without it, or `alter role ... reset default_transaction_read_only`.",
  },
  "nonstandard-strings": {
    exit: 2,
    when: "`standard_conforming_strings` is off for the role, the database or the server.",
    why: "A backslash then quotes the character behind it in every text, so that a file means something else than it does elsewhere, and would be split in the wrong places.",
    fix: "Turn it on for the role that migrates: `alter role ... reset standard_conforming_strings`, or `alter role ... set standard_conforming_strings = on`, or `?options=-cstandard_conforming_strings=on` in the address. Write texts with backslash sequences as `E'...'`, which works either way.",
  },
  "unsupported-server": {
    exit: 2,
    when: "The server is older than PostgreSQL 14, or it is not PostgreSQL.",
    why: "Lockstep is tested with 14 and later, and uses what they have.",
    fix: "Upgrade the server. PostgreSQL 13 has been without fixes since November 2025.",
  },
})
