begin;

alter table public.carts drop constraint carts_last_item;

alter table public.bills set unlogged;

alter table public.carts set logged;

alter table public.items set logged;

alter table public.discounts set logged;

alter table public.orders set unlogged;

alter table public.carts add constraint carts_last_item FOREIGN KEY (last_item) REFERENCES public.items(id);

commit;
