begin;

alter type public.a add attribute z text;

alter type public.b add attribute q integer;

commit;
