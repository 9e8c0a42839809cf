begin;

alter table public.w alter column a type integer using a::integer,
  alter column b type uuid using b::uuid,
  alter column c type jsonb using c::jsonb,
  alter column d type timestamp with time zone using d::timestamp with time zone,
  alter column e type boolean using e::boolean,
  alter column f type numeric using f::numeric,
  alter column g type text[] using g::text[],
  alter column h type inet using h::inet;

commit;
