/** SQL that makes the roles of a case, which belong to the whole server and stay until it goes. */
export function withRoles(...names: readonly string[]): string {
  return names
    .map(
      (name) => `do $$ begin create role ${name};
        exception when duplicate_object or unique_violation then null; end $$;\n`,
    )
    .join("")
}
