create table w (at timestamp default now(), d date default current_date); create view v as select at::date as day from w;
