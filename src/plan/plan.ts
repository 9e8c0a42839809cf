import type { Catalog, CatalogObject } from "../catalog/catalog.ts"
import { type CatalogIndex, indexCatalog } from "../catalog/catalog-index.ts"
import { compareText } from "../compare-text.ts"
import { type Change, diff } from "../diff/diff.ts"
import { kindOf } from "../kinds/all.ts"
import type { KindStep, Steps } from "../kinds/kind.ts"
import type { Step } from "../sql/step.ts"
import { facetSteps } from "./facets.ts"
import type { Setting } from "./grants.ts"
import { attachmentOf, heirsStay, leaveOutInherited } from "./inherited.ts"
import { joiningOf } from "./joining.ts"
import { mergeRewrites } from "./merge.ts"
import type { Node } from "./nodes.ts"
import { type Order, orderOf } from "./order.ts"
import { addRebuilds } from "./rebuild.ts"
import { alterationSteps, type Work, workOf } from "./work.ts"

/** The statements that lead from one catalog to another, in an order in which they run. */
export interface Plan {
  readonly steps: readonly PlannedStep[]
  /** What else has to be done, that no plan does. Until then the difference remains. */
  readonly byHand: readonly ByHand[]
}

/** A statement for people: with `'...'` for what they alone know. */
export interface ByHand {
  /** The id of the object. */
  readonly object: string
  readonly sql: string
  readonly because: string
}

/** A statement of a plan, and what it is for. */
export interface PlannedStep extends Step {
  readonly verb: Node["verb"] | "set"
  /** The id of the object; empty for a setting of the session. */
  readonly object: string
}

/**
 * Plans the way from one catalog to another: the same input gives the same bytes, and no difference gives no step.
 *
 * @throws ToolError `plan-cycle`
 */
export function plan(from: Catalog, to: Catalog): Plan {
  const changes = diff(from, to)
  if (changes.length === 0) return { steps: [], byHand: [] }
  const work = wholeWork(changes, indexCatalog(from), indexCatalog(to))
  const order = orderOf(work)
  const drafts = order.roots.flatMap((root) => stepsOf(root, order, work))
  const steps = mergeRewrites(drafts.filter(({ byHand }) => byHand === undefined))
  return {
    steps: numbered([...settingsOf(steps, order), ...steps]),
    byHand: drafts.flatMap(({ object, sql, byHand }) =>
      byHand === undefined ? [] : [{ object, sql, because: byHand }],
    ),
  }
}

/**
 * Returns the changes with all that must be rebuilt for them. A partition that is taken off for that inherits nothing in
 * the meantime, so its own changes count, and may take more rebuilding.
 */
function wholeWork(changes: readonly Change[], source: CatalogIndex, target: CatalogIndex): Work {
  const apart = new Set<string>()
  for (;;) {
    const work = workOf(changes, source, target, apart)
    leaveOutInherited(work)
    addRebuilds(work)
    const known = apart.size
    for (const [id, { identity }] of work.drops) if (id === attachmentOf(identity)) apart.add(id)
    if (apart.size === known) return work
  }
}

type Draft = { readonly verb: PlannedStep["verb"]; readonly object: string } & KindStep

function settingsOf(steps: readonly Draft[], { nodes }: Order): Draft[] {
  if (steps.length === 0) return []
  const settings = [...nodes.values()]
    .filter(({ verb }) => verb === "create" || verb === "alter")
    .flatMap(({ object }) => kindOf(object).settings ?? [])
  return [...new Set(settings)].map((sql) => ({ verb: "set", object: "", sql }))
}

function stepsOf(root: string, order: Order, work: Work): Draft[] {
  const node = order.nodes.get(root)
  if (node === undefined) return []
  const { verb, object } = node
  return statements(node, order, work).map((step) => ({
    verb,
    object: object.id,
    ...(typeof step === "string" ? { sql: step } : step),
  }))
}

function statements({ verb, object }: Node, order: Order, work: Work): Steps {
  const kind = kindOf(object)
  const setting = settingOf(work)
  switch (verb) {
    case "drop":
      return work.aside.has(object.id)
        ? (kind.setAside?.(object).drop ?? [])
        : kind.drop(object, heirsStay(object.id, work))
    case "set aside":
      return kind.setAside?.(object, work.creates.get(object.id)).steps ?? []
    case "hollow":
    case "stub":
      return kind.stub?.(object) ?? []
    case "create": {
      const { parts, after } = inlined(object.id, order, work)
      return withheld([
        ...kind.create(named(object, work), parts),
        ...facetSteps(object, setting, undefined),
        ...resumed(object, work),
        ...after,
      ])
    }
    case "move over":
      return kind.moveOver?.(object, work.source.get(object.id) ?? object) ?? []
    case "alter": {
      const change = work.alters.get(object.id)
      if (change === undefined) return []
      const steps = alterationSteps(change)
      const joining = joiningOf(object.id, work.source, work.target)
      return [
        ...(joining?.before ?? []),
        ...(steps === "recreate" ? [] : steps),
        ...(joining?.after ?? []),
        ...facetSteps(object, setting, change.before, change.facets),
      ]
    }
  }
}

function resumed(object: CatalogObject, { source, creates }: Work): Steps {
  const parent = object.parent?.id ?? ""
  if (!source.has(parent) || creates.has(parent)) return []
  const resume = kindOf(object).resume?.(object)
  return resume === undefined || !creates.has(resume.made) ? [] : resume.steps
}

/** What is rebuilt may come while others still have names that it had from the server; a former heir may have them. */
function named(object: CatalogObject, { drops, source }: Work): CatalogObject {
  const { named: write, chosenNames } = kindOf(object)
  if (write === undefined) return object
  const isTaken = (name: string) => takenNames(source).has(name)
  return drops.has(object.id) || chosenNames?.(object).some(isTaken) ? write(object) : object
}

const taken = new WeakMap<CatalogIndex, ReadonlySet<string>>()

function takenNames(source: CatalogIndex): ReadonlySet<string> {
  const known = taken.get(source)
  if (known !== undefined) return known
  const names = new Set(
    source.catalog.objects.flatMap((object) => kindOf(object).chosenNames?.(object) ?? []),
  )
  taken.set(source, names)
  return names
}

/** Where the first statement, which makes the object, is left to people, so are those that follow it. */
function withheld(steps: Steps): Steps {
  const [first] = steps
  if (first === undefined || typeof first === "string" || first.byHand === undefined) return steps
  const { byHand } = first
  return steps.map((step) => ({ ...(typeof step === "string" ? { sql: step } : step), byHand }))
}

function settingOf({ source, target }: Work): Setting {
  return {
    role: source.catalog.role,
    defaultGrants: target.catalog.defaultGrants,
    defaultPrivileges: [...source.catalog.defaultPrivileges, ...target.catalog.defaultPrivileges],
  }
}

/** Collects what the children of a new object say within its statement, and what must follow it. */
function inlined(id: string, order: Order, work: Work): { readonly parts: string[]; readonly after: Steps } {
  const setting = settingOf(work)
  const children = (work.target.dependents(id) ?? [])
    .filter(({ from }) => order.hosts.get(`create ${from}`) === `create ${id}`)
    .flatMap(({ from }) => work.target.get(from) ?? [])
    .sort((a, b) => placeIn(a) - placeIn(b) || compareText(a.name, b.name))
  const parts: string[] = []
  const after: Steps[number][] = []
  for (const child of children) {
    const kind = kindOf(child)
    const own = inlined(child.id, order, work)
    const text = kind.inline?.(named(child, work), own.parts)
    if (text !== undefined) parts.push(text)
    after.push(...(kind.afterInline?.(child) ?? []), ...facetSteps(child, setting, undefined), ...own.after)
  }
  return { parts, after }
}

function placeIn(object: { readonly kind: string }): number {
  return kindOf(object).position?.(object as never) ?? 0
}

/** A plan is no file; its steps are counted instead of its lines. */
function numbered(drafts: readonly Draft[]): PlannedStep[] {
  return drafts.map(({ verb, object, sql, forbidden, losesData }, index) => ({
    sql,
    file: "plan",
    line: index + 1,
    verb,
    object,
    transaction: forbidden === undefined ? "allowed" : "forbidden",
    ...(forbidden === undefined ? {} : { because: forbidden }),
    ...(verb === "set" ? { session: true as const } : {}),
    ...(losesData === undefined ? {} : { losesData }),
  }))
}
