import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

const roles = withRoles("default_maker", "default_reader")

converges("default privileges of every type, everywhere and in schemas", {
  old: roles,
  new: `${roles} create schema s;
    alter default privileges for role default_maker in schema s grant select, insert on tables to default_reader, public;
    alter default privileges for role default_maker in schema s grant usage on sequences to default_reader with grant option;
    alter default privileges for role default_maker revoke execute on functions from public;
    alter default privileges for role default_maker revoke all on types from default_maker;
    alter default privileges for role default_maker grant create on schemas to default_reader`,
})

converges("default privileges change", {
  old: `${roles} create schema s;
    alter default privileges for role default_maker in schema s grant select, insert on tables to default_reader with grant option;
    alter default privileges for role default_maker grant usage on sequences to default_reader;
    alter default privileges for role default_maker grant select on tables to default_reader`,
  new: `${roles} create schema s;
    alter default privileges for role default_maker in schema s grant select, update on tables to default_reader;
    alter default privileges for role default_maker grant usage on sequences to default_reader with grant option`,
  says: [
    "alter default privileges for role default_maker in schema s revoke insert on tables from default_reader",
    "alter default privileges for role default_maker in schema s revoke grant option for select on tables from default_reader",
    "alter default privileges for role default_maker in schema s grant update on tables to default_reader",
    "alter default privileges for role default_maker grant usage on sequences to default_reader with grant option",
  ],
})

converges(
  "a schema goes with what it would have granted, and new objects are granted no more than they should be",
  {
    old: `${roles} create schema s; alter default privileges in schema s grant select on tables to default_reader;
    alter default privileges revoke execute on functions from public`,
    new: `${roles} create table t (id int); create function f() returns int language sql as 'select 1';
    alter default privileges grant select on tables to default_reader`,
  },
)

converges("default privileges of large objects", {
  since: 18,
  old: roles,
  new: `${roles} alter default privileges for role default_maker grant select on large objects to default_reader`,
})
