import { expect, test } from "vitest"
import { upgrade } from "../../src/api/upgrade.ts"
import { newRevision } from "../../src/api/write.ts"
import { eachMajor, testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"

test("a revision that was just written and not filled is not applied", async () => {
  await using db = await testDatabase()
  await using project = await testProject({})
  await newRevision({ root: project.root, title: "add users" })
  await expect(upgrade({ root: project.root, url: db.url })).rejects.toMatchObject({ code: "empty-revision" })
})

eachMajor(
  "a new enum value is used where the server allows it, and the revision is refused elsewhere",
  async (db) => {
    await using project = await testProject({
      "a.sql": revision(
        "aaaa",
        "",
        `create type state as enum ('open');
alter type state add value 'paid';
create table invoices (state state default 'paid');`,
      ),
    })
    const attempt = upgrade({ root: project.root, url: db.url })
    if (db.major >= 17) expect((await attempt).applied).toHaveLength(1)
    else await expect(attempt).rejects.toMatchObject({ code: "mixed-transaction" })
  },
)
