/**
 * One configuration of rights, with what an attacker does in it. Names in braces are roles, made for each case:
 * `{owner}` owns schema `app` and its tables, `{migrator}` may become it, `{rw}` reads and writes, `{app}` is a login
 * in `{rw}`, `{other}` is a login with no rights.
 */
export interface AttackCase {
  readonly name: string
  /** Run as a superuser. */
  readonly setup: string
  /** Run as the application, statement by statement; what the server refuses is passed over. */
  readonly attack: string
  /** Run as the migrator, as the owner, after the attack: what the next deploy does. */
  readonly afterwards?: string
  /** Answers true where the attack has succeeded. Default: something called `pwned` exists. */
  readonly proof?: string
  /** Oldest and newest major version that it can be set up on. */
  readonly since?: number
  readonly until?: number
  /** It cannot be undone by a rollback, or needs a connection of its own: then it has a database of its own. */
  readonly apart?: boolean
}

export const superuserProof = "select rolsuper from pg_roles where rolname = '{app}'"

export const somethingIsPwned = `
  select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                  where relname = 'pwned' and nspname !~ '^pg_temp')
      or exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                  where proname = 'pwned' and nspname !~ '^pg_temp')
      or exists (select from pg_namespace where nspname = 'pwned')
      or exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
                  where attname = 'pwned' and nspname !~ '^pg_temp')
      or exists (select from pg_enum where enumlabel = 'pwned')
      or exists (select from pg_trigger where tgname = 'pwned')
      or exists (select from pg_publication where pubname = 'pwned')
      or exists (select from pg_subscription s join pg_database d on d.oid = subdbid where subname = 'pwned' and datname = current_database())
      or exists (select from pg_foreign_server where srvname = 'pwned')
      or exists (select from pg_roles where rolname = '{pwned}')
      or exists (select from pg_database where datname = '{pwned}')`
