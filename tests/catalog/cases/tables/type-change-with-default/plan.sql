begin;

alter table only public.t alter column a drop default;

alter table only public.t alter column b drop default;

alter table only public.t alter column c drop default;

alter table only public.t alter column d drop default;

alter table public.t alter column a type text,
  alter column b type character varying(10),
  alter column c type text,
  alter column d type boolean using d::boolean;

alter table only public.t alter column a set default 'five'::text;

alter table only public.t alter column b set default 'x'::character varying;

alter table only public.t alter column c set default 'abc'::text;

alter table only public.t alter column d set default false;

commit;
