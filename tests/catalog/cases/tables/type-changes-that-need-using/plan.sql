begin;

alter table public.t alter column a type integer using a::integer,
  alter column b type boolean using b::boolean,
  alter column c type date using c::date,
  alter column d type boolean using d::boolean,
  alter column e type text,
  alter column f type jsonb using f::jsonb,
  alter column g type integer[] using g::integer[];

commit;
