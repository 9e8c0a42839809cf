begin;

alter table only public.t alter column a drop default;

-- loses the state of public.t_a_seq
drop sequence public.t_a_seq;

commit;
