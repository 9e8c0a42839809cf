begin;

create sequence public.t_a_seq as integer increment by 1 minvalue 1 maxvalue 2147483647 start with 1 cache 1 no cycle;

alter table only public.t alter column a set default nextval('public.t_a_seq'::regclass);

-- loses the state of public.my_seq
drop sequence public.my_seq;

alter sequence public.t_a_seq owned by public.t.a;

commit;
