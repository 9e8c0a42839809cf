begin;

drop policy p on public.docs;

alter table public.members alter column team type bigint;

alter table public.docs alter column team type bigint;

alter table public.members alter column usr type character varying(40);

create policy p on public.docs to public using ((EXISTS ( SELECT 1
   FROM public.members m
  WHERE ((m.team = docs.team) AND ((m.usr)::text = CURRENT_USER)))));

commit;
