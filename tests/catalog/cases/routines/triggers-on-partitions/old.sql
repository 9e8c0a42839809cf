create table m (a int) partition by list (a);
create table m1 partition of m for values in (1);
create function tf() returns trigger language plpgsql as 'begin return new; end';
create trigger x after insert on m for each row execute function tf();
