import { expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { noteMissingAddress } from "./database-url.ts"

const refused = new ToolError("cannot-connect", "nothing listens there", { hint: "start the server" })

test.each([
  ["nothing", {}, "set DATABASE_URL"],
  ["only a user", { libpqVariables: { PGUSER: "ada", PGHOST: "" } }, "set DATABASE_URL"],
  ["a URL", { url: "postgres://localhost/shop" }, "start the server"],
  ["a variable of libpq", { libpqVariables: { PGDATABASE: "shop" } }, "start the server"],
])("where %s says which database is meant, the hint is the one that helps", (_, target, hint) => {
  expect(noteMissingAddress(refused, target).facts.hint).toContain(hint)
})
