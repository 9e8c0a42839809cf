import { execFile } from "node:child_process"
import { promisify } from "node:util"

const execute = promisify(execFile)

/** The program to ask: `PG_DUMP_<major>`, `PG_DUMP`, or that on the path. */
function programFor(major: number): string {
  return process.env[`PG_DUMP_${major}`] ?? process.env["PG_DUMP"] ?? "pg_dump"
}

const majorsOf = new Map<string, Promise<number>>()

/** Zero where it is not installed. */
function majorOf(program: string): Promise<number> {
  const known = majorsOf.get(program)
  if (known !== undefined) return known
  const asked = execute(program, ["--version"]).then(
    ({ stdout }) => Number(/(\d+)\./.exec(stdout)?.[1]),
    () => 0,
  )
  majorsOf.set(program, asked)
  return asked
}

/** Whether pg_dump is at hand, and not older than the server. */
export async function canDump(major: number): Promise<boolean> {
  return (await majorOf(programFor(major))) >= major
}

/**
 * The entries of a dump of the structure, sorted; within a table the columns, within a list of privileges the grants
 * are sorted, too. Nothing where pg_dump is missing, or older than the server.
 */
export async function dumpEntriesOf(url: string, major: number): Promise<readonly string[]> {
  if (!(await canDump(major))) return []
  const { stdout } = await execute(programFor(major), ["--schema-only", "-d", url], { maxBuffer: 1 << 28 })
  return stdout
    .split(/^(?=-- Name: )/m)
    .slice(1)
    .map((entry) =>
      entry
        .split("\n")
        .filter(
          (line) =>
            line !== "" &&
            line !== "--" &&
            !/^\\(un)?restrict|^-- PostgreSQL database dump|^SET default_tablespace/.test(line),
        )
        .map((line) => (/^-- Name: .*; Type: (FOREIGN )?TABLE;/.test(entry) ? line.replace(/,$/, "") : line)),
    )
    .map((lines) =>
      (/Type: ((FOREIGN )?TABLE|(DEFAULT )?ACL);/.test(lines[0] ?? "") ? lines.sort() : lines).join("\n"),
    )
    .sort()
}
