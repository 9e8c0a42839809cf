create table w (at timestamptz default now(), d timestamptz default now()); create view v as select at::date as day from w;
