begin;

drop policy p on public.w;

drop trigger tr on public.w;

alter type public.e rename to e__replaced;

create type public.e as enum (
  'b',
  'a'
);

alter table public.w alter column x type public.e using x::text::public.e;

drop type public.e__replaced;

CREATE TRIGGER tr BEFORE INSERT ON public.w FOR EACH ROW WHEN ((new.x = 'a'::public.e)) EXECUTE FUNCTION public.f();

create policy p on public.w to public using ((x <> 'b'::public.e));

commit;
