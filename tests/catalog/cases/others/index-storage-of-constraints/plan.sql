begin;

alter index public.t_b_key set (fillfactor='70');

alter index public.t_pkey reset (fillfactor);

commit;
