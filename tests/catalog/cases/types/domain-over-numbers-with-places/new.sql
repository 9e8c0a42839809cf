create domain price as bigint;
create table t (a price, b price[], c price generated always as (2) stored);
