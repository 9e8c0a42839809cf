import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { seconds } from "./cold-start.ts"
import { measure, median } from "./measure.ts"
import type { Plan } from "./plan.ts"
import type { Bar, Section } from "./report.ts"
import { tables, tableText, writeRevisions } from "./table-revisions.ts"

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))

/**
 * Measures how long `generate` takes for one new column at a hundred tables: after a run before it, with another column
 * each time, so that nobody knows what is wanted; and with nothing kept at all, where three hundred revisions have to run.
 */
export async function measureGenerate(
  plan: Plan,
): Promise<{ readonly sections: readonly Section[]; readonly bars: readonly Bar[] }> {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-bench-generate-"))
  try {
    const few = makeProject(join(folder, "few"), 10)
    const many = makeProject(join(folder, "many"), 300)
    await few(0)
    const warm: number[] = []
    for (let round = 1; round <= plan.readRounds; round += 1) warm.push(await few(round))
    const cold: number[] = []
    for (let round = 0; round < 3; round += 1) {
      rmSync(join(folder, "many/cache"), { recursive: true, force: true })
      cold.push(await many(round))
    }
    const [kept, replayed] = [median(warm), median(cold)]
    return {
      sections: [
        {
          title: "One new column at a hundred tables",
          says: "`lockstep generate`, from the start of the program to the proven revision: the scratch server, what is wanted loaded from a hundred files, the plan run forward and backward. *Kept*: a run before it has replayed the same revisions. *Cold*: nothing is kept of any run, and 300 revisions are replayed. The median.",
          columns: ["", "revisions", "wall, s"],
          rows: [
            ["kept", "10", seconds(kept)],
            ["cold", "300", seconds(replayed)],
          ],
        },
      ],
      bars: [
        bar("generate, one changed column at 100 tables, scratch cached: under 1 s", kept, 1_000),
        bar("generate, cold cache, 300 revisions: under 6 s", replayed, 6_000),
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function bar(says: string, wallMs: number, mostMs: number): Bar {
  return { says, figure: `${seconds(wallMs)} s`, met: wallMs < mostMs }
}

/** Returns what generates a revision for another column each time, in milliseconds; it is not written. */
function makeProject(root: string, revisions: number): (round: number) => Promise<number> {
  const added = writeRevisions(root, revisions)
  mkdirSync(join(root, "schema"))
  const write = (index: number, more: readonly string[] = []) =>
    writeFileSync(
      join(root, `schema/t_${index}.sql`),
      tableText(index, [...(added.get(index) ?? []), ...more]),
    )
  for (let index = 0; index < tables; index += 1) write(index)
  return async (round) => {
    write(50, [`note_${round}`])
    const args = [cli, "generate", "note", "--dry-run", "--cwd", root]
    const { wallMs } = await measure({
      program: process.execPath,
      args,
      env: { LOCKSTEP_CACHE: join(root, "cache") },
    })
    return wallMs
  }
}
