begin;

alter table only public.w alter column a drop default;

alter table only public.w alter column c set default 4;

alter table only public.w alter column b set default 2;

commit;
