begin;

set check_function_bodies = off;

alter default privileges for role c1_o grant execute on functions to public;

CREATE OR REPLACE FUNCTION s.f()
 RETURNS integer
 LANGUAGE sql
AS $function$select 1$function$;

create sequence s.b_x_seq as integer;

revoke all on sequence s.b_x_seq from c1_app;

revoke all on sequence s.b_x_seq from postgres;

grant usage on sequence s.b_x_seq to c1_app;

grant select, update, usage on sequence s.b_x_seq to postgres;

grant insert on table s.a to c1_app;

create table s.b (
  x integer default nextval('s.b_x_seq'::regclass) not null
);

revoke all on table s.b from c1_app;

revoke all on table s.b from postgres;

grant insert, select on table s.b to c1_app;

grant delete, insert, maintain, references, select, trigger, truncate, update on table s.b to postgres;

alter sequence s.b_x_seq owned by s.b.x;

alter default privileges for role postgres in schema s grant insert on tables to c1_app;

alter default privileges for role c1_o grant usage on schemas to c1_app;

alter default privileges for role c1_o grant usage on types to c1_app with grant option;

alter default privileges for role postgres in schema s grant usage on sequences to c1_app;

commit;
