import { compareText } from "../compare-text.ts"

/** One number, as it was when a command ended. */
export interface Sample {
  readonly name: MetricName
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What each metric means; all are gauges, since every command is a process of its own. */
export const metrics = {
  lockstep_run_timestamp_seconds: "When the last run of the command ended, in Unix time",
  lockstep_run_success: "1 where the last run of the command ended with 0, else 0",
  lockstep_run_exit_code: "The exit code of the last run of the command",
  lockstep_run_duration_seconds: "How long the last run of the command took",
  lockstep_run_revisions: "How many revisions the last run of the command has applied or undone",
  lockstep_run_lock_retries: "How often the last run of the command did not get a lock and tried again",
  lockstep_run_runner_wait_seconds: "How long the last run of the command waited for another runner",
  lockstep_last_success_timestamp_seconds: "When the command last ended with 0, in Unix time",
  lockstep_pending_revisions: "Revisions of the folder that the database does not have",
  lockstep_held_revisions: "Contract revisions that wait for their release",
  lockstep_applied_revisions: "Revisions of the folder that the database has",
  lockstep_drift: "1 where the catalog is not the one that the history leads to, else 0",
  lockstep_drift_differences: "In how many objects it is not",
  lockstep_role_findings: "Paths by which roles could do what they shall not, by severity",
} as const

export type MetricName = keyof typeof metrics

/**
 * Prints samples in Prometheus' text format, with those of `before` that they do not replace: several commands keep one
 * file. What `before` holds besides is left out.
 *
 * @param before the file as this function has written it
 * @see Prometheus documentation, "Exposition formats"; node_exporter's textfile collector takes no timestamps
 */
export function printMetrics(samples: readonly Sample[], before = ""): string {
  const all = new Map<string, { readonly name: string; readonly value: string }>()
  for (const line of before.split("\n")) {
    const [, series, name, value] = /^((lockstep_\w+)(?:\{.*\})?) (\S+)$/.exec(line) ?? []
    if (series !== undefined && name !== undefined && value !== undefined && Object.hasOwn(metrics, name))
      all.set(series, { name, value })
  }
  for (const sample of samples) all.set(seriesOf(sample), { name: sample.name, value: String(sample.value) })
  const lines = Object.entries(metrics).flatMap(([name, help]) => {
    const own = [...all].filter(([, each]) => each.name === name).sort(([a], [b]) => compareText(a, b))
    if (own.length === 0) return []
    return [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...own.map(([series, { value }]) => `${series} ${value}`),
    ]
  })
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`
}

function seriesOf({ name, labels }: Sample): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => compareText(a, b))
    .map(([label, value]) => `${label}="${escaped(value)}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
}
