begin;

alter table only public.w alter column a drop default;

alter table only public.w alter column b drop default;

alter table public.w alter column a type integer using a::integer,
  alter column b type boolean using b::boolean;

alter table only public.w alter column a set default 0;

alter table only public.w alter column b set default false;

commit;
