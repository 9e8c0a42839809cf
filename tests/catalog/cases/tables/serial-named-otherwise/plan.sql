begin;

create sequence public.t_a_seq as integer;

alter table only public.t alter column a set default nextval('public.t_a_seq'::regclass);

-- loses the state of public.my_seq
drop sequence public.my_seq;

alter sequence public.t_a_seq owned by public.t.a;

commit;
