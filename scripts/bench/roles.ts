import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { seconds } from "./cold-start.ts"
import type { Databases } from "./databases.ts"
import { median } from "./measure.ts"
import type { Bar, Section } from "./report.ts"

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))
const roleCount = 200
const tableCount = 1_000

/** Measures an audit of one role, and of all that log in, the start of the program included. */
export async function measureAudit(
  databases: Databases,
): Promise<{ readonly sections: readonly Section[]; readonly bars: readonly Bar[] }> {
  const name = "audited"
  await databases.fresh(name)
  await databases.run(name, schemaText())
  const url = databases.server.url(name)
  const rows: string[][] = []
  const bars: Bar[] = []
  for (const [what, words] of [
    ["one role", ["--role", "bench_login_7"]],
    [`all ${roleCount / 2} that log in`, []],
  ] as const) {
    const times = [1, 2, 3, 4, 5].map(() => timeOf(["roles", "audit", url, ...words]))
    const wall = median(times)
    rows.push([what, String(tableCount), String(roleCount), seconds(wall)])
    if (words.length === 0) continue
    bars.push({
      says: `audit of ${what}, ${tableCount} tables and ${roleCount} roles: under 1 s`,
      figure: `${seconds(wall)} s`,
      met: wall < 1_000,
    })
  }
  await databases.drop(name)
  await databases.run("postgres", rolesGoneText())
  return {
    sections: [
      {
        title: "An audit of roles",
        says: `${tableCount} tables with triggers, checks and policies on some of them, 300 functions, a third of them SECURITY DEFINER, 100 views, and ${roleCount} roles in groups of groups. The whole command, the start of the program included; the median of the rounds.`,
        columns: ["audited", "tables", "roles", "wall, s"],
        rows,
      },
    ],
    bars,
  }
}

function timeOf(words: readonly string[]): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: "utf8" })
  if (status !== 0 && status !== 3) throw new Error(stderr)
  return performance.now() - started
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

function schemaText(): string {
  const roles = numbers(roleCount / 2).flatMap((each) => [
    `create role bench_group_${each}`,
    `create role bench_login_${each} login`,
    `grant bench_group_${each} to bench_login_${each}`,
    ...(each % 10 === 0 ? [] : [`grant bench_group_${each - (each % 10)} to bench_group_${each}`]),
  ])
  const tables = numbers(tableCount).flatMap((each) => [
    `create table app.t_${each} (id bigint primary key, parent bigint${each === 0 ? "" : ` references app.t_${each - 1} on delete cascade`}, name text check (name <> ''), at timestamptz default now())`,
    `grant select, insert, update, delete on app.t_${each} to bench_group_${each % 100}`,
    `grant select, insert on app.t_${each} to bench_group_0`,
    ...(each % 5 === 0
      ? [
          `create trigger tr before insert or update on app.t_${each} for each row execute function app.on_write()`,
        ]
      : []),
    ...(each % 10 === 0
      ? [
          `create view app.v_${each} as select t.id, app.plain_${each % 100}(t.name) as name from app.t_${each} t`,
          `alter table app.t_${each} enable row level security`,
          `create policy p on app.t_${each} using (app.is_mine(name))`,
        ]
      : []),
  ])
  const functions = numbers(100).flatMap((each) => [
    `create function app.plain_${each}(n text) returns text language plpgsql stable as $$ begin return upper(n); end $$`,
    `create function app.helper_${each}(n text) returns bigint language sql as 'select count(*) from pg_catalog.pg_class where relname = n'`,
    `create function app.definer_${each}(n text) returns bigint language plpgsql security definer set search_path = app, pg_temp as $$ declare c bigint; begin insert into app.log values (n); execute format('select count(*) from app.log where note = %L', n) into c; return c + app.helper_${each}(n); end $$`,
  ])
  return [
    ...roles,
    "create schema app",
    "grant usage on schema app to public",
    "create table app.log (note text)",
    "create function app.on_write() returns trigger language plpgsql security definer set search_path = app, pg_temp as $$ begin insert into app.log values (new.name); return new; end $$",
    "create function app.is_mine(n text) returns boolean language sql stable as 'select n = current_user'",
    ...functions,
    ...tables,
  ].join(";\n")
}

function rolesGoneText(): string {
  return numbers(roleCount / 2)
    .map((each) => `drop role if exists bench_login_${each}, bench_group_${each}`)
    .join(";\n")
}
