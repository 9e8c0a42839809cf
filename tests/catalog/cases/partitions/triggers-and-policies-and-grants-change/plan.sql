begin;

drop trigger tr on public.p;

alter table public.p enable row level security;

grant select on table public.p to public;

grant insert on table public.p1 to public;

CREATE TRIGGER tr AFTER INSERT OR DELETE ON public.p FOR EACH ROW EXECUTE FUNCTION public.f();

CREATE TRIGGER tr2 BEFORE INSERT ON public.p1 FOR EACH ROW EXECUTE FUNCTION public.f();

create policy x on public.p to public using ((id > 0));

commit;
