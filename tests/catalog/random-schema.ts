/** Random numbers that are the same for the same seed. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number from 0 up to, and without, `below`. */
  number(below: number): number {
    this.#state = (Math.imul(this.#state ^ (this.#state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    const mixed = Math.imul(this.#state ^ (this.#state >>> 12), 0x297a2d39) >>> 0
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below
  }

  chance(percent: number): boolean {
    return this.number(100) < percent
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.number(values.length)] as Value
  }

  some<Value>(values: readonly Value[], percent: number): Value[] {
    return values.filter(() => this.chance(percent))
  }
}

const tables = ["t1", "t2", "t3", '"T 4"'] as const
const columns = ["a", "b", "c", "d", '"E e"'] as const

/** Types between which values of the first column of each pair can be converted. */
const types = ["int", "bigint", "text", "varchar(20)", "numeric(10,2)", "mood", "positive"] as const

const defaults: Readonly<Record<string, readonly string[]>> = {
  int: ["1", "nextval('counter')::int"],
  bigint: ["2", "nextval('counter')"],
  text: ["'x'", "'mood'::text"],
  "varchar(20)": ["'y'"],
  "numeric(10,2)": ["1.5"],
  mood: ["'ok'"],
  positive: ["3"],
}

interface Table {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/**
 * Returns SQL that makes a random schema out of a small stock of names, so that two of them share much and differ in
 * everything.
 *
 * @param major of the server
 */
export function randomSchema(dice: Dice): string {
  const out = [
    `create type mood as enum (${dice.pick(["'ok', 'sad'", "'sad', 'ok', 'glad'", "'ok'"])})`,
    `create domain positive as ${dice.pick(["int", "bigint"])}${dice.chance(50) ? " check (value > 0)" : ""}`,
    `create sequence counter increment ${dice.pick(["1", "5"])}`,
  ]
  const made = dice.some(tables, 70).map((name) => table(dice, name, out))
  for (const each of made) parts(dice, each, made, out)
  routines(dice, made, out)
  views(dice, made, out)
  return `${out.join(";\n")};\n`
}

function table(dice: Dice, name: string, out: string[]): Table {
  const chosen = ["id", ...dice.some(columns, 65)].map((column) => ({
    name: column,
    // No statement changes the type of a partition key.
    type: column === "id" ? (name === "t3" ? "bigint" : dice.pick(["int", "bigint"])) : dice.pick(types),
  }))
  const declared = chosen.map(({ name: column, type }) => {
    const value = dice.pick(defaults[type] ?? ["null"])
    if (column === "id")
      return `id ${type} ${dice.pick(["primary key", "unique", "not null", `default ${value}`])}`
    return `${column} ${type}${dice.chance(40) ? ` default ${value}` : ""}${dice.chance(25) ? " not null" : ""}`
  })
  const partitioned = name === "t3" && dice.chance(50)
  if (partitioned) {
    out.push(
      `create table ${name} (${declared.join(", ").replace(/ (primary key|unique)/, "")}) partition by range (id)`,
    )
    if (dice.chance(70)) out.push("create table t3_low partition of t3 for values from (0) to (10)")
    if (dice.chance(50)) out.push("create table t3_rest partition of t3 default")
  } else
    out.push(
      `create ${name === '"T 4"' && dice.chance(50) ? "unlogged " : ""}table ${name} (${declared.join(", ")})`,
    )
  return { name, columns: chosen }
}

function parts(dice: Dice, { name, columns: own }: Table, all: readonly Table[], out: string[]): void {
  const column = () => dice.pick(own).name
  const plain = name.replaceAll(/\W/g, "")
  if (dice.chance(50))
    out.push(`create index ${plain}_i on ${name} (${column()}${dice.pick(["", " desc", ", id"])})`)
  if (dice.chance(20)) out.push(`create index ${plain}_e on ${name} ((id::text || 'x'))`)
  if (dice.chance(40))
    out.push(
      `alter table ${name} add constraint ${plain}_c check (${column()} is not null or id > ${dice.number(3)})`,
    )
  if (dice.chance(30)) out.push(`comment on table ${name} is '${dice.pick(["one", "it''s two"])}'`)
  if (dice.chance(30)) out.push(`comment on column ${name}.${column()} is '${dice.pick(["one", "two"])}'`)
  if (dice.chance(20)) out.push(`grant ${dice.pick(["select", "insert, update"])} on ${name} to public`)
  if (dice.chance(20))
    out.push(
      `alter table ${name} enable row level security; create policy p on ${name} using (${column()} is not null)`,
    )
  if (own.length > 2 && dice.chance(20))
    out.push(`create statistics ${plain}_s on ${own[0]?.name}, ${own[1]?.name} from ${name}`)
  const other = dice.pick(all.filter((each) => each.name !== '"T 4"' || name === each.name))
  if (other === undefined) return
  const keyed = out.find((sql) => sql.startsWith("create") && sql.includes(`table ${other.name} (id`))
  const type = own[0]?.type
  if (
    keyed !== undefined &&
    /\(id \w+ (primary key|unique)/.test(keyed) &&
    keyed.includes(`(id ${type} `) &&
    dice.chance(50)
  ) {
    out.push(
      `alter table ${name} add constraint ${plain}_f foreign key (id) references ${other.name} (id)${dice.pick(["", " on delete cascade", " deferrable"])}`,
    )
  }
}

function routines(dice: Dice, made: readonly Table[], out: string[]): void {
  out.push(
    `create function touch() returns trigger language plpgsql as 'begin return ${dice.pick(["new", "old"])}; end'`,
  )
  if (dice.chance(60)) {
    out.push(
      `create function f(x ${dice.pick(["mood", "int", "positive"])}) returns ${dice.pick(["int", "text"])} language sql ${dice.pick(["", "immutable"])} as 'select null::${"text"}::int'`.replace(
        /returns text (.*)::int'/,
        "returns text $1'",
      ),
    )
  }
  for (const { name } of made) {
    if (dice.chance(30))
      out.push(
        `create trigger tr before ${dice.pick(["insert", "insert or update"])} on ${name} for each row execute function touch()`,
      )
    if (dice.chance(20))
      out.push(
        `create function rows_of(${name}) returns bigint begin atomic select count(*) from ${name}; end`,
      )
  }
}

function views(dice: Dice, made: readonly Table[], out: string[]): void {
  for (const [place, { name, columns: own }] of made.entries()) {
    if (!dice.chance(50)) continue
    const listed = dice.some(own, 60).map((column) => column.name)
    const kind = dice.chance(25) ? "materialized view" : "view"
    out.push(
      `create ${kind} v${place} as select ${["id", ...listed.filter((column) => column !== "id")].join(", ")} from ${name}`,
    )
    if (dice.chance(40)) out.push(`create view w${place} as select * from v${place} where id > 0`)
    if (dice.chance(30)) out.push(`grant select on v${place} to public`)
  }
}
