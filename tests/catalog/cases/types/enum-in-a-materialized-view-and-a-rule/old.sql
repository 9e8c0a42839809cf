create type e as enum ('a','b'); create table w (x e); create materialized view m as select x, count(*) from w group by x; create rule r as on update to w where new.x = 'a' do instead nothing;
