begin;

alter table only public.w alter column a drop default;

alter table only public.w alter column b drop default;

alter table public.w alter column a type bigint[] using a::bigint[],
  alter column b type character varying(10)[] using b::text[]::character varying(10)[];

alter table only public.w alter column a set default '{1,2}'::bigint[];

alter table only public.w alter column b set default '{}'::character varying[];

commit;
