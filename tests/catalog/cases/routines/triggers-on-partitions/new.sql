create table m (a int) partition by list (a);
create table m1 partition of m for values in (1);
create table m2 partition of m for values in (2);
create function tf() returns trigger language plpgsql as 'begin return new; end';
create trigger x after insert on m for each row execute function tf();
alter table m1 disable trigger x;
create trigger y before update on m1 for each row execute function tf();
