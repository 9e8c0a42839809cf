/** One node of a plan as EXPLAIN (FORMAT JSON, VERBOSE) prints it; only what is looked at. */
export interface PlanNode {
  readonly "Node Type": string
  readonly Operation?: string
  readonly Schema?: string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Index Cond"?: string
  readonly "Recheck Cond"?: string
  readonly "TID Cond"?: string
  readonly "Join Type"?: string
  readonly "Parent Relationship"?: string
  readonly "Conflict Resolution"?: string
  readonly Filter?: string
  readonly "Actual Rows"?: number
  readonly Plans?: readonly PlanNode[]
}

/** A relation as a plan names it. */
export interface PlannedWork {
  readonly kind: "scan" | "modification"
  readonly schema: string
  readonly name: string
  /** An index found them by one value: it grows with the table where they were most of its rows. */
  readonly found?: number
}

/** Reads the message of auto_explain: `duration: 0.02 ms  plan:` and a JSON document. */
export function readPlanMessage(message: string): PlanNode | undefined {
  const start = /^duration: [\d.]+ ms {2}plan:\s*(?=\{)/.exec(message)
  if (start === null) return undefined
  try {
    const { Plan, "Query Text": text } = JSON.parse(message.slice(start[0].length)) as {
      readonly Plan: PlanNode
      readonly "Query Text"?: string
    }
    return isForeignKeyCheck(text ?? "") ? undefined : Plan
  } catch {
    return undefined
  }
}

/** What the triggers of foreign keys ask: about one key, whether or not an index serves it. */
function isForeignKeyCheck(text: string): boolean {
  return /^(?:SELECT 1 FROM ONLY|DELETE FROM ONLY|UPDATE ONLY) "?[\w"]+"?\."/.test(text)
}

/**
 * Returns what of a plan grows with the size of a relation: scans that nothing bounds, and changes of as many rows. A
 * scan is bounded by a LIMIT above it, or by an index condition that is an equality, a list, or has two ends.
 */
export function workOf(plan: PlanNode): readonly PlannedWork[] {
  const work: PlannedWork[] = []
  visit(plan, false, work)
  return work
}

function visit(node: PlanNode, limited: boolean, into: PlannedWork[]): void {
  const { "Node Type": type, Plans = [], Schema: schema = "public", "Relation Name": name } = node
  const below = limited || type === "Limit"
  const found = foundByValue(node)
  const before = into.length
  if (!below && name !== undefined && isScan(type)) {
    if (!isBounded(node)) into.push({ kind: "scan", schema, name })
    else if (found !== undefined) into.push({ kind: "scan", schema, name, found })
  }
  for (const child of Plans) visit(child, below, into)
  const scans = into.slice(before)
  if (type === "LockRows") into.push(...scans.map((scan): PlannedWork => ({ ...scan, kind: "modification" })))
  if (name === undefined || scans.length === 0 || !changesRows(node)) return
  const certain = scans.some((scan) => scan.found === undefined)
  const most = Math.max(...scans.map((scan) => scan.found ?? 0))
  into.push({ kind: "modification", schema, name, ...(certain ? {} : { found: most }) })
}

/** How many rows `(status = 'new'::text)` found; a key finds one, and two are no sign of many. */
function foundByValue(node: PlanNode): number | undefined {
  const condition = node["Index Cond"] ?? node["Recheck Cond"] ?? ""
  const rows = node["Actual Rows"] ?? 0
  return rows >= 3 && /^\([^=<>]+ = '(?:[^']|'')*'(?:::[^()]*)?\)$/.test(condition) ? rows : undefined
}

function isScan(type: string): boolean {
  return /^(?:Parallel )?(?:Seq|Index|Index Only|Bitmap Heap|Sample|Tid|Tid Range) ?.*Scan$/.test(type)
}

function changesRows(node: PlanNode): boolean {
  const { Operation } = node
  return (
    Operation === "Update" ||
    Operation === "Delete" ||
    Operation === "Merge" ||
    node["Conflict Resolution"] === "UPDATE"
  )
}

function isBounded(node: PlanNode): boolean {
  if (node["TID Cond"] !== undefined) return node["Node Type"] === "Tid Scan" || hasTwoEnds(node["TID Cond"])
  const condition = node["Index Cond"] ?? node["Recheck Cond"]
  return condition !== undefined && (isEquality(condition) || hasTwoEnds(condition))
}

/** `(id = 5)`, `(id = ANY (...))`; the words before the operator are a column of the index. */
function isEquality(condition: string): boolean {
  return /(?<![<>!=~*])=(?![<>=~])/.test(condition.replace(/'(?:[^']|'')*'/g, "''"))
}

function hasTwoEnds(condition: string): boolean {
  const text = condition.replace(/'(?:[^']|'')*'/g, "''")
  return />=?/.test(text) && /<=?/.test(text)
}
