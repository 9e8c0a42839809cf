create domain price as numeric(8,2);
create table t (a price, b price[], c price generated always as (1.5) stored);
