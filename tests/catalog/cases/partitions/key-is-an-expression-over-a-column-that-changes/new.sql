create table e (at timestamp(0) not null, v text) partition by range ((at::date));
create table e_1 partition of e for values from ('2024-01-01') to ('2024-02-01');
