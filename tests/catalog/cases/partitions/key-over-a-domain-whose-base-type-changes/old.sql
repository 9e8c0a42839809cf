create domain region_id as int;
create table e (r region_id not null) partition by list (r);
create table e_1 partition of e for values in (1);
