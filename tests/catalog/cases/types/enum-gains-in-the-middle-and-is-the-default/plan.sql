begin;

drop index public.i;

commit;

alter type public.e add value 'b' before 'c';

begin;

alter table only public.w alter column x set default 'b'::public.e;

CREATE INDEX i ON public.w USING btree (x) WHERE (x = ANY (ARRAY['b'::public.e, 'c'::public.e]));

commit;
