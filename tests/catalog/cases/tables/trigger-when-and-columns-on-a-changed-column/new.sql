create table t (id int, state int);
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger a before update of state on t for each row when (old.state is distinct from new.state) execute function touch();
create trigger b after insert on t referencing new table as n for each statement execute function touch();
alter table t disable trigger b;
