begin;

drop policy p on public.t;

-- loses all rows of public.m
drop table public.m;

create or replace view public.m as
 SELECT a AS u,
    b AS t_id
   FROM public.t;

create policy p on public.t to public using ((EXISTS ( SELECT
   FROM public.m
  WHERE ((m.t_id = t.id) AND (m.u = CURRENT_USER)))));

commit;
