alter type public.e add value 'b';

begin;

alter table only public.t alter column a set default 'b'::public.e;

create or replace view public.v as
 SELECT 'b'::public.e AS x;

alter table public.t add constraint t_a_check CHECK ((a <> 'b'::public.e));

CREATE INDEX t_a_idx ON public.t USING btree (a) WHERE (a = 'b'::public.e);

commit;
