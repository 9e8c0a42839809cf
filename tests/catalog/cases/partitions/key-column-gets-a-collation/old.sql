create table e (name text not null) partition by range (name);
create table e_1 partition of e for values from ('a') to ('m');
