begin;

alter table public.p detach partition public.h0;

alter table public.p detach partition public.h1;

create table public.h2 (
  id integer constraint p_id_not_null not null,
  k text constraint p_k_not_null not null,
  at date constraint p_at_not_null not null,
  v integer
);

create table public.h3 (
  id integer constraint p_id_not_null not null,
  k text constraint p_k_not_null not null,
  at date constraint p_at_not_null not null,
  v integer
);

alter table public.p attach partition public.h0 FOR VALUES WITH (modulus 4, remainder 0);

alter table public.p attach partition public.h1 FOR VALUES WITH (modulus 4, remainder 1);

alter table public.p attach partition public.h2 FOR VALUES WITH (modulus 4, remainder 2);

alter table public.p attach partition public.h3 FOR VALUES WITH (modulus 4, remainder 3);

commit;
