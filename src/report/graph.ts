/** One node of a drawing, with what is written to its right. */
export interface GraphNode {
  readonly id: string
  /** Nodes drawn below it that it is linked to. */
  readonly parents: readonly string[]
  /** The character in the lane: `●` applied, `○` pending. */
  readonly mark: string
  /** The first stands beside the mark, further ones below it. */
  readonly lines: readonly string[]
}

/** Where lines meet in one cell of a row. */
interface Cell {
  up?: boolean
  down?: boolean
  left?: boolean
  right?: boolean
}

const box: Readonly<Record<string, string>> = {
  "": " ",
  ud: "│",
  lr: "─",
  ur: "╰",
  ul: "╯",
  dr: "╭",
  dl: "╮",
  udr: "├",
  udl: "┤",
  ulr: "┴",
  dlr: "┬",
  udlr: "┼",
}

/**
 * Draws a graph from its heads down, as `git log --graph` does: a lane for every line of descent.
 *
 * @param nodes each before its parents; parents that are not among them are left out
 */
export function drawGraph(nodes: readonly GraphNode[]): string {
  const known = new Set(nodes.map(({ id }) => id))
  const rows: { lanes: string; text: string }[] = []
  /** For each lane the node that it leads down to; undefined where the lane is free. */
  let lanes: (string | undefined)[] = []

  /** The lane that the node above left free. */
  let ended: number | undefined

  for (const node of nodes) {
    const lane = laneOf(lanes, node.id)
    // Directly below a base, a head in the same lane would read as its parent.
    if (lane === ended && lanes[lane] === undefined) rows.push({ lanes: plainRow(lanes), text: "" })
    const joining = joinRow(lanes, lane, node.id)
    if (joining !== undefined) rows.push({ lanes: joining, text: "" })
    lanes = lanes.map((target, at) => (target === node.id && at !== lane ? undefined : target))
    lanes[lane] = node.id

    const [first = "", ...further] = node.lines
    rows.push({ lanes: markRow(lanes, lane, node.mark), text: first })

    const { next, forking } = forkRow(
      lanes,
      lane,
      node.parents.filter((id) => known.has(id)),
    )
    if (forking !== undefined) rows.push({ lanes: forking, text: further.shift() ?? "" })
    lanes = next
    for (const text of further) rows.push({ lanes: plainRow(lanes), text })
    ended = lanes[lane] === undefined ? lane : undefined
  }
  return print(rows)
}

/**
 * Orders nodes for a drawing: each before its parents, and a line of descent kept together as far as it goes.
 *
 * @param nodes parents before children, as a graph of revisions is kept
 */
export function drawingOrder<Node extends Pick<GraphNode, "id" | "parents">>(nodes: readonly Node[]): Node[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const waiting = new Map<string, number>()
  for (const { parents } of nodes)
    for (const id of new Set(parents)) waiting.set(id, (waiting.get(id) ?? 0) + 1)
  const ready = nodes.filter(({ id }) => !waiting.has(id))
  const order: Node[] = []
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order.push(node)
    for (const id of new Set(node.parents)) {
      const left = (waiting.get(id) ?? 0) - 1
      waiting.set(id, left)
      const parent = byId.get(id)
      if (left === 0 && parent !== undefined) ready.push(parent)
    }
  }
  return order
}

function laneOf(lanes: readonly (string | undefined)[], id: string): number {
  const waiting = lanes.indexOf(id)
  if (waiting >= 0) return waiting
  const free = lanes.indexOf(undefined)
  return free >= 0 ? free : lanes.length
}

/** The row in which all lanes that lead to a node run together into its own; undefined where there is only one. */
function joinRow(lanes: readonly (string | undefined)[], lane: number, id: string): string | undefined {
  const others = lanes.flatMap((target, at) => (target === id && at !== lane ? [at] : []))
  if (others.length === 0) return undefined
  const cells = verticals(lanes)
  for (const other of others) {
    const cell = cells[other * 2]
    if (cell !== undefined) cell.down = false
    horizontal(cells, lane, other)
  }
  return printCells(cells)
}

/** The row below a node, from which its parents' lanes leave, and the lanes after it. */
function forkRow(
  lanes: readonly (string | undefined)[],
  lane: number,
  parents: readonly string[],
): { next: (string | undefined)[]; forking: string | undefined } {
  const [first, ...others] = parents
  const next = [...lanes]
  next[lane] = first
  if (others.length === 0) return { next: trimmed(next), forking: undefined }
  const cells = verticals(next)
  for (const parent of others) {
    const existing = next.findIndex((target, at) => target === parent && at !== lane)
    const free = next.findIndex((target, at) => target === undefined && at > lane)
    const to = existing >= 0 ? existing : free >= 0 ? free : next.length
    next[to] = parent
    while (cells.length < to * 2 + 1) cells.push({})
    const cell = cells[to * 2]
    if (cell !== undefined) cell.down = true
    horizontal(cells, lane, to)
  }
  return { next: trimmed(next), forking: printCells(cells) }
}

function trimmed(lanes: (string | undefined)[]): (string | undefined)[] {
  while (lanes.length > 0 && lanes.at(-1) === undefined) lanes.pop()
  return lanes
}

/** A cell for each lane, and one between each two. */
function verticals(lanes: readonly (string | undefined)[]): Cell[] {
  return lanes.flatMap((target, at) => {
    const cell: Cell = target === undefined ? {} : { up: true, down: true }
    return at === 0 ? [cell] : [{}, cell]
  })
}

function horizontal(cells: Cell[], from: number, to: number): void {
  const [start, end] = from < to ? [from * 2, to * 2] : [to * 2, from * 2]
  for (let at = start; at <= end; at++) {
    const cell = cells[at]
    if (cell === undefined) continue
    if (at > start) cell.left = true
    if (at < end) cell.right = true
  }
}

function printCells(cells: readonly Cell[]): string {
  return cells
    .map(
      ({ up, down, left, right }) =>
        box[`${up ? "u" : ""}${down ? "d" : ""}${left ? "l" : ""}${right ? "r" : ""}`] ?? " ",
    )
    .join("")
}

function markRow(lanes: readonly (string | undefined)[], lane: number, mark: string): string {
  return Array.from(lanes, (target, at) => (at === lane ? mark : target === undefined ? " " : "│")).join(" ")
}

function plainRow(lanes: readonly (string | undefined)[]): string {
  return printCells(verticals(lanes))
}

/** Puts the texts in one column, right of the widest part of the drawing. */
function print(rows: readonly { lanes: string; text: string }[]): string {
  const width = Math.max(0, ...rows.map(({ lanes }) => [...lanes].length))
  return rows
    .map(({ lanes, text }) => (lanes + " ".repeat(width - [...lanes].length + 2) + text).trimEnd())
    .join("\n")
}
