import { arch, cpus, platform, release } from "node:os"
import type { Tools } from "./tools.ts"

/** One table of the report. */
export interface Section {
  readonly title: string
  /** What was measured, and how the figures came about. */
  readonly says: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A bar that the project has set itself, and where it stands. */
export interface Bar {
  readonly says: string
  readonly figure: string
  readonly met: boolean
}

export interface Report {
  readonly command: string
  readonly machine: readonly string[]
  readonly sections: readonly Section[]
  readonly bars: readonly Bar[]
}

export function machineFacts(
  serverVersion: string,
  { lockstep, barePsql, peers, missing }: Tools,
): readonly string[] {
  const [cpu] = cpus()
  const programs = [lockstep, barePsql, ...peers].flatMap((tool) =>
    tool === undefined ? [] : `${tool.name.replace(/,.*/, "")} ${tool.version}`,
  )
  return [
    `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${platform()} ${release()} ${arch()}`,
    `Node ${process.versions.node}, PostgreSQL ${serverVersion} (embedded)`,
    programs.join(", "),
    ...(missing.length === 0 ? [] : [`not installed and skipped: ${missing.join(", ")}`]),
  ]
}

/** Prints the report for a terminal. */
export function printReport({ machine, sections, bars }: Report): string {
  const lines = [...machine, ""]
  for (const { title, columns, rows } of sections) {
    const all = [columns, ...rows]
    const widths = columns.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)))
    lines.push(title)
    for (const row of all)
      lines.push(`  ${row.map((cell, index) => pad(cell, widths[index] ?? 0, index)).join("  ")}`.trimEnd())
    lines.push("")
  }
  for (const { says, figure, met } of bars) lines.push(`${met ? "met   " : "MISSED"}  ${says}: ${figure}`)
  return lines.join("\n")
}

function pad(cell: string, width: number, index: number): string {
  return index === 0 ? cell.padEnd(width) : cell.padStart(width)
}

/** Writes the report as the tables of docs/benchmarks.md. */
export function markdownReport({ command, machine, sections, bars }: Report, date: string): string {
  return [
    `Measured on ${date} with \`${command}\`:`,
    "",
    ...machine.map((fact) => `- ${fact}`),
    "",
    ...sections.flatMap(({ title, says, columns, rows }) => [
      `### ${title}`,
      "",
      says,
      "",
      tableRow(columns),
      tableRow(columns.map((_, index) => (index === 0 ? "---" : "--:"))),
      ...rows.map(tableRow),
      "",
    ]),
    "### The bars",
    "",
    tableRow(["bar", "figure", ""]),
    tableRow(["---", "--:", "---"]),
    ...bars.map(({ says, figure, met }) => tableRow([says, figure, met ? "met" : "missed"])),
  ].join("\n")
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`
}
