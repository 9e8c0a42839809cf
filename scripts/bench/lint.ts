import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { seconds } from "./cold-start.ts"
import { measure, median } from "./measure.ts"
import type { Plan } from "./plan.ts"
import type { Bar, Section } from "./report.ts"
import { nameOf, writeRevisions } from "./table-revisions.ts"

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))
const few = 10
const many = 500

/**
 * Measures how long `lint` takes for one revision at a hundred tables, another one each time, after a run before it has
 * replayed what comes before; and, where the plan is a full one, for five hundred revisions with nothing kept at all.
 */
export async function measureLint(
  plan: Plan,
): Promise<{ readonly sections: readonly Section[]; readonly bars: readonly Bar[] }> {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-bench-lint-"))
  const lint = async (root: string, ...range: readonly string[]) => {
    const env = { LOCKSTEP_CACHE: join(root, "cache") }
    const args = [cli, "lint", ...range, "--cwd", root]
    return (await measure({ program: process.execPath, args, env })).wallMs
  }
  try {
    const root = join(folder, "few")
    writeRevisions(root, few)
    const kept: number[] = []
    for (let round = 0; round <= plan.readRounds; round += 1) {
      writeFileSync(
        join(root, "migrations/note.sql"),
        `-- revision: note\n-- parent: ${nameOf(few - 1)}\n\nalter table t_50 add column note_${round} int;\n`,
      )
      kept.push(await lint(root, `${nameOf(few - 1)}:note`))
    }
    const one = median(kept.slice(1))
    const rows = [["one, what is before it kept", String(few + 1), seconds(one)]]
    const bars = [bar("lint of one revision at 100 tables, scratch cached: under 1 s", one, 1_000)]
    // The quick plan has no large counts anywhere.
    if (plan.bigUpgradeRounds > 0) {
      const whole = join(folder, "many")
      writeRevisions(whole, many)
      const all = await lint(whole)
      rows.push(["all, nothing kept", String(many), seconds(all)])
      bars.push(bar(`lint of ${many} revisions: under 60 s`, all, 60_000))
    }
    return {
      sections: [
        {
          title: "Revisions linted",
          says: "`lockstep lint`, from the start of the program to its verdict, at a hundred tables: each revision runs on the scratch server, watched from a second session.",
          columns: ["linted", "revisions", "wall, s"],
          rows,
        },
      ],
      bars,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function bar(says: string, wallMs: number, mostMs: number): Bar {
  return { says, figure: `${seconds(wallMs)} s`, met: wallMs < mostMs }
}
