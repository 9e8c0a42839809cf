create table w (id int, a int not null default 5, b timestamptz not null default now(), c text not null default '', d uuid not null default gen_random_uuid());
