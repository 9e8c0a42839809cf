import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { diff } from "../../src/api/diff.ts"
import { generate } from "../../src/api/generate.ts"
import { revision, testProject } from "../project.ts"

test("what was replayed on the embedded server is kept by its content, and made anew where that changes", async () => {
  await using project = await testProject({
    "a.sql": revision("aaaa", "", "create table users (id int); grant select on users to reader;"),
  })
  await project.write({
    "schema/users.sql": "create table users (id int, mail text, name text); grant select on users to reader;",
  })
  const cache = await mkdtemp(join(tmpdir(), "lockstep-cache-"))
  const from = { kind: "revisions", project: { root: project.root, cache } } as const
  const changes = async () =>
    (await diff({ from, to: { kind: "empty" }, cache })).changes.map(({ object }) => object)
  const kept = () => readdir(join(cache, "catalogs"))
  try {
    const first = await changes()
    expect(await kept()).toHaveLength(1)
    expect(await changes()).toEqual(first)
    expect(await kept()).toHaveLength(1)

    // Comments and white space do not count; a statement does.
    await project.write({
      "migrations/a.sql": revision(
        "aaaa",
        "",
        "create table users (id int, mail text); grant select on users to reader;",
      ),
    })
    expect(await changes()).toContain("table column public.users.mail")
    expect(await kept()).toHaveLength(2)

    // A file that is damaged is as good as none.
    for (const name of await kept()) await writeFile(join(cache, "catalogs", name), "not a catalog")
    expect(await changes()).toContain("table column public.users.mail")

    const options = { root: project.root, cache, schema: ["schema"], title: "name", write: false }
    const once = await generate(options)
    const again = await generate(options)
    const sql = ({ revisions }: typeof once) =>
      revisions.map(({ files }) => files[0]?.content.replace(/^-- (revision|parent|created).*\n/gm, ""))
    expect(sql(again)).toEqual(sql(once))
    expect(sql(again).join()).toContain("add column name text")
  } finally {
    await rm(cache, { recursive: true })
  }
}, 60_000)
